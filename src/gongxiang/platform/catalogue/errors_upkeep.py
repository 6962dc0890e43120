"""Named refusals of keeping the catalogue true: changes of remit, the yearly re-check of what is withheld."""

from gongxiang.platform.kernel.errors import NotFound, Refusal


class RemitChangeNotFound(NotFound):
    """There is no such change of remit, or it is not yours to see."""

    basis = ("wushen-2021-60:7",)
    next_step = "Go back to the list of changes of remit."


class RemitRegisteredAlready(Refusal):
    """This change is registered already as {number}: the same document, the same day."""

    basis = ("wushen-2021-60:7",)
    next_step = "Open that change and add the entries that were overlooked."


class ChangeDateOdd(Refusal):
    """No period can be counted from this day: it lies before the instruments, or years ahead."""

    basis = ("wushen-2021-60:7",)
    next_step = "Check the year; the period runs from the day on which the change takes effect for the department."


class OwnExtension(Refusal):
    """Nobody decides on an extension that he asked for himself, nor an officer of the department that asked."""

    basis = ("cn-809:17.2",)
    next_step = "Let another officer of the authority decide; where the authority itself asked, its leader decides."


class DocumentMissing(Refusal):
    """A change of remit rests on a document: its title, its number and its date."""

    basis = ("cn-809:17.2",)
    next_step = "State the law, the decision of the State Council or the document that allots the duty."


class ChangeDateMissing(Refusal):
    """The day of the change is missing: the period for the update runs from it."""

    basis = ("wushen-2021-60:7", "cn-809:17.2")
    next_step = "State the day on which the document took effect for your department."


class NothingTouched(Refusal):
    """A change of remit names at least one entry that it touches, or one that is needed anew."""

    basis = ("wushen-2021-60:7",)
    next_step = "Tick the entries concerned, or write the names of new entries, one a line."


class EntryTouchedTwice(Refusal):
    """“{name}” is already on the list of this change."""

    basis = ("wushen-2021-60:7",)
    next_step = "Each entry stands on the list once."


class EntryNotInForce(Refusal):
    """“{name}” is not a published entry of this department."""

    basis = ("wushen-2021-60:7",)
    next_step = "Choose among the department's published entries; compile what is new as a new entry."


class ExtensionDaysWrong(Refusal):
    """The update may be put off by one to {most} working days."""

    basis = ("cn-809:17.2",)
    next_step = "Ask for fewer days."


class ExtensionNotProvided(Refusal):
    """On the day of this change no instrument allowed the period to be extended."""

    basis = ("cn-809:17.2",)
    next_step = "Update the entries within the period."


class ExtensionAskedAlready(Refusal):
    """The period of this change can be extended once only, and that has been decided."""

    basis = ("cn-809:17.2",)
    next_step = "Update the entries within the period that runs now."


class ExtensionTooLate(Refusal):
    """The period is over; it can no longer be extended."""

    basis = ("cn-809:17.2",)
    next_step = "Update the entries now; the delay is on record."


class ReasonNeeded(Refusal):
    """Write the reason: it stands in the evidence."""

    basis = ("wushen-2021-60:7", "cn-809:17.2")
    next_step = "Write one or two sentences that others can check."


class TaskDone(Refusal):
    """This point of the list has been dealt with already."""

    basis = ("wushen-2021-60:7",)
    next_step = "Reload the page: somebody may have acted before you."


class UnderRevision(Refusal):
    """“{name}” is being revised: it is either unchanged or revised, not both."""

    basis = ("wushen-2021-60:7",)
    next_step = "Bring the revision to publication, or discard it before you confirm that nothing changes."


class NotANewEntry(Refusal):
    """Only an entry of this department that was not published before the change answers the need for a new one."""

    basis = ("wushen-2021-60:7", "cn-809:17.2")
    next_step = "Choose the entry that was compiled for this change."


class CheckNotFound(NotFound):
    """There is no such re-check, or it is not yours to see."""

    basis = ("wushen-2021-60:10",)
    next_step = "Go back to the list of withheld entries."


class BasisLapsed(Refusal):
    """“{title}” no longer carries this withholding: it cannot be reported as unchanged."""

    basis = ("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
    next_step = "Revise the entry: name a statute in force of sufficient rank, or share the resource."


class EntryUnderRevision(Refusal):
    """The entry is being revised: its withholding is examined with the revision."""

    basis = ("wushen-2021-60:10",)
    next_step = "Bring the revision to publication, or discard it and report then."


class StatementMissing(Refusal):
    """Say why the entry is still withheld on the same basis."""

    basis = ("wushen-2021-60:10", "cn-809:15.2")
    next_step = "Write which words of the statute still forbid sharing, and that they are unchanged."


class CopyNotFound(NotFound):
    """There is no such kept text, or it is not yours to see."""

    basis = ("wushen-2021-60:7",)
    next_step = "Go back to the working page of the entry."


class CopySettled(Refusal):
    """It has been decided already which of the two texts goes on."""

    basis = ("wushen-2021-60:7",)
    next_step = "Open the entry: the draft stands there as it was decided."


class PersonalNotInBatch(Refusal):
    """This entry holds personal information: its impact is assessed for itself, never for many at once."""

    basis = ("cn-809:13.1",)
    next_step = "Open the entry and answer purpose, effect and measures with the consent."


class NothingTicked(Refusal):
    """No entry is ticked."""

    basis = ("wushen-2021-60:7",)
    next_step = "Tick the entries that you have looked at."
