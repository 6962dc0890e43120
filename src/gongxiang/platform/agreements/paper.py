"""The agreement on paper: for sealing while it is open, issued with number and code once in force; and its policy as ODRL."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.agreements import permissions, queries, terms
from gongxiang.platform.agreements.actions import concerned, trail_of
from gongxiang.platform.agreements.errors import NotInForceYet
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as issued
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.documents.rendering import official, official_word
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialLetter, OfficialText
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import odrl
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.odrl import Party

_PREFIX: Final = "共享协文"


@implements("wushen-2021-60:18")
@transaction.atomic
def issue_paper(*, agreement_id: UUID, by: Actor, at: datetime) -> IssuedDocument:
    """Issue the agreement as PDF/A and Word with a code of verification; once for each agreement, then the same is given."""
    permissions.PAPER.check(by)
    agreement = queries.agreement_ref(agreement_id, actor=by)
    row = queries.get_for_update(agreement_id)
    if not by.has(*permissions.AUTHORITY):  # type: ignore[union-attr]
        permissions.check_own(by, row.department_id)
    if row.document_id is not None:
        return issued.get_document(row.document_id)
    if row.in_force_at is None:
        raise NotInForceYet()
    document = documents.issue_letter(
        kind="agreement", number_prefix=_PREFIX, said=_said(agreement), issuer=parties.authority().name,
        sealed_by=_beside_the_code(agreement), concerns=concerned(row), trail=(f"agreement:{row.pk}", *trail_of(row)),
        basis=("wushen-2021-60:18",), by=by, at=at,
    )  # fmt: skip
    record_act(
        kind="agreement:paper_issued", subject=("agreement", row.pk), by=by, at=at, basis=("wushen-2021-60:18",),
        after={"document": document.number, "digest": document.digest, "text_digest": row.text_digest},
        concerns=concerned(row), trail=trail_of(row),
    )  # fmt: skip
    row.document_id = document.id
    row.save(update_fields=["document_id"])
    return document


def print_text(agreement: AgreementRef, form: str) -> bytes:
    """The text as it stands, for sealing or reading: `pdf` or `docx`, without number and code of a document."""
    day = agreement.drafted_at.astimezone(BEIJING).date()
    letter = OfficialLetter(
        said=_said(agreement), issuer=parties.authority().name, number=agreement.number, issued_on=day,
        code="正式生效后出具的文本载有核验码", sealed_by=_beside_the_code(agreement),
    )  # fmt: skip
    return official.to_pdf(letter) if form == "pdf" else official_word.to_word(letter)


def policy(agreement: AgreementRef) -> dict[str, Any]:
    """The agreement as ODRL 2.2 JSON-LD, with the digest of the text that states the same."""
    authority, department = parties.authority(), parties.department_ref(agreement.department_id)
    made = terms.policy_of(
        agreement_id=agreement.id, number=agreement.number, title=agreement.title,
        authority=_party(authority), department=_party(department), kept=agreement.terms, text_digest=agreement.text_digest,
        status=agreement.status, issued=agreement.in_force_at.isoformat() if agreement.in_force_at else "",
    )  # fmt: skip
    return odrl.to_jsonld(made)


def get_policy(agreement_id: UUID, *, actor: Actor) -> dict[str, Any]:
    """The same for a reader who may see the agreement."""
    permissions.TERMS.check(actor)
    return policy(queries.agreement_ref(agreement_id, actor=actor))


def _party(department: parties.DepartmentRef) -> Party:
    return Party(uid=terms.urn("department", department.id), name=department.name, credit_code=department.credit_code)


def _said(agreement: AgreementRef) -> OfficialText:
    return OfficialText(
        form=LetterForm.DOCUMENT, mark=parties.authority().name, title=agreement.title,
        text=tuple(line.strip() for line in agreement.text.splitlines() if line.strip()), cosigners=(agreement.department,),
    )  # fmt: skip


def _beside_the_code(agreement: AgreementRef) -> tuple[str, ...]:
    party = {"department": "乙方", "authority": "甲方"}
    lines = [f"协议文本摘要（SM3）：{agreement.text_digest}"]
    lines += [
        f"{party[one.party]}电子签名（SM2）：{one.name}，{one.signed_at.astimezone(BEIJING):%Y-%m-%d %H:%M}，公钥 {one.key_id}"
        for one in agreement.signatures
        if one.good
    ]
    lines += [
        f"{party[one.party]}盖章扫描件（SM3）：{one.digest}，{one.kept_at.astimezone(BEIJING):%Y-%m-%d %H:%M}"
        for one in agreement.scans
    ]
    return tuple(lines)
