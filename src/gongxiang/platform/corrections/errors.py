"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import Refusal


class ElementsMissing(Refusal):
    """Name the elements that are doubtful."""

    basis = ("wushen-2021-60:23", "cn-809:26.2")
    next_step = "Tick at least one element of the grant."


class ElementNotGranted(Refusal):
    """The grant does not name the element {element}."""

    basis = ("wushen-2021-60:22.3", "wushen-2021-60:23")
    next_step = "Only what was delivered under the grant can be doubted under it."


class DescriptionMissing(Refusal):
    """Say in a few words what is doubtful and why."""

    basis = ("wushen-2021-60:23",)
    next_step = "Write one or two sentences without names or numbers of persons; values travel through the gateway."


class ValuesInText(Refusal):
    """This text holds what looks like a person's number or telephone number."""

    basis = ("wushen-2021-60:15", "cn-809:26.2")
    next_step = "Take it out: the platform keeps no values. Key and values go to the gateway, on the page of the case."


class CallMissing(Refusal):
    """Name the call by its id."""

    basis = ("wushen-2021-60:23",)
    next_step = "The id stands in the answer's header and in the list of calls: letters, digits, and . _ : / - only."


class CallUnknown(Refusal):
    """No answered call of this grant has this id."""

    basis = ("wushen-2021-60:23",)
    next_step = "Take it from the answer, or from the list of calls on the grant's page; a call is known there after a moment."


class ReportedAlready(Refusal):
    """The same was reported a moment ago, as {number}."""

    basis = ("wushen-2021-60:23",)
    next_step = "Look at that case; for another record say in the description what is different."


class ReasonMissing(Refusal):
    """Say in a few words why."""

    basis = ("wushen-2021-60:23", "cn-809:26.2")
    next_step = "Write one sentence for those who read the timeline, without values."


class OwnDepartment(Refusal):
    """It is with this department already."""

    basis = ("wushen-2021-60:23",)
    next_step = "Choose the source department of the elements."


class ConsumerCannotVerify(Refusal):
    """The department that doubts does not verify itself."""

    basis = ("wushen-2021-60:23",)
    next_step = "Choose another department."


class ForwardedAlready(Refusal):
    """It was handed over once; a second time the authority decides."""

    basis = ("wushen-2021-60:24", "cn-809:26.2")
    next_step = "Ask the authority to hand it over."


class HandlerUnknown(Refusal):
    """The handler must be a person of the verifying department."""

    basis = ("wushen-2021-60:25",)
    next_step = "Choose a person from the list."


class OutcomeUnknown(Refusal):
    """There is no such verdict."""

    basis = ("cn-809:26.2",)
    next_step = "Choose corrected, corrected otherwise, refuted or cannot tell."


class NotArrivedYet(Refusal):
    """The corrected row is still on its way."""

    basis = ("wushen-2021-60:20", "cn-809:26.2")
    next_step = "Wait for the receipts: the case closes by itself when every copy has it."


class ObjectedAlready(Refusal):
    """An objection is possible once."""

    basis = ("wushen-2021-60:24",)
    next_step = "The authority's opinion stands; new facts can be reported as a new correction."


class NotOverdue(Refusal):
    """The period is not over."""

    basis = ("cn-809:26.2",)
    next_step = "Wait for the end of the period."


class UsageUnknown(Refusal):
    """There is no such state of use."""

    basis = ("cn-809:26.2",)
    next_step = "Choose one of the list."


class ProofUnknown(Refusal):
    """Name the kind of proof the person gave."""

    basis = ("wushen-2021-60:23",)
    next_step = "Choose one of the list; with valid proof the matter goes on as usual."


class NumberUnfit(Refusal):
    """A number of letters, digits and . _ / - is expected here."""

    basis = ("wushen-2021-60:23",)
    next_step = "Write the matter's number as your business system shows it; no number of a person."


class GrantClosed(Refusal):
    """The grant is over: nothing more can be deposited under it."""

    basis = ("wushen-2021-60:22.3",)
    next_step = "Describe the case in words without values, and agree with the provider how the record is named."


class ClaimMissing(Refusal):
    """No record was deposited at the gateway."""

    basis = ("cn-809:26.2",)
    next_step = "The reporting department deposits key and values on the page of the case."


class ComplaintRecorded(Refusal):
    """The same is recorded already, as complaint {number}; it waits for the authority's answer."""

    basis = ("wushen-2021-60:23",)
    next_step = "Look at that one on the page of the case; write what differs if another person was refused."


class ClaimRemoved(Refusal):
    """The case is over: key and values of its record are no longer kept."""

    basis = ("cn-809:26.2", "wushen-2021-60:15")
    next_step = "Look at the timeline for what was found; a new doubt about the record is a new correction."


class ComplaintMissing(Refusal):
    """Say what the counter refused."""

    basis = ("wushen-2021-60:23",)
    next_step = "Write what was refused and when, without the person's name or number."
