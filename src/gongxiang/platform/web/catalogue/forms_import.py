"""The form that takes a file with entries."""

from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.declared import DeclaredFile, DeclaredFileInput
from gongxiang.platform.web.forms import Form


class ImportForm(Form):
    """One workbook or exchange file."""

    file = DeclaredFile(
        label=_("Workbook (.xlsx) or exchange file (.json)"),
        widget=DeclaredFileInput(attrs={"accept": ".xlsx,.json"}),
        help_text=_("Up to 10,000 entries; the whole file is checked before anything is imported."),
        error_messages={"required": _("Choose a file."), "empty": _("The file is empty.")},
    )
