"""The extension of a reply's period: asked by the provider, allowed or declined by the authority (条例 21)."""

from django.db import models

from gongxiang.platform.kernel.ids import new_id


class ReplyExtension(models.Model):
    """One asking for more working days for one reply, and what the authority said."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=20)
    access_request = models.ForeignKey("access.AccessRequest", on_delete=models.PROTECT, related_name="extensions")
    working_days = models.PositiveSmallIntegerField()
    reason = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    asked_by_id = models.UUIDField()
    #: The end of the period when it was asked, and, once allowed, the end that replaced it.
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField(null=True)
    rule = models.CharField(max_length=120, blank=True, default="")
    opinion = models.TextField(blank=True, default="")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            # Once only; an asking that another act overtook does not count (our choice).
            models.UniqueConstraint(
                fields=["access_request"],
                condition=models.Q(status__in=("ASKED", "ALLOWED", "DECLINED")),
                name="reply_extension_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="ALLOWED") | (models.Q(new_due_at__isnull=False) & ~models.Q(rule="")),
                name="reply_extension_counted",
            ),
            models.CheckConstraint(
                condition=models.Q(status="ASKED", decided_at__isnull=True)
                | (~models.Q(status="ASKED") & models.Q(decided_at__isnull=False)),
                name="reply_extension_decided",
            ),
        ]
