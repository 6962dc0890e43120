"""Reading batches: each only by who asked for it, as frozen values."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext

from gongxiang.platform.batches.errors import BatchNotFound
from gongxiang.platform.batches.models import Batch, BatchItem
from gongxiang.platform.batches.states import DONE, REFUSED, RUNNING
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.transitions import SPOKEN


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why one was not done: kept without words of a language, told in the reader's."""

    code: str
    template: str
    values: dict[str, Any]
    basis: tuple[str, ...]
    todo: str
    #: The field it is about; may be empty.
    field: str = ""

    @property
    def message(self) -> str:
        """What is wrong."""
        return self._told(self.template)

    @property
    def advice(self) -> str:
        """What to do; may be empty."""
        return self._told(self.todo) if self.todo else ""

    @property
    def articles(self) -> tuple[str, ...]:
        """As a refusal names them."""
        return self.basis

    def _told(self, template: str) -> str:
        text = gettext(template)
        if SPOKEN and {"subject", "state"} <= self.values.keys():
            return text.format(**{**self.values, "state": SPOKEN[0](self.values["subject"], self.values["state"])})
        return text.format(**self.values) if self.values else text

    def to_json(self) -> dict[str, Any]:
        """As JSON's own types."""
        return {
            "code": self.code, "template": self.template, "values": self.values, "basis": list(self.basis), "todo": self.todo,
            "field": self.field,
        }  # fmt: skip

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> "Reason":
        """The inverse of `to_json`."""
        return cls(**{**value, "basis": tuple(value["basis"])})

    @classmethod
    def of(cls, refusal: Refusal) -> "Reason":
        """What a refusal says."""
        values = {name: value if isinstance(value, int) else str(value)[:200] for name, value in refusal.values.items()}
        return cls(
            code=refusal.code, template=refusal.template, values=values, basis=tuple(refusal.articles), todo=refusal.todo,
            field=refusal.field,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class BatchRef:
    """One batch and how far it is."""

    id: UUID
    status: str
    kind: str
    act: str
    said: dict[str, Any]
    asked_at: datetime
    ended_at: datetime | None
    total: int
    tried: int
    refused: int

    @property
    def running(self) -> bool:
        """Whether the worker is at it."""
        return self.status == RUNNING

    @property
    def done(self) -> int:
        """How many were done."""
        return self.tried - self.refused

    @property
    def left(self) -> int:
        """How many were not tried."""
        return self.total - self.tried

    @property
    def percent(self) -> int:
        """How far the work is."""
        return self.tried * 100 // self.total if self.total else 100


@dataclass(frozen=True, kw_only=True)
class ItemRef:
    """What became of one record."""

    subject_id: UUID
    name: str
    result: str
    reasons: tuple[Reason, ...]
    acted_at: datetime | None

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return self.result == DONE

    @property
    def refused(self) -> bool:
        """Whether it was refused; what was not tried is neither."""
        return self.result == REFUSED


def visible_to(actor: Actor | None) -> QuerySet[Batch]:
    """The person's own batches."""
    return Batch.objects.filter(person_id=actor.id) if isinstance(actor, Person) else Batch.objects.none()


def batches_of(actor: Actor) -> QuerySet[Batch]:
    """The list, the newest first."""
    return visible_to(actor).order_by("-asked_at", "-id")


def running_of(actor: Actor) -> int:
    """How many of the person's batches are under way."""
    return visible_to(actor).filter(status=RUNNING).count()


def get_batch(batch_id: UUID, *, actor: Actor) -> BatchRef:
    """One batch; raises BatchNotFound."""
    row = visible_to(actor).filter(pk=batch_id).first()
    if row is None:
        raise BatchNotFound()
    return ref(row)


@dataclass(frozen=True, kw_only=True)
class AskedRef:
    """Whose batch it is, what it may be called, and how many records were refused."""

    person_id: UUID
    title: str
    total: int
    refused: int


def asked_by(batch_id: UUID) -> AskedRef | None:
    """For the room that tells people of the end."""
    row = Batch.objects.filter(pk=batch_id).first()
    first = BatchItem.objects.filter(batch_id=batch_id).order_by("number").first()
    if row is None or first is None:
        return None
    title = first.name if row.total == 1 else f"{first.name} … ({row.tried - row.refused}/{row.total})"
    return AskedRef(person_id=row.person_id, title=title, total=row.total, refused=row.refused)


def ref(row: Batch) -> BatchRef:
    """The row as a value."""
    names = ("status", "kind", "act", "said", "asked_at", "ended_at", "total", "tried", "refused")
    return BatchRef(id=row.pk, **{name: getattr(row, name) for name in names})


def items_of(batch_id: UUID, *, actor: Actor) -> list[ItemRef]:
    """What became of each, those that were refused first."""
    rows = BatchItem.objects.filter(batch__in=visible_to(actor).filter(pk=batch_id)).order_by("number")
    order = {REFUSED: 0, "": 1, DONE: 2}
    found = [
        ItemRef(
            subject_id=row.subject_id, name=row.name, result=row.result, acted_at=row.acted_at,
            reasons=tuple(Reason.from_json(one) for one in row.reasons),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: order[one.result])
