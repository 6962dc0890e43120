"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class TitleMissing(Refusal):
    """Name what you need in a few words."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Write a title of four characters or more, for example 残疾人证信息."


class ItemsMissing(Refusal):
    """Name at least one data item that you need."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Write the items one a line, no more than your duty needs."


class DutyMissing(Refusal):
    """Say for which legal duty and purpose you need the data."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Name the statute or the business matter, and what the data decide in it."


class UrgencyUnexplained(Refusal):
    """An urgent demand says why it is urgent."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Name the day by which the data are needed and what depends on it, or state it as an ordinary demand."


class OwnData(Refusal):
    """The department that demands cannot be its provider."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Choose another department."


class ReasonMissing(Refusal):
    """Say in a few words why."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Write one sentence for those who read the timeline."


class EntryMissing(Refusal):
    """An answer that the data exist names the published entry."""

    basis = ("wushen-2021-60:6",)
    next_step = "Choose the entry, or answer that it will be compiled."


class DraftNotYours(Refusal):
    """The draft named is not one of your department's."""

    basis = ("wushen-2021-60:6",)
    next_step = "Choose a draft of your own department, or name none."


class PlanMissing(Refusal):
    """An answer that an entry will be compiled names a day after today, within {days} days."""

    basis = ("wushen-2021-60:6",)
    next_step = "Enter the planned day of publication."


class NotYourAnswer(Refusal):
    """That the data do not exist is said by the provider's accountable officer."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Ask your accountable officer to give this answer."


class SameDemandOpen(Refusal):
    """Your department has stated this demand already: {number} is under way."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Open that demand; withdraw it first if it has to be stated anew, or say in the title how this one differs."


class NotOverdue(Refusal):
    """The period of this answer is not over."""

    basis = ("wushen-2021-60:4(2)",)
    next_step = "Wait until the period is over; until then the provider answers."
