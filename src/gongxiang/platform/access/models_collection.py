"""What does not exist anywhere, filed with the authority, and what a department will collect itself because of it."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


def _moment() -> models.DateTimeField:  # type: ignore[type-arg]
    return models.DateTimeField(null=True)


class Absence(models.Model):
    """数据确不存在: that data one department needs exist nowhere, as stated, answered, checked and filed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=12)
    turn = _words(12)
    access_request = models.ForeignKey("access.AccessRequest", null=True, on_delete=models.PROTECT, related_name="absences")
    demand = models.ForeignKey("demands.Demand", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=500)
    items = ArrayField(models.CharField(max_length=200))
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    provider = models.ForeignKey("parties.Department", null=True, on_delete=models.PROTECT, related_name="+")
    provider_name = _words(256)
    #: Where it was looked for: systems, tables, archives; and what was found there.
    search = _words()
    stated_at = models.DateTimeField()
    stated_by = models.CharField(max_length=200)
    answer_reason = _words()
    answered_at = _moment()
    answered_by = _words(200)
    clock_from = _moment()
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    #: What the authority saw in the catalogue when it decided, and what it said to it.
    hits = models.JSONField(default=list)
    opinion = _words()
    filing_number = _words(40)
    found_resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")
    found_name = _words(500)
    decided_at = _moment()
    decided_by = _words(200)

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"], name="absence_status_due"),
            models.Index(fields=["consumer", "-stated_at"], name="absence_consumer"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(access_request__isnull=False, demand=None) | Q(access_request=None, demand__isnull=False),
                name="absence_of_one_case",
            ),
            models.UniqueConstraint(
                fields=["access_request"], condition=~Q(status__in=("FOUND", "DROPPED")), name="absence_once_a_request"
            ),
            models.UniqueConstraint(
                fields=["demand"], condition=~Q(status__in=("FOUND", "DROPPED")), name="absence_once_a_demand"
            ),
            models.CheckConstraint(condition=~Q(status="FILED") | ~Q(filing_number=""), name="absence_filing_numbered"),
            models.CheckConstraint(condition=~Q(status="FOUND") | Q(found_resource__isnull=False), name="absence_entry_named"),
        ]


class CollectionPlan(models.Model):
    """采集计划: what a department will collect itself, from whom, on which basis, how often."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=12)
    turn = _words(12)
    absence = models.ForeignKey(Absence, on_delete=models.PROTECT, related_name="plans")
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    title = models.CharField(max_length=200)
    items = ArrayField(models.CharField(max_length=200))
    #: The items by meaning, so that the plans of others find them.
    item_keys = ArrayField(models.CharField(max_length=200), default=list)
    collected_from = models.TextField()
    legal_basis = models.TextField()
    method = _words()
    update_cycle = models.CharField(max_length=16)
    starts_on = models.DateField()
    #: [{"item", "kind", "target_id", "target_name", "code", "owner", "element", "exact", "answer", "reason"}].
    hits = models.JSONField(default=list)
    checked_at = _moment()
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200)
    drafted_by_id = models.UUIDField()
    proposed_at = _moment()
    proposed_by = _words(200)
    clock_from = _moment()
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    opinion = _words()
    reviewed_at = _moment()
    reviewed_by = _words(200)
    resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")
    resource_name = _words(500)
    ended_at = _moment()
    ended_by = _words(200)
    ended_reason = _words()

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"], name="collection_status_due"),
            models.Index(fields=["department", "status"], name="collection_department"),
            GinIndex(fields=["item_keys"], name="collection_items"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["absence"], condition=~Q(status="CANCELLED"), name="collection_plan_once"),
            models.CheckConstraint(condition=~Q(status="DONE") | Q(resource__isnull=False), name="collection_entry_named"),
        ]
