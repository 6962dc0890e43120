"""Named refusals of the room; a shortfall names the field it is about, so that the form can show it there."""

from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal


class ResourceNotFound(NotFound):
    """There is no such entry in the catalogue, or it is not yours to see."""

    next_step = "Search the catalogue by name, or ask the provider whether the entry has been withdrawn."


class NotYourDepartment(NotPermitted):
    """This entry belongs to another department."""

    basis = ("wushen-2021-60:20",)
    next_step = "Tell the provider what should change; only the provider compiles its own entries."


class SamePerson(NotPermitted):
    """Nobody approves what they drafted or reviewed themselves."""

    basis = ("wushen-2021-60:26",)
    next_step = "Ask a colleague who holds the role and has not worked on this entry."


class DraftChangedMeanwhile(Refusal):
    """{name} saved this draft at {time}, after you opened it; your text has not been saved over theirs."""

    basis = ("wushen-2021-60:7",)
    next_step = "Compare the two texts and choose which one goes on."


class RemarkMissing(Refusal):
    """An entry is returned with at least one remark on what has to change."""

    basis = ("cn-809:16.1",)
    next_step = "Write a remark beside each field that has to change."


class ReasonMissing(Refusal):
    """A reason is required."""

    next_step = "Write one sentence for those who read the timeline."
    basis = ("cn-809:27.3",)


class UnderLiveGrants(Refusal):
    """Departments use this resource until {until}: it cannot be withdrawn before that is settled with them."""

    basis = ("cn-809:27.3",)
    next_step = "Negotiate with the consumers, end their grants and file that with the authority, then withdraw the entry."


class NeverPublished(Refusal):
    """This entry has no published version."""

    basis = ("wushen-2021-60:7",)
    next_step = "Publish the entry first."


class NotWithheld(Refusal):
    """Only an entry of the type withheld is ratified; this one is not."""

    next_step = "Publish the entry, or return it with remarks."
    basis = ("wushen-2021-60:10",)


class ItemsMissing(Refusal):
    """A form asks for at least one item, and for {most} at most."""

    basis = ("wushen-2021-60:22.5",)
    next_step = "Write one item a line, as on the form."


class JustificationMissing(Refusal):
    """What the platform has is not asked for again without a recorded reason."""

    basis = ("wushen-2021-60:22.5", "cn-809:19.1")
    next_step = "Apply for the resource, or say why it has to be asked for all the same."


class SourceHasNotIt(Refusal):
    """The source of an item is a department whose published entries have it."""

    basis = ("cn-809:19.2",)
    next_step = "Choose one of the departments listed beside the item."


class SourceReasonMissing(Refusal):
    """The departments are told why one of them is the source."""

    basis = ("cn-809:19.2",)
    next_step = "Name the duty or the law by which it keeps the item."


class ReportNumberMissing(Refusal):
    """A report is cited by its number."""

    basis = ("wushen-2021-60:7",)
    next_step = "Copy the number under which it was sent, or the platform's receipt number."


class ReportNumberTaken(Refusal):
    """A report numbered {number} is recorded already."""

    basis = ("wushen-2021-60:7",)
    next_step = "Look at the recorded report, or mend the number."


class ReportOfTomorrow(Refusal):
    """A report is recorded when it was made, not before."""

    basis = ("wushen-2021-60:7",)
    next_step = "Choose today or an earlier day."


class NothingToReport(Refusal):
    """Everything published has been reported."""

    basis = ("wushen-2021-60:7",)
    next_step = "Wait until an entry is published, changed or withdrawn."


class ReceiptIncomplete(Refusal):
    """The answer says whether the report was taken, under which number, or why it was returned, and on which day it came."""

    basis = ("wushen-2021-60:7",)
    next_step = "Copy it from the city's answer; its day lies between the report and today."


class ReceiptTaken(Refusal):
    """The answer to report {number} is recorded already."""

    basis = ("wushen-2021-60:7",)
    next_step = "Look at the report: the answer stands there."


class ReportChanged(Refusal):
    """The list has changed since you opened it: what you sent is not what would be recorded."""

    basis = ("wushen-2021-60:7",)
    next_step = "Reload the page, export the list again, and report what it says now."


# ---- shortfalls: what is missing before an entry may move on ------------------------------------------------------------


class Shortfall(Refusal):
    """Something is missing."""


class NeededByGrants(Shortfall):
    """Departments use this resource until {until} and need what this version takes away: {what}."""

    basis = ("cn-809:27.3",)
    next_step = "Keep it, or negotiate with the consumers, narrow or end their grants and file that, then publish."


class TypeChangedUnderGrants(Shortfall):
    """Departments use “{element}” until {until}: another data type would break the tables they receive it in."""

    basis = ("cn-809:27.3",)
    next_step = "Keep the type and add a new element of the other type, or negotiate, end the grants and file that first."


class NarrowedUnderGrants(Shortfall):
    """Departments use “{element}” until {until}: values that were promised to them would no longer fit the smaller size."""

    basis = ("cn-809:27.3",)
    next_step = "Keep the size or make it larger, or negotiate with the consumers, end their grants and file that first."


class KeyChangedUnderGrants(Shortfall):
    """Departments use this resource until {until} and know its rows by the present key: it cannot become another."""

    basis = ("cn-809:27.3", "wushen-2021-60:20")
    next_step = "Keep the elements of the key, or negotiate with the consumers, end their grants and file that first."


class FieldMissing(Shortfall):
    """This field is required."""

    next_step = "Fill in the field."
    basis = ("cn-809:13.2",)


class FieldUnknown(Shortfall):
    """This is not a value of the code list."""

    basis = ("cn-809:13.2",)
    next_step = "Choose one of the values offered."


class NameMalformed(Shortfall):
    """The name carries stray punctuation, double spaces or a copy number."""

    basis = ("cn-809:13.2",)
    next_step = "Use the plain name of the information, without the system's name, punctuation at its ends or a number."


class NameIsSystems(Shortfall):
    """This is the name of a system, not of the information in it."""

    basis = ("cn-809:13.2",)
    next_step = "Name what is recorded; one system usually gives several entries."


class SummaryIsName(Shortfall):
    """The summary only repeats the name."""

    basis = ("cn-809:13.2",)
    next_step = "Say whom or what the data is about, what is recorded, and from when on."


class PeriodReversed(Shortfall):
    """The period covered ends before it begins."""

    basis = ("cn-809:13.2",)
    next_step = "Put the earlier day first."


class FigureTooLarge(Shortfall):
    """More is given as shared or opened than there is."""

    basis = ("cn-809:13.2",)
    next_step = "Compare the figure with the whole storage or the whole number of records."


class NameTaken(Shortfall):
    """Your department already has an entry of this name."""

    basis = ("cn-809:13.2", "cn-809:19.1")
    next_step = "Revise that entry, or give this one the name that tells them apart."


class ReasonForTypeMissing(Shortfall):
    """Sharing is the rule: any other type than unconditional needs its reason."""

    basis = ("wushen-2021-60:4(1)", "wushen-2021-60:9.2")
    next_step = "Say why the resource cannot be shared unconditionally, or choose unconditional."


class ConditionMissing(Shortfall):
    """A conditional resource states its conditions, its scope and the purposes it may be used for."""

    next_step = "State the conditions, the scope and the purposes."
    basis = ("wushen-2021-60:21(2)", "cn-809:15.2")


class RestrictedElement(Shortfall):
    """A resource some elements of which are restricted is itself shared conditionally."""

    basis = ("wushen-2021-60:9.3",)
    next_step = "Choose the type conditional, or share this element like the others."


class BasisMissing(Shortfall):
    """A resource is withheld only on the basis of a named statute and article."""

    basis = ("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
    next_step = "Choose the statute and name its article, or choose another sharing type."


class BasisInsufficient(Shortfall):
    """“{title}” is no sufficient basis for withholding: its rank is below what article 10 admits."""

    basis = ("wushen-2021-60:10", "cn-809:14(3)")
    next_step = "Name a law, a regulation, or a policy of the Central Committee or the State Council; else share the resource."


class BasisBelowRegulation(Shortfall):
    """“{title}” satisfies the Measures, but not the Regulation, which admits no basis of that rank.

    The Regulation is later and of higher rank; the profile in force follows it.
    """

    basis = ("cn-809:14(3)", "wushen-2021-60:10")
    next_step = "Name a basis of higher rank, share the resource, or ask the authority's leader for a recorded exception."


class NotRatified(Shortfall):
    """A withheld resource is published only after the authority has ratified the withholding."""

    basis = ("wushen-2021-60:10",)
    next_step = "Ratify the withholding, or return the entry."


class ElementsMissing(Shortfall):
    """The entry names no data element."""

    basis = ("cn-809:13.2",)
    next_step = "Add the data elements, one row for each."


class ElementIncomplete(Shortfall):
    """Every element is named, typed and classified."""

    next_step = "Fill in name, code, type and both classifications of the element."
    basis = ("cn-809:13.2",)


class ElementCodeMalformed(Shortfall):
    """An element's code starts with a letter and has lower-case letters, digits and underscores only, at most 48."""

    next_step = "Write for example id_number."
    basis = ("cn-809:13.2",)


class ElementTwice(Shortfall):
    """Two elements have the same name or code."""

    next_step = "Give one of the two another name or code, or remove it."
    basis = ("cn-809:13.2",)


class ElementSizeWrong(Shortfall):
    """The length or the decimal places of this element do not fit its type."""

    basis = ("cn-809:13.2",)
    next_step = "An exact number has at most 38 digits, and no more decimal places than digits."


class DistributionMissing(Shortfall):
    """A shared resource names at least one table, API or file by which it is delivered."""

    next_step = "Mount a table, or describe the API or the file."
    basis = ("wushen-2021-60:21(1)", "wushen-2021-60:21(2)")


class TableUnmapped(Shortfall):
    """A table names its node, its source table and a column for every shared element."""

    next_step = "Choose the node, name the table and give every shared element its column."
    basis = ("wushen-2021-60:13", "wushen-2021-60:19(1)")


class NodeOfOthers(Shortfall):
    """The table stands on the node of another department: only the provider's own node captures its tables."""

    basis = ("wushen-2021-60:13", "wushen-2021-60:19(1)")
    next_step = "Choose a node of your own department."


class KeyMissing(Shortfall):
    """A table needs at least one element that is its key, so that changes can be told apart."""

    basis = ("wushen-2021-60:20",)
    next_step = "Mark the elements that identify a row."


class DerivationCircular(Shortfall):
    """This resource is derived from itself, by way of {cycle}."""

    next_step = "Take out the resource that is derived from this one."
    basis = ("wushen-2021-60:2.1",)


class SecrecyStatementMissing(Shortfall):
    """The accountable officer has not declared that the entry holds no state secret and no work secret."""

    next_step = "Let the accountable officer examine the entry and declare it with the consent."
    basis = ("cn-809:13.1", "cn-809:3.1", "wushen-2021-60:4(1)")


class ImpactAssessmentMissing(Shortfall):
    """The entry holds personal information and has no impact assessment: purpose, effect and measures must be answered."""

    next_step = "State purpose, effect and measures with the consent."
    basis = ("cn-809:13.1",)


class StandingConsentMissing(Shortfall):
    """An unconditional resource needs the officer's standing consent, under which requests are granted at once."""

    next_step = "Let the accountable officer give it with the consent, or choose another sharing type."
    basis = ("cn-809:20.3", "cn-809:21.1")


class ConsentMissing(Shortfall):
    """The accountable officer has not consented to this content."""

    next_step = "Let the accountable officer consent to the entry as it stands now."
    basis = ("cn-809:13.1",)


class SynonymsTooFew(Refusal):
    """A group needs at least two different words, each of two to 60 characters."""

    basis = ("wushen-2021-60:6",)
    next_step = "Write the words one a line, for example 低保 and 最低生活保障."


class WordInAnotherGroup(Refusal):
    """The word {word} stands in another group already."""

    basis = ("wushen-2021-60:6",)
    next_step = "Add your words to that group instead, or take the word out of it."


class SynonymsEnded(Refusal):
    """This group was ended."""

    basis = ("wushen-2021-60:6",)
    next_step = "Enter the words as a new group."


class SearchNameTaken(Refusal):
    """You keep another search under this name."""

    basis = ("wushen-2021-60:6",)
    next_step = "Choose another name, or remove the other search first."


class TooManySearches(Refusal):
    """You keep {most} searches; more are not kept."""

    basis = ("wushen-2021-60:6",)
    next_step = "Remove one that you no longer need."
