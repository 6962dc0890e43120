"""Named refusals of disputes, filings and collection plans."""

from gongxiang.platform.kernel.errors import Refusal

_BOTH = ("wushen-2021-60:21(2)", "cn-809:28.2")
_PLAN = ("wushen-2021-60:21(2)", "cn-809:19.1")


class NothingDisputed(Refusal):
    """Say what of the refusal you dispute: elements, purposes, rows or period."""

    basis = _BOTH
    next_step = "Tick what was not granted and is needed; what was granted goes on during the dispute."


class NotRefused(Refusal):
    """This was not refused: {what}."""

    basis = _BOTH
    next_step = "Choose only what was refused, or granted masked or for some rows only."


class SameFacts(Refusal):
    """The dispute {number} on the same data has a binding result, which is final."""

    basis = ("cn-809:28.2",)
    next_step = "Say which facts are new since then; without new facts the result stands."


class DisputeOpen(Refusal):
    """The dispute {number} over this request is open already."""

    basis = _BOTH
    next_step = "Go on in that dispute."


class ParticipantsMissing(Refusal):
    """Minutes name who took part: at least one person of each side, with name and post."""

    basis = _BOTH
    next_step = "Write each person on a line of its own: name, post."


class MinutesMissing(Refusal):
    """Minutes say in a few sentences what was spoken of."""

    basis = _BOTH
    next_step = "Write down what each side said and what came of it."


class MeetingTooEarly(Refusal):
    """The time of the meeting does not lie between the opening of the consultation and now."""

    basis = _BOTH
    next_step = "Correct day and hour of the meeting."


class OutcomeUnknown(Refusal):
    """Choose what came of the meeting."""

    basis = _BOTH
    next_step = "Agreed, agreed in part, without result, or to be continued."


class AgreedTermsMissing(Refusal):
    """What was agreed grants something: name the elements, purposes and the last day."""

    basis = (*_BOTH, "wushen-2021-60:22.1")
    next_step = "Choose the terms that both sides agreed on."


class OwnMinutes(Refusal):
    """You wrote these minutes; the accountable officer who confirms them must be another person."""

    basis = _BOTH
    next_step = "Ask the other accountable officer or the deputy named for absence."


class ConfirmedAlready(Refusal):
    """Your side has confirmed these minutes."""

    basis = _BOTH
    next_step = "Wait for the other side, or reload the page."


class MinutesUnconfirmed(Refusal):
    """Minutes of a meeting with a result wait for confirmation; there is no second result beside them."""

    basis = _BOTH
    next_step = "Confirm those minutes, or bring the matter before the authority."


class MinutesDiffer(Refusal):
    """The reply differs from what both sides confirmed in the minutes."""

    basis = _BOTH
    next_step = "Give the reply as agreed, or meet again and confirm new minutes."


class MediationNotOver(Refusal):
    """The authority mediates this request in the dispute {number}; it is answered by what comes of it."""

    basis = _BOTH
    next_step = "Go on in the dispute: hearing, opinion, acceptance or the government's decision."


class NotNeutral(Refusal):
    """Your department is a party to this dispute; it does not mediate it."""

    basis = ("cn-809:28.2",)
    next_step = "Refer it to the common superior authority or to the banner's government."


class HandlerUnknown(Refusal):
    """Choose a handler among the people of the authority."""

    basis = _BOTH
    next_step = "The list shows who can be named."


class StatementMissing(Refusal):
    """A statement says in a few sentences what your side asks for and why."""

    basis = _BOTH
    next_step = "Write at least ten characters."


class StatedAlready(Refusal):
    """Your side has made its statement."""

    basis = _BOTH
    next_step = "Attach a file if something is to be added."


class OpinionMissing(Refusal):
    """No opinion has been prepared that could be given."""

    basis = _BOTH
    next_step = "Let the handler prepare the opinion first."


class OpinionUnreasoned(Refusal):
    """An opinion states its reasons."""

    basis = _BOTH
    next_step = "Answer the grounds of both sides in at least ten characters."


class OwnOpinion(Refusal):
    """You prepared this yourself; the authority's leader who gives it must be another person."""

    basis = _BOTH
    next_step = "Let another leader, or the deputy named for absence, give it."


class OpinionAnswered(Refusal):
    """Your side has answered the opinion."""

    basis = _BOTH
    next_step = "Wait for the other side."


class AnswerMissing(Refusal):
    """Accept the opinion, or say why you do not."""

    basis = _BOTH
    next_step = "Choose one of the two; a rejection states its reason."


class TakesAway(Refusal):
    """What was granted already goes on; these terms would take away: {what}."""

    basis = ("wushen-2021-60:21(2)", "cn-809:27.3")
    next_step = "Keep what the running grant gives, and add to it; to give less is announced, negotiated and filed first."


class ReferralMissing(Refusal):
    """Name the common superior authority, the letter by which it is asked, and why it is the one to decide."""

    basis = ("cn-809:28.2",)
    next_step = "This path is for departments of another level or area, or where the authority itself is a party."


class DecisionIncomplete(Refusal):
    """A decision is recorded with its body, document number, day and content."""

    basis = ("cn-809:28.2",)
    next_step = "Copy them from the document."


class DecisionTooEarly(Refusal):
    """The day of the decision does not lie between the submission and today."""

    basis = ("cn-809:28.2",)
    next_step = "Correct the day."


class ScanMissing(Refusal):
    """The decision is recorded with a scan of the document."""

    basis = ("cn-809:28.2",)
    next_step = "Attach the sealed document as PDF, OFD or picture."


class TooLateToWithdraw(Refusal):
    """What binds both sides has been said; the dispute is no longer withdrawn."""

    basis = ("cn-809:28.2",)
    next_step = "The authority carries it out."


class CaseNotOpenToThis(Refusal):
    """Non-existence is stated for data that were refused or answered as not existing, or that nobody answered for."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Open the request or the demand that was answered in this way."


class AbsenceOpen(Refusal):
    """This case has the record {number} already."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Go on in that record."


class SearchMissing(Refusal):
    """Say where it was looked for: which systems, tables and archives, and with what result."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Write at least ten characters that another person could repeat the search by."


class AnswerReasonMissing(Refusal):
    """Say why you do not believe that the data do not exist."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Name the system, the certificate or the matter that shows the data."


class HitsUnanswered(Refusal):
    """The catalogue has entries that look like these data: {what}. The filing says why they are not what is needed."""

    basis = ("wushen-2021-60:21(2)", "wushen-2021-60:22.5")
    next_step = "Look at the hits; if one of them serves, name it instead of filing."


class FoundEntryMissing(Refusal):
    """Name the published entry that has the data."""

    basis = ("wushen-2021-60:6",)
    next_step = "Copy the entry's code from the catalogue."


class OpinionShort(Refusal):
    """The authority says in a few sentences what it checked."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Write at least ten characters."


class NotFiled(Refusal):
    """A collection plan needs a filing of its own department."""

    basis = _PLAN
    next_step = "Have it filed first that the data do not exist."


class PlanOpen(Refusal):
    """The collection plan {number} rests on this filing already."""

    basis = _PLAN
    next_step = "Go on in that plan, or cancel it first."


class PlanIncomplete(Refusal):
    """Fill this in: a plan names its items, from whom they are collected, on which basis, how often and from when."""

    basis = _PLAN
    next_step = "Complete the marked field."


class ItemNotFiled(Refusal):
    """This was not filed as not existing: {what}."""

    basis = _PLAN
    next_step = "Plan only what the filing names; for more, state a demand."


class HitUnanswered(Refusal):
    """Something has this already: {what}. Say that it will be used through sharing, or why it is collected anew."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Answer every hit; what is used through sharing is not collected."


class NothingLeftToCollect(Refusal):
    """Every item will be used through sharing: there is nothing left to collect."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Cancel the plan and apply for the entries found."


class CheckOutdated(Refusal):
    """Since the check something more was found that has these items."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Answer the new hits too."


class EntryLacksItems(Refusal):
    """The entry has no element for: {what}."""

    basis = ("wushen-2021-60:7", "wushen-2021-60:21(2)")
    next_step = "Publish a version of the entry that has them, then end the plan."


class EntryNotOwn(Refusal):
    """Name a published entry of your own department."""

    basis = ("wushen-2021-60:7",)
    next_step = "Copy the code from your department's entries."
