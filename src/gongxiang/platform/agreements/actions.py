"""The acts on agreements: draft, sign for the department, sign for the authority, return, end; and the text they start from.

Signing asks password and code first, in transactions of their own, so that a wrong one is counted though nothing is signed.
"""

import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Max

from gongxiang.law.articles import implements, instrument
from gongxiang.platform.agreements import permissions, policies, queries, terms
from gongxiang.platform.agreements.errors import FieldMissing, TemplateBroken, TemplateUnchanged
from gongxiang.platform.agreements.models import Agreement, AgreementSignature, AgreementTemplate, Role
from gongxiang.platform.agreements.queries import AgreementRef, TemplateRef
from gongxiang.platform.agreements.states import AGREEMENT
from gongxiang.platform.agreements.terms import MODES, PURPOSES, ROLES, day_words, lines_of
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.documents import queries as documents_queries
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.errors import Refusal, Shortfalls
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import actions as parties_actions
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.canonical import canonical
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.evidence import sm3
from gongxiang.protocol.odrl import Term
from gongxiang.protocol.terms import Purpose

#: Places that a text may name in braces; `{terms}` is the list of terms, which else ends the text.
PLACES = frozenset(
    {
        "number", "authority", "authority_code", "department", "department_code", "role", "scope", "purposes", "modes",
        "contact", "telephone", "supplement", "valid_from", "valid_until", "terms",
    }
)  # fmt: skip
_SERIAL_LOCK = 0x61677265


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What the department fills in."""

    role: str
    scope: str
    purposes: Sequence[str]
    modes: Sequence[str]
    contact: str
    telephone: str
    valid_from: date
    valid_until: date
    supplement: str = ""


@transaction.atomic
def issue_template(*, title: str, body: str, by: Actor, at: datetime) -> TemplateRef:
    """Issue a new text of the agreement; agreements made from older ones stay as they are."""
    permissions.ISSUE_TEMPLATE.check(by)
    missing = [FieldMissing(field=name) for name, text in (("title", title), ("body", body)) if not text.strip()]
    if missing:
        raise Shortfalls(missing)
    check_places(body)
    # Two people at once: the second waits here, and compares with what the first issued.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [_SERIAL_LOCK])
    newest = AgreementTemplate.objects.order_by("-version").first()
    issued = body.replace("\r\n", "\n").strip() + "\n"
    if newest is not None and (newest.title, newest.body) == (title.strip(), issued):
        raise TemplateUnchanged(field="body", version=newest.version)
    row = AgreementTemplate.objects.create(
        version=newest.version + 1 if newest else 1,
        title=title.strip(),
        body=issued,
        issued_at=at,
        issued_by=by.id,  # type: ignore[union-attr]
    )
    record_act(
        kind="agreement_template:issued", subject=("agreement_template", row.id), by=by, at=at, basis=("wushen-2021-60:18",),
        after={"version": row.version, "title": row.title, "digest": sm3(row.body.encode("utf-8")).hex()},
    )  # fmt: skip
    return queries.current_template()


@implements("wushen-2021-60:18")
@transaction.atomic
def draft_agreement(*, department_id: UUID, draft: Draft, by: Actor, at: datetime) -> AgreementRef:
    """Begin an agreement from the authority's newest text."""
    permissions.DRAFT.check(by)
    person = permissions.check_own(by, department_id)
    one_at_a_time("agreement", department_id)
    policies.check_can_draft(department_id)
    template = AgreementTemplate.objects.get(pk=queries.current_template().id)
    _check_draft(department_id, draft, at)
    year, serial = _next_number(at)
    row = Agreement(
        year=year, serial=serial, department_id=department_id, template=template, drafted_by=person.id, drafted_at=at,
        **_columns(draft),
    )  # fmt: skip
    row.terms = terms_of(department_id, draft)
    row.text = fill_text(template.body, number=policies.number_of(year, serial), department_id=department_id, draft=draft)
    row.text_digest = sm3(row.text.encode("utf-8")).hex()
    open_record(
        row, table=AGREEMENT, act="draft", by=by, at=at, after=_said(row), concerns=concerned(row), trail=trail_of(row)
    )  # fmt: skip
    return queries.agreement_ref(row.id, actor=by)


@transaction.atomic
def revise_agreement(*, agreement_id: UUID, draft: Draft, by: Actor, at: datetime) -> AgreementRef:
    """Change a draft, or one that the authority returned; earlier signatures become void."""
    permissions.DRAFT.check(by)
    row = queries.get_for_update(agreement_id)
    person = permissions.check_own(by, row.department_id)
    AGREEMENT.find("revise", row.status)
    _check_draft(row.department_id, draft, at)
    template = AgreementTemplate.objects.get(pk=queries.current_template().id)
    text = fill_text(
        template.body, number=policies.number_of(row.year, row.serial), department_id=row.department_id, draft=draft
    )  # fmt: skip
    _void(row)
    changes = {
        **_columns(draft), "template": template, "text": text, "text_digest": sm3(text.encode("utf-8")).hex(),
        "drafted_by": person.id, "drafted_at": at, "reason": "", "terms": terms_of(row.department_id, draft),
    }  # fmt: skip
    move(
        row=row,
        act="revise",
        by=by,
        at=at,
        changes=changes,
        quiet=("text", "terms", "scope", "supplement", "contact", "telephone"),
    )
    return queries.agreement_ref(row.id, actor=by)


@implements("wushen-2021-60:18")
def sign_for_department(*, agreement_id: UUID, password: str, code: str, by: Actor, at: datetime) -> AgreementRef:
    """The accountable officer signs the text for the department."""
    with transaction.atomic():
        row = queries.get_for_update(agreement_id)
        permissions.check_actor_can_sign(by, row)
        AGREEMENT.find("sign_for_department", row.status)
        policies.check_can_sign(row, at)
        statement = _statement(row, "department", at)
    signature = parties_actions.sign_as_officer(data=statement, password=password, code=code, by=by, at=at)
    with transaction.atomic():
        row = queries.get_for_update(agreement_id)
        policies.check_can_sign(row, at)
        _keep_signature(row, "department", statement, signature, at)
        move(row=row, act="sign_for_department", by=by, at=at, signature=signature)
    return queries.agreement_ref(agreement_id, actor=by)


@implements("wushen-2021-60:18")
def sign_for_authority(*, agreement_id: UUID, password: str, code: str, by: Actor, at: datetime) -> AgreementRef:
    """The authority's leader signs: the agreement is in force from its first day on."""
    permissions.check_actor_can_countersign(by)
    with transaction.atomic():
        row = queries.get_for_update(agreement_id)
        AGREEMENT.find("sign_for_authority", row.status)
        policies.check_can_sign(row, at)
        statement = _statement(row, "authority", at)
    signature = parties_actions.sign_as_officer(data=statement, password=password, code=code, by=by, at=at)
    with transaction.atomic():
        row = queries.get_for_update(agreement_id)
        policies.check_can_sign(row, at)
        _keep_signature(row, "authority", statement, signature, at)
        move(row=row, act="sign_for_authority", by=by, at=at, changes={"in_force_at": at}, signature=signature)
    return queries.agreement_ref(agreement_id, actor=by)


@transaction.atomic
def return_agreement(*, agreement_id: UUID, reason: str, by: Actor, at: datetime) -> AgreementRef:
    """The authority gives a signed agreement back to be changed, and says why."""
    permissions.RETURN.check(by)
    row = queries.get_for_update(agreement_id)
    _need_reason(reason)
    AGREEMENT.find("return", row.status)
    _void(row)
    move(row=row, act="return", by=by, at=at, changes={"reason": reason.strip()})
    return queries.agreement_ref(agreement_id, actor=by)


@transaction.atomic
def terminate_agreement(*, agreement_id: UUID, reason: str, by: Actor, at: datetime) -> AgreementRef:
    """The authority ends an agreement before its time, and says why; publishing and applying stop at once."""
    permissions.TERMINATE.check(by)
    row = queries.get_for_update(agreement_id)
    _need_reason(reason)
    move(row=row, act="terminate", by=by, at=at, changes={"reason": reason.strip(), "ended_at": at})
    _withdraw_paper(row, reason="协议已终止。", at=at)
    return queries.agreement_ref(agreement_id, actor=by)


@transaction.atomic
def expire_agreement(*, agreement_id: UUID, by: Actor, at: datetime) -> None:
    """Note that an agreement's last day is over; the gate closed by itself at midnight."""
    permissions.EXPIRE.check(by)
    row = queries.get_for_update(agreement_id)
    if row.status != "IN_FORCE" or row.valid_until >= at.astimezone(BEIJING).date():
        return
    move(row=row, act="expire", by=by, at=at, changes={"ended_at": at})
    _withdraw_paper(row, reason="协议已期满。", at=at)


def _withdraw_paper(row: Agreement, *, reason: str, at: datetime) -> None:
    if row.document_id is not None and documents_queries.get_document(row.document_id).status == "VALID":
        documents.withdraw_document(document_id=row.document_id, reason=reason, by=System(name="agreements"), at=at)


def fill_text(body: str, *, number: str, department_id: UUID, draft: Draft) -> str:
    """The text of an agreement: the issued body with its places filled."""
    authority, department = parties.authority(), parties.department_ref(department_id)
    kept = lines_of([Term.from_json(one) for one in terms_of(department_id, draft)])
    filled = body.format_map(
        {
            "number": number,
            "authority": authority.name,
            "authority_code": authority.credit_code,
            "department": department.name,
            "department_code": department.credit_code,
            "role": ROLES[Role(draft.role)],
            "scope": draft.scope.strip(),
            "purposes": "、".join(PURPOSES[Purpose(purpose)] for purpose in draft.purposes),
            "modes": "、".join(MODES[mode] for mode in draft.modes),
            "contact": draft.contact.strip(),
            "telephone": draft.telephone.strip(),
            "supplement": draft.supplement.strip() or "无。",
            "valid_from": day_words(draft.valid_from),
            "valid_until": day_words(draft.valid_until),
            "terms": kept,
        }
    )
    return filled if "{terms}" in body else f"{filled.rstrip()}\n\n{kept}\n"


def terms_of(department_id: UUID, draft: Draft) -> list[dict[str, object]]:
    """The list of terms as it is kept with the agreement."""
    counted = max(draft.valid_from, instrument("wushen-2021-60").in_force_from)
    found = terms.terms_of(
        role=draft.role, scope=draft.scope, purposes=draft.purposes, modes=draft.modes, valid_from=draft.valid_from,
        valid_until=draft.valid_until, supplement=draft.supplement, authority=parties.authority().name,
        department=parties.department_ref(department_id).name,
        kept=rulebook.rules().period("use_record_retention", counted),
    )  # fmt: skip
    return [term.to_json() for term in found]


def check_places(body: str) -> None:
    """Raise TemplateBroken if the body names a place that nothing fills."""
    try:
        places = [(name, spec) for _, name, spec, _ in string.Formatter().parse(body) if name is not None]
    except ValueError as error:
        raise TemplateBroken(field="body", place="{ }") from error
    unknown = [f"{{{name}}}" for name, spec in places if name not in PLACES or spec]
    if unknown:
        raise TemplateBroken(field="body", place="、".join(unknown))


def _check_draft(department_id: UUID, draft: Draft, at: datetime) -> None:
    shortfalls: list[Refusal] = [
        FieldMissing(field=name)
        for name in ("scope", "purposes", "modes", "contact", "telephone")
        if not (value := getattr(draft, name)) or (isinstance(value, str) and not value.strip())
    ]
    for name, value, known in (("purposes", draft.purposes, list(Purpose)), ("modes", draft.modes, list(MODES))):
        if not set(value) <= set(known):
            shortfalls.append(FieldMissing(field=name))
    if draft.role not in Role.values:
        shortfalls.append(FieldMissing(field="role"))
    try:
        policies.check_period(department_id, valid_from=draft.valid_from, valid_until=draft.valid_until, at=at)
    except Refusal as refusal:
        shortfalls.append(refusal)
    if shortfalls:
        raise Shortfalls(shortfalls)


def _columns(draft: Draft) -> dict[str, object]:
    return {
        "role": draft.role,
        "scope": draft.scope.strip(),
        "purposes": list(draft.purposes),
        "modes": list(draft.modes),
        "contact": draft.contact.strip(),
        "telephone": draft.telephone.strip(),
        "supplement": draft.supplement.strip(),
        "valid_from": draft.valid_from,
        "valid_until": draft.valid_until,
    }


def _next_number(at: datetime) -> tuple[int, int]:
    year = at.astimezone(BEIJING).year
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_SERIAL_LOCK, year])
    last = Agreement.objects.filter(year=year).aggregate(last=Max("serial"))["last"]
    return year, (last or 0) + 1


def _statement(row: Agreement, party: str, at: datetime) -> bytes:
    return canonical(
        {
            "agreement": row.id,
            "number": policies.number_of(row.year, row.serial),
            "department": row.department_id,
            "party": party,
            "text_digest": row.text_digest,
            "valid_from": row.valid_from,
            "valid_until": row.valid_until,
            "at": at,
        }
    )


def _void(row: Agreement) -> None:
    row.signatures.filter(void=False).update(void=True)
    row.scans.filter(void=False).update(void=True)


def _keep_signature(
    row: Agreement, party: str, statement: bytes, signature: parties_actions.OfficerSignature, at: datetime
) -> None:
    if _statement(row, party, at) != statement:
        raise ChangedMeanwhile()
    AgreementSignature.objects.create(
        agreement=row,
        party=party,
        person_id=signature.person_id,
        name=signature.name,
        post=signature.post,
        public_key=signature.public_key,
        statement=statement.decode("utf-8"),
        signature=signature.signature,
        signed_at=at,
    )


def move(
    *, row: Agreement, act: str, by: Actor, at: datetime, changes: dict[str, object] | None = None,
    signature: parties_actions.OfficerSignature | None = None, quiet: Sequence[str] = (),
    said: Mapping[str, object] | None = None,
) -> None:  # fmt: skip
    """Change the state and write the evidence; for the acts of this room."""
    detail: dict[str, object] = {"text_digest": row.text_digest, **(said or {})}
    if signature is not None:
        detail |= {"public_key": signature.public_key, "signature": signature.signature}
    # Long texts stand in the record by their digest alone.
    silent = {name: value for name, value in (changes or {}).items() if name in quiet}
    if silent:
        type(row).objects.filter(pk=row.pk).update(**silent)
    spoken = {name: value for name, value in (changes or {}).items() if name not in quiet}
    transition(
        row, table=AGREEMENT, act=act, by=by, at=at, changes=spoken, detail=detail, concerns=concerned(row), trail=trail_of(row)
    )


def _said(row: Agreement) -> dict[str, object]:
    return {
        "number": policies.number_of(row.year, row.serial),
        "text_digest": row.text_digest,
        "valid_from": row.valid_from,
        "valid_until": row.valid_until,
        "role": row.role,
    }


def _need_reason(reason: str) -> None:
    if not reason.strip():
        raise FieldMissing("Say why: the department has to know what to change.", field="reason")


def concerned(row: Agreement) -> set[UUID]:
    """Who may see the record: the two parties."""
    return {row.department_id, parties.authority().id}


def trail_of(row: Agreement) -> list[str]:
    """To which trails it belongs."""
    return [f"department:{row.department_id}"]
