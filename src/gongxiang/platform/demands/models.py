"""Demands."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


class Demand(models.Model):
    """One department needs what the catalogue does not offer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    turn = _words(10)
    title = models.CharField(max_length=200)
    items = ArrayField(models.CharField(max_length=120))
    duty = models.TextField()
    matter = _words(200)
    mode = models.CharField(max_length=10, default="table")
    update_cycle = models.CharField(max_length=16, default="DAILY")
    urgent = models.BooleanField(default=False)
    urgent_reason = _words(500)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=60)
    provider = models.ForeignKey("parties.Department", null=True, on_delete=models.PROTECT, related_name="+")
    provider_name = _words(256)
    note = _words()
    assigned_at = models.DateTimeField(null=True)
    outcome = _words(20)
    answer = _words()
    resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")
    resource_name = _words(500)
    planned_on = models.DateField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = _words(60)
    late = models.BooleanField(default=False)
    ended_at = models.DateTimeField(null=True)
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"], name="demand_status_due"),
            models.Index(fields=["consumer", "-stated_at"], name="demand_consumer"),
            models.Index(fields=["provider", "status"], name="demand_provider"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(provider=None) | ~Q(provider=models.F("consumer")), name="demand_two_departments"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(due_basis="") & ~Q(due_rule=""), name="demand_deadline_has_basis"
            ),
            models.CheckConstraint(condition=~Q(outcome="EXISTS") | Q(resource__isnull=False), name="demand_entry_named"),
            models.CheckConstraint(
                condition=~Q(outcome="WILL_BE_COMPILED") | Q(planned_on__isnull=False), name="demand_plan_dated"
            ),
            models.CheckConstraint(condition=Q(urgent=False) | ~Q(urgent_reason=""), name="demand_urgency_explained"),
        ]


class DemandCounter(models.Model):
    """How many demands were numbered in a year."""

    year = models.IntegerField(primary_key=True)
    value = models.IntegerField(default=0)
