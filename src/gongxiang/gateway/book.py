"""The orders in force, in memory: what the platform has ordered, per node, stream and grant, and whether it still holds.

Fed by `follow.py` with verified orders in any order of commit; each subject's own order numbers decide which one is newer.
Answers from memory only, so that closing needs nothing but the order itself.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from gongxiang.protocol.claims import ForgetClaim
from gongxiang.protocol.errors import (
    CodeExpired,
    CodeUnknown,
    FilesNotOpen,
    GrantEnded,
    GrantNotYetValid,
    GrantSuspended,
    GrantUnknown,
    LeaseExpired,
    StreamNotOpen,
)
from gongxiang.protocol.files import AcceptFiles, CloseFiles, OpenFiles, WithdrawFile
from gongxiang.protocol.messages import (
    AdmitNode,
    CloseStream,
    EndGrant,
    Lease,
    Message,
    OfferEnrolment,
    OpenGrant,
    OpenStream,
    ResumeGrant,
    RevokeNode,
    SignedOrder,
    SuspendGrant,
    TryMount,
)
from gongxiang.protocol.services import OpenService
from gongxiang.protocol.terms import ElementSpec, Terms

#: Trials at mounting that are kept in mind; each is over within minutes.
MOST_TRIALS = 500


@dataclass(kw_only=True)
class NodeEntry:
    """What the platform says of a node; `as_of` is the order that said it last."""

    department_id: UUID | None = None
    public_key: str = ""
    revoked: str | None = None
    as_of: int = 0


@dataclass(frozen=True, kw_only=True)
class StreamEntry:
    """The newest order about a resource's stream; `order` is None once it is closed."""

    order: OpenStream | None
    as_of: int

    @property
    def elements(self) -> tuple[ElementSpec, ...]:
        """The elements the stream carries."""
        return tuple(column.element for column in self.order.columns) if self.order else ()


@dataclass(kw_only=True)
class GrantEntry:
    """A grant's newest terms and whether it is suspended or over."""

    order: OpenGrant | None = None
    #: Where the grant is served by interface: the newest order about it.
    service: OpenService | None = None
    service_as_of: int = 0
    #: Where files are fetched under the grant: the newest order about it.
    files: OpenFiles | None = None
    files_as_of: int = 0
    suspended: str | None = None
    suspended_as_of: int = 0
    ended: str | None = None

    @property
    def terms(self) -> Terms | None:
        """The newest terms, whichever way the data go."""
        order = self.order or self.service or self.files
        return order.terms if order else None


@dataclass(kw_only=True)
class Book:
    """All orders in force."""

    nodes: dict[UUID, NodeEntry] = field(default_factory=dict)
    offers: dict[str, tuple[int, OfferEnrolment]] = field(default_factory=dict)
    newest_offer: dict[UUID, int] = field(default_factory=dict)
    streams: dict[UUID, StreamEntry] = field(default_factory=dict)
    grants: dict[UUID, GrantEntry] = field(default_factory=dict)
    #: Per resource the newest order about its files; None once they are closed.
    files: dict[UUID, tuple[int, AcceptFiles | None]] = field(default_factory=dict)
    #: Per resource the newest order that closed its files: what was deposited before it is given to nobody, ever.
    closed_files: dict[UUID, int] = field(default_factory=dict)
    #: Versions of files that the provider has withdrawn.
    withdrawn: set[UUID] = field(default_factory=set)
    lease: tuple[SignedOrder, Lease] | None = None
    #: The latest trials at mounting, and when each was asked for.
    trials: dict[UUID, tuple[TryMount, datetime]] = field(default_factory=dict)
    #: Claims of cases that are over; emptied by who removes them.
    forgotten: set[UUID] = field(default_factory=set)
    #: Orders to pass on by place, the order in which they became visible; a node's cursor is a place, not a number.
    _handed: dict[UUID, list[tuple[int, SignedOrder]]] = field(default_factory=dict)
    _places: dict[int, int] = field(default_factory=dict)

    def take(self, signed: SignedOrder, order: Message, node_ids: list[UUID], place: int) -> None:
        """Enter one verified order at its place; the same one again changes nothing."""
        if signed.id in self._places:
            return
        self._places[signed.id] = place
        for node_id in node_ids:
            self._handed.setdefault(node_id, []).append((place, signed))
        match order:
            case Lease():
                if self.lease is None or order.valid_until > self.lease[1].valid_until:
                    self.lease = (signed, order)
            case OfferEnrolment():
                self.offers[order.code_digest] = (signed.id, order)
                self.newest_offer[order.node_id] = max(signed.id, self.newest_offer.get(order.node_id, 0))
            case AdmitNode() | RevokeNode():
                self._take_node(signed.id, order)
            case OpenStream() | CloseStream():
                known = self.streams.get(order.resource_id)
                if known is None or signed.id > known.as_of:
                    self.streams[order.resource_id] = StreamEntry(
                        order=order if isinstance(order, OpenStream) else None, as_of=signed.id
                    )
            case OpenGrant() | OpenService() | OpenFiles() | SuspendGrant() | ResumeGrant() | EndGrant():
                self._take_grant(signed.id, order)
            case AcceptFiles() | CloseFiles():
                if isinstance(order, CloseFiles):
                    self.closed_files[order.resource_id] = max(signed.id, self.closed_files.get(order.resource_id, 0))
                if signed.id > self.files.get(order.resource_id, (0, None))[0]:
                    self.files[order.resource_id] = (signed.id, order if isinstance(order, AcceptFiles) else None)
            case WithdrawFile():
                self.withdrawn.add(order.file_id)
            case ForgetClaim():
                self.forgotten.add(order.claim_id)
            case TryMount():
                self.trials[order.request_id] = (order, signed.issued_at)
                while len(self.trials) > MOST_TRIALS:
                    del self.trials[next(iter(self.trials))]
            case _:
                pass

    def _take_node(self, number: int, order: AdmitNode | RevokeNode) -> None:
        entry = self.nodes.setdefault(order.node_id, NodeEntry())
        if number < entry.as_of:
            return
        entry.as_of = number
        if isinstance(order, AdmitNode):
            entry.department_id, entry.public_key, entry.revoked = order.department_id, order.public_key, None
        else:
            entry.revoked = order.reason

    def _take_grant(
        self, number: int, order: OpenGrant | OpenService | OpenFiles | SuspendGrant | ResumeGrant | EndGrant
    ) -> None:
        if isinstance(order, OpenFiles):
            entry = self.grants.setdefault(order.terms.grant_id, GrantEntry())
            if number > entry.files_as_of and (entry.files is None or order.terms.revision >= entry.files.terms.revision):
                entry.files, entry.files_as_of = order, number
            return
        if isinstance(order, OpenService):
            entry = self.grants.setdefault(order.terms.grant_id, GrantEntry())
            if number > entry.service_as_of and (entry.service is None or order.terms.revision >= entry.service.terms.revision):
                entry.service, entry.service_as_of = order, number
            return
        if isinstance(order, OpenGrant):
            entry = self.grants.setdefault(order.terms.grant_id, GrantEntry())
            if entry.order is None or order.terms.revision >= entry.order.terms.revision:
                entry.order = order
            return
        entry = self.grants.setdefault(order.grant_id, GrantEntry())
        if isinstance(order, EndGrant):
            entry.ended = order.reason
        elif number > entry.suspended_as_of:
            entry.suspended_as_of = number
            entry.suspended = order.reason if isinstance(order, SuspendGrant) else None

    # ---- questions ------------------------------------------------------------------------------------------------------

    def check_lease(self, at: datetime) -> None:
        """Raise LeaseExpired unless the platform has confirmed its orders for `at`."""
        if self.lease is None:
            raise LeaseExpired("The platform has not confirmed any order yet, so every grant is closed.")
        if at >= self.lease[1].valid_until:
            raise LeaseExpired(valid_until=self.lease[1].valid_until.isoformat())

    def open_stream(self, resource_id: UUID, at: datetime) -> StreamEntry:
        """The open stream of a resource; raises StreamNotOpen or LeaseExpired."""
        entry = self.streams.get(resource_id)
        if entry is None or entry.order is None:
            raise StreamNotOpen
        self.check_lease(at)
        return entry

    def open_grant(self, grant_id: UUID, at: datetime) -> OpenGrant:
        """The terms in force of a table exchange; raises the named error that says why nothing flows."""
        entry = self.grants.get(grant_id)
        if entry is None or entry.order is None:
            raise GrantUnknown
        self._check_open(entry, entry.order.terms, at)
        return entry.order

    def open_service(self, grant_id: UUID, at: datetime) -> OpenService:
        """The order of a grant served by interface; raises the named error that says why nothing is answered."""
        entry = self.grants.get(grant_id)
        if entry is None or entry.service is None:
            raise GrantUnknown
        self._check_open(entry, entry.service.terms, at)
        return entry.service

    def open_files(self, grant_id: UUID, at: datetime) -> OpenFiles:
        """The order of a grant under which files are fetched; raises the named error that says why nothing is given."""
        entry = self.grants.get(grant_id)
        if entry is None or entry.files is None:
            raise GrantUnknown
        self._check_open(entry, entry.files.terms, at)
        return entry.files

    def accepted_files(self, resource_id: UUID, at: datetime) -> AcceptFiles:
        """The order by which files of a resource are kept; raises FilesNotOpen or LeaseExpired."""
        _, order = self.files.get(resource_id, (0, None))
        if order is None:
            raise FilesNotOpen
        self.check_lease(at)
        return order

    def open_terms(self, grant_id: UUID, at: datetime) -> Terms:
        """The terms in force, whichever way the data go; raises as the two above."""
        entry = self.grants.get(grant_id)
        terms = entry.terms if entry else None
        if entry is None or terms is None:
            raise GrantUnknown
        self._check_open(entry, terms, at)
        return terms

    def _check_open(self, entry: GrantEntry, terms: Terms, at: datetime) -> None:
        if entry.ended is not None or at >= terms.valid_until:
            raise GrantEnded
        if entry.suspended is not None:
            raise GrantSuspended(reason=entry.suspended)
        if at < terms.valid_from:
            raise GrantNotYetValid
        self.check_lease(at)

    def served_resources(self) -> set[UUID]:
        """The resources of which some grant that is not over is served by interface."""
        return {e.service.terms.resource_id for e in self.grants.values() if e.service is not None and e.ended is None}

    def offer(self, code_digest: str, at: datetime) -> OfferEnrolment:
        """The offer behind a code; raises CodeUnknown or CodeExpired."""
        found = self.offers.get(code_digest)
        if found is None:
            raise CodeUnknown
        number, offer = found
        if at >= offer.expires_at:
            raise CodeExpired
        if number < self.newest_offer[offer.node_id]:
            raise CodeExpired("This enrolment code was replaced by a newer one.")
        node = self.nodes.get(offer.node_id)
        if node is not None and node.revoked is not None and node.as_of > number:
            raise CodeExpired("The node of this enrolment code was revoked.")
        return offer

    def admits(self, node_id: UUID, public_key: str) -> bool:
        """Whether the platform has admitted this key for the node."""
        entry = self.nodes.get(node_id)
        return entry is not None and entry.public_key == public_key

    def numbers(self) -> list[int]:
        """The orders that were entered."""
        return list(self._places)

    def orders_for(self, node_id: UUID, after: int) -> list[SignedOrder]:
        """The node's orders after the one numbered `after`, in the order they became visible here."""
        place = self._places.get(after)
        handed = self._handed.get(node_id, [])
        if place is None:
            # Zero, or a lease too old to have kept its place: the number is the best that is known.
            return [signed for _, signed in handed if signed.id > after]
        return [signed for at, signed in handed if at > place]
