"""Corrections, the copies the corrected row must reach, and complaints of people whom a counter refused."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


class Correction(models.Model):
    """One doubtful or wrong record, by reference: grant, elements, digests; never its values."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    turn = _words(10)
    kind = models.CharField(max_length=10)
    origin = models.CharField(max_length=20)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    resource_name = models.CharField(max_length=500)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    grant_number = models.CharField(max_length=40)
    #: Where the row lies at the consumer.
    exchange_table = _words(48)
    call_id = _words(64)
    reconciliation_id = models.UUIDField(null=True)
    #: Of a reconciliation: rows missing, surplus, different.
    figures = models.JSONField(default=dict, blank=True)
    elements = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    description = _words()
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    reported_at = models.DateTimeField()
    reported_by = models.CharField(max_length=200)
    #: Who verifies now; after a hand-over the source department.
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    #: Whose resource it is, if it was handed over.
    forwarded_from = models.ForeignKey("parties.Department", null=True, on_delete=models.PROTECT, related_name="+")
    forwarded_at = models.DateTimeField(null=True)
    handler_id = models.UUIDField(null=True)
    handler_name = _words(200)
    # What lies at the gateway.
    claim_at = models.DateTimeField(null=True)
    claim_size = models.IntegerField(default=0)
    claim_digest = _words(160)
    key_digest = _words(160)
    # The verdict.
    outcome = _words(20)
    verdict = _words()
    verdict_at = models.DateTimeField(null=True)
    verdict_by = _words(200)
    working_days = models.IntegerField(null=True)
    late = models.BooleanField(default=False)
    #: The segment of the resource's stream that carries the changed row, as the gateway saw it.
    sealed_seq = models.BigIntegerField(null=True)
    sealed_at = models.DateTimeField(null=True)
    sealed_grants = ArrayField(models.UUIDField(), default=list, blank=True)
    #: The same in what the gateway answers calls from.
    answered_seq = models.BigIntegerField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_grants = ArrayField(models.UUIDField(), default=list, blank=True)
    # After a refutation.
    objection = _words()
    objected_at = models.DateTimeField(null=True)
    opinion = _words()
    decided_at = models.DateTimeField(null=True)
    decided_by = _words(200)
    reminded_at = models.DateTimeField(null=True)
    reminders = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    # Meanwhile at the consumer.
    usage = _words(20)
    usage_note = _words()
    usage_at = models.DateTimeField(null=True)
    usage_by = _words(200)
    service_continues = models.BooleanField(default=False)
    proof_kind = _words(60)
    matter_number = _words(64)
    served_at = models.DateTimeField(null=True)
    served_by = _words(200)
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"], name="correction_status_due"),
            models.Index(fields=["consumer", "-reported_at"], name="correction_consumer"),
            models.Index(fields=["provider", "status"], name="correction_provider"),
            models.Index(fields=["resource", "status"], name="correction_resource"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(provider=models.F("consumer")), name="correction_two_departments"),
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(due_basis="") & ~Q(due_rule=""), name="correction_deadline_has_basis"
            ),
            models.CheckConstraint(condition=Q(outcome="") | Q(verdict_at__isnull=False), name="correction_verdict_dated"),
            models.CheckConstraint(
                condition=~Q(status__in=("CORRECTED", "ARRIVED")) | Q(outcome__in=("AS_BELIEVED", "OTHERWISE")),
                name="correction_corrected_says_how",
            ),
            models.CheckConstraint(
                condition=Q(service_continues=False) | ~Q(proof_kind=""), name="correction_service_on_proof"
            ),
            models.UniqueConstraint(fields=["grant"], condition=Q(status="PROPOSED"), name="correction_one_proposal"),
        ]


class CorrectedCopy(models.Model):
    """One grant that carries a corrected element: told of it, and whether its table has the corrected row."""

    id = models.UUIDField(primary_key=True, default=new_id)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="copies")
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    grant_number = models.CharField(max_length=40)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    #: WAITING, ARRIVED, OUTSIDE (the row is not in this grant), NO_TABLE (no arrival is seen), ENDED (the grant is over).
    reached = models.CharField(max_length=10, default="WAITING")
    told_at = models.DateTimeField()
    arrived_at = models.DateTimeField(null=True)
    arrived_seq = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["correction", "grant"], name="corrected_copy_once"),
            models.CheckConstraint(
                condition=~Q(reached="ARRIVED") | Q(arrived_at__isnull=False, arrived_seq__isnull=False),
                name="corrected_copy_dated",
            ),
        ]


class CounterComplaint(models.Model):
    """A person was refused, put off or sent to have data corrected while a check ran (办法 23)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    turn = _words(10)
    correction = models.ForeignKey(Correction, on_delete=models.PROTECT, related_name="+")
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    matter_number = _words(64)
    statement = models.TextField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    recorded_in = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    answer = _words()
    answered_at = models.DateTimeField(null=True)
    answered_by = _words(200)


class CorrectionCounter(models.Model):
    """How many were numbered in a year, by prefix."""

    prefix = models.CharField(max_length=4)
    year = models.IntegerField()
    value = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "year"], name="correction_counter_once")]
