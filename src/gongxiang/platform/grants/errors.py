"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class NoElements(Refusal):
    """A grant without a single data element lets nothing through."""

    basis = ("wushen-2021-60:9.3",)
    next_step = "Choose at least one element, or refuse the request and state the reason."


class UnknownElement(Refusal):
    """The resource has no element "{element}"."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Choose from the elements of the published version of the resource."


class MaskUnfit(Refusal):
    """The mask "{mask}" does not fit the element "{element}" of type {type}."""

    basis = ("wushen-2021-60:15",)
    next_step = "Reduce dates only to their year, keep characters of texts and numbers only, or choose another mask."


class MaskWithoutElement(Refusal):
    """There is a mask on "{element}", which is not granted."""

    basis = ("wushen-2021-60:9.3", "wushen-2021-60:15")
    next_step = "Grant the element or remove its mask."


class ConditionUnfit(Refusal):
    """The row filter on "{element}" cannot be understood: {problem}."""

    basis = ("wushen-2021-60:21(2)", "wushen-2021-60:22.1")
    next_step = "Write one value in the element's own form, or several for “is one of”."


class NoPurpose(Refusal):
    """A grant needs at least one purpose, because the data may be used for that only."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "State the purposes that are granted."


class PeriodUnfit(Refusal):
    """The period of the grant must begin before it ends and end in the future."""

    basis = ("cn-809:20.2",)
    next_step = "Choose a later end date."


class WideningNeedsApplication(Refusal):
    """This would give the consumer more than it has: {widening}."""

    basis = ("wushen-2021-60:22.3", "cn-809:25.1")
    next_step = "The consumer applies anew; a change of purpose or extent is granted on a new access request only."


class NothingChanges(Refusal):
    """The new terms are the same as those in force."""

    basis = ("cn-809:27.3",)
    next_step = "Change at least one element, mask, condition, purpose or the end date."


class ReasonNeeded(Refusal):
    """State the reason: sharing may not be suspended, narrowed or ended without good cause."""

    basis = ("cn-809:27.2", "cn-809:27.3")
    next_step = "Choose a reason from the list and describe in your own words what happened."


class EndIsNegotiated(Refusal):
    """The provider does not end sharing on its own word: it is negotiated with the consumer and filed first."""

    basis = ("cn-809:27.3",)
    next_step = "Announce the end of sharing on the page of the resource; the consumer may end what it no longer needs itself."


class NarrowingIsNegotiated(Refusal):
    """The provider does not give less on its own word: it is negotiated with the consumer and filed first."""

    basis = ("cn-809:27.3",)
    next_step = "Announce the narrowing; where a security risk or a change of law cannot wait, say so and it holds at once."


class ChangeAnnouncedAlready(Refusal):
    """A narrowing of grant {number} is being negotiated already."""

    basis = ("cn-809:27.3",)
    next_step = "Go on with the notice that runs, or cancel it first."


class TermsChangedSince(Refusal):
    """The terms were changed again since: the earlier ones cannot simply be given back."""

    basis = ("cn-809:27.3",)
    next_step = "Let the consumer apply for what it needs; file the notice or leave it running meanwhile."


class RectificationRuns(Refusal):
    """The consumer still has time to put it right, or its report waits for an answer."""

    basis = ("cn-809:27.2",)
    next_step = "Answer the report, or wait for the day; the grant is ended only if the rectification failed."


class RectifyDayUnfit(Refusal):
    """The day for the rectification must lie after today and within {days} days."""

    basis = ("cn-809:27.2",)
    next_step = "Choose another day, or leave it empty for the usual period."


class ReportIncomplete(Refusal):
    """A report says what was put right, and how it is kept from happening again."""

    basis = ("cn-809:27.2",)
    next_step = "Describe what was done; attach what shows it."


class RectificationNotRun(Refusal):
    """No rectification of this grant runs."""

    basis = ("cn-809:27.2",)
    next_step = "Look at the page of the grant: it may have been answered or ended meanwhile."


class SuspendedFirst(Refusal):
    """For misuse or a security risk the grant is suspended first; it is ended only if that is not put right."""

    basis = ("cn-809:27.2",)
    next_step = "Suspend the grant with the reason, have it put right, and end it only if that fails."


class NotYourSuspension(Refusal):
    """The authority suspended this grant; only the authority lifts the suspension."""

    basis = ("wushen-2021-60:24",)
    next_step = "Report to the authority what has been put right."


class PeriodNotOver(Refusal):
    """The period of this grant is not over yet."""

    basis = ("cn-809:27.3",)
    next_step = "Wait for the end of the period, or end the grant with a reason."


class AcceptanceMissing(Refusal):
    """The consumer has not accepted the ban on passing the data to third parties."""

    basis = ("wushen-2021-60:22.4", "cn-809:25.1")
    next_step = "Let the consumer accept the ban in its access request."


class DisposalIncomplete(Refusal):
    """A disposal certificate says how the delivered data were disposed of and in what extent."""

    basis = ("cn-809:27.1", "cn-809:29.2")
    next_step = "Choose the way of disposal and describe what was destroyed or kept and on which basis."


class NobodyToNegotiateWith(Refusal):
    """No department uses this resource: there is nothing to negotiate."""

    basis = ("cn-809:27.3",)
    next_step = "Withdraw the entry on its page, with the reason."


class StopAnnouncedAlready(Refusal):
    """The end of sharing this resource is being negotiated already."""

    basis = ("cn-809:27.3",)
    next_step = "Go on with the notice that runs, or cancel it first."


class StopsTooSoon(Refusal):
    """The last day of sharing lies within the time in which consumers may object, which ends on {until}."""

    basis = ("cn-809:27.3",)
    next_step = "Choose a later day."


class AnswerUnknown(Refusal):
    """A consumer agrees or objects."""

    basis = ("cn-809:27.3",)
    next_step = "Choose one of the two."


class ObjectionTooLate(Refusal):
    """The time in which this notice could be objected to is over."""

    basis = ("cn-809:27.3",)
    next_step = "Tell the authority, which has not filed the notice yet, or apply to another provider."


class AnsweredAlready(Refusal):
    """Your department has answered this notice."""

    basis = ("cn-809:27.3",)
    next_step = "If circumstances changed, tell the provider and the authority."


class ConsumersNotHeard(Refusal):
    """Not every consumer has answered, and the time to object is not over."""

    basis = ("cn-809:27.3",)
    next_step = "Wait for the answers or for the end of the period."


class ObjectionsUnanswered(Refusal):
    """A consumer has objected: say why the sharing may end all the same, or reject the notice."""

    basis = ("cn-809:27.3", "cn-809:28.2")
    next_step = "Write how the objection was settled."


class StopNotDue(Refusal):
    """The day that was filed for the end of sharing has not come."""

    basis = ("cn-809:27.3",)
    next_step = "Wait for the day, or let the provider announce another one."


class NoObjection(Refusal):
    """Nobody has objected to this notice: there is nothing to uphold."""

    basis = ("cn-809:27.3", "cn-809:28.2")
    next_step = "File it, or ask the provider to cancel it."


class VolumeNotForTables(Refusal):
    """A table that is kept in step has no volume limit: a copy that lacks rows would not be the source's."""

    basis = ("wushen-2021-60:19(1)", "wushen-2021-60:20")
    next_step = "Limit the rows by the row filter, or grant a service or file with a volume."


class VolumeUnfit(Refusal):
    """A volume limit is a whole number of at least one."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Leave the field empty for no limit."


class PaperOfEndedGrant(Refusal):
    """The grant has ended: no certificate is issued of what is granted no more."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Look at the grant's trail for what was granted, and when it ended."


class EffectNotSeen(Refusal):
    """It changes what {number} live grants get, and nobody has looked at that yet."""

    basis = ("cn-809:27.3",)
    next_step = "Look at the effect, then send it."
