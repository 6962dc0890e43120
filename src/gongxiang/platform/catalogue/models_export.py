"""Files of entries that are made in the background, each for the one person who asked."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class CatalogueExport(models.Model):
    """One file: asked for, made by the worker, fetched for a limited time."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=12)
    person_id = models.UUIDField()
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    #: `own`: entries of the department as they are worked on. `search`: published entries as they were found.
    scope = models.CharField(max_length=8)
    #: book, json, pdf, docx, csv or xlsx.
    kind = models.CharField(max_length=8)
    #: The address of the list it was asked from: words, filters, order.
    query = models.CharField(max_length=2000, blank=True)
    language = models.CharField(max_length=10)
    asked_at = models.DateTimeField()
    #: Entries counted when it was asked for, and how far the job is; the second is written outside its transaction.
    total = models.IntegerField()
    done = models.IntegerField(default=0)
    #: How often the job took it up.
    tries = models.PositiveSmallIntegerField(default=0)
    #: What the file holds, so that it is given only to who may still see all of it; `mapped` with how tables are mapped.
    entries = ArrayField(models.UUIDField(), default=list)
    mapped = ArrayField(models.UUIDField(), default=list)
    file_name = models.CharField(max_length=200, blank=True)
    media_type = models.CharField(max_length=100, blank=True)
    content = models.BinaryField(null=True)
    size = models.BigIntegerField(default=0)
    digest = models.CharField(max_length=64, blank=True)
    made_at = models.DateTimeField(null=True)
    #: Until when it can be fetched.
    expires_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["status", "asked_at"], name="catalogue_export_status"),
            models.Index(fields=["person_id", "-asked_at"], name="catalogue_export_person"),
        ]
