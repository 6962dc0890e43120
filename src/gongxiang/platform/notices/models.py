"""Notices of people, and what they wish not to hear of."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class Notice(models.Model):
    """One thing told to one person."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="+")
    #: Kind of act (`resource:published`), or one of the room's own (`saved_search:new_entries`, `period:half_time`).
    kind = models.CharField(max_length=80)
    #: What it belongs to in the settings and filters: the part of `kind` before the colon.
    topic = models.CharField(max_length=40)
    subject_type = models.CharField(max_length=40)
    subject_id = models.CharField(max_length=64)
    #: Name or number of the case, so that the list can be read.
    title = models.CharField(max_length=500, blank=True, default="")
    values = models.JSONField(default=dict)
    basis = ArrayField(models.CharField(max_length=60), default=list)
    #: The act's own time.
    at = models.DateTimeField()
    #: What made it, so that the same is not told twice.
    source = models.CharField(max_length=100)
    read_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["person", "-at"], name="notice_inbox"),
            models.Index(fields=["person"], name="notice_unread", condition=models.Q(read_at=None)),
        ]
        constraints = [models.UniqueConstraint(fields=["person", "source"], name="notice_told_once")]


class Wishes(models.Model):
    """What a person chose: topics not told, and where the daily digest goes."""

    person = models.OneToOneField("parties.Person", primary_key=True, on_delete=models.CASCADE, related_name="+")
    muted = ArrayField(models.CharField(max_length=40), default=list)
    mail = models.EmailField(blank=True, default="")
    mail_asked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mail_asked=False) | ~models.Q(mail=""), name="digest_has_an_address"),
        ]


class Reminder(models.Model):
    """A clock of which its people were reminded, once at half time and once on the last day, whoever they were then."""

    id = models.BigAutoField(primary_key=True)
    subject = models.CharField(max_length=100)
    rule = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    kind = models.CharField(max_length=40)
    told = models.PositiveIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subject", "rule", "due_at", "kind"], name="notice_reminded_once"),
        ]
