"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal

_APPLY = ("cn-809:20.2",)


class OwnResource(Refusal):
    """This resource is your own department's: it needs no access request."""

    basis = ("wushen-2021-60:3",)
    next_step = "Use your own business system."


class OutsideScope(Refusal):
    """The provider shares this resource with named departments only, and yours is not among them."""

    basis = ("wushen-2021-60:9.3", "wushen-2021-60:21(2)")
    next_step = "Ask the provider to name your department in the entry's scope; if it will not, turn to the authority."


class GrantNotChangeable(Refusal):
    """The grant that should be changed is not a running grant of your department for this resource."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Open the grant you mean and apply for a change from its page, or apply anew."


class NotPublished(Refusal):
    """The resource “{name}” is not published, so nobody can apply for it."""

    basis = ("wushen-2021-60:6", "wushen-2021-60:21(2)")
    next_step = "Ask the provider to publish it, or register your need in the catalogue."


class ResourceWithheld(Refusal):
    """The resource “{name}” is withheld: a law or a decision of the State Council forbids sharing it."""

    basis = ("wushen-2021-60:10", "cn-809:14(3)")
    next_step = "Read its basis in the catalogue; if you doubt it, ask the authority to review the withholding."


class LegalBasisMissing(Refusal):
    """State the legal basis of your duty: the law, regulation or policy and its article."""

    basis = (*_APPLY, "wushen-2021-60:22.1")
    next_step = "Name the instrument and the article that give your department the task."


class PurposeMissing(Refusal):
    """State at least one purpose: the data may later be used for the stated purposes only."""

    basis = ("wushen-2021-60:4(2)", *_APPLY)
    next_step = "Tick the purposes you need."


class PurposeNotDeclared(Refusal):
    """The provider did not declare the purpose “{purpose}” for this resource: say in the note why you need it."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Choose a declared purpose, or explain in the purpose note why you need this one."


class UseCaseMissing(Refusal):
    """Describe the use case: in which matter and by whom the data will be used."""

    basis = _APPLY
    next_step = "Name the matter and the step in which the data are needed."


class ScopeMissing(Refusal):
    """Describe the scope of use: which unit and which posts will see the data."""

    basis = _APPLY
    next_step = "Name the responsible unit and the posts."


class ElementsMissing(Refusal):
    """Choose at least one data element."""

    basis = ("wushen-2021-60:9.3",)
    next_step = "Choose only what the task needs."


class UnknownElement(Refusal):
    """The resource has no element “{element}”."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "The resource may have a new version: choose the elements again."


class ModeNotOffered(Refusal):
    """The provider does not offer this resource as “{mode}”."""

    basis = ("wushen-2021-60:19", "cn-809:22.2")
    next_step = "Choose one of the ways of sharing that the catalogue names."


class UntilMissing(Refusal):
    """State until when the data are needed; the day must lie in the future."""

    basis = _APPLY
    next_step = "Choose the last day on which you need the data."


class BanNotAccepted(Refusal):
    """The ban on passing the data to third parties is not accepted."""

    basis = ("wushen-2021-60:22.4", "cn-809:25.1")
    next_step = "Read the ban and accept it; without it nothing can be granted."


class TwinOpen(Refusal):
    """Your department already has the open access request {number} for this resource and purpose."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Continue with {number}, or withdraw it first."


class OwnDraft(Refusal):
    """You drafted this yourself; another person has to consent."""

    basis = ("cn-809:20.2",)
    next_step = "Ask the other accountable officer or the deputy named for absence."


class OfficerConsentMissing(Refusal):
    """Your department's accountable officer has not consented yet."""

    basis = ("cn-809:20.2",)
    next_step = "Present the request to the accountable officer."


class AlreadyNotified(Refusal):
    """The one-time notice of missing material was given on this request before; there is no second one."""

    basis = ("cn-809:21.2",)
    next_step = "Reply on the material at hand: grant it, grant it in part, or refuse it and state the reasons."


class NoticeEmpty(Refusal):
    """A notice names everything that is missing, at once."""

    basis = ("cn-809:21.2",)
    next_step = "List each missing item on a line of its own."


class CompletionEmpty(Refusal):
    """Say what you add for the missing items."""

    basis = ("cn-809:21.2",)
    next_step = "Answer each item of the notice."


class NoReplyPrepared(Refusal):
    """No reply has been prepared that could be consented to."""

    basis = ("cn-809:20.3",)
    next_step = "Let the responsible unit prepare the reply first."


class OwnReply(Refusal):
    """You prepared this reply yourself; the accountable officer who consents must be another person."""

    basis = ("cn-809:20.3",)
    next_step = "Ask the other accountable officer or the deputy named for absence."


class PartUnexplained(Refusal):
    """The reply grants less than was asked: say why the rest is not granted."""

    basis = ("cn-809:21.2",)
    next_step = "Name what is not granted, or only masked or filtered, and why, so that the consumer can answer it."


class ReasonsMissing(Refusal):
    """A refusal must state its reasons."""

    basis = ("cn-809:21.2",)
    next_step = "Choose the ground and explain it so that the consumer can answer it."


class GrantsTooMuch(Refusal):
    """The reply grants what was not asked for: {what}."""

    basis = ("wushen-2021-60:22.1", "wushen-2021-60:22.3")
    next_step = "Keep the reply within the access request."


class NotOverdue(Refusal):
    """The period of this reply is not over."""

    next_step = "Wait until the period is over; until then the provider replies."
    basis = ("wushen-2021-60:21(2)",)


class GroundsMissing(Refusal):
    """Consultation is opened by the consumer with sufficient grounds."""

    basis = ("wushen-2021-60:21(2)",)
    next_step = "Explain why your duties need the data and answer the provider's reasons."


class CommentMissing(Refusal):
    """Say in a few words why."""

    basis = ("cn-809:20.2",)
    next_step = "Write one sentence for those who read the timeline."


class ExtendedBefore(Refusal):
    """An extension of this reply was asked for before; there is no second one."""

    basis = ("cn-809:21.1",)
    next_step = "Reply within the period that runs."


class ExtensionTooLate(Refusal):
    """The period of this reply is over, so nothing is left to be extended."""

    basis = ("cn-809:21.1",)
    next_step = "Reply now, late; the turn is the authority's."


class ExtensionTooLong(Refusal):
    """An extension is of one to {longest} working days."""

    basis = ("cn-809:21.1",)
    next_step = "Ask for fewer working days."


class ExtensionUnreasoned(Refusal):
    """An extension needs a reason that the authority can judge."""

    basis = ("cn-809:21.1",)
    next_step = "Say what keeps you from replying within the period."


class UnconditionalNotExtended(Refusal):
    """An unconditional resource is answered at once; its period is not extended."""

    basis = ("cn-809:21.1",)
    next_step = "Reply now."


class NoExtensionAsked(Refusal):
    """No extension waits for an answer on this request."""

    basis = ("cn-809:21.1",)
    next_step = "Reload the page: somebody may have acted before you."


class HandlersMissing(Refusal):
    """Name at least one handler: who handles the data answers for their use."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Tick the people of your department who will handle the data."


class HandlerUnknown(Refusal):
    """One of the handlers named is no active account of your department."""

    basis = ("wushen-2021-60:22.1",)
    next_step = "Choose the handlers again: somebody may have left or moved."


class BanTextChanged(Refusal):
    """The text of the third-party ban has a new version since it was accepted here."""

    basis = ("wushen-2021-60:22.4", "cn-809:25.1")
    next_step = "Read the new text and accept it."


class ThreadClosed(Refusal):
    """Messages are written while a request is open and submitted; this one is not."""

    basis = ("cn-809:20.1",)
    next_step = "Read the thread; for something new begin a new request."


class MessageEmpty(Refusal):
    """A message has between one and {longest} characters."""

    basis = ("cn-809:20.1",)
    next_step = "Write what you want to ask or answer; attach what is longer."


class TooManyFiles(Refusal):
    """At most {most} files go with one message or request at once."""

    basis = ("cn-809:20.1",)
    next_step = "Send the others afterwards."


class TooManyAnswered(Refusal):
    """At most {most} requests are answered in one go."""

    basis = ("cn-809:20.3",)
    next_step = "Tick fewer, and answer the others afterwards."


class AggregationUnjustified(Refusal):
    """Together with other grants this one would reveal more than each alone: say why that is acceptable."""

    basis = ("cn-809:25.2",)
    next_step = "Read the warning; give your reason, or return the reply so that less is granted."


class CombinationUnclear(Refusal):
    """A combination has a title, two to eight traits with their words, and a reason."""

    basis = ("cn-809:25.2",)
    next_step = "Write one trait a line, as “name: word, word”."


class ReplyChanged(Refusal):
    """The prepared reply is not the one you read: it was not opened, or was changed meanwhile."""

    basis = ("cn-809:20.3",)
    next_step = "Read it as it stands now before you consent."


class NothingToRenew(Refusal):
    """Only a grant of your own department that runs, or ended because its period was over, is renewed."""

    basis = ("wushen-2021-60:22.1", "cn-809:20.2")
    next_step = "Apply anew from the catalogue."


class NotToBeCopied(Refusal):
    """Only requests of your own department are copied."""

    basis = ("cn-809:20.2",)
    next_step = "Open one of your department's requests, or apply from the catalogue."


class CircumstancesChanged(Refusal):
    """The provider or the applicant is no department in service any more."""

    basis = ("wushen-2021-60:2.2",)
    next_step = "Ask the authority which department has taken over; apply there anew, or withdraw this request."


class FieldUnknown(Refusal):
    """The request has no field “{name}” that a notice could name."""

    basis = ("cn-809:21.2",)
    next_step = "Choose the fields from the list."
