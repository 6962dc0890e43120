"""Frozen values in which the room tells other rooms and pages about projects."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from gongxiang.platform.projects.planned import Planned


@dataclass(frozen=True, kw_only=True)
class ProjectFields:
    """What a department writes into the register."""

    name: str = ""
    kind: str = "NEW"
    purpose: str = ""
    approving_body: str = ""
    planned_start: date | None = None
    planned_end: date | None = None
    actual_start: date | None = None
    actual_end: date | None = None
    systems: tuple[UUID, ...] = ()
    tier: str = "own"
    contact: str = ""
    telephone: str = ""


@dataclass(frozen=True, kw_only=True)
class ProjectView:
    """A project as other rooms and pages see it."""

    id: UUID
    number: str
    status: str
    turn: str
    department_id: UUID
    department_name: str
    name: str
    kind: str
    purpose: str
    approving_body: str
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    systems: list[UUID]
    tier: str
    contact: str
    telephone: str
    approval_number: str
    approved_on: date | None
    revision: int
    catalogue_revision: int
    drafters: list[UUID]
    registered_at: datetime
    registered_by: str
    consented_at: datetime | None
    consented_by: str
    consented_by_id: UUID | None
    submitted_at: datetime | None
    clock_from: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    due_provisional: bool
    remarks: list[dict[str, str]]
    returned_by: str
    version: int | None
    acceptance_requested_at: datetime | None
    acceptance_requested_by_id: UUID | None
    accepted_at: datetime | None
    publish_due_at: datetime | None
    publish_basis: str
    publish_rule: str
    cancelled_at: datetime | None
    cancelled_reason: str

    @property
    def fields(self) -> ProjectFields:
        """What the register's form shows."""
        values = {name: getattr(self, name) for name in ProjectFields.__dataclass_fields__}
        return ProjectFields(**{**values, "systems": tuple(self.systems)})


@dataclass(frozen=True, kw_only=True)
class EntryView:
    """One planned entry; once the project is accepted, with the catalogue entry it became."""

    id: UUID
    position: int
    planned: Planned
    resource_id: UUID | None
    resource_status: str = ""
    resource_code: str = ""

    @property
    def is_published(self) -> bool:
        """Whether departments can apply for it."""
        return self.resource_status == "PUBLISHED"


@dataclass(frozen=True, kw_only=True)
class Resemblance:
    """Something that has already what is planned: an entry of the catalogue, or another project's planned entry."""

    target_kind: str
    target_id: UUID
    target_name: str
    target_code: str
    owner_id: UUID
    owner: str
    #: Pairs (planned name, name there).
    elements: tuple[tuple[str, str], ...]
    name_alike: bool
    #: Whether it can be applied for: published and not withheld.
    available: bool
    project_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class Hit:
    """A resemblance of one planned entry, and what the department said to it."""

    entry_id: UUID
    entry_name: str
    found: Resemblance
    answer: str = ""
    reason: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Promise:
    """An entry of the catalogue that the project said it will use through sharing."""

    entry_name: str
    resource_id: UUID
    name: str
    answered_by: str = ""
    answered_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class VersionView:
    """A pre-compiled catalogue as it passed."""

    number: int
    content: dict[str, Planned]
    answers: tuple[dict[str, str], ...]
    digest: str
    amendment: bool
    passed_at: datetime
    passed_by_name: str


@dataclass(frozen=True, kw_only=True)
class CertificateView:
    """A certificate, in force unless withdrawn."""

    id: UUID
    kind: str
    number: str
    verification_code: str
    document_id: UUID
    digest: str
    version: int
    issued_at: datetime
    issued_by_name: str
    withdrawn_at: datetime | None
    withdrawn_reason: str


@dataclass(frozen=True, kw_only=True)
class CheckView:
    """One point of the interface check list with its newest result, if there is one."""

    item: str
    label_zh: str
    label_en: str
    passed: bool | None
    by_facts: bool = False
    reference: str = ""
    note: str = ""
    upload_id: UUID | None = None
    checked_at: datetime | None = None
    checked_by_name: str = ""


@dataclass(frozen=True, kw_only=True)
class CostView:
    """Money of one project, year and source, in cents."""

    project_id: UUID
    project_number: str
    project_name: str
    department_name: str
    kind: str
    status: str
    year: int
    source: str
    planned_cents: int
    actual_cents: int | None
    noted_at: datetime
    noted_by_name: str
    superseded_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Publication:
    """How many of an accepted project's entries are published."""

    project: ProjectView
    published: int
    total: int


@dataclass(frozen=True, kw_only=True)
class FormCheckView:
    """A form's items held against the catalogue."""

    id: UUID
    department_id: UUID
    department_name: str
    matter_id: UUID | None
    title: str
    items: tuple[str, ...]
    hits: tuple[dict[str, object], ...]
    checked_at: datetime
    checked_by_name: str
    answered_at: datetime | None
    #: Items that nothing was found for.
    free: tuple[str, ...] = field(default_factory=tuple)
