"""Frozen values in which the catalogue tells other rooms and pages about its entries."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from gongxiang.platform.catalogue.content import Content, ElementContent
from gongxiang.platform.catalogue.highlighting import Piece
from gongxiang.platform.catalogue.states import PUBLISHED


@dataclass(frozen=True, kw_only=True)
class DistributionRef:
    """One way of delivery and what `delivery` has found out about it."""

    id: UUID
    kind: str
    title: str
    node_id: UUID | None
    source_table: str
    #: (element code, column) for every mapped element.
    columns: tuple[tuple[str, str], ...]
    description: str
    checked_at: datetime | None
    check_problem: str


@dataclass(frozen=True, kw_only=True)
class MountedPlace:
    """Which entry a distribution belongs to, and where it is mounted at present."""

    resource_id: UUID
    provider_id: UUID
    node_id: UUID | None
    source_table: str


@dataclass(frozen=True, kw_only=True)
class StandingConsent:
    """The officer's consent under which requests for an unconditional resource are granted at once (cn-809:20, 21)."""

    given_by: UUID
    given_by_name: str
    given_at: datetime


#: An element as other rooms know it: the catalogued content itself.
ElementRef = ElementContent


@dataclass(frozen=True, kw_only=True)
class ResourceRef:
    """An entry: the version in force, or the draft where none has been published yet."""

    id: UUID
    code: str
    name: str
    provider_id: UUID
    provider_name: str
    provider_credit_code: str
    #: PUBLISHED or WITHDRAWN once published, whatever happens to a revision; else the state of the draft.
    status: str
    #: The number of the version in force; 0 before the first publication.
    version: int
    published_at: datetime | None
    sharing_type: str
    elements: tuple[ElementRef, ...]
    purposes: tuple[str, ...]
    conditions: str
    scope: str
    scope_departments: tuple[UUID, ...]
    distributions: tuple[DistributionRef, ...]
    standing_consent: StandingConsent | None
    content: Content

    @property
    def is_published(self) -> bool:
        """Whether departments may apply for it (wushen-2021-60:6)."""
        return self.status == PUBLISHED

    def element(self, code: str) -> ElementRef | None:
        """The element of that code."""
        return next((element for element in self.elements if element.code == code), None)

    @property
    def table(self) -> DistributionRef | None:
        """Its first table distribution."""
        return next((d for d in self.distributions if d.kind == "TABLE"), None)

    @property
    def file(self) -> DistributionRef | None:
        """Its file distribution: the first that a node delivers, else the first."""
        found = [d for d in self.distributions if d.kind == "FILE"]
        return next((d for d in found if d.node_id is not None), found[0] if found else None)


@dataclass(frozen=True, kw_only=True)
class VersionRef:
    """One published version, whole and frozen."""

    resource_id: UUID
    code: str
    number: int
    provider_name: str
    provider_credit_code: str
    content: Content
    content_digest: str
    published_at: datetime
    published_by_name: str
    standing_consent: StandingConsent | None


@dataclass(frozen=True, kw_only=True)
class ConsentRef:
    """The accountable officer's statements."""

    secrecy_statement: str
    personal: bool
    impact_assessment: dict[str, str]
    standing: bool
    given_by_name: str
    given_at: datetime


@dataclass(frozen=True, kw_only=True)
class DraftRef:
    """The entry as it is being worked on, with everything its provider and the authority see of that."""

    id: UUID
    code: str
    provider_id: UUID
    provider_name: str
    status: str
    #: The version in force meanwhile; 0 if there is none.
    version: int
    revision: int
    content: Content
    content_digest: str
    saved_at: datetime
    saved_by: str
    drafters: tuple[UUID, ...]
    reviewed_by: UUID | None
    remarks: tuple[tuple[str, str], ...]
    returned_by: str
    consent: ConsentRef | None
    consented_by: UUID | None
    submitted_at: datetime | None
    due_at: datetime | None
    due_basis: str
    due_rule: str
    ratified_at: datetime | None
    exception: dict[str, str] | None

    @property
    def name(self) -> str:
        """The name in the draft."""
        return self.content.name


@dataclass(frozen=True, kw_only=True)
class ListedResource:
    """A row of a department's or a reviewer's list."""

    id: UUID
    code: str
    name: str
    provider_id: UUID
    provider_name: str
    status: str
    sharing_type: str
    version: int
    saved_at: datetime
    saved_by: str
    submitted_at: datetime | None
    due_at: datetime | None
    due_basis: str
    published_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Match:
    """Where a hit fits the query: a field of the entry, and its text with what was found marked."""

    field: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class Suggestion:
    """Another query that finds something: `why` is `fewer_words`, `sounds_alike` or `spelling`."""

    text: str
    count: int
    why: str


@dataclass(frozen=True, kw_only=True)
class SynonymsRef:
    """A group of words that are found for each other."""

    id: UUID
    words: tuple[str, ...]
    note: str
    entered_at: datetime
    entered_by: str
    changed_at: datetime | None
    changed_by: str
    ended_at: datetime | None
    ended_by: str


@dataclass(frozen=True, kw_only=True)
class SavedSearchRef:
    """A search that a person keeps."""

    id: UUID
    person_id: UUID
    name: str
    query: str
    notify: bool
    saved_at: datetime
    told_until: datetime


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """One found entry."""

    id: UUID
    code: str
    name: str
    summary: str
    department_id: UUID
    department_name: str
    sharing_type: str
    kinds: tuple[str, ...]
    classification: str
    update_cycle: str
    data_class: str
    element_count: int
    version: int
    published_at: datetime
    #: How many departments may use it now.
    users: int = 0
    #: Fields in which the query was found; the name and the summary always, so that they can be shown marked.
    matches: tuple[Match, ...] = ()


@dataclass(frozen=True, kw_only=True)
class FacetCount:
    """One value of a facet and how many of the found entries have it."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, kw_only=True)
class SearchPage:
    """One page of hits with the facets of the whole result."""

    hits: tuple[SearchHit, ...]
    total: int
    #: False where there are more than could be counted cheaply: shown as "10,000+".
    exact: bool
    page: int
    pages: int
    facets: dict[str, tuple[FacetCount, ...]]
    #: Words of the query and the synonyms that were searched for beside them.
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()
