"""Reading agreements: frozen values for other rooms and pages, under the reader's visibility."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from importlib.resources import files
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Count, Q, QuerySet

from gongxiang.law.deadlines import end_of_day
from gongxiang.platform.agreements import permissions, policies
from gongxiang.platform.agreements.errors import NoTemplate
from gongxiang.platform.agreements.models import Agreement, AgreementSignature, AgreementTemplate
from gongxiang.platform.kernel.actors import Actor, CallingSystem, Person
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.platform.rulebook.values import OpenDeadline
from gongxiang.protocol import signing
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.evidence import sm3


@dataclass(frozen=True, kw_only=True)
class SignatureRef:
    """A signature on an agreement; `good` says whether it verifies over the statement."""

    party: str
    name: str
    post: str
    public_key: str
    key_id: str
    signature: str
    signed_at: datetime
    good: bool


@dataclass(frozen=True, kw_only=True)
class AgreementRef:
    """An agreement as other rooms and pages know it."""

    id: UUID
    number: str
    department_id: UUID
    department: str
    role: str
    scope: str
    purposes: tuple[str, ...]
    modes: tuple[str, ...]
    contact: str
    telephone: str
    supplement: str
    valid_from: date
    valid_until: date
    template_version: int
    title: str
    text: str
    text_digest: str
    drafted_by: UUID
    drafted_at: datetime
    in_force_at: datetime | None
    ended_at: datetime | None
    reason: str
    status: str
    signatures: tuple[SignatureRef, ...] = field(default=())
    scans: tuple["ScanRef", ...] = field(default=())
    terms: tuple[Mapping[str, Any], ...] = field(default=())
    document_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ScanRef:
    """A scan of the sealed paper."""

    party: str
    upload_id: UUID
    name: str
    size: int
    digest: str
    kept_at: datetime
    kept_by_name: str


@dataclass(frozen=True, kw_only=True)
class TemplateRef:
    """An issued text."""

    id: UUID
    version: int
    title: str
    body: str
    issued_at: datetime


def visible_to(actor: Actor | None) -> QuerySet[Agreement]:
    """The agreements `actor` may see: the own department's; authority and auditors see all."""
    rows = Agreement.objects.select_related("template").order_by("-drafted_at")
    if not isinstance(actor, (Person, CallingSystem)):
        return rows.none()
    return rows if actor.has(*permissions.READERS_OF_ALL) else rows.filter(department_id=actor.department_id)


#: What a list of agreements may be sorted by.
SORTS = {"new": "-drafted_at", "until": "valid_until", "from": "-valid_from", "number": "serial"}


def agreements(actor: Actor | None, *, search: str = "", status: str = "", sort: str = "new") -> list[AgreementRef]:
    """The agreements `actor` sees, newest first unless sorted otherwise."""
    rows = visible_to(actor).order_by(SORTS.get(sort, SORTS["new"]), "-year", "-serial")
    if search:
        serial = "".join(c for c in search.partition("〕")[2] or search if c.isdigit())
        named = [one.id for one in parties.all_departments(active_only=False, search=search)]
        rows = rows.filter(Q(department_id__in=named) | Q(serial=int(serial) if serial and len(serial) < 9 else -1))
    if status:
        rows = rows.filter(status=status)
    return [as_ref(row) for row in rows]


def agreement_ref(agreement_id: UUID, *, actor: Actor | None) -> AgreementRef:
    """One agreement with its signatures; raises NotFound if it is not the actor's to see."""
    return as_ref(_found(visible_to(actor), agreement_id), signed=True)


def why_not_sign(agreement_id: UUID, *, actor: Actor, at: datetime) -> Refusal | None:
    """What forbids `actor` to sign now, by the checks of the act itself; None if nothing does."""
    row = _found(visible_to(actor), agreement_id)
    try:
        if row.status == "DRAFTED":
            permissions.check_actor_can_sign(actor, row)
        else:
            permissions.check_actor_can_countersign(actor)
        policies.check_can_sign(row, at)
    except Refusal as refusal:
        return refusal
    return None


def in_force(department_id: UUID, at: datetime) -> AgreementRef | None:
    """The department's agreement in force at `at`, or None."""
    row = policies.find_in_force(department_id, at)
    return as_ref(row) if row is not None else None


def get_for_update(agreement_id: UUID) -> Agreement:
    """The locked row, for this room's actions."""
    return _found(Agreement.objects.select_for_update(of=("self",)).select_related("template"), agreement_id)


def run_out(at: date) -> list[UUID]:
    """Agreements in force whose last day is before `at`."""
    return list(Agreement.objects.filter(status="IN_FORCE", valid_until__lt=at).values_list("id", flat=True))


def current_template() -> TemplateRef:
    """The newest issued text; raises NoTemplate."""
    row = AgreementTemplate.objects.order_by("-version").first()
    if row is None:
        raise NoTemplate()
    return _template(row)


def templates() -> list[TemplateRef]:
    """All issued texts, newest first."""
    return [_template(row) for row in AgreementTemplate.objects.order_by("-version")]


def template_of(version: int) -> tuple[TemplateRef, TemplateRef | None]:
    """One issued text and the one before it; raises NotFound."""
    if not 0 < version < 1_000_000:
        raise NotFound()
    rows = {row.version: row for row in AgreementTemplate.objects.filter(version__in=(version, version - 1))}
    if version not in rows:
        raise NotFound()
    former = rows.get(version - 1)
    return _template(rows[version]), _template(former) if former else None


def uses_of_templates() -> dict[int, int]:
    """How many agreements were made from each version."""
    counted = Agreement.objects.values_list("template__version").annotate(n=Count("id"))
    return dict(counted)


def suggested_template() -> str:
    """The product's proposal for the text, for the authority to change and issue; the banner's own was not to be found."""
    return files("gongxiang.platform.agreements").joinpath("suggested_agreement.txt").read_text(encoding="utf-8")


def _signatures(agreement: Agreement) -> tuple[SignatureRef, ...]:
    """The signatures that count, verified anew over the text as it stands now."""
    intact = sm3(agreement.text.encode("utf-8")).hex() == agreement.text_digest
    return tuple(
        SignatureRef(
            party=row.party,
            name=row.name,
            post=row.post,
            public_key=row.public_key,
            key_id=signing.key_id(row.public_key),
            signature=row.signature,
            signed_at=row.signed_at,
            good=intact
            and json.loads(row.statement).get("text_digest") == agreement.text_digest
            and signing.verify(row.public_key, row.statement.encode("utf-8"), row.signature),
        )
        for row in AgreementSignature.objects.filter(agreement=agreement, void=False).order_by("signed_at")
    )


def _scans(agreement: Agreement) -> tuple[ScanRef, ...]:
    names = ("party", "upload_id", "name", "size", "digest", "kept_at", "kept_by_name")
    rows = agreement.scans.filter(void=False).order_by("kept_at")
    return tuple(ScanRef(**{name: getattr(row, name) for name in names}) for row in rows)


def _found(rows: QuerySet[Agreement], key: UUID) -> Agreement:
    try:
        row = rows.filter(pk=key).first()
    except (ValueError, ValidationError):
        row = None
    if row is None:
        raise NotFound()
    return row


def as_ref(row: Agreement, *, signed: bool = False) -> AgreementRef:
    """One row as a value, for this room."""
    return AgreementRef(
        id=row.id,
        number=policies.number_of(row.year, row.serial),
        department_id=row.department_id,
        department=parties.department_ref(row.department_id).name,
        role=row.role,
        scope=row.scope,
        purposes=tuple(row.purposes),
        modes=tuple(row.modes),
        contact=row.contact,
        telephone=row.telephone,
        supplement=row.supplement,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        template_version=row.template.version,
        title=row.template.title,
        text=row.text,
        text_digest=row.text_digest,
        drafted_by=row.drafted_by,
        drafted_at=row.drafted_at,
        in_force_at=row.in_force_at,
        ended_at=row.ended_at,
        reason=row.reason,
        status=row.status,
        signatures=_signatures(row) if signed else (),
        scans=_scans(row) if signed else (),
        terms=tuple(row.terms),
        document_id=row.document_id,
    )


def _template(row: AgreementTemplate) -> TemplateRef:
    return TemplateRef(id=row.id, version=row.version, title=row.title, body=row.body, issued_at=row.issued_at)


def ending_soon(at: datetime) -> list[OpenDeadline]:
    """Agreements in force that end soon (a parameter) and have no successor; the gate of art. 18 closes with them."""
    early = timedelta(days=rulebook.parameter("agreement_reminder_days"))
    today = at.astimezone(BEIJING).date()
    rows = Agreement.objects.filter(status="IN_FORCE", valid_until__gte=today, valid_until__lte=today + early)
    later = Agreement.objects.filter(status="IN_FORCE", valid_until__gt=today + early).values("department_id")
    ending = list(rows.exclude(department_id__in=later).order_by("valid_until"))
    names = parties.department_names(row.department_id for row in ending)
    found = []
    for row in ending:
        due_at = end_of_day(row.valid_until)
        found.append(
            OpenDeadline(
                subject=f"agreement:{row.pk}", title=names[row.department_id], rule="agreement_end",
                start=end_of_day(row.valid_from), due_at=due_at, basis="wushen-2021-60:18", in_working_days=False,
                first_reminder_at=due_at - early,
                **parties.whose_turn("department", department_id=row.department_id),
            )
        )  # fmt: skip
    return found
