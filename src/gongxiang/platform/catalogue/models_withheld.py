"""The yearly re-check of withheld entries (wushen-2021-60:10; cn-809:14, 15)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class WithheldCheck(models.Model):
    """One round of re-checking one withheld entry: due, reported by its department, confirmed by the authority."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=20)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    #: The published version that is withheld.
    version = models.IntegerField()
    #: From when the round is counted: publication of the version, or the last confirmation.
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    statement = models.TextField(blank=True, default="")
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=60, blank=True, default="")
    reporter = models.UUIDField(null=True)
    opinion = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=60, blank=True, default="")
    #: Since when the statute no longer carries the withholding, and why; told once.
    lapsed_at = models.DateTimeField(null=True)
    lapsed_why = models.CharField(max_length=20, blank=True, default="")
    #: What was told of this round: `due_soon`, `overdue`.
    told = ArrayField(models.CharField(max_length=12), default=list)
    closed_at = models.DateTimeField(null=True)
    #: SHARED, REVISED or WITHDRAWN.
    closed_why = models.CharField(max_length=12, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"], name="withheld_check_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"], condition=models.Q(status__in=("DUE", "REPORTED")), name="withheld_check_one_running"
            ),
            models.CheckConstraint(
                condition=models.Q(lapsed_at__isnull=True, lapsed_why="")
                | (models.Q(lapsed_at__isnull=False) & ~models.Q(lapsed_why="")),
                name="withheld_check_lapsed_pair",
            ),
        ]
