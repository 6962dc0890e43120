"""What a provider asks of its line superior, and the banner's own data that comes back (办法 21(3), 条例 24)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


class SuperiorRequest(models.Model):
    """A department asks the body that runs a national, regional or city system for the banner's own data in it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    turn = _words(10)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    superior = models.CharField(max_length=200)
    #: NATIONAL, REGIONAL or CITY.
    level = models.CharField(max_length=10)
    system_name = models.CharField(max_length=200)
    #: Where it came from, if not by hand: an entry whose data lie above, a request that could not be met.
    resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")
    resource_name = _words(500)
    access_request = models.ForeignKey("access.AccessRequest", null=True, on_delete=models.PROTECT, related_name="+")
    access_request_number = _words(40)
    title = models.CharField(max_length=200)
    items = ArrayField(models.CharField(max_length=120))
    reason = models.TextField()
    mode = models.CharField(max_length=10, default="table")
    frequency = models.CharField(max_length=16, default="DAILY")
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=200)
    drafted_by_id = models.UUIDField()
    letter_id = models.UUIDField(null=True)
    letter_number = _words(80)
    issued_at = models.DateTimeField(null=True)
    issued_by = _words(200)
    sent_on = models.DateField(null=True)
    sent_by_way = _words(20)
    sent_to = _words(200)
    #: Until when an answer is expected; then the department reminds.
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    reminders = models.IntegerField(default=0)
    #: GRANTED, PARTLY, REFUSED or NONE.
    outcome = _words(10)
    answer_number = _words(80)
    answered_on = models.DateField(null=True)
    answer = _words()
    answer_upload_id = models.UUIDField(null=True)
    answer_recorded_at = models.DateTimeField(null=True)
    answer_recorded_by = _words(200)
    agreed_mode = _words(10)
    agreed_frequency = _words(16)
    #: Limits that the superior set; 条例 24 allows none.
    extra_conditions = _words()
    first_return_at = models.DateTimeField(null=True)
    last_return_at = models.DateTimeField(null=True)
    returns = models.IntegerField(default=0)
    #: Whether the product saw the data move, or a person wrote it down.
    seen_flowing = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True)
    closing_reason = _words()

    class Meta:
        indexes = [
            models.Index(fields=["department", "status"], name="superior_department"),
            models.Index(fields=["superior", "level"], name="superior_line"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"], condition=Q(resource__isnull=False) & ~Q(status__in=("CLOSED", "DISCARDED")),
                name="superior_one_for_entry",
            ),
            models.UniqueConstraint(
                fields=["access_request"],
                condition=Q(access_request__isnull=False) & ~Q(status__in=("CLOSED", "DISCARDED")),
                name="superior_one_for_request",
            ),
            models.CheckConstraint(condition=Q(level__in=("NATIONAL", "REGIONAL", "CITY")), name="superior_level_known"),
            models.CheckConstraint(
                condition=Q(status__in=("DRAFT", "DISCARDED")) | ~Q(letter_number=""), name="superior_letter_numbered"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | ~Q(due_basis="") & ~Q(due_rule=""), name="superior_deadline_has_basis"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("AGREED", "REFUSED", "NO_ANSWER", "RETURNING")) | ~Q(outcome=""),
                name="superior_outcome_known",
            ),
            models.CheckConstraint(condition=~Q(status="CLOSED") | ~Q(closing_reason=""), name="superior_end_reasoned"),
        ]  # fmt: skip


class SuperiorReminder(models.Model):
    """A reminder (催办) of the letter, with one of its own; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    request = models.ForeignKey(SuperiorRequest, on_delete=models.PROTECT, related_name="+")
    serial = models.IntegerField()
    reminded_on = models.DateField()
    way = models.CharField(max_length=20)
    note = _words()
    letter_id = models.UUIDField(null=True)
    letter_number = _words(80)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["request", "serial"], name="superior_reminder_serial")]


class DataReturn(models.Model):
    """Data came back from above (回流): when, by which way, how much; append-only, never a value."""

    id = models.UUIDField(primary_key=True, default=new_id)
    request = models.ForeignKey(SuperiorRequest, on_delete=models.PROTECT, related_name="+")
    arrived_on = models.DateField()
    #: `flow` where the product saw it, else as recorded: table, api, file.
    way = models.CharField(max_length=10)
    rows = models.BigIntegerField(null=True)
    note = _words()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["request", "arrived_on", "way"], name="data_return_once_a_day"),
            models.CheckConstraint(condition=Q(rows=None) | Q(rows__gte=0), name="data_return_counts"),
        ]
