"""Exchanges that go outside the platform, what is planned to bring them onto it, and what was found (办法 17)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


class OutsideChannel(models.Model):
    """Two departments exchange data by another way than the platform; never what the data are, only their names."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    turn = _words(10)
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    title = models.CharField(max_length=200)
    items = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    kind = models.CharField(max_length=20)
    basis = _words()
    since = models.DateField(null=True)
    frequency = models.CharField(max_length=16)
    secret = models.BooleanField(default=False)
    personal = models.BooleanField(default=False)
    #: SELF: a party's own report; AUTHORITY: found there; AUTOMATIC: found by the product.
    found_by = models.CharField(max_length=10)
    #: What it was found in, e.g. `grant:0190…`; empty where a person declared it.
    source = _words(80)
    declared_at = models.DateTimeField()
    declared_by = models.CharField(max_length=200)
    declared_department_id = models.UUIDField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = _words(200)
    #: Until when a plan, then until when the move is due.
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    plan_until = models.DateField(null=True)
    plan_revision = models.IntegerField(default=0)
    plan_note = _words()
    planned_at = models.DateTimeField(null=True)
    planned_by = _words(200)
    exemption_ground = _words(10)
    exemption_basis = _words()
    exemption_asked_by = _words(200)
    exempt_at = models.DateTimeField(null=True)
    exempt_by = _words(200)
    grant_id = models.UUIDField(null=True)
    grant_number = _words(40)
    #: When the first row under the grant arrived: what proves the move.
    proven_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ending = _words()

    class Meta:
        indexes = [
            models.Index(fields=["provider", "status"], name="channel_provider"),
            models.Index(fields=["consumer", "status"], name="channel_consumer"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(provider=models.F("consumer")), name="channel_two_departments"),
            models.UniqueConstraint(fields=["source"], condition=~Q(source=""), name="channel_found_once"),
            models.UniqueConstraint(
                fields=["provider", "consumer", "title", "kind"], condition=~Q(status__in=("CLOSED", "MIGRATED")),
                name="channel_declared_once",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(due_basis="") & ~Q(due_rule=""), name="channel_deadline_has_basis"
            ),
            models.CheckConstraint(condition=~Q(status="PLANNED") | Q(plan_until__isnull=False), name="channel_plan_dated"),
            models.CheckConstraint(
                condition=~Q(status="MIGRATED") | Q(grant_id__isnull=False, proven_at__isnull=False),
                name="channel_move_proven",
            ),
            models.CheckConstraint(condition=~Q(status="EXEMPT") | ~Q(exemption_basis=""), name="channel_exemption_based"),
        ]  # fmt: skip


class ChannelStep(models.Model):
    """One step of a plan to bring a channel onto the platform."""

    id = models.UUIDField(primary_key=True, default=new_id)
    channel = models.ForeignKey(OutsideChannel, on_delete=models.PROTECT, related_name="+")
    revision = models.IntegerField()
    serial = models.IntegerField()
    what = models.CharField(max_length=300)
    by_day = models.DateField()
    done_on = models.DateField(null=True)
    done_by = _words(200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "revision", "serial"], name="channel_step_serial")]


class ChannelFinding(models.Model):
    """平台外共享: a candidate for the authority's supervision, dated; settled when the channel is moved, exempt or ended."""

    id = models.UUIDField(primary_key=True, default=new_id)
    channel = models.ForeignKey(OutsideChannel, on_delete=models.PROTECT, related_name="+")
    #: FOUND, UNPLANNED or LATE.
    kind = models.CharField(max_length=10)
    revision = models.IntegerField(default=0)
    found_at = models.DateTimeField(db_index=True)
    basis = ArrayField(models.CharField(max_length=40))
    settled_at = models.DateTimeField(null=True)
    settled_how = _words(20)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["channel", "kind", "revision"], name="channel_finding_once")]
