"""The end of sharing a resource, negotiated with those who use it and filed with the authority (条例 27)."""

from django.db import models

from gongxiang.platform.kernel.ids import new_id


class StopNotice(models.Model):
    """A provider's notice that it will stop sharing a resource or give less of it, with reason and day.

    `kind`: END of sharing; NARROW, less from the day on; PROTECT, less at once, heard afterwards.
    """

    kind = models.CharField(max_length=10, default="END")
    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    resource_name = models.CharField(max_length=500)
    resource_code = models.CharField(max_length=80, blank=True, default="")
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    reason = models.CharField(max_length=20)
    statement = models.TextField()
    #: Exclusive: 24:00 of the last day of sharing.
    stops_at = models.DateTimeField()
    #: Until when a consumer may object.
    due_at = models.DateTimeField()
    due_basis = models.CharField(max_length=60)
    due_rule = models.CharField(max_length=120)
    due_provisional = models.BooleanField(default=False)
    announced_at = models.DateTimeField()
    announced_by = models.CharField(max_length=200)
    filing_number = models.CharField(max_length=40, blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")
    closed_at = models.DateTimeField(null=True)
    closing_reason = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["status", "stops_at"], name="stop_notice_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["resource"],
                condition=models.Q(status__in=("ANNOUNCED", "FILED"), kind="END"),
                name="stop_notice_one_running",
            ),
            models.CheckConstraint(condition=models.Q(kind__in=("END", "NARROW", "PROTECT")), name="stop_notice_kind"),
            models.CheckConstraint(
                condition=~models.Q(status__in=("FILED", "CARRIED_OUT")) | ~models.Q(filing_number=""),
                name="stop_notice_filed_has_number",
            ),
        ]


class StopAnswer(models.Model):
    """What the consumer of one grant says to the notice; nothing said by the day is no objection."""

    id = models.UUIDField(primary_key=True, default=new_id)
    notice = models.ForeignKey(StopNotice, on_delete=models.PROTECT, related_name="answers")
    grant = models.ForeignKey("grants.Grant", on_delete=models.PROTECT, related_name="+")
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    #: What this grant would no longer give (`narrowed.taken_away`); None where sharing ends.
    taken = models.JSONField(null=True)
    #: Revision that a narrowing made at once, so that it can be undone while it is the last.
    made_revision = models.IntegerField(null=True)
    #: "", AGREED or OBJECTED.
    answer = models.CharField(max_length=10, blank=True, default="")
    statement = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["notice", "grant"], name="stop_answer_once"),
            models.CheckConstraint(
                condition=models.Q(answer="", answered_at__isnull=True)
                | (~models.Q(answer="") & models.Q(answered_at__isnull=False)),
                name="stop_answer_pair",
            ),
        ]
