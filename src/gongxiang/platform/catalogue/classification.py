"""类 and 项 of the national guide's classification, as data for forms and facets; 目 and 细目 follow by the code scheme."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy


@dataclass(frozen=True)
class Category:
    """One 项: `code` is 类 and 项 together, e.g. "101"; `group` the label of its 类."""

    code: str
    group: str | Promise
    label: str | Promise


_GROUPS = {
    "1": pgettext_lazy("classification", "Base data"),
    "2": pgettext_lazy("classification", "Theme data"),
    "3": pgettext_lazy("classification", "Departmental data"),
}
_ITEMS = {
    "101": pgettext_lazy("classification", "Population"),
    "102": pgettext_lazy("classification", "Legal persons"),
    "103": pgettext_lazy("classification", "Natural resources and geography"),
    "104": pgettext_lazy("classification", "Social credit"),
    "105": pgettext_lazy("classification", "Electronic licences"),
    "201": pgettext_lazy("classification", "Public services"),
    "202": pgettext_lazy("classification", "Health"),
    "203": pgettext_lazy("classification", "Social security"),
    "204": pgettext_lazy("classification", "Food and drug safety"),
    "205": pgettext_lazy("classification", "Work safety"),
    "206": pgettext_lazy("classification", "Price supervision"),
    "207": pgettext_lazy("classification", "Energy security"),
    "208": pgettext_lazy("classification", "Credit system"),
    "209": pgettext_lazy("classification", "Urban and rural construction"),
    "210": pgettext_lazy("classification", "Community governance"),
    "211": pgettext_lazy("classification", "Environment"),
    "212": pgettext_lazy("classification", "Emergency and stability"),
    "307": pgettext_lazy("classification", "Departments of the region and below"),
}
CATEGORIES = {code: Category(code, _GROUPS[code[0]], label) for code, label in _ITEMS.items()}


def category_of(classification: str) -> Category | None:
    """The category a classification code stands in, None if unknown."""
    return CATEGORIES.get(classification[:3])
