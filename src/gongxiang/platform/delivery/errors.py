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


class FileGone(Refusal):
    """Version {version} of the file was withdrawn or destroyed already."""

    basis = ("wushen-2021-60:19(3)",)
    next_step = "Look at the list of versions: it says when and why."


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

    basis = ("wushen-2021-60:22.3",)
    next_step = "Wait until the flow has started, or until its suspension is lifted."


class PurposeNotGranted(Refusal):
    """The data may be looked at for a granted purpose only."""

    basis = ("wushen-2021-60:22.3",)
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


class SurveyPending(Refusal):
    """The node was asked for its tables a moment ago and has not answered yet."""

    basis = ("wushen-2021-60:19(1)",)
    next_step = "Wait for the answer on this page; a node that is connected answers within seconds."


class NoTableChosen(Refusal):
    """No table was chosen."""

    basis = ("wushen-2021-60:7",)
    next_step = "Tick the tables that are to become drafts."


class TooManyTablesChosen(Refusal):
    """At most {most} tables become drafts at once."""

    basis = ("wushen-2021-60:7",)
    next_step = "Choose fewer; each draft has to be completed by somebody."


class TablesMountedAlready(Refusal):
    """Every chosen table is delivered by an entry already."""

    basis = ("wushen-2021-60:7", "cn-809:19.1")
    next_step = "Open the entry that the list names, and revise it there."


class NothingMounted(Refusal):
    """No table with mapped columns stands in the draft of this entry yet."""

    basis = ("wushen-2021-60:19(1)", "wushen-2021-60:21(1)")
    next_step = "Ask the node for the table and map its columns to the elements first."


class PlaceMissing(Refusal):
    """The draft does not say at which node and under which path this API or file is."""

    basis = ("wushen-2021-60:19(2)", "wushen-2021-60:19(3)", "wushen-2021-60:21(1)")
    next_step = "Choose the node and write the path in the delivery part of the draft."


class PlaceUnfit(Refusal):
    """“{place}” is not a path below the folder or the address that the node offers."""

    basis = ("wushen-2021-60:19(2)", "wushen-2021-60:19(3)")
    next_step = "Write for example people/2026.csv or people?limit=5, without blanks, colons and steps upwards."


class ElementsMissing(Refusal):
    """The draft has no element yet that could be looked for."""

    basis = ("wushen-2021-60:7", "wushen-2021-60:21(1)")
    next_step = "Enter the elements with their codes and types first."


class ElementUnfinished(Refusal):
    """The element “{element}” has no type yet, so its column cannot be tried."""

    basis = ("wushen-2021-60:7",)
    next_step = "Complete the mapped elements in the draft: type, length and, for decimals, the digits after the point."


class TrialPending(Refusal):
    """The node was asked to try this table a moment ago and has not answered yet."""

    basis = ("wushen-2021-60:21(1)",)
    next_step = "Wait for the answer on this page; a node that is connected answers within seconds."


class NoRowsToShow(Refusal):
    """There are no rows of this trial to be shown: they are kept for some minutes and shown once."""

    basis = ("wushen-2021-60:14",)
    next_step = "Test the connection once more, then show the rows."


class MatterMissing(Refusal):
    """Say for which matter the data are used: its number, at most 60 characters."""

    basis = ("wushen-2021-60:22.2", "cn-809:29.2")
    next_step = "Enter the number of the case or of the business matter."


class FilesClosed(Refusal):
    """The entry is not delivered by file any more: nothing is deposited or fetched."""

    basis = ("wushen-2021-60:19(3)", "wushen-2021-60:21(1)")
    next_step = "Publish the entry with a delivery by file first."


class SecrecyNotStated(Refusal):
    """State that the file holds no state secret and no work secret, or do not hand it in."""

    basis = ("wushen-2021-60:4(1)", "cn-809:3.1")
    next_step = "Have the file examined in your department, then tick the statement."


class FetchNotPossible(Refusal):
    """A file is fetched only while its grant is in force."""

    basis = ("wushen-2021-60:19(3)", "cn-809:27.2")
    next_step = "See on the grant's page what holds it, or apply anew."
