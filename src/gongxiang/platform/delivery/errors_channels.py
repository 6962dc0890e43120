"""Named refusals about exchanges outside the platform."""

from gongxiang.platform.kernel.errors import Refusal

_ART = ("wushen-2021-60:17",)


class ChannelUntitled(Refusal):
    """Name the data that are exchanged, in a few words."""

    basis = _ART
    next_step = "Write the name of the data, no contents."


class ChannelKindUnknown(Refusal):
    """Choose by which way and how often the data go."""

    basis = _ART
    next_step = "Choose one of the ways and frequencies offered."


class ChannelOneSided(Refusal):
    """A channel joins two different departments, and a department declares only its own."""

    basis = _ART
    next_step = "Choose the other department; what others exchange the authority declares."


class ChannelSinceImpossible(Refusal):
    """The day since which it is in use lies in the future or too far back."""

    basis = _ART
    next_step = "Enter the day or leave it empty if nobody knows it."


class ChannelKnown(Refusal):
    """This channel is in the register already: {number}."""

    basis = _ART
    next_step = "Go on with {number}."


class ChannelPlanUndated(Refusal):
    """A plan names at least one step, each with a day after today, the last within {days} days."""

    basis = _ART
    next_step = "Write the steps one a line as day and words, for example 2027-01-31 挂接库表."


class ChannelReasonMissing(Refusal):
    """Say in a few words why."""

    basis = _ART
    next_step = "Write one sentence for those who read the timeline."


class ExemptionWithoutBasis(Refusal):
    """An exemption names its ground and the law or the secret network on which it rests."""

    basis = ("wushen-2021-60:17", "wushen-2021-60:4(1)")
    next_step = "Name statute and article, or the network and who approved its use."


class NotSecret(Refusal):
    """The channel was declared as not secret, and what is not secret goes through the platform."""

    basis = _ART
    next_step = "Choose the ground that a law forbids the platform, with its article, or plan the move."


class GrantOfOthers(Refusal):
    """This grant is not between the two departments of the channel."""

    basis = _ART
    next_step = "Choose a grant from the same provider to the same consumer."


class NothingFlowsYet(Refusal):
    """Nothing has arrived under this grant yet, so the move is not proven."""

    basis = ("wushen-2021-60:17", "cn-809:22.1")
    next_step = "Wait until the consumer has received the first rows, then try again."


class StepUnknown(Refusal):
    """The plan in force has no such open step."""

    basis = _ART
    next_step = "Reload the page: the plan may have been changed."


class ChannelNotDue(Refusal):
    """The period of this channel is not over."""

    basis = _ART
    next_step = "Wait until the period is over."


class OwnExemption(Refusal):
    """The authority's own channel is not exempted by the person who asked for it."""

    basis = _ART
    next_step = "Ask the other leader or the deputy named for absence."
