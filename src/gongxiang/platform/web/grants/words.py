"""Terms in plain words, for officers who decide and for those who use the data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from gongxiang.law.deadlines import last_day
from gongxiang.platform.grants.narrowed import condition_of, mask_of, until_of
from gongxiang.platform.web import labels
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Volume


@dataclass(frozen=True, kw_only=True)
class GrantedElement:
    """One element of the terms, as a table row shows it."""

    code: str
    name: str
    mask: str


def _joined(words: Sequence[str]) -> str:
    return pgettext("between items of a list", ", ").join(words)


def mask_words(mask: Mask | None) -> str:
    """What a mask leaves to be seen."""
    if mask is None:
        return _("as it is")
    match mask.kind:
        case MaskKind.KEEP:
            return _("first %(first)d and last %(last)d characters, the rest as *") % {
                "first": mask.prefix,
                "last": mask.suffix,
            }
        case MaskKind.BLANK:
            return _("left blank")
        case MaskKind.PSEUDONYM:
            return _("a pseudonym: equal values stay equal, the value is not seen")
        case MaskKind.YEAR:
            return _("its year only")


def granted_elements(elements: Sequence[str], masks: Mapping[str, Mask], names: Mapping[str, str]) -> list[GrantedElement]:
    """The elements of the terms in their order."""
    return [GrantedElement(code=code, name=names.get(code, code), mask=mask_words(masks.get(code))) for code in elements]


def condition_words(condition: Condition, names: Mapping[str, str]) -> str:
    """One row filter as a sentence."""
    name = names.get(condition.element, condition.element)
    operator = str(labels.code("operator", condition.operator.value))
    if condition.operator in (Comparison.IS_NULL, Comparison.NOT_NULL):
        return pgettext("filter", "%(element)s %(operator)s") % {"element": name, "operator": operator}
    values = _joined([pgettext("quoted", "“%s”") % _value_in_words(value) for value in condition.values])
    return pgettext("filter", "%(element)s %(operator)s %(values)s") % {"element": name, "operator": operator, "values": values}


def _value_in_words(value: str) -> str:
    """Yes and no of a truth value; everything else as it was typed."""
    return {"true": _("Yes"), "false": _("No")}.get(value, value)


def volume_sentences(volume: Volume) -> list[str]:
    """The volume limits, a sentence each; none where there is no limit."""
    forms = (
        (volume.calls_per_day, _("At most %(limit)s calls a day.")),
        (volume.rows_per_day, _("At most %(limit)s rows a day.")),
        (volume.rows_in_all, _("At most %(limit)s rows in all.")),
    )
    return [form % {"limit": f"{limit:,}"} for limit, form in forms if limit is not None]


def sentences(
    *,
    elements: Sequence[str],
    masks: Mapping[str, Mask],
    conditions: Sequence[Condition],
    purposes: Sequence[str],
    names: Mapping[str, str],
    volume: Volume = Volume(),
) -> list[str]:
    """What the terms let through, a sentence each; the period is shown beside."""
    said = []
    clear = [names.get(code, code) for code in elements if code not in masks]
    if clear:
        said.append(_("Given as they are: %(elements)s.") % {"elements": _joined(clear)})
    for code in elements:
        if code in masks:
            said.append(_("%(element)s: %(mask)s.") % {"element": names.get(code, code), "mask": mask_words(masks[code])})
    if conditions:
        rows = pgettext("between conditions", " and ").join(condition_words(c, names) for c in conditions)
        said.append(
            _("Only rows in which %(conditions)s; a row that no longer fits disappears at the consumer.") % {"conditions": rows}
        )
    else:
        said.append(_("All rows."))
    said += volume_sentences(volume)
    withheld = [name for code, name in names.items() if code not in elements]
    if withheld:
        said.append(_("Not given: %(elements)s.") % {"elements": _joined(withheld)})
    used = _joined([str(labels.code("purpose", purpose)) for purpose in purposes])
    said.append(_("May be used for: %(purposes)s. Any other use needs a new request.") % {"purposes": used})
    return said


def taken_words(taken: Mapping[str, Any], names: Mapping[str, str]) -> list[str]:
    """What a narrowing takes away, a sentence each."""
    said = []
    if taken["elements"]:
        said.append(
            _("Not given any more: %(elements)s.") % {"elements": _joined([names.get(c, c) for c in taken["elements"]])}
        )
    for code, mask in taken["masks"].items():
        said.append(_("%(element)s: %(mask)s.") % {"element": names.get(code, code), "mask": mask_words(mask_of(mask))})
    if taken["conditions"]:
        rows = pgettext("between conditions", " and ").join(
            condition_words(condition_of(c), names) for c in taken["conditions"]
        )
        said.append(_("Only rows in which %(conditions)s.") % {"conditions": rows})
    if taken["purposes"]:
        used = _joined([str(labels.code("purpose", purpose)) for purpose in taken["purposes"]])
        said.append(_("No longer for: %(purposes)s.") % {"purposes": used})
    said += volume_sentences(Volume.from_json(taken.get("volume")))
    if (until := until_of(dict(taken))) is not None:
        said.append(_("Ends earlier, with %(day)s.") % {"day": last_day(until).isoformat()})
    return said
