"""What both sides write to each other about a request, and who has read how far; both are no legal acts."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class RequestMessage(models.Model):
    """One message of a thread; append-only, its digest stands in evidence."""

    id = models.UUIDField(primary_key=True, default=new_id)
    access_request = models.ForeignKey("access.AccessRequest", on_delete=models.PROTECT, related_name="messages")
    #: `consumer`, `provider` or `authority`.
    side = models.CharField(max_length=10)
    department_name = models.CharField(max_length=256)
    text = models.TextField()
    upload_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    sent_at = models.DateTimeField()
    sent_by = models.CharField(max_length=200)
    sent_by_id = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["access_request", "sent_at"], name="access_message_thread")]


class MessageRead(models.Model):
    """Until when one person has read the thread of one request."""

    access_request = models.ForeignKey("access.AccessRequest", on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField()
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["access_request", "person_id"], name="access_message_read_once")]


class SensitiveCombination(models.Model):
    """Traits which together reveal more than each alone (条例 25); kept by the authority as dated data, our choice."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=100)
    #: [{"name": "身份", "words": ["证件号", …]}]: an element has the trait if its name or code has one of the words.
    traits = models.JSONField()
    reason = models.TextField()
    valid_from = models.DateField()
    ended_on = models.DateField(null=True)
    kept_by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_on=None) | models.Q(ended_on__gte=models.F("valid_from")),
                name="sensitive_combination_period",
            )
        ]
