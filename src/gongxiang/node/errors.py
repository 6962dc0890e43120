"""Everything that can go wrong in a node, by name; for the agent, the command line and the operator who reads the log.

The errors that travel between node and gateway are `protocol.errors`; here are the node's own. The type decides the retry:
`Transient` is tried again with back-off, `Terminal` waits for a person. Messages never carry values of shared rows or secrets.
"""

from gongxiang.protocol.errors import (
    ERRORS,
    ClockSkewed,
    DataPlaneError,
    FileUnknown,
    GrantEnded,
    GrantNotYetValid,
    GrantSuspended,
    GrantUnknown,
    LeaseExpired,
    NodeNotAdmitted,
    NodeRevoked,
    NodeUnknown,
    SegmentOutOfOrder,
    Terminal,
    Transient,
    error_from,
    trace,
)

__all__ = [
    "ERRORS", "ClockSkewed", "DataPlaneError", "FileUnknown", "GrantEnded", "GrantNotYetValid", "GrantSuspended",
    "GrantUnknown", "LeaseExpired", "NodeNotAdmitted", "NodeRevoked", "NodeUnknown", "SegmentOutOfOrder", "Terminal",
    "Transient", "error_from", "in_words", "trace",
]  # fmt: skip


def in_words(error: BaseException) -> str:
    """Message and advice in one line, as the log and the status file show it."""
    return error.words if isinstance(error, DataPlaneError) else f"{type(error).__name__}: {error}"


# ---- configuration and enrolment -------------------------------------------------------------------------------------


class ConfigurationWrong(Terminal):
    """The node's configuration file cannot be used."""

    advice = "Correct the file named above and start again."


class FileUnusable(Terminal):
    """The file on this machine cannot be read or written."""

    advice = "Look at the path and at the rights of its folder; --replace writes over a file that is there."


class FileNotStated(Terminal):
    """A file is deposited only with the statement that it holds no state secret (办法 4(1))."""

    advice = "Look through the file; where it holds none, say so with --no-state-secrets."


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


class OrderForged(Terminal):
    """An order does not carry the platform's signature: it is not followed."""

    advice = "Report an incident to the platform operator: somebody changes orders on their way."


# ---- segments --------------------------------------------------------------------------------------------------------


class ChainBroken(Terminal):
    """The next segment does not follow from the last one applied: something is missing, doubled or exchanged."""

    advice = "Nothing was applied. Report the incident; a new load begins with the next revision of the grant's terms."


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

    advice = "Undo the change; then it goes on by itself within a minute."


class StateDamaged(Terminal):
    """A state file in the node's home cannot be read."""

    advice = "Restore it from the backup, or delete it: the node fetches its orders anew."


# ---- the source database -----------------------------------------------------------------------------------------------


class SourceDown(Transient):
    """The department's source database does not answer."""

    advice = "Start it, or correct [source] dsn; the node tries again by itself and nothing is lost while its log is kept."


class SourceBusy(Transient):
    """A long transaction in the source database holds the stream up."""

    advice = "A stream begins when all transactions open in the source have ended: look for one that was forgotten."


class SourceUnfit(Terminal):
    """The source database cannot be captured from its log."""

    advice = "Settle what is named above; the node looks again every minute."


class TableUnfit(Terminal):
    """The source table cannot be captured."""

    advice = "Settle what is named above; the node looks again every minute."


class SchemaDrift(Terminal):
    """The source table no longer has the shape that was published."""

    advice = "Undo the change of the table, or publish a new version of the resource that fits it."


class ValueNotCarried(Terminal):
    """A row holds a value that no exchange can carry."""

    advice = "Correct the value in the business system; the stream goes on by itself within a minute."
