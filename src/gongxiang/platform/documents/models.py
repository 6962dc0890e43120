"""Issued documents, their files, and uploads. Files and uploads are append-only."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class Document(models.Model):
    """One issued document: what it says, who issued it, and whether it is still valid."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=12)
    kind = models.CharField(max_length=60)
    prefix = models.CharField(max_length=40)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    number = models.CharField(max_length=80, unique=True)
    verification_code = models.CharField(max_length=24, unique=True)
    title = models.CharField(max_length=300)
    issuer = models.CharField(max_length=256)
    #: As it was filled in: {"rows": [[label, value]], "paragraphs": [text], "addressee": text}.
    body = models.JSONField()
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=64)
    issued_by_name = models.CharField(max_length=200)
    issued_department = models.UUIDField(null=True)
    #: Departments that may open it.
    concerns = ArrayField(models.UUIDField(), default=list)
    trail = ArrayField(models.CharField(max_length=80), default=list)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prefix", "year", "serial"], name="document_numbered_once"),
            models.CheckConstraint(
                condition=models.Q(status="WITHDRAWN", withdrawn_at__isnull=False)
                | models.Q(status="VALID", withdrawn_at__isnull=True),
                name="document_withdrawn_has_time",
            ),
        ]
        indexes = [
            GinIndex(fields=["concerns"], name="document_concerns"),
            GinIndex(fields=["trail"], name="document_trail"),
            models.Index(fields=["-issued_at"], name="document_issued"),
        ]


class DocumentFile(models.Model):
    """One form of a document (`pdf`, `docx`), byte for byte as issued."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="files")
    format = models.CharField(max_length=8)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["document", "format"], name="document_file_once")]


class Upload(models.Model):
    """A file attached to a case by a person, byte for byte as sent."""

    id = models.UUIDField(primary_key=True, default=new_id)
    name = models.CharField(max_length=200)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    kept_at = models.DateTimeField()
    kept_by = models.UUIDField()
    kept_by_name = models.CharField(max_length=200)
    department_id = models.UUIDField()
    #: Departments that may open it, besides the own.
    concerns = ArrayField(models.UUIDField(), default=list)
    trail = ArrayField(models.CharField(max_length=80), default=list)
