"""A suspended grant's rectification: demanded with a day, reported, accepted or not (条例 27.2)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class Rectification(models.Model):
    """What the consumer has to put right before its suspended grant is resumed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20)
    demand = models.TextField()
    demanded_at = models.DateTimeField()
    demanded_by = models.CharField(max_length=200)
    by_authority = models.BooleanField(default=False)
    times = models.IntegerField(default=1)
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    due_provisional = models.BooleanField(default=False)
    report = models.TextField(blank=True, default="")
    #: Uploads (`documents`) that show it.
    uploads = ArrayField(models.UUIDField(), default=list, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=200, blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"], name="rectification_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant"],
                condition=models.Q(status__in=("DEMANDED", "REPORTED", "OVERDUE", "DECLINED")),
                name="rectification_one_running",
            ),
            models.CheckConstraint(
                condition=~models.Q(status__in=("REPORTED", "ACCEPTED", "DECLINED")) | models.Q(reported_at__isnull=False),
                name="rectification_report_dated",
            ),
        ]
