"""Orders (platform to data plane) and facts (data plane to platform): versioned, frozen, signed as canonical JSON.

Both travel through the one-way tables of schema `link` (`protocol/schema/link.sql`). A field is only ever added, with a
default, so that an old node reads a new platform's messages.
"""

import dataclasses
import types
import typing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from gongxiang.protocol.canonical import canonical, parse_instant
from gongxiang.protocol.claims import ClaimRead, ClaimTaken, CorrectedRowAnswered, CorrectedRowSealed, ForgetClaim
from gongxiang.protocol.disposal import DestroyTable, TableDestroyed
from gongxiang.protocol.files import (
    AcceptFiles,
    CloseFiles,
    FileDeposited,
    FileDestroyed,
    FileFetched,
    OpenFiles,
    WithdrawFile,
)
from gongxiang.protocol.message import VERSION as VERSION
from gongxiang.protocol.message import Message as Message
from gongxiang.protocol.quality import TableMeasured
from gongxiang.protocol.sentences import Part, parts_of
from gongxiang.protocol.services import CallAnswered, OpenService
from gongxiang.protocol.terms import DataType, ElementSpec, Mask, Terms


def _told(message: Any, text: str, words: tuple[Part, ...]) -> None:
    """Let the forms of a text travel beside it, unless they are given already (as in a message that was read)."""
    if not words:
        object.__setattr__(message, "words", parts_of(text))


# ---- orders -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class OfferEnrolment(Message):
    """A node may enrol once with a code whose SM3 digest (hex) this is."""

    kind: ClassVar[str] = "offer_enrolment"
    node_id: UUID
    node_name: str
    department_id: UUID
    code_digest: str
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class AdmitNode(Message):
    """The node with this key may exchange."""

    kind: ClassVar[str] = "admit_node"
    node_id: UUID
    department_id: UUID
    public_key: str


@dataclass(frozen=True, kw_only=True)
class RevokeNode(Message):
    """The node's key is void from now on."""

    kind: ClassVar[str] = "revoke_node"
    node_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class DescribeTable(Message):
    """The node shall read the shape of one table of its source database and answer with TableDescribed."""

    kind: ClassVar[str] = "describe_table"
    request_id: UUID
    node_id: UUID
    table: str


@dataclass(frozen=True, kw_only=True)
class SurveySource(Message):
    """The node shall tell which tables its source database has, with TablesSurveyed."""

    kind: ClassVar[str] = "survey_source"
    request_id: UUID
    node_id: UUID


@dataclass(frozen=True, kw_only=True)
class MappedColumn:
    """A source column and the element it is."""

    column: str
    element: ElementSpec


@dataclass(frozen=True, kw_only=True)
class OpenStream(Message):
    """The provider's node shall capture this table as this resource; a new `schema_version` replaces the earlier order."""

    kind: ClassVar[str] = "open_stream"
    resource_id: UUID
    resource_name: str
    node_id: UUID
    #: `schema.table` in the source database.
    source_table: str
    #: Table in the exchange databases, e.g. `r_150626_000001`.
    exchange_table: str
    columns: tuple[MappedColumn, ...]
    schema_version: int
    method: str = "log"


@dataclass(frozen=True, kw_only=True)
class TryMount(Message):
    """The node shall try this table, API or file, answer with MountTried, and give the gateway some masked rows."""

    kind: ClassVar[str] = "try_mount"
    request_id: UUID
    resource_id: UUID
    node_id: UUID
    #: `schema.table` in the source database.
    table: str
    columns: tuple[MappedColumn, ...]
    #: By element code; what stands here is masked at the node, before it leaves the department.
    masks: dict[str, Mask]
    rows: int = 10
    #: table, or api or file: then `table` is the path below what the node's configuration names for them.
    way: str = "table"
    #: Names of elements by code: a field or a head of a column may be named so.
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CloseStream(Message):
    """The provider's node shall stop capturing this resource."""

    kind: ClassVar[str] = "close_stream"
    resource_id: UUID
    node_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class OpenGrant(Message):
    """These terms hold; a higher `terms.revision` replaces the lower. Goes to both nodes and the gateway."""

    kind: ClassVar[str] = "open_grant"
    terms: Terms
    provider_node_id: UUID
    consumer_node_id: UUID
    #: Table in the consumer's exchange database.
    exchange_table: str
    resource_name: str = ""


@dataclass(frozen=True, kw_only=True)
class SuspendGrant(Message):
    """Nothing flows under the grant until it is resumed; nothing is lost meanwhile."""

    kind: ClassVar[str] = "suspend_grant"
    grant_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class ResumeGrant(Message):
    """The suspended grant flows again from where it stood."""

    kind: ClassVar[str] = "resume_grant"
    grant_id: UUID


@dataclass(frozen=True, kw_only=True)
class EndGrant(Message):
    """The grant is over; what was delivered stays until the consumer disposes of it."""

    kind: ClassVar[str] = "end_grant"
    grant_id: UUID
    reason: str


@dataclass(frozen=True, kw_only=True)
class Reconcile(Message):
    """Provider's and consumer's nodes shall compare, through the grant's filter and masks."""

    kind: ClassVar[str] = "reconcile"
    request_id: UUID
    grant_id: UUID
    salt: str


@dataclass(frozen=True, kw_only=True)
class Lease(Message):
    """All orders up to `order_id` hold until `valid_until`; carries the latest sealed root of the evidence."""

    kind: ClassVar[str] = "lease"
    order_id: int
    valid_until: datetime
    root_size: int
    root: str


# ---- facts --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class NodeEnrolled(Message):
    """A node used its code and gave its public key."""

    kind: ClassVar[str] = "node_enrolled"
    node_id: UUID
    public_key: str
    host: str
    software: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class EnrolmentRefused(Message):
    """A code was wrong, used before, or expired."""

    kind: ClassVar[str] = "enrolment_refused"
    node_id: UUID | None
    reason: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class CheckWords:
    """The sentences of one check of a node."""

    check: str
    words: tuple[Part, ...]


@dataclass(frozen=True, kw_only=True)
class NodeSeen(Message):
    """A heartbeat, at most one each few seconds: `checks` are name -> "ok" or words."""

    kind: ClassVar[str] = "node_seen"
    node_id: UUID
    software: str
    checks: dict[str, str]
    at: datetime
    #: As `words` elsewhere, of the checks that are not in order.
    check_words: tuple[CheckWords, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the words."""
        if not self.check_words:
            found = tuple(CheckWords(check=name, words=parts_of(said)) for name, said in self.checks.items() if said != "ok")
            object.__setattr__(self, "check_words", found)


@dataclass(frozen=True, kw_only=True)
class DescribedColumn:
    """A column as the source has it; `type` is None where it cannot be carried, and `refusal` says why."""

    column: str
    source_type: str
    comment: str
    nullable: bool
    key: bool
    type: DataType | None
    precision: int = 0
    scale: int = 0
    #: Most characters of a text, where it declares them.
    length: int = 0
    refusal: str = ""
    #: The forms and values of the sentences in `refusal` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.refusal, self.words)


@dataclass(frozen=True, kw_only=True)
class TableDescribed(Message):
    """Answer to DescribeTable; `problem` says why the table cannot be mounted, else it is empty."""

    kind: ClassVar[str] = "table_described"
    request_id: UUID
    node_id: UUID
    table: str
    columns: tuple[DescribedColumn, ...]
    rows: int
    problem: str
    at: datetime
    #: The forms and values of the sentences in `problem` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.problem, self.words)


@dataclass(frozen=True, kw_only=True)
class SurveyedTable:
    """One table of a source database: names, comments, types and keys, never a value; `problem` as in TableDescribed."""

    #: `schema.table`
    table: str
    comment: str
    #: An estimate of the database's own statistics.
    rows: int
    columns: tuple[DescribedColumn, ...]
    columns_left_out: int = 0
    problem: str = ""
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the problem."""
        _told(self, self.problem, self.words)


@dataclass(frozen=True, kw_only=True)
class TablesSurveyed(Message):
    """One part of the answer to SurveySource, from 1 to `parts`; `total` tables there are, some perhaps not told."""

    kind: ClassVar[str] = "tables_surveyed"
    request_id: UUID
    node_id: UUID
    part: int
    parts: int
    tables: tuple[SurveyedTable, ...]
    total: int
    problem: str
    at: datetime
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the problem."""
        _told(self, self.problem, self.words)


@dataclass(frozen=True, kw_only=True)
class MountStep:
    """One thing that was tried; `problem` says why it failed, else it is empty."""

    #: reachable, table, key and rights of a table; place, answering and records of an API; place, there and header of a file;
    #: then columns and sample
    step: str
    problem: str = ""
    words: tuple[Part, ...] = ()
    #: What was found, in figures: status and time of an answer, size of a file.
    found: str = ""

    def __post_init__(self) -> None:
        """Let the forms travel beside the problem."""
        _told(self, self.problem, self.words)


@dataclass(frozen=True, kw_only=True)
class MountTried(Message):
    """Answer to TryMount: the steps in order, up to the first that failed; `rows` went to the gateway, masked."""

    kind: ClassVar[str] = "mount_tried"
    request_id: UUID
    node_id: UUID
    steps: tuple[MountStep, ...]
    rows: int
    at: datetime


@dataclass(frozen=True, kw_only=True)
class StreamState(Message):
    """How a resource's stream stands at the provider: state is loading, live, stopped or drifted."""

    kind: ClassVar[str] = "stream_state"
    resource_id: UUID
    node_id: UUID
    state: str
    epoch: int
    seq: int
    rows_loaded: int
    changes: int
    lag_ms: int
    detail: str
    at: datetime
    #: The forms and values of the sentences in `detail` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.detail, self.words)


@dataclass(frozen=True, kw_only=True)
class FlowState(Message):
    """How a grant's flow stands: state is opening, loading, live, suspended, closed or failed."""

    kind: ClassVar[str] = "flow_state"
    grant_id: UUID
    revision: int
    state: str
    epoch: int
    detail: str
    at: datetime
    #: The forms and values of the sentences in `detail` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.detail, self.words)


@dataclass(frozen=True, kw_only=True)
class ReceiptGiven(Message):
    """The consumer's signed receipt, coalesced to at most one a second per grant; counts are totals since the grant opened."""

    kind: ClassVar[str] = "receipt_given"
    grant_id: UUID
    revision: int
    epoch: int
    seq: int
    upserts: int
    deletes: int
    rows_in_table: int
    lag_ms: int
    digest: str
    signature: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Reconciled(Message):
    """Outcome of Reconcile: equal, or how many rows are missing, surplus or different."""

    kind: ClassVar[str] = "reconciled"
    request_id: UUID
    grant_id: UUID
    equal: bool
    provider_rows: int
    consumer_rows: int
    missing: int
    surplus: int
    different: int
    position: str
    detail: str
    at: datetime
    #: The forms and values of the sentences in `detail` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.detail, self.words)


@dataclass(frozen=True, kw_only=True)
class DataRefused(Message):
    """The data plane refused something: `code` is the named error, `party` who tried."""

    kind: ClassVar[str] = "data_refused"
    code: str
    party: str
    resource_id: UUID | None
    grant_id: UUID | None
    detail: str
    at: datetime
    #: The forms and values of the sentences in `detail` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.detail, self.words)


@dataclass(frozen=True, kw_only=True)
class Alarm(Message):
    """Something a person must look at: `code` names it (source_down, disk_full, clock_skew, schema_drift, wal_retained ...)."""

    kind: ClassVar[str] = "alarm"
    code: str
    node_id: UUID | None
    resource_id: UUID | None
    detail: str
    at: datetime
    #: The forms and values of the sentences in `detail` (`protocol.sentences`), so that a page can say them in its language.
    words: tuple[Part, ...] = ()

    def __post_init__(self) -> None:
        """Let the forms travel beside the text."""
        _told(self, self.detail, self.words)


@dataclass(frozen=True, kw_only=True)
class RootWitnessed(Message):
    """A node kept and countersigned the evidence's root."""

    kind: ClassVar[str] = "root_witnessed"
    node_id: UUID
    root_size: int
    root: str
    signature: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class SampleShown(Message):
    """A person used a ticket and saw masked rows; the rows themselves are recorded nowhere."""

    kind: ClassVar[str] = "sample_shown"
    ticket_id: UUID
    person: str
    resource_id: UUID
    grant_id: UUID | None
    purpose: str
    elements: tuple[str, ...]
    rows: int
    at: datetime
    #: Number of the matter, as the ticket names it.
    matter: str = ""


ORDERS: dict[str, type[Message]] = {
    cls.kind: cls
    for cls in (
        OfferEnrolment, AdmitNode, RevokeNode, DescribeTable, SurveySource, TryMount, OpenStream, CloseStream, OpenGrant,
        OpenService, SuspendGrant, ResumeGrant, EndGrant, DestroyTable, Reconcile, ForgetClaim, Lease,
        AcceptFiles, CloseFiles, OpenFiles, WithdrawFile,
    )
}  # fmt: skip
FACTS: dict[str, type[Message]] = {
    cls.kind: cls
    for cls in (
        NodeEnrolled, EnrolmentRefused, NodeSeen, TableDescribed, TablesSurveyed, MountTried, StreamState, FlowState,
        ReceiptGiven, Reconciled, DataRefused, Alarm, RootWitnessed, SampleShown, ClaimTaken, ClaimRead,
        CorrectedRowSealed, CorrectedRowAnswered, TableDestroyed, CallAnswered, FileDeposited, FileFetched,
        FileDestroyed, TableMeasured,
    )
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class SignedOrder:
    """An order as it stands in `link.orders` and travels on; `signature` holds for its number, its time and its body."""

    id: int
    issued_at: datetime
    body: str
    key_id: str
    signature: str = field(repr=False)

    @property
    def signed_bytes(self) -> bytes:
        """What the platform signed."""
        return order_bytes(number=self.id, issued_at=self.issued_at, body=self.body)


def order_bytes(*, number: int, issued_at: datetime, body: str) -> bytes:
    """The bytes of an order to be signed: with its number and time, so that an old order written anew is nobody's order."""
    return canonical({"id": number, "issued_at": issued_at, "body": body})


class UnknownMessage(ValueError):
    """The message's kind or shape is not known to this version."""


def parse(value: dict[str, Any], known: dict[str, type[Message]]) -> Message:
    """The message in `value` (as `to_json` made it); unknown fields are ignored; raises UnknownMessage."""
    cls = known.get(str(value.get("kind")))
    if cls is None:
        raise UnknownMessage(f"unknown message kind {value.get('kind')!r}")
    try:
        return typing.cast(Message, _build(cls, value))
    except (KeyError, TypeError, ValueError) as error:
        raise UnknownMessage(f"malformed {cls.kind}: {error}") from error


def _build(cls: type, value: dict[str, Any]) -> Any:
    hints = typing.get_type_hints(cls)
    names = {f.name for f in dataclasses.fields(cls)}
    return cls(**{name: _read(hints[name], item) for name, item in value.items() if name in names})


def _read(hint: Any, value: Any) -> Any:
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = next(a for a in typing.get_args(hint) if a is not type(None))
        return None if value is None else _read(inner, value)
    if origin is tuple:
        return tuple(_read(typing.get_args(hint)[0], item) for item in value)
    if origin is dict:
        return {str(k): _read(typing.get_args(hint)[1], v) for k, v in value.items()}
    if hint is Terms:
        return Terms.from_json(value)
    if hint is datetime:
        return parse_instant(value)
    if dataclasses.is_dataclass(hint):
        return _build(typing.cast(type, hint), value)
    return hint(value)
