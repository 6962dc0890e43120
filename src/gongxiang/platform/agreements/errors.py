"""Named refusals of the room."""

from gongxiang.platform.kernel.errors import NotPermitted, Refusal


class NoAgreementInForce(Refusal):
    """{department} has no sharing agreement in force with the competent authority."""

    basis = ("wushen-2021-60:18",)
    next_step = (
        "Draft the agreement under “Agreements”, let your accountable officer sign it, and wait for the authority's signature."
    )


class AgreementOfOtherSide(Refusal):
    """The sharing agreement of {department} in force does not cover this side: it was signed as {role} only."""

    basis = ("wushen-2021-60:18",)
    next_step = "Conclude an agreement with the authority that covers both providing and using."


class OfficerNotOnFile(Refusal):
    """The department's accountable officer is not on file with the authority, so nobody can sign for it."""

    basis = ("wushen-2021-60:25",)
    next_step = "Report the accountable officer and the responsible unit; the authority files the report."


class OwnDraft(NotPermitted):
    """Nobody signs what they drafted."""

    basis = ("wushen-2021-60:18", "wushen-2021-60:25")
    next_step = "Ask the accountable officer, or the deputy, who did not write the draft."


class AgreementOpenAlready(Refusal):
    """An agreement of this department, {number}, is being drafted or signed already."""

    basis = ("wushen-2021-60:18",)
    next_step = "Open that one and go on with it."


class PeriodOverlaps(Refusal):
    """The period overlaps with that of agreement {number}, which is in force until {until}."""

    basis = ("wushen-2021-60:18",)
    next_step = "Let the new agreement begin on the day after, or end the old one first."


class PeriodWrong(Refusal):
    """The agreement must end after it begins, and not in the past."""

    basis = ("wushen-2021-60:18",)
    next_step = "Choose a last day that lies after the first day and not before today."
    status = 422


class FieldMissing(Refusal):
    """Please fill this in."""

    status = 422


class NoTemplate(Refusal):
    """The authority has not issued the text of the agreement yet."""

    basis = ("wushen-2021-60:18",)
    next_step = "Ask the competent authority to issue it under “Agreements”."


class AuthorityNeedsNone(Refusal):
    """The competent authority makes no agreement with itself."""

    next_step = "Share without an agreement: the gate is open for the authority's own office."
    basis = ("wushen-2021-60:18",)


class TemplateBroken(Refusal):
    """The text names a place to fill in that does not exist: {place}."""

    basis = ("wushen-2021-60:18",)
    next_step = "Write the place as the list beside the text names it."
    status = 422


class TemplateUnchanged(Refusal):
    """This is the text of version {version}, word for word."""

    basis = ("wushen-2021-60:18",)
    next_step = "Change the text before you issue it as a new version."
    status = 422


class ScanOfOtherText(Refusal):
    """The figures do not begin the digest of this agreement's text: the sealed paper is another version."""

    basis = ("wushen-2021-60:18",)
    next_step = "Print the agreement as it stands now, have that paper sealed, and copy the first eight figures of its digest."
    status = 422


class ScanNotCompared(Refusal):
    """Nobody has confirmed that the sealed paper and the text agree."""

    basis = ("wushen-2021-60:18",)
    next_step = "Read the scan against the text on this page, then tick the confirmation."
    status = 422


class ScanKind(Refusal):
    """A sealed paper is kept as PDF, OFD or picture."""

    basis = ("wushen-2021-60:18",)
    next_step = "Scan the sealed paper to PDF, OFD, JPG or PNG."
    status = 422


class NotInForceYet(Refusal):
    """The paper with its code of verification is issued once the agreement is in force."""

    basis = ("wushen-2021-60:18",)
    next_step = "Print the text for sealing until then; sign it, or have it sealed."
