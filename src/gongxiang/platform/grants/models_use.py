"""What is known of the use of a grant: who may, what was done, asked, inspected and passed on (办法 22; 条例 25, 27, 29)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


class Handler(models.Model):
    """A named person of the consumer who may look things up under a grant (经办人)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    person = models.ForeignKey("parties.Person", on_delete=models.PROTECT, related_name="+")
    person_name = models.CharField(max_length=200)
    duty = models.CharField(max_length=200)
    from_at = models.DateTimeField()
    until_at = models.DateTimeField(null=True)
    named_at = models.DateTimeField()
    named_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True, default="")
    end_reason = models.CharField(max_length=300, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["grant", "person"], condition=Q(ended_at=None), name="handler_named_once"),
            models.CheckConstraint(condition=Q(until_at=None) | Q(until_at__gt=models.F("from_at")), name="handler_period"),
        ]


class UseRecord(models.Model):
    """One line a day: by whom, through which channel, for which purpose and matter, how often; written by the data plane."""

    id = models.UUIDField(primary_key=True, default=new_id)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    channel = models.CharField(max_length=10)
    #: Key of the person or calling system; empty where a node received a table.
    person = models.CharField(max_length=64, blank=True, default="")
    purposes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    matter = models.CharField(max_length=60, blank=True, default="")
    times = models.BigIntegerField(default=0)
    rows = models.BigIntegerField(default=0)
    off_hours = models.BigIntegerField(default=0)
    elements = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    #: Not removed before (条例 29.2); a database guard holds it.
    keep_until = models.DateTimeField(db_index=True)

    class Meta:
        indexes = [models.Index(fields=["grant", "-on"], name="use_record_latest")]
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "on", "channel", "person", "purposes", "matter"], name="use_record_one_line"
            )
        ]


class UseReport(models.Model):
    """What the consumer says of its use in one period: scenario, use, effect, storage, destruction (条例 29.2)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    period_from = models.DateTimeField()
    period_to = models.DateTimeField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    due_provisional = models.BooleanField(default=False)
    scenario = models.TextField(blank=True, default="")
    process = models.TextField(blank=True, default="")
    effect = models.TextField(blank=True, default="")
    storage = models.TextField(blank=True, default="")
    destruction = models.TextField(blank=True, default="")
    #: What the records said of the period when it was reported.
    facts = models.JSONField(default=dict, blank=True)
    reported_at = models.DateTimeField(null=True)
    reported_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"], name="use_report_due")]
        constraints = [
            models.UniqueConstraint(fields=["grant", "period_from"], name="use_report_once"),
            models.CheckConstraint(condition=Q(period_to__gt=models.F("period_from")), name="use_report_period"),
            models.CheckConstraint(condition=~Q(status="REPORTED") | Q(reported_at__isnull=False), name="use_report_dated"),
        ]


class UseQuestion(models.Model):
    """The real use drifted from what was stated: the consumer is asked, and answers."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    sign = models.CharField(max_length=30)
    detail = models.JSONField(default=dict, blank=True)
    question = models.TextField(blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    due_provisional = models.BooleanField(default=False)
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "sign"], condition=Q(status__in=("ASKED", "ANSWERED")), name="use_question_one_open"
            )
        ]


class Inspection(models.Model):
    """Provider or authority looks into the use of a grant (条例 29)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    inspector_id = models.UUIDField()
    inspector_name = models.CharField(max_length=256)
    scope = models.TextField()
    inspected_on = models.DateField()
    announced_at = models.DateTimeField()
    announced_by = models.CharField(max_length=200)
    result = models.CharField(max_length=10, blank=True, default="")
    findings = models.TextField(blank=True, default="")
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.CharField(max_length=200, blank=True, default="")
    reply = models.TextField(blank=True, default="")
    replied_at = models.DateTimeField(null=True)
    replied_by = models.CharField(max_length=200, blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")


class ThirdPartyConsent(models.Model):
    """The consumer asks to pass elements to a third party; the provider consents or refuses (条例 25.1)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    third_party = models.CharField(max_length=256)
    elements = ArrayField(models.CharField(max_length=48))
    purpose = models.TextField()
    legal_basis = models.TextField()
    safeguards = models.TextField()
    until_at = models.DateTimeField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    opinion = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(status__in=("CONSENTED", "REFUSED")) | Q(decided_at__isnull=False), name="third_party_decided"
            )
        ]


class Provision(models.Model):
    """From consent until data flow (条例 22.1); measured from the flow itself, or confirmed where none passes here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=20)
    grant = models.OneToOneField("grants.Grant", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    due_provisional = models.BooleanField(default=False)
    #: receipt, call or file as the data plane saw it; declared where it passes outside the platform.
    measured_by = models.CharField(max_length=20, blank=True, default="")
    statement = models.TextField(blank=True, default="")
    declared_at = models.DateTimeField(null=True)
    declared_by = models.CharField(max_length=200, blank=True, default="")
    provided_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["status", "due_at"], name="provision_due")]
        constraints = [
            models.CheckConstraint(condition=~Q(status="PROVIDED") | Q(provided_at__isnull=False), name="provision_dated")
        ]
