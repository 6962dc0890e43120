"""Two people at one draft: who has it open, and texts that could not be saved over another's."""

from django.db import models

from gongxiang.platform.kernel.ids import new_id


class DraftCopy(models.Model):
    """A text that was typed while somebody else saved: kept until a person decides which of the two goes on."""

    id = models.UUIDField(primary_key=True, default=new_id)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=60)
    content = models.JSONField()
    #: The revision that was on the person's screen.
    seen = models.IntegerField()
    made_at = models.DateTimeField()
    #: Why it is kept: MINE (could not be saved) or REPLACED (another text was taken over it).
    kind = models.CharField(max_length=10)
    #: "", TAKEN (became the draft) or ASIDE (the other one stays).
    settled = models.CharField(max_length=10, blank=True, default="")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["resource", "settled"], name="draft_copy_resource")]


class DraftOpen(models.Model):
    """Who has the form of a draft open, and since when and until when that was noticed."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.CASCADE, related_name="+")
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=60)
    opened_at = models.DateTimeField()
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["resource", "person_id"], name="draft_open_once")]
