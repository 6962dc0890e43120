"""Named refusals of the room; a shortfall names the field it is about, so that the form can show it there."""

from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal

_EIGHT = ("wushen-2021-60:8",)


class ProjectNotFound(NotFound):
    """There is no such project, or it is not yours to see."""

    basis = _EIGHT
    next_step = "Look for it in the register of projects, or ask the department that owns it."


class NotYourProject(NotPermitted):
    """This project belongs to another department."""

    basis = _EIGHT
    next_step = "Tell the owning department what should change; only it keeps its projects."


class SamePerson(NotPermitted):
    """Nobody consents to, passes or accepts what they worked on themselves."""

    basis = ("wushen-2021-60:26",)
    next_step = "Ask a colleague who holds the role and has not worked on this project."


class ChangedMeanwhile(Refusal):
    """Somebody saved this project after you opened it; your text has not been saved over theirs."""

    basis = _EIGHT
    next_step = "Copy what you typed, reload the page, and enter it again."


class ReasonMissing(Refusal):
    """A reason is required."""

    basis = _EIGHT
    next_step = "Write one sentence for those who read the timeline."


class RemarkMissing(Refusal):
    """A pre-compiled catalogue or an acceptance is returned with at least one remark on what has to change."""

    basis = _EIGHT
    next_step = "Write a remark beside each point that has to change."


class NoRevisionRunning(Refusal):
    """There is no passed catalogue to go back to."""

    basis = _EIGHT
    next_step = "Go on with the entries, or cancel the project."


class CertificateMissing(Refusal):
    """The project has no certificate in force that its pre-compiled catalogue has passed: that is a precondition."""

    basis = _EIGHT
    next_step = "Pre-compile the catalogue, have it consented to and reviewed; then go on."


class OperationOnly(Refusal):
    """Only a project of operation and maintenance begins without a pre-compiled catalogue."""

    basis = _EIGHT
    next_step = "Pre-compile the catalogue first."


class NothingChanged(Refusal):
    """The catalogue is as it was passed: there is nothing to present."""

    basis = _EIGHT
    next_step = "Change an entry, or discard the revision."


class UnknownCheckItem(Refusal):
    """This point is not on the interface check list in force."""

    basis = _EIGHT
    next_step = "Choose a point of the list; the authority keeps it among the code tables."


# ---- shortfalls ---------------------------------------------------------------------------------------------------------


class Shortfall(Refusal):
    """Something is missing."""


class FieldMissing(Shortfall):
    """This field must be filled in."""

    basis = _EIGHT
    next_step = "Fill it in."


class FieldUnknown(Shortfall):
    """This value is not in the code list."""

    basis = _EIGHT
    next_step = "Choose one of the list."


class DatesReversed(Shortfall):
    """The end lies before the start."""

    basis = _EIGHT
    next_step = "Correct one of the two dates."


class SystemOfOthers(Shortfall):
    """A system named here is not in your department's register."""

    basis = ("wushen-2021-60:17",)
    next_step = "Enter the system in the register of systems first."


class NameTaken(Shortfall):
    """Your department has another open project, or this project another entry, of the same name."""

    basis = _EIGHT
    next_step = "Choose a name that tells the two apart."


class EntriesMissing(Shortfall):
    """The pre-compiled catalogue has no entry."""

    basis = _EIGHT
    next_step = "Add what the project will collect or make, or say so if it is operation and maintenance only."


class EntryIncomplete(Shortfall):
    """The planned entry “{name}” is incomplete: {what}."""

    basis = _EIGHT
    next_step = "Open the entry and fill in what is named."


class TooMany(Shortfall):
    """More than {most} cannot be taken here."""

    basis = _EIGHT
    next_step = "Split it."


class TooLong(Shortfall):
    """This text is longer than {most} characters."""

    basis = _EIGHT
    next_step = "Shorten it."


class HitUnanswered(Shortfall):
    """“{name}” resembles “{target}” of {owner}: say whether that is used through sharing or why it is collected anew."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Open the hit list and answer every hit."


class AnswerReasonMissing(Shortfall):
    """Collecting anew what sharing may give needs a reason."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Say what the shared resource lacks for your task."


class CheckOpen(Shortfall):
    """The interface check “{item}” has not been passed."""

    basis = _EIGHT
    next_step = "Let the operator of the platform test it and record the result."


class EvidenceMissing(Shortfall):
    """A result recorded by hand names its test record: a number, a file or who saw it."""

    basis = _EIGHT
    next_step = "Name the test record."


class ApprovalMissing(Shortfall):
    """Name the number and the date of the project's approval."""

    basis = _EIGHT
    next_step = "Enter both from the approval document."


class AmountWrong(Shortfall):
    """An amount is zero or more, in whole cents, and below a hundred billion."""

    basis = ("wushen-2021-60:28",)
    next_step = "Enter the amount in yuan with at most two decimals."


class YearWrong(Shortfall):
    """The year is not one of this project's time."""

    basis = ("wushen-2021-60:28",)
    next_step = "Enter a year between 2000 and 2100."
