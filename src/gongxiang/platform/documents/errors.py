"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import NotFound, Refusal


class DocumentNotFound(NotFound):
    """There is no such document, or it is not yours to see."""

    next_step = "Look at the case the document belongs to, or ask the department that issued it."


class CodeUnknown(NotFound):
    """No document carries this verification code."""

    next_step = (
        "Compare the code with the one printed on the document, letter by letter; if it is right, do not rely on the document."
    )


class WithdrawalWithoutReason(Refusal):
    """A document is withdrawn with a reason."""

    basis = ("wushen-2021-60:22",)
    next_step = "Write one sentence that says why the document is no longer valid."


class UploadEmpty(Refusal):
    """The file is empty."""

    next_step = "Choose the file again; it may not have been saved when you chose it."


class UploadTooLarge(Refusal):
    """The file has {megabytes} MB; at most {most} MB are kept."""

    next_step = "Make the file smaller, for example by scanning in black and white, or attach it in parts."


class UploadTypeUnknown(Refusal):
    """“{name}” is no document, spreadsheet or picture of a kind that is kept here."""

    next_step = "Attach PDF, OFD, WPS, Word, Excel, JPG or PNG."


class MarkedSecret(Refusal):
    """“{name}” carries a marking of secrecy: state secrets and work secrets are not handed in here."""

    basis = ("wushen-2021-60:4(1)", "cn-809:3.1")
    next_step = "Use the ways your secrecy office names. If the marking is wrong or lifted, have the document corrected first."


class RuleIncomplete(Refusal):
    """A rule needs a title, a kind and the day from which it applies."""

    basis = ("wushen-2021-60:12(1)",)
    next_step = "Fill in what is marked."


class RuleTitleTaken(Refusal):
    """A rule of this title is in force."""

    basis = ("wushen-2021-60:12(1)",)
    next_step = "Issue a new version of it, or give the new rule another title."


class RuleOver(Refusal):
    """This rule does not apply any more."""

    basis = ("wushen-2021-60:12(1)",)
    next_step = "Look at the rules in force."


class RuleReplaced(Refusal):
    """A newer version of this rule was issued meanwhile."""

    basis = ("wushen-2021-60:12(1)",)
    next_step = "Reload the page and read the version in force."
