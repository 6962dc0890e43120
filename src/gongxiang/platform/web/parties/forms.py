"""Forms of departments, people and registers."""

from django import forms
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.parties.labels import choices


class DepartmentForm(Form):
    """A new department."""

    name = forms.CharField(label=_("Full name"), max_length=256)
    short_name = forms.CharField(label=_("Short name"), max_length=60)
    credit_code = forms.CharField(
        label=_("Unified social credit code"),
        max_length=40,
        help_text=_("18 characters (GB 32100); the check characters are checked."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=choices("department_kind"))
    is_authority = forms.BooleanField(label=_("Competent authority"), required=False)
    is_audit_office = forms.BooleanField(label=_("Audit office"), required=False)
    is_operator = forms.BooleanField(label=_("Platform operator"), required=False)


class HeadForm(Form):
    """The department's principal."""

    head_name = forms.CharField(label=_("Name of the person"), max_length=60)
    head_post = forms.CharField(label=_("Post"), max_length=60, required=False)


class OfficerForm(Form):
    """Accountable officer and responsible unit."""

    officer = forms.ChoiceField(label=_("Accountable officer"), help_text=_("Who holds that role in your department."))
    unit = forms.CharField(label=_("Responsible unit"), max_length=120)
    unit_contact = forms.CharField(label=_("Contact in the unit"), max_length=60)
    unit_telephone = forms.CharField(label=_("Office telephone"), max_length=40, required=False)


class PersonForm(Form):
    """A new account."""

    department = forms.ChoiceField(label=_("Department"))
    username = forms.CharField(
        label=_("User name"), max_length=60, help_text=_("3 to 60 small letters, digits, dots, hyphens, underscores.")
    )
    name = forms.CharField(label=_("Name of the person"), max_length=60)
    post = forms.CharField(label=_("Post"), max_length=60, required=False)


class RoleForm(Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("Role"))


class ReasonForm(Form):
    """Why an account is locked, unlocked or closed."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


class SystemForm(Form):
    """A business system."""

    name = forms.CharField(label=_("Name of the system"), max_length=128)
    tier = forms.ChoiceField(label=_("Who runs it"), choices=choices("system_tier"))
    network = forms.ChoiceField(label=_("Network"), choices=choices("network"))
    hosting = forms.CharField(label=_("Where it is hosted"), max_length=200, required=False)
    extranet_by = forms.DateField(
        label=_("On the extranet by"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Only if it is not there yet (art. 17)."),
    )


class SystemPlanForm(Form):
    """Where a system runs, and by which day it moves."""

    network = forms.ChoiceField(label=_("Network"), choices=choices("network"))
    hosting = forms.CharField(label=_("Where it is hosted"), max_length=200, required=False)
    extranet_by = forms.DateField(
        label=_("On the extranet by"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Only if it is not there yet (art. 17)."),
    )
    note = forms.CharField(
        label=_("Note"), required=False, max_length=500, help_text=_("Where the day is put off: what holds the move up.")
    )


class MatterForm(Form):
    """A business matter."""

    name = forms.CharField(label=_("Name of the matter"), max_length=200)
    code = forms.CharField(label=_("Code of the matter"), max_length=60)
    legal_basis = forms.CharField(label=_("Legal basis"), required=False, widget=forms.Textarea(attrs={"rows": 2}))
    systems = forms.MultipleChoiceField(label=_("Handled in"), required=False, widget=forms.CheckboxSelectMultiple)
