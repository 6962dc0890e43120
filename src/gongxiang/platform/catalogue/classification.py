"""类 and 项 of the national guide's classification, as data for forms and facets; 目 and 细目 follow by the code scheme."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Category:
    """One 项: `code` is 类 and 项 together, e.g. "101"; `group` the label of its 类."""

    code: str
    group: str
    label: str


_GROUPS = {"1": _("Base data"), "2": _("Theme data"), "3": _("Departmental data")}
_ITEMS = {
    "101": _("Population"),
    "102": _("Legal persons"),
    "103": _("Natural resources and geography"),
    "104": _("Social credit"),
    "105": _("Electronic licences"),
    "201": _("Public services"),
    "202": _("Health"),
    "203": _("Social security"),
    "204": _("Food and drug safety"),
    "205": _("Work safety"),
    "206": _("Price supervision"),
    "207": _("Energy security"),
    "208": _("Credit system"),
    "209": _("Urban and rural construction"),
    "210": _("Community governance"),
    "211": _("Environment"),
    "212": _("Emergency and stability"),
    "307": _("Departments of the region and below"),
}
CATEGORIES = {code: Category(code, _GROUPS[code[0]], label) for code, label in _ITEMS.items()}


def category_of(classification: str) -> Category | None:
    """The category a classification code stands in, None if unknown."""
    return CATEGORIES.get(classification[:3])
