"""May this be done now? Everything that is missing from a request or a reply, each point with its article."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.access import errors, states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue.vocabulary import PURPOSE_LABELS
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol.terms import VOLUME_LIMITS, Condition, ElementSpec, Mask, Purpose, Volume

#: Grounds of a refusal; `held_above` leads to a request to the line superior (21(3)), `does_not_exist` to filing and the
#: collection plan of the consumer (21(2)).
REFUSAL_GROUNDS: Final = ("outside_remit", "purpose_unfit", "no_legal_basis", "security_risk", "held_above", "does_not_exist")
MODES: Final = ("table", "api", "file")
#: Texts shorter than this say nothing; a choice of the product.
SHORTEST_TEXT: Final = 4
SHORTEST_REASON: Final = 10


@implements("cn-809:20.2", "wushen-2021-60:22.1", "wushen-2021-60:21(2)", "cn-809:3.2")
def find_shortfalls(
    request: AccessRequest,
    *,
    declared_purposes: Collection[str],
    specs: Sequence[ElementSpec],
    offered_modes: Collection[str],
    at: datetime,
) -> list[Refusal]:
    """What the text of the request lacks; empty when it can be presented and submitted."""
    problems: list[Refusal] = []
    if len(request.legal_basis.strip()) < SHORTEST_TEXT:
        problems.append(errors.LegalBasisMissing(field="legal_basis"))
    if not request.purposes:
        problems.append(errors.PurposeMissing(field="purposes"))
    # An undeclared purpose is not forbidden: it has to be explained, and the provider answers it.
    if len(request.purpose_note.strip()) < SHORTEST_TEXT and not request.unconditional:
        undeclared = [p for p in request.purposes if declared_purposes and p not in declared_purposes]
        problems += [errors.PurposeNotDeclared(field="purposes", purpose=PURPOSE_LABELS[Purpose(p)]) for p in undeclared]
    if len(request.use_case.strip()) < SHORTEST_TEXT:
        problems.append(errors.UseCaseMissing(field="use_case"))
    if len(request.scope.strip()) < SHORTEST_TEXT:
        problems.append(errors.ScopeMissing(field="scope"))
    known = {spec.code for spec in specs}
    if not request.elements:
        problems.append(errors.ElementsMissing(field="elements"))
    problems += [errors.UnknownElement(field="elements", element=code) for code in request.elements if code not in known]
    if request.mode not in offered_modes:
        problems.append(errors.ModeNotOffered(field="mode", mode=request.mode))
    if request.until is None or end_of_day(request.until) <= at:
        problems.append(errors.UntilMissing(field="until"))
    if request.ban_accepted_at is None:
        problems.append(errors.BanNotAccepted(field="ban"))
    return problems


@implements("cn-809:21.2")
def check_can_notify(request: AccessRequest, missing: Sequence[str]) -> None:
    """A notice is given once, and names everything."""
    if request.notified_at is not None:
        raise errors.AlreadyNotified()
    if not any(item.strip() for item in missing):
        raise errors.NoticeEmpty(field="missing")


#: Fields of a request that a notice may name, and that the applicant may then write anew.
NOTICE_FIELDS: Final = (
    "legal_basis", "purposes", "purpose_note", "use_case", "scope", "elements", "mode", "until", "handlers",
)  # fmt: skip


def check_notice_fields(fields: Collection[str]) -> None:
    """The fields named are fields of the request."""
    for name in fields:
        if name not in NOTICE_FIELDS:
            raise errors.FieldUnknown(field="fields", name=name)


@implements("cn-809:21.2")
def check_refusal(ground: str, reasons: str) -> None:
    """A refusal states its ground and its reasons."""
    problems: list[Refusal] = []
    if ground not in REFUSAL_GROUNDS:
        problems.append(errors.ReasonsMissing(field="ground"))
    if len(reasons.strip()) < SHORTEST_REASON:
        problems.append(errors.ReasonsMissing(field="text"))
    if problems:
        raise Shortfalls(problems)


@implements("cn-809:21.2")
def check_part_explained(reasons: str, *, whole: bool) -> None:
    """Who grants less than was asked refuses the rest, and says why."""
    if not whole and len(reasons.strip()) < SHORTEST_TEXT:
        raise errors.PartUnexplained(field="text")


@implements("cn-809:21.1")
def check_can_extend(*, status: str, unconditional: bool, due_at: datetime | None, at: datetime) -> None:
    """Only the running period of a conditional reply is extended, and not once it is over."""
    if status != states.SUBMITTED:
        raise WrongState(state=status, subject="access_request", basis=("cn-809:21.1",))
    if unconditional:
        raise errors.UnconditionalNotExtended()
    if due_at is None or at >= due_at:
        raise errors.ExtensionTooLate()


def find_extension_problems(working_days: int, reason: str, *, longest: int) -> list[Refusal]:
    """What is wrong with an asking."""
    problems: list[Refusal] = []
    if not 1 <= working_days <= longest:
        problems.append(errors.ExtensionTooLong(field="working_days", longest=longest))
    if len(reason.strip()) < SHORTEST_REASON:
        problems.append(errors.ExtensionUnreasoned(field="reason"))
    return problems


@implements("wushen-2021-60:22.1", "wushen-2021-60:22.3")
def check_within_request(
    request: AccessRequest, *, elements: Collection[str], purposes: Collection[Purpose], until: date
) -> None:
    """A reply stays within what was asked."""
    beyond = [code for code in elements if code not in request.elements]
    beyond += [p.value for p in purposes if p.value not in request.purposes]
    if request.until is not None and until > request.until:
        beyond.append(until.isoformat())
    if beyond:
        raise errors.GrantsTooMuch(field="elements", what=", ".join(beyond))


def is_whole(
    request: AccessRequest,
    *,
    elements: Collection[str],
    masks: Collection[Mask],
    conditions: Collection[Condition],
    volume: Volume,
    purposes: Collection[Purpose],
    until: date | None,
) -> bool:
    """Whether everything that was asked for is granted, unmasked and unfiltered."""
    return (
        set(request.elements) <= set(elements)
        and not masks
        and not conditions
        and _volume_suffices(volume, Volume.from_json(request.volume))
        and {p.value for p in purposes} == set(request.purposes)
        and until == request.until
    )


def _volume_suffices(given: Volume, asked: Volume) -> bool:
    """Whether no limit lies below what was asked for; a limit where nothing was said gives less."""
    limits = ((getattr(given, name), getattr(asked, name)) for name in VOLUME_LIMITS)
    return all(limit is None or (wanted is not None and limit >= wanted) for limit, wanted in limits)


def check_lapsed(request: AccessRequest, at: datetime) -> datetime:
    """The instant the period ended, if it has (`due_at` is exclusive); raises NotOverdue."""
    if request.due_at is None or at < request.due_at:
        raise errors.NotOverdue()
    return request.due_at
