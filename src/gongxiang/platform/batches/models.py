"""Batches and their lines."""

from django.db import models

from gongxiang.platform.kernel.ids import new_id


class Batch(models.Model):
    """One act asked for many records."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=10)
    #: Whose act it is, e.g. `catalogue`, and which.
    kind = models.CharField(max_length=20)
    act = models.CharField(max_length=20)
    #: What was said to all of them.
    said = models.JSONField(default=dict)
    person_id = models.UUIDField()
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    total = models.IntegerField()
    #: How many were tried, and how many of these were refused.
    tried = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    #: How often the next record was taken up; one that kills the worker is not taken up for ever.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["tried", "asked_at"], condition=models.Q(status="RUNNING"), name="batch_running"),
            models.Index(fields=["person_id", "-asked_at"], name="batch_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(refused__gte=0, tried__gte=models.F("refused"), total__gte=models.F("tried")),
                name="batch_counts",
            )
        ]


class BatchItem(models.Model):
    """One record of a batch; its result is written in the transaction of the act."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="items")
    number = models.IntegerField()
    subject_id = models.UUIDField()
    #: As it was called when the batch was asked for.
    name = models.CharField(max_length=500)
    #: What was said to this one alone.
    said = models.JSONField(default=dict)
    #: Empty until it was tried; then DONE or REFUSED.
    result = models.CharField(max_length=8, blank=True)
    #: Why not, as `queries.Reason` keeps it.
    reasons = models.JSONField(default=list)
    acted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="batch_item_number"),
            models.UniqueConstraint(fields=["batch", "subject_id"], name="batch_item_subject"),
            models.CheckConstraint(
                condition=models.Q(result="", acted_at__isnull=True)
                | models.Q(result__in=("DONE", "REFUSED"), acted_at__isnull=False),
                name="batch_item_result",
            ),
        ]
        indexes = [models.Index(fields=["batch", "number"], condition=models.Q(result=""), name="batch_item_next")]
