"""Named errors of the data plane, for gateway and nodes: the type decides the retry, the advice says what to do.

An error travels as `{"error": {"code", "message", "parts", "advice", "transient", ...facts}}`; the code is the class name in
snake case, so both ends raise and catch the same class. A message is a form with the facts put in (`protocol.sentences`): the
site says it in the reader's language.
"""

import re
from typing import Any, ClassVar

from gongxiang.protocol.sentences import Sentence, parts_from

#: Facts that travel as they are.
_PLAIN = (str, int, list, type(None))


class DataPlaneError(Exception):
    """Something in the data plane was refused or failed."""

    #: HTTP status under which the gateway answers.
    status: ClassVar[int] = 400
    #: Whether the same call may succeed later without a person.
    transient: ClassVar[bool] = False
    #: What the reader can do about it.
    advice: ClassVar[str] = ""

    def __init__(self, message: str = "", **facts: Any) -> None:
        said = message if isinstance(message, Sentence) else Sentence(message or self.summary(), **facts)
        self.message = said if said.endswith(".") else Sentence.of(f"{said}.", said.parts)
        self.facts = facts
        super().__init__(self.message)

    @classmethod
    def summary(cls) -> str:
        """The first line of the docstring: what is said when nothing more is known."""
        return (cls.__doc__ or "").partition("\n")[0].strip()

    @property
    def words(self) -> Sentence:
        """Message and advice in one text that can be said in other languages."""
        return Sentence.joined(self.message, self.advice)

    @classmethod
    def code(cls) -> str:
        """The error's name on the wire: `SegmentAltered` is `segment_altered`."""
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()

    def to_json(self) -> dict[str, Any]:
        """The one error body of the data plane."""
        parts = [{"form": part.form, "values": part.values} for part in self.message.parts]
        own = {"code": self.code(), "message": str(self.message), "advice": self.advice, "transient": self.transient}
        facts = {name: fact if isinstance(fact, _PLAIN) else str(fact) for name, fact in self.facts.items()}
        return {"error": {**facts, **own, "parts": parts}}


class Transient(DataPlaneError):
    """The same call may succeed later: try again with back-off."""

    status = 503
    transient = True
    advice = "Nothing needs to be done; the call is repeated."


class Terminal(DataPlaneError):
    """Repeating the call cannot help: a person has to look."""


# ---- who is calling -----------------------------------------------------------------------------------------------------


class CodeUnknown(Terminal):
    """This enrolment code is not known."""

    status = 403
    advice = "Compare the code letter by letter with the node's page, or have a new code issued there."


class CodeUsed(Terminal):
    """This enrolment code was used before."""

    status = 403
    advice = "A code works once. If it was not you, tell the platform operator at once; have a new code issued."


class CodeExpired(Terminal):
    """This enrolment code has expired."""

    status = 403
    advice = "Have a new code issued on the node's page and use it within its period."


class NodeUnknown(Terminal):
    """No node with this identity is enrolled."""

    status = 401
    advice = "Enrol this machine: gongxiang node enroll --config FILE --code CODE."


class NodeNotAdmitted(Transient):
    """The node is enrolled but not admitted to exchange."""

    status = 403
    advice = "The platform operator admits the node on its page; the call is repeated until then."


class NodeRevoked(Terminal):
    """The node's key was revoked."""

    status = 403
    advice = "Ask the platform operator why; enrol again with a new code when it is settled."


class SignatureWrong(Terminal):
    """The signature of the request does not match the node's key."""

    status = 401
    advice = "Check that node.key is the key this machine enrolled with and that no proxy alters requests."


class ClockSkewed(Transient):
    """The caller's clock and the gateway's clock differ by more than two minutes."""

    status = 401
    advice = "Set the machine's clock (NTP); calls work again as soon as it is right."


class RequestReplayed(Transient):
    """This request was received before."""

    status = 409
    advice = "Each request carries a fresh nonce. If your node did not send it twice, somebody repeated it: tell the operator."


class RequestMalformed(Terminal):
    """The request cannot be read."""

    advice = "Use a node program of the same release as the platform, or correct the parameter that is named."


class NoSuchDoor(Terminal):
    """There is nothing at this address."""

    status = 404
    advice = "Check the address in the node's configuration."


class NotYours(Terminal):
    """This thing belongs to another node."""

    status = 403
    advice = "Check that this machine runs with its own identity; otherwise the order must be issued anew for this node."


class BodyTooLarge(Terminal):
    """The body of the request is larger than the gateway takes."""

    status = 413
    advice = "Send smaller segments (setting [node] segment_bytes)."


class TooManyRequests(Transient):
    """This caller sends more requests than it may."""

    status = 429
    advice = "Wait; the limit is counted anew every second."


# ---- segments -----------------------------------------------------------------------------------------------------------


class SegmentAltered(Terminal):
    """The segment is damaged or was altered: its digest or its signature does not match."""

    status = 422
    advice = "Send it again from the outbox; if it fails again, check disk and memory of the machine and tell the operator."


class SegmentOutOfOrder(Transient):
    """The segment does not follow the last one of its stream."""

    status = 409
    advice = "Read the stream's head and go on from the sequence that is expected."


class SegmentOfOtherSchema(Terminal):
    """The segment's elements are not those of the resource's version in force."""

    status = 409
    advice = "Take the new order of the stream; if the table changed, publish a new version of the resource first."


class SegmentOfOtherEpoch(Terminal):
    """The segment belongs to another load epoch than the stream is in."""

    status = 409
    advice = "Begin a new epoch with a `begin` segment; a copy of this node may be running elsewhere: stop it."


class StreamNotOpen(Transient):
    """No order opens a stream of this resource for this node."""

    status = 409
    advice = "Wait for the order; if it does not come, look at the resource's mapping on the node's page."


class StreamEmpty(Transient):
    """Nothing has been received of this stream yet."""

    status = 404
    advice = "Begin with sequence 1."


class FilterNotCovered(Transient):
    """The segment lacks the earlier values of an element that the grant's filter needs."""

    status = 409
    advice = "The provider's node begins a new epoch for the grant; it flows from there."


class HistoryTrimmed(Terminal):
    """The segments asked for are no longer kept."""

    status = 410
    advice = (
        "A new load is needed: it begins with the next revision of the grant's terms or the next version of the table's entry."
    )


# ---- grants -------------------------------------------------------------------------------------------------------------


class GrantUnknown(Terminal):
    """No order opens this grant for this node."""

    status = 404
    advice = "Look at the grant's page; the order reaches the gateway within seconds of the grant."


class GrantSuspended(Transient):
    """The grant is suspended: nothing flows until it is resumed, nothing is lost meanwhile."""

    status = 409
    advice = "The reason stands on the grant's page."


class GrantEnded(Terminal):
    """The grant has ended."""

    status = 410
    advice = "Apply anew if the data are still needed; dispose of the delivered data as the grant says."


class GrantNotYetValid(Transient):
    """The grant's period has not begun."""

    status = 409
    advice = "It opens by itself on its first day."


class LeaseExpired(Transient):
    """The platform's orders have not been renewed in time, so every grant is closed."""

    status = 503
    advice = "Start the site's worker (gongxiang worker); everything goes on by itself from where it stood."


class PurposeOutsideGrant(Terminal):
    """The declared purpose is not one the grant was given for."""

    status = 403
    advice = "Declare one of the grant's purposes, or apply anew for another purpose."


class PurposeMissing(Terminal):
    """The call names no purpose: shared information is used for the stated purpose only (办法 22.3)."""

    status = 403
    advice = "Name one of the grant's purposes with every call."


class MatterMissing(Terminal):
    """The call names no matter number: the use is followed through the whole of its course (办法 22.2; 条例 29.2)."""

    status = 403
    advice = "Name the number of the matter at hand with every call."


class NotNamedAsHandler(Terminal):
    """The person who calls is not a named handler of the grant: who handles it uses it and answers for it (办法 22.1)."""

    status = 403
    advice = "The accountable officer names handlers on the grant's page; use the person's number that stands there."


class ElementNotOpen(Terminal):
    """By this element nothing may be asked: it is not granted, or only masked."""

    status = 403
    advice = "Ask by elements that the grant gives out as they are; they stand on the grant's page."


class TooManyRows(Terminal):
    """More rows fit than one call may give out; nothing was given out."""

    status = 409
    advice = "Name more elements, so that the record is meant and no other."


class ServiceNotReady(Transient):
    """The interface is being prepared: the resource's first load has not arrived whole."""

    status = 503
    advice = "Try again in a moment; the state of the load stands on the resource's page."


class FilesNotOpen(Transient):
    """No order opens the delivery by file of this resource for this node (办法 19(3))."""

    status = 403
    advice = "Mount the file with this node in the entry and publish it; the call is repeated until the order is here."


class FileRefused(Terminal):
    """The file is not what the entry says: nothing of it was taken."""

    status = 422
    advice = "Correct the file by the entry's elements, or the entry by the file, and deposit it again."


class FileUnknown(Terminal):
    """There is no such version of the file, or it is not kept any more."""

    status = 404
    advice = "Ask for the list of versions; the newest ones are kept."


class FileNotDivisible(Terminal):
    """A file of this form is given only whole, and the grant does not reach so far: nothing was given out (办法 9, 21(2))."""

    status = 409
    advice = "Ask the provider to deposit the table as CSV: of it each grant gets its elements, rows and masks."


class VolumeSpent(Terminal):
    """The volume that the grant allows is used up; nothing was given out."""

    status = 429
    advice = "A limit per day begins anew at midnight in Beijing; for a larger volume apply for a change of the grant."


class TermsNotCompilable(Terminal):
    """The grant's terms do not fit the resource's elements."""

    status = 409
    advice = "Issue a revision of the grant that fits the resource's version in force."


class ReceiptRefused(Terminal):
    """The receipt does not match what was handed out."""

    status = 422
    advice = "Check that this machine runs with its own key and its own exchange database, then reconcile."


class FactRefused(Terminal):
    """The node reported something that is not its own or has no known form."""

    status = 422
    advice = "Use a node program of the same release as the platform."


# ---- tickets ------------------------------------------------------------------------------------------------------------


class TicketAltered(Terminal):
    """The ticket is not one the platform signed."""

    status = 403
    advice = "Open the page again and use the link there."


class TicketUsed(Terminal):
    """This ticket was used before."""

    status = 403
    advice = "A ticket works once: open the page again to get a new one."


class TicketExpired(Terminal):
    """This ticket has expired."""

    status = 403
    advice = "A ticket lives for a minute: open the page again to get a new one."


class NothingToShow(Transient):
    """Nothing of this resource has been loaded yet."""

    status = 404
    advice = "Wait for the first load of the resource; its state stands on the resource's page."


# ---- the gateway itself -------------------------------------------------------------------------------------------------


class DiskFull(Transient):
    """The gateway's store is full: nothing was taken."""

    status = 507
    advice = "Free space in GONGXIANG_HOME on the gateway's machine; nodes keep their data and send it again."


class DatabaseDown(Transient):
    """The gateway's database does not answer: nothing was taken."""

    status = 503
    advice = "Start PostgreSQL on the gateway's machine (gongxiang doctor names the fault); calls are repeated."


class NotReady(Transient):
    """The gateway has just started and is still reading its orders."""

    advice = "Nothing needs to be done; if it lasts, look whether PostgreSQL runs (gongxiang doctor)."


class GatewayFault(Transient):
    """The gateway made a mistake: nothing was taken."""

    status = 500
    advice = "Tell the operator the time; the gateway's log names the cause."


def _all(cls: type[DataPlaneError]) -> list[type[DataPlaneError]]:
    return [cls, *(found for sub in cls.__subclasses__() for found in _all(sub))]


#: Every named error by its code.
ERRORS: dict[str, type[DataPlaneError]] = {cls.code(): cls for cls in _all(DataPlaneError)}


def error_from(body: Any) -> DataPlaneError:
    """The error in an answer's JSON body; an unknown code keeps its words and its `transient`."""
    value = dict(body.get("error") or {}) if isinstance(body, dict) else {}
    code, message, transient = value.pop("code", ""), str(value.pop("message", "")), bool(value.pop("transient", True))
    value.pop("advice", None)
    parts = parts_from(value.pop("parts", None))
    cls = ERRORS.get(str(code)) or (Transient if transient else Terminal)
    said = Sentence.of(message or cls.summary(), parts) if parts or not message else Sentence(message)
    return cls(said, **{str(name): fact for name, fact in value.items()})


def trace(error: BaseException) -> str:
    """The kind of error and where it arose, without its text."""
    places = []
    step = error.__traceback__
    while step is not None:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rsplit('/', 1)[-1]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return f"{type(error).__name__} at {' > '.join(places[-6:])}"
