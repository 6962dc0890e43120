"""Named refusals about the use of a grant."""

from gongxiang.platform.kernel.errors import NotPermitted, Refusal


class NotAHandler(NotPermitted):
    """You are not named as a handler of this grant."""

    basis = ("wushen-2021-60:22.1", "wushen-2021-60:14")
    next_step = "Let your department's accountable officer name you on the page of the grant."


class HandlerUnfit(Refusal):
    """A handler is an active person of the consumer's own department."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Choose a person of your department; whoever is new there is entered by the security administrator first."


class HandlerNamedAlready(Refusal):
    """This person is named as a handler already."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Remove the entry first if the period is to change."


class HandlerPeriodUnfit(Refusal):
    """The period of a handler begins today or later, ends after it began, and not after the grant."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Choose other days, or leave the last day empty."


class GrantNotLive(Refusal):
    """This grant is over: nothing can be used under it any more."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Apply anew if the data are still needed."


class SaidTooLittle(Refusal):
    """This has to be described in words."""

    basis = ("cn-809:29.2",)
    next_step = "Write a sentence at least; what was not done is said as well."


class SignUnknown(Refusal):
    """Choose what the question is about."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Choose one from the list."


class QuestionOpenAlready(Refusal):
    """The consumer has been asked about this already."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Wait for the answer, or go on with the question that is open."


class InspectionDayUnfit(Refusal):
    """The day of an inspection lies between today and {days} days from now."""

    basis = ("cn-809:29.1",)
    next_step = "Choose another day."


class ResultUnknown(Refusal):
    """An inspection finds nothing to put right, or says what is to be put right."""

    basis = ("cn-809:29.2",)
    next_step = "Choose one of the two."


class ElementsNotGranted(Refusal):
    """Only elements that the grant gives can be passed on: {elements} are not among them."""

    basis = ("cn-809:25.1",)
    next_step = "Choose from the elements of the grant."


class ThirdPartyPeriodUnfit(Refusal):
    """The last day of passing on lies in the future and within the period of the grant."""

    basis = ("cn-809:25.1",)
    next_step = "Choose another day."


class ProvisionIsMeasured(Refusal):
    """The data of this grant pass here: provision is measured from the flow, nobody declares it."""

    basis = ("cn-809:22.1",)
    next_step = "Look at the flow: it says what it waits for."


class WitnessMissing(Refusal):
    """The disposal of delivered data has a witness: name the person."""

    basis = ("cn-809:27.1",)
    next_step = "Name somebody who saw it, with the post held."


class NothingAtNode(Refusal):
    """Nothing was received under this grant at a node: there is no table to destroy."""

    basis = ("cn-809:27.1",)
    next_step = "Dispose of what you hold elsewhere, and certify it."


class DestructionOrdered(Refusal):
    """The node was ordered to destroy the table and has not answered yet."""

    basis = ("cn-809:27.1",)
    next_step = "Wait for its answer; see under exchange nodes whether it is in contact."


class DestroyedAlready(Refusal):
    """The node has destroyed the table."""

    basis = ("cn-809:27.1",)
    next_step = "Dispose of further copies, and certify it."


class NotNamedThatDay(Refusal):
    """Who used it was a named handler of the grant on that day."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Choose one of the grant's handlers; the accountable officer names more."


class UseDayUnfit(Refusal):
    """A use lies within the grant and not after today."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Enter the day on which the data were used."


class UseOtherwise(Refusal):
    """A use is of one of the ways listed, and for a purpose of the grant."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "For another purpose apply anew; what was used otherwise already is told to the provider."


class UseWithoutMatter(Refusal):
    """Each use names its matter, in at most sixty signs."""

    basis = ("wushen-2021-60:22.2",)
    next_step = "Enter the number of the matter or of the file."


class UseRowsUnfit(Refusal):
    """The rows used are a whole number, at most a thousand million."""

    basis = ("wushen-2021-60:22.2",)
    next_step = "Enter how many records were used."
