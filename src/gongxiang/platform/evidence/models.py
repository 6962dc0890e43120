"""The append-only record of acts. Rows are never changed or removed: triggers refuse it (see migrations)."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Xid8Field(models.Field):
    """PostgreSQL's 64-bit transaction id; filled by the database."""

    def db_type(self, connection):  # type: ignore[no-untyped-def]
        """The column type."""
        return "xid8"

    def select_format(self, compiler, sql, params):  # type: ignore[no-untyped-def]
        """Read as text: drivers know no xid8."""
        return f"({sql})::text", params

    def from_db_value(self, value, expression, connection):  # type: ignore[no-untyped-def]
        """A plain integer."""
        return None if value is None else int(value)

    def get_prep_value(self, value):  # type: ignore[no-untyped-def]
        """As text, which PostgreSQL casts."""
        return value if value is None or hasattr(value, "resolve_expression") else str(value)


class EvidenceRecord(models.Model):
    """One act: who did what to what, on which basis, before and after."""

    id = models.BigAutoField(primary_key=True)
    xid = Xid8Field(db_default=models.Func(function="pg_current_xact_id"), editable=False)
    uid = models.UUIDField(default=uuid.uuid4, unique=True)
    occurred_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    kind = models.CharField(max_length=80)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    actor_kind = models.CharField(max_length=10)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    actor_department = models.UUIDField(null=True)
    basis = ArrayField(models.CharField(max_length=60), default=list)
    rule_version = models.CharField(max_length=120, blank=True, default="")
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    detail = models.JSONField(default=dict)
    concerns = ArrayField(models.UUIDField(), default=list)
    trail = ArrayField(models.CharField(max_length=80), default=list)
    digest = models.BinaryField(max_length=32)
    #: Made with a key that the database does not hold: a row that was written past the product has none that fits.
    mac = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(fields=["subject_type", "subject_id", "id"], name="evidence_subject"),
            models.Index(fields=["xid", "id"], name="evidence_commit_order"),
            models.Index(fields=["kind", "id"], name="evidence_kind"),
        ]


class ReaderCursor(models.Model):
    """How far one reader of the outbox (the records in commit order) has come."""

    reader = models.CharField(max_length=60, primary_key=True)
    xid = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    record_id = models.BigIntegerField(default=0)


class Leaf(models.Model):
    """The place of one record in the sealed tree; append-only."""

    position = models.BigIntegerField(primary_key=True)
    record_id = models.BigIntegerField(unique=True)
    digest = models.BinaryField(max_length=32)
    mac = models.BinaryField(max_length=32)


class Root(models.Model):
    """A signed root over the first `size` records, chained to the one before; append-only."""

    size = models.BigIntegerField(primary_key=True)
    root = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    sealed_at = models.DateTimeField()
    frontier = ArrayField(models.CharField(max_length=64))
    public_key = models.CharField(max_length=200)
    signature = models.CharField(max_length=200)


class Witness(models.Model):
    """A node keeps this root and countersigned it; append-only."""

    node_id = models.UUIDField()
    size = models.BigIntegerField()
    root = models.CharField(max_length=64)
    signature = models.CharField(max_length=200)
    witnessed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["node_id", "size"], name="evidence_witness_once")]
