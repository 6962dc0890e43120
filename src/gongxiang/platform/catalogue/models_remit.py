"""Changes of remit and what each asks of the catalogue (wushen-2021-60:7, cn-809:17)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class RemitChange(models.Model):
    """A law, a decision or a new allocation of duties that makes a department's entries wrong until they are updated."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    #: LAW, STATE_COUNCIL or DUTY.
    kind = models.CharField(max_length=16)
    title = models.CharField(max_length=300)
    document_number = models.CharField(max_length=100)
    document_on = models.DateField()
    #: The day of the change itself, from which the period runs.
    changed_on = models.DateField()
    description = models.TextField(blank=True, default="")
    registered_at = models.DateTimeField()
    registered_by = models.CharField(max_length=60)
    by_authority = models.BooleanField(default=False)
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    #: Working days of the period, an extension that was consented to included.
    working_days = models.IntegerField()
    provisional = models.BooleanField(default=False)
    #: The banner's own limit, shown beside the period.
    outer_due_at = models.DateTimeField()
    outer_basis = models.CharField(max_length=60)
    outer_rule = models.CharField(max_length=120)
    extension_days = models.IntegerField(null=True)
    extension_reason = models.TextField(blank=True, default="")
    extension_asked_at = models.DateTimeField(null=True)
    extension_asked_by = models.CharField(max_length=60, blank=True, default="")
    extension_asked_id = models.UUIDField(null=True)
    #: None while nobody has decided.
    extension_consented = models.BooleanField(null=True)
    extension_opinion = models.TextField(blank=True, default="")
    extension_decided_at = models.DateTimeField(null=True)
    extension_decided_by = models.CharField(max_length=60, blank=True, default="")
    extension_rule = models.CharField(max_length=120, blank=True, default="")
    #: Reminders given: `half_time`, `last_day`.
    reminded = ArrayField(models.CharField(max_length=12), default=list)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=60, blank=True, default="")
    closing_reason = models.TextField(blank=True, default="")
    #: Whether everything was with the authority within the period.
    in_time = models.BooleanField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["department", "status"], name="remit_department"),
            models.Index(fields=["status", "due_at"], name="remit_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(status__in=("COMPLETED", "CANCELLED"), closed_at__isnull=False)
                | (~models.Q(status__in=("COMPLETED", "CANCELLED")) & models.Q(closed_at__isnull=True)),
                name="remit_closed_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(extension_decided_at__isnull=True, extension_consented__isnull=True)
                | models.Q(extension_decided_at__isnull=False, extension_consented__isnull=False),
                name="remit_extension_pair",
            ),
        ]


class RemitEntry(models.Model):
    """One thing the change asks of the catalogue: an entry to update or withdraw, or a new one; kept with what became of it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    change = models.ForeignKey(RemitChange, on_delete=models.PROTECT, related_name="entries")
    #: UPDATE, WITHDRAW or NEW.
    task = models.CharField(max_length=10)
    #: None for a new entry that nobody has compiled yet.
    resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=500)
    before_version = models.IntegerField(null=True)
    #: Since when the updated entry lies before the authority: the department's part is done.
    submitted_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    #: "", REPUBLISHED, PUBLISHED, WITHDRAWN or UNCHANGED.
    outcome = models.CharField(max_length=12, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    after_version = models.IntegerField(null=True)
    done_at = models.DateTimeField(null=True)
    done_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["change", "resource"], name="remit_entry_once"),
            models.CheckConstraint(
                condition=models.Q(outcome="", done_at__isnull=True)
                | (~models.Q(outcome="") & models.Q(done_at__isnull=False)),
                name="remit_entry_done_pair",
            ),
            models.CheckConstraint(condition=models.Q(task="NEW") | models.Q(resource__isnull=False), name="remit_entry_named"),
        ]
        indexes = [models.Index(fields=["resource", "outcome"], name="remit_entry_resource")]
