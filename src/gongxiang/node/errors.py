"""Everything that can go wrong in a node, by name; for the agent, the command line and the operator who reads the log.

The type decides the retry: `Transient` is tried again with back-off, `Terminal` waits for a person. Messages never carry values
of shared rows or secrets.
"""

from collections.abc import Mapping
from typing import Any


def snake_case(name: str) -> str:
    """`GrantSuspended` -> `grant_suspended`: the name of an error on the wire."""
    return "".join(f"_{c.lower()}" if c.isupper() and i else c.lower() for i, c in enumerate(name))


class NodeError(Exception):
    """Something went wrong in the node."""

    #: What the operator can do, in words.
    advice: str = ""
    #: Named error as in the gateway's answers and in alarms; the class name in snake_case unless given.
    code: str = ""

    def __init__(
        self, message: str = "", *, code: str = "", advice: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        self.message = message or (type(self).__doc__ or "").split("\n\n")[0].strip()
        self.code = code or type(self).code or snake_case(type(self).__name__)
        self.advice = advice or type(self).advice
        self.details: Mapping[str, Any] = dict(details or {})
        super().__init__(self.message)

    def in_words(self) -> str:
        """Message and advice in one line, as the log and the status file show it."""
        return f"{self.message} {self.advice}".strip()


class Transient(NodeError):
    """It may work the next time: tried again with back-off."""


class Terminal(NodeError):
    """Trying again cannot help: a person has to look."""


# ---- configuration and enrolment -------------------------------------------------------------------------------------


class ConfigurationWrong(Terminal):
    """The node's configuration file cannot be used."""

    advice = "Correct the file named above and start again."


class NotEnrolled(Terminal):
    """This node has no key or no enrolment yet."""

    advice = "Run `gongxiang node enroll --config FILE --code CODE` with the code from the platform's page of this node."


class AlreadyEnrolled(Terminal):
    """This home already belongs to an enrolled node."""

    advice = "To enrol anew, have the node revoked on the platform and move the home directory away first."


class HomeInUse(Terminal):
    """Another process already runs this node's home."""

    advice = "Stop the other process, or give this node a home of its own."


class KeyUnreadable(Terminal):
    """The node's private key cannot be read."""

    advice = "Restore node.key from the backup with mode 0600, or have the node revoked and enrol anew."


class CodeUnknown(Terminal):
    """The gateway does not know this enrolment code."""

    advice = "Check the code for typing errors, or have a new one made on the platform's page of this node."


class CodeUsed(Terminal):
    """This enrolment code was used before: a code serves once."""

    advice = "Have a new code made on the platform; if nobody here used the old one, report it as an incident."


class CodeExpired(Terminal):
    """This enrolment code has expired."""

    advice = "Have a new code made on the platform's page of this node and use it in time."


# ---- the way to the gateway ------------------------------------------------------------------------------------------


class GatewayUnreachable(Transient):
    """The gateway cannot be reached."""

    advice = "Check the network and that the gateway runs; the node tries again by itself and loses nothing."


class GatewayBusy(Transient):
    """The gateway could not serve the call just now."""

    advice = "The node tries again by itself; if it goes on, look into the gateway's log."


class FingerprintMismatch(Terminal):
    """The gateway's certificate is not the one this node was told to trust."""

    advice = "Compare [gateway] fingerprint with the one on the platform's page of this node: somebody may stand in between."


class AnswerUnreadable(Transient):
    """The gateway's answer is not understood."""

    advice = "Check that [gateway] url names the gateway's node door and that both run compatible versions."


class ClockSkewed(Transient):
    """This machine's clock and the gateway's differ too much for signed calls."""

    advice = "Set this machine's clock (for instance by NTP); the node goes on by itself once it is right."


class RequestReplayed(Transient):
    """The gateway saw this signed call before."""


class NodeRevoked(Terminal):
    """This node's key was revoked on the platform: nothing is exchanged any more."""

    advice = "Ask the platform operator why; a revoked node is enrolled anew with a new code and key."


class OrderForged(Terminal):
    """An order does not carry the platform's signature: it is not followed."""

    advice = "Report an incident to the platform operator: somebody changes orders on their way."


# ---- segments --------------------------------------------------------------------------------------------------------


class SegmentAltered(Transient):
    """A segment's digest or signature is wrong: it was changed on its way and is not applied."""

    advice = "The node fetches it again; if it goes on, report an incident to the platform operator."


class ChainBroken(Terminal):
    """The next segment does not follow from the last one applied: something is missing, doubled or exchanged."""

    advice = "Nothing was applied. Have the grant reloaded (new epoch) from the platform's flow page and report the incident."


class SegmentOutOfOrder(Terminal):
    """The gateway expects another sequence number."""


class SegmentOfOtherSchema(Terminal):
    """The segment's columns are not those of the resource's published version."""


class SegmentOfOtherEpoch(Terminal):
    """The gateway has another epoch of this stream."""


class StreamNotOpen(Transient):
    """The gateway knows no open stream for this resource."""


class BodyTooLarge(Terminal):
    """The body is larger than the gateway accepts."""


# ---- grants ----------------------------------------------------------------------------------------------------------


class GrantSuspended(Transient):
    """The grant is suspended: nothing flows until it is resumed, and nothing is lost."""

    advice = "The reason is on the grant's page; the flow goes on from its cursor after the resumption."


class GrantEnded(Terminal):
    """The grant is over: nothing flows any more; what was delivered stays until it is disposed of."""

    advice = "Settle the disposal duty on the grant's page."


class GrantUnknown(Transient):
    """The gateway does not know this grant."""


class LeaseExpired(Transient):
    """The platform has not renewed its orders in time, so they no longer hold; the flow waits."""

    advice = "Check that the platform's site and worker run; the flow goes on by itself with the next lease."


class PurposeOutsideGrant(Terminal):
    """The grant does not name this purpose."""


# ---- databases -------------------------------------------------------------------------------------------------------


class TargetDown(Transient):
    """The exchange database cannot be reached."""

    advice = "Start it, or correct [exchange] dsn; the node tries again by itself and goes on from its cursor."


class TargetDiskFull(Transient):
    """The exchange database has no space left."""

    advice = "Make space on its disk; the node tries again by itself and goes on from its cursor."


class TargetBusy(Transient):
    """Another session holds the received table: its lock was not given in time."""

    advice = "End long-running transactions on the received table; the node tries again by itself."


class TargetRefused(Terminal):
    """The exchange database refused to write."""


class TableTampered(Terminal):
    """The received table was changed by hand: its columns are not those that were delivered."""

    advice = "Undo the change, or have the grant reloaded (new epoch); then restart the node."


class StateDamaged(Terminal):
    """A state file in the node's home cannot be read."""

    advice = "Restore it from the backup, or delete it: the node fetches its orders anew."


#: Named errors of the gateway's answers that the node knows as classes.
BY_CODE: Mapping[str, type[NodeError]] = {
    snake_case(cls.__name__): cls
    for cls in (
        CodeUnknown, CodeUsed, CodeExpired, ClockSkewed, RequestReplayed, NodeRevoked, SegmentAltered, SegmentOutOfOrder,
        SegmentOfOtherSchema, SegmentOfOtherEpoch, StreamNotOpen, BodyTooLarge, GrantSuspended, GrantEnded, GrantUnknown,
        LeaseExpired, PurposeOutsideGrant,
    )
}  # fmt: skip


def from_answer(error: Mapping[str, Any], status: int) -> NodeError:
    """The named error in a gateway's answer `{"code","message","advice","transient", ...}`."""
    code = str(error.get("code") or f"http_{status}")
    message, advice = str(error.get("message") or ""), str(error.get("advice") or "")
    known = BY_CODE.get(code)
    details = {k: v for k, v in error.items() if k not in ("code", "message", "advice", "transient")}
    if known is not None:
        return known(message, advice=advice, details=details)
    kind: type[NodeError] = Transient if error.get("transient", status >= 500) else Terminal
    return kind(message or f"The gateway answered {status}.", code=code, advice=advice, details=details)
