"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class NodeNameTaken(Refusal):
    """Your department already has a node named “{name}”."""

    basis = ("wushen-2021-60:13",)
    next_step = "Choose another name."


class NameMissing(Refusal):
    """A node needs a name that its operators recognise."""

    basis = ("wushen-2021-60:13",)
    next_step = "For example the department and the room in which the machine stands."


class NodeNotAdmitted(Refusal):
    """The node “{node}” has not been admitted to the exchange."""

    basis = ("wushen-2021-60:16",)
    next_step = "Enrol the machine with its one-time code, then let the platform operator admit it."


class FingerprintNotConfirmed(Refusal):
    """The key that the machine shows must be compared with the one that arrived before the node is admitted."""

    basis = ("wushen-2021-60:16",)
    next_step = "Ask the department's node operator to read out the 16 digits of the key that `gongxiang node status` shows."


class ReasonMissing(Refusal):
    """Say why: both departments read it."""

    basis = ("wushen-2021-60:12(2)",)
    next_step = "Write one sentence."


class TableNameUnfit(Refusal):
    """“{table}” is not the name of a table in the form schema.table."""

    basis = ("wushen-2021-60:19(1)",)
    next_step = "Write for example public.area."


class FlowNotRunning(Refusal):
    """Only a running flow can be reconciled."""

    basis = ("wushen-2021-60:13",)
    next_step = "Wait until the flow has started, or lift its suspension first."


class SampleNotPossible(Refusal):
    """Rows can be shown only while the flow runs."""

    basis = ("wushen-2021-60:22",)
    next_step = "Wait until the flow has started, or until its suspension is lifted."


class PurposeNotGranted(Refusal):
    """The data may be looked at for a granted purpose only."""

    basis = ("wushen-2021-60:22",)
    next_step = "Choose one of the purposes of the grant."


class ReconciliationPending(Refusal):
    """A reconciliation of this flow is under way."""

    basis = ("wushen-2021-60:13",)
    next_step = "Wait for its result; it is shown on this page."


class NotYourEntry(Refusal):
    """The entry or its delivery belongs to another department than the node."""

    status = 403
    basis = ("wushen-2021-60:13", "wushen-2021-60:20")
    next_step = "Choose an entry of the department whose node it is."


class NotYourNode(Refusal):
    """The node belongs to another department."""

    status = 403
    basis = ("wushen-2021-60:13", "wushen-2021-60:19(1)")
    next_step = "Choose a node of your own department."
