"""Named refusals about requests to line superiors and about what comes back."""

from gongxiang.platform.kernel.errors import Refusal

_ASK = ("wushen-2021-60:21(3)",)


class SuperiorMissing(Refusal):
    """Name the line superior and the system in which the data lie."""

    basis = _ASK
    next_step = "Write both in full, for example 鄂尔多斯市民政局 and the system's official name."


class LevelUnknown(Refusal):
    """Say whether the system is run by the state, the region or the city."""

    basis = _ASK
    next_step = "Choose one of the three levels; a system of your own needs no letter."


class AskedItemsMissing(Refusal):
    """Name at least one data item that is asked for."""

    basis = _ASK
    next_step = "Write the items one a line, no more than the banner's duties need."


class AskedReasonMissing(Refusal):
    """Say why the banner needs its data back: the duty, and what stands still without them."""

    basis = ("wushen-2021-60:21(3)", "cn-809:24.1")
    next_step = "Name the statute or the business matter; the letter is written from these words."


class NotLineRun(Refusal):
    """This entry's data come from a system of your own, so no superior has to be asked."""

    basis = _ASK
    next_step = "Mount the entry, or correct in the catalogue who runs its system."


class NotYourCase(Refusal):
    """The entry or request named is not one that your department provides."""

    basis = _ASK
    next_step = "Open the request from your own entry or from a request put to your department."


class AskedAlready(Refusal):
    """The superior is being asked already: {number}."""

    basis = _ASK
    next_step = "Go on with {number}, or close it first."


class OwnLetter(Refusal):
    """You drafted this letter yourself; the accountable officer who issues it must be another person."""

    basis = _ASK
    next_step = "Ask the other accountable officer or the deputy named for absence."


class DayImpossible(Refusal):
    """The day lies in the future, or before what it follows."""

    basis = _ASK
    next_step = "Enter the day on the letter or the postmark: not after today, not before the step before it."


class WayUnknown(Refusal):
    """Choose by which way it went or came."""

    basis = _ASK
    next_step = "Choose one of the ways offered."


class AddresseeMissing(Refusal):
    """Say which unit of the superior it was sent to."""

    basis = _ASK
    next_step = "Name the office or post, no person's name."


class AnswerIncomplete(Refusal):
    """An answer is written down with its day and what it says."""

    basis = _ASK
    next_step = "Enter the day of the answer and its main sentence; attach the document if there is one."


class AgreementIncomplete(Refusal):
    """What was agreed names the way and the frequency in which the data come back."""

    basis = ("cn-809:24.1",)
    next_step = "Choose way and frequency; what the superior added as limits goes into the field beside them."


class NotRemindedYet(Refusal):
    """That no answer came is noted after a reminder at least."""

    basis = _ASK
    next_step = "Remind the superior, wait for the period, then note it."


class NothingReturned(Refusal):
    """Say on which day data came and by which way; the number of rows is a whole number."""

    basis = ("cn-809:24.1",)
    next_step = "Enter the day, not after today; leave the number of rows empty if it is not known."


class ReturnedAlready(Refusal):
    """This return was written down before: the same day and way."""

    basis = ("cn-809:24.1",)
    next_step = "Look at the list of returns below; nothing was changed."


class CloseWithoutReason(Refusal):
    """A request to a superior is closed with a reason that others can follow."""

    basis = _ASK
    next_step = "Say in one sentence why nothing more is expected, or why the data are no longer needed."


class AnswerNotDue(Refusal):
    """The period for the superior's answer is not over."""

    basis = _ASK
    next_step = "Wait until the period is over."
