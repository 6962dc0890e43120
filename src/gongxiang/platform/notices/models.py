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
    #: `daily`, `immediate`, or `binding`: only what must be told.
    rhythm = models.CharField(max_length=10, default="daily")
    mailed_at = models.DateTimeField(null=True)
    #: Failures in a row, when it is tried again, and what the server said, without any address.
    mail_failures = models.PositiveSmallIntegerField(default=0)
    mail_retry_at = models.DateTimeField(null=True)
    mail_problem = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(mail_asked=False) | ~models.Q(mail=""), name="digest_has_an_address"),
        ]


class Letter(models.Model):
    """A letter handed to the mail server, or about to be: noted before it is sent, and gone once it is known to be taken.

    One that stays after its sending may have gone out: it is sent again as it was, under the same Message-ID.
    """

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.OneToOneField("parties.Person", on_delete=models.CASCADE, related_name="+")
    notices = ArrayField(models.UUIDField())
    begun_at = models.DateTimeField()


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


class CalendarFeed(models.Model):
    """A secret address under which a person's calendar program reads their deadlines; kept as a digest, shown once."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    last_read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person"], condition=models.Q(revoked_at=None), name="calendar_feed_one_in_use"),
        ]


class Webhook(models.Model):
    """Where a department's own office system hears of what concerns the department."""

    department = models.OneToOneField("parties.Department", primary_key=True, on_delete=models.CASCADE, related_name="+")
    address = models.URLField(max_length=500)
    secret_sealed = models.BinaryField()
    #: `sm3` or `sha256`.
    algorithm = models.CharField(max_length=8, default="sm3")
    set_at = models.DateTimeField()
    set_by = models.CharField(max_length=60)
    #: Failures in a row over all deliveries.
    failures = models.PositiveIntegerField(default=0)
    stopped_at = models.DateTimeField(null=True)
    #: `failures` or `person`.
    stopped_why = models.CharField(max_length=10, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(stopped_at=None, stopped_why="")
                | (models.Q(stopped_at__isnull=False) & ~models.Q(stopped_why="")),
                name="webhook_stopped_pair",
            ),
        ]


class Dispatch(models.Model):
    """One message to an office system: what was to be said, and how the attempts went."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey("parties.Department", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80)
    title = models.CharField(max_length=500, blank=True, default="")
    body = models.JSONField()
    source = models.CharField(max_length=100)
    made_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    #: When it is tried next; null once delivered or given up.
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    answer = models.PositiveSmallIntegerField(null=True)
    problem = models.CharField(max_length=120, blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["next_at"], name="dispatch_due", condition=models.Q(next_at__isnull=False)),
            models.Index(fields=["department", "-made_at"], name="dispatch_history"),
        ]
        constraints = [models.UniqueConstraint(fields=["department", "source"], name="dispatch_once")]
