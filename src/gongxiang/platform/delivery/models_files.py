"""What is delivered by file, and the versions that were deposited: figures and digests, never content or a file's name."""

from django.db import models

from gongxiang.platform.kernel.ids import new_id


class FileDelivery(models.Model):
    """The order by which a provider may deposit files of one resource."""

    id = models.UUIDField(primary_key=True, default=new_id)
    resource_id = models.UUIDField(unique=True)
    resource_name = models.CharField(max_length=500)
    provider_id = models.UUIDField(db_index=True)
    #: The node that may deposit beside the department's people; None where it has none for this.
    node = models.ForeignKey("delivery.Node", null=True, on_delete=models.PROTECT, related_name="+")
    #: The elements of a table, as they were ordered.
    elements = models.JSONField()
    ordered_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)


class FileVersion(models.Model):
    """One version, under the gateway's own id; its content lies at the gateway until `destroyed_at`."""

    id = models.UUIDField(primary_key=True)
    resource_id = models.UUIDField(db_index=True)
    version = models.IntegerField()
    form = models.CharField(max_length=10)
    #: Bytes.
    size = models.BigIntegerField()
    digest = models.CharField(max_length=80)
    #: Records of a table.
    rows = models.BigIntegerField(null=True)
    #: None where a person deposited it.
    node = models.ForeignKey("delivery.Node", null=True, on_delete=models.PROTECT, related_name="+")
    deposited_by = models.CharField(max_length=200, blank=True, default="")
    deposited_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    destroyed_at = models.DateTimeField(null=True)
    #: withdrawn, superseded or closed.
    why = models.CharField(max_length=20, blank=True, default="")

    class Meta:
        """A number is given once."""

        constraints = [models.UniqueConstraint(fields=["resource_id", "version"], name="file_version_once")]
