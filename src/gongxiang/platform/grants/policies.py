"""May this be done now? Terms that make sense, narrowing told from widening, reasons from the list."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext

from gongxiang.law.articles import implements
from gongxiang.platform.grants import errors
from gongxiang.platform.grants.states import SUSPENDED
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.terms import (
    MASK_FITS,
    NO_VALUE,
    ORDER,
    UNORDERED,
    VOLUME_LIMITS,
    Comparison,
    Condition,
    DataType,
    ElementSpec,
    Mask,
    MaskKind,
    Terms,
    Volume,
)

#: Why sharing may be suspended (条例 27); the first two by the consumer's fault, the third by the source's.
SUSPEND_REASONS: Final = ("misuse", "security", "source_fault")
#: Why the product itself lets a grant rest: no agreement in force (art. 18). Nobody may choose it.
NO_AGREEMENT: Final = "no_agreement"
#: Why a grant may end before its time, as far as the authority ends it.
END_REASONS: Final = ("purpose_met", "not_needed", "misuse", "security", "basis_lapsed", "source_retired", "superseded")
#: After an end for one of these a person answers before the same consumer gets the same resource again; our choice.
HELD_REASONS: Final = ("misuse", "security")
#: The provider ends a grant itself for these alone, and out of a suspension (条例 27.2); all else it announces (条例 27.3).
PROVIDER_END_REASONS: Final = HELD_REASONS
CONSUMER_END_REASONS: Final = ("purpose_met", "not_needed", "superseded")
#: Why a provider may give less of a resource, after negotiation (条例 27.3).
NARROW_REASONS: Final = ("basis_lapsed", "source_changed", "duty_moved", "not_needed", "quality")
#: What cannot wait for negotiation: the narrowing holds at once and is heard and filed afterwards; our choice.
PROTECT_GROUNDS: Final = ("security", "law_changed")
#: The consumer puts right what it did; a fault of the source is the provider's own to mend (条例 27.2).
RECTIFIED_REASONS: Final = ("misuse", "security")
#: Which paragraph carries an end, a suspension or a narrowing of a grant; reasons that are not here are not named by 条例 27.
ARTICLES: Final = {
    "purpose_met": "cn-809:27.1", "not_needed": "cn-809:27.1", "misuse": "cn-809:27.2", "security": "wushen-2021-60:15",
    "source_fault": "wushen-2021-60:20", "source_retired": "cn-809:27.3", "basis_lapsed": "cn-809:27.3",
    "superseded": "wushen-2021-60:22.3", "period_over": "wushen-2021-60:22.3", "no_agreement": "wushen-2021-60:18",
}  # fmt: skip
DISPOSAL_METHODS: Final = ("deleted", "destroyed", "returned", "retained")
#: A statement shorter than this says nothing; a choice of the product.
SHORTEST_STATEMENT: Final = 4
#: More than this is no limit any more; it keeps the counters within their type.
LARGEST_VOLUME: Final = 10**12


def find_term_problems(terms: Terms, specs: Sequence[ElementSpec]) -> list[Refusal]:
    """Everything that is wrong with the terms, each with its article; empty when they can stand."""
    by_code = {spec.code: spec for spec in specs}
    problems: list[Refusal] = []
    if not terms.elements:
        problems.append(errors.NoElements(field="elements"))
    problems += [errors.UnknownElement(field="elements", element=code) for code in terms.elements if code not in by_code]
    for code, mask in terms.masks.items():
        if code not in terms.elements:
            problems.append(errors.MaskWithoutElement(field="masks", element=code))
        elif code in by_code and not mask_fits(mask, by_code[code]):
            spec = by_code[code]
            problems.append(errors.MaskUnfit(field="masks", mask=mask.kind.value, element=code, type=spec.type.value))
    for condition in terms.conditions:
        problems += _condition_problems(condition, by_code)
    if not terms.purposes:
        problems.append(errors.NoPurpose(field="purposes"))
    if terms.valid_until <= terms.valid_from:
        problems.append(errors.PeriodUnfit(field="until"))
    return problems


def check_terms(terms: Terms, specs: Sequence[ElementSpec], *, at: datetime) -> None:
    """Raise Shortfalls with every problem of the terms."""
    problems = find_term_problems(terms, specs)
    if terms.valid_until <= at and not any(isinstance(p, errors.PeriodUnfit) for p in problems):
        problems.append(errors.PeriodUnfit(field="until"))
    if problems:
        raise Shortfalls(problems)


@implements("wushen-2021-60:21(2)", "cn-809:25.1")
def check_volume(volume: Volume, *, mode: str) -> None:
    """Limits are positive numbers, and stand only where the gateway counts: not at a table that is kept in step."""
    if not volume.limited:
        return
    if mode == "table":
        raise errors.VolumeNotForTables(field="rows_per_day")
    for name in VOLUME_LIMITS:
        limit = getattr(volume, name)
        if limit is not None and not 1 <= limit <= LARGEST_VOLUME:
            raise errors.VolumeUnfit(field=name)


def mask_fits(mask: Mask, spec: ElementSpec) -> bool:
    """Whether the mask has a meaning for the element."""
    return mask.prefix >= 0 and mask.suffix >= 0 and spec.type in MASK_FITS[mask.kind]


def _condition_problems(condition: Condition, by_code: dict[str, ElementSpec]) -> list[Refusal]:
    spec = by_code.get(condition.element)
    if spec is None:
        return [errors.UnknownElement(field="conditions", element=condition.element)]
    wanted = value_count(condition.operator)
    if wanted is None and not condition.values:
        problem = gettext("a value is missing")
    elif wanted is not None and len(condition.values) != wanted:
        problem = gettext("one value is needed") if wanted else gettext("this operator takes no value")
    elif condition.operator is Comparison.STARTS_WITH and spec.type is not DataType.TEXT:
        problem = gettext("only texts have a beginning")
    elif condition.operator in ORDER and spec.type in UNORDERED:
        problem = gettext("values of this type have no order")
    elif spec.type is DataType.JSON and wanted != 0:
        problem = gettext("of JSON only presence can be tested")
    elif any(not readable(value, spec.type) for value in condition.values):
        problem = gettext("a value is not of the element's type")
    else:
        return []
    return [errors.ConditionUnfit(field="conditions", element=condition.element, problem=problem)]


def value_count(operator: Comparison) -> int | None:
    """How many values the operator takes; None: one or more."""
    if operator in NO_VALUE:
        return 0
    return None if operator is Comparison.IN else 1


def readable(value: str, kind: DataType) -> bool:
    """Whether the text can be a value of the type, in canonical form or near it."""
    try:
        match kind:
            case DataType.INTEGER:
                int(value)
            case DataType.DECIMAL:
                return Decimal(value).is_finite()
            case DataType.DOUBLE:
                float(value)
            case DataType.BOOLEAN:
                return value in ("true", "false")
            case DataType.DATE:
                date.fromisoformat(value)
            case DataType.TIMESTAMP | DataType.INSTANT:
                datetime.fromisoformat(value)
            case _:
                return True
    except (ValueError, InvalidOperation):
        return False
    return True


@implements("wushen-2021-60:22.3", "cn-809:25.1")
def find_widenings(old: Terms, new: Terms) -> list[str]:
    """What the new terms let through that the old did not, as `kind:name`; empty when they only narrow."""
    widened = [f"element:{code}" for code in new.elements if code not in old.elements]
    for code, mask in old.masks.items():
        if code in new.elements and not _mask_as_strict(mask, new.masks.get(code)):
            widened.append(f"mask:{code}")
    for condition in old.conditions:
        if not any(implies(later, condition) for later in new.conditions):
            widened.append(f"condition:{condition.element}")
    widened += [f"purpose:{p.value}" for p in new.purposes if p not in old.purposes]
    widened += [f"volume:{name}" for name in old.volume.widenings(new.volume)]
    if new.valid_until > old.valid_until:
        widened.append("period:until")
    return widened


def widening_words(widened: Iterable[str]) -> str:
    """What would be widened, in the reader's words."""
    words = {
        "element": gettext("element"),
        "mask": gettext("weaker mask"),
        "condition": gettext("weaker row filter"),
        "purpose": gettext("purpose"),
        "period": gettext("longer period"),
        "volume": gettext("larger volume"),
    }
    return "; ".join(f"{words[kind]} {name}".strip() for kind, _sep, name in (item.partition(":") for item in widened))


def same_terms(old: Terms, new: Terms) -> bool:
    """Whether nothing but the revision's number differs."""
    names = ("elements", "masks", "conditions", "purposes", "valid_until", "volume")
    return all(getattr(old, name) == getattr(new, name) for name in names)


def _mask_as_strict(old: Mask, new: Mask | None) -> bool:
    if new is None:
        return False
    if new == old or new.kind is MaskKind.BLANK:
        return True
    return old.kind is MaskKind.KEEP and new.kind is MaskKind.KEEP and new.prefix <= old.prefix and new.suffix <= old.suffix


def implies(new: Condition, old: Condition) -> bool:
    """Whether every row that satisfies `new` satisfies `old`; False where that is not plain, which refuses on the safe side."""
    if new == old:
        return True
    if new.element != old.element:
        return False
    listed = (Comparison.EQ, Comparison.IN)
    if old.operator in listed and new.operator in listed:
        return set(new.values) <= set(old.values)
    if old.operator is Comparison.STARTS_WITH and new.operator in (*listed, Comparison.STARTS_WITH):
        return all(value.startswith(old.values[0]) for value in new.values)
    return old.operator is Comparison.NOT_NULL and new.operator is not Comparison.IS_NULL


@implements("cn-809:27.1", "cn-809:27.2", "cn-809:27.3")
def check_can_end(
    reason: str, statement: str, *, by_consumer: bool, by_provider: bool, suspended: bool, rectification_runs: bool = False
) -> None:
    """Raise unless the side may end the grant for this reason now.

    The consumer ends what it no longer needs. Misuse is first suspended and to be put right, and ends the grant only if that
    failed; the provider's own reasons are announced, negotiated with the consumer and filed.
    """
    if by_consumer:
        check_reasoned(reason, statement, CONSUMER_END_REASONS)
        return
    if by_provider and reason in END_REASONS and reason not in PROVIDER_END_REASONS:
        raise errors.EndIsNegotiated(field="reason")
    check_reasoned(reason, statement, END_REASONS)
    if reason in HELD_REASONS and not suspended:
        raise errors.SuspendedFirst(field="reason")
    if reason in HELD_REASONS and rectification_runs:
        raise errors.RectificationRuns(field="reason")


@implements("cn-809:27.3")
def check_narrower(old: Terms, new: Terms) -> None:
    """Raise unless the new terms give less than the old, and nothing more."""
    if same_terms(old, new):
        raise errors.NothingChanges()
    if widened := find_widenings(old, new):
        raise errors.WideningNeedsApplication(widening=widening_words(widened))


@implements("cn-809:27.2")
def check_can_suspend(status: str, suspend_reason: str) -> None:
    """Raise unless the grant is in force, or rests for no fault of anybody's: a fault stands on its own then too."""
    if status == SUSPENDED and suspend_reason != NO_AGREEMENT:
        raise WrongState(state=status, subject="grant", basis=("cn-809:27.2",))


@implements("cn-809:27.2")
def check_reasoned(reason: str, statement: str, allowed: Iterable[str]) -> None:
    """Raise ReasonNeeded unless the reason is on the list and described in words."""
    if reason not in tuple(allowed):
        raise errors.ReasonNeeded(field="reason")
    if len(statement.strip()) < SHORTEST_STATEMENT:
        raise errors.ReasonNeeded(field="statement")
