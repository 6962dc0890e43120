"""What waits in the rulebook: a missing holiday notice, an instrument without its text."""

from datetime import datetime

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from gongxiang.law.instruments import instruments
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.rulebook import permissions, queries
from gongxiang.platform.web.todos import Todo


def todos(actor: Person, at: datetime) -> list[Todo]:
    """For the authority's officer."""
    found: list[Todo] = []
    if permissions.ENTER_NOTICE.allows(actor) and (year := queries.missing_notice_year(at)) is not None:
        found.append(
            Todo(
                kind=_("Enter holiday notice"),
                title=translation.gettext("The days off of {year} are missing: deadlines into it are provisional").format(
                    year=year
                ),
                url=f"{reverse('rules:notice')}?year={year}",
                basis=("wushen-2021-60:21(2)",),
            )
        )
    if permissions.IMPORT_TEXT.allows(actor):
        language = translation.get_language() or "zh-hans"
        known = queries.texts()
        found += [
            Todo(
                kind=_("Import text"),
                title=one.title.in_language(language),
                url=reverse("rules:import_text", args=[one.id]),
                basis=(one.in_force_basis,),
            )
            for one in instruments().values()
            if one.id not in known
        ]
    return found
