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


class RuleFile(models.Model):
    """A rule of operation or security (art. 12(1)), whatever its versions."""

    id = models.UUIDField(primary_key=True, default=new_id)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20)
    #: The version in force.
    version = models.PositiveIntegerField(default=1)
    issued_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    end_reason = models.CharField(max_length=500, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["title"], condition=models.Q(ended_at=None), name="rule_file_titled_once")
        ]


class RuleVersion(models.Model):
    """One version of a rule, its file kept byte for byte."""

    id = models.UUIDField(primary_key=True, default=new_id)
    rule = models.ForeignKey(RuleFile, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="+")
    effective_on = models.DateField()
    changes = models.TextField(blank=True, default="")
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]


class RuleReceipt(models.Model):
    """A person has read a version."""

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="receipts")
    person_id = models.UUIDField()
    person_name = models.CharField(max_length=200)
    department_id = models.UUIDField()
    department_name = models.CharField(max_length=256)
    read_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "person_id"], name="rule_receipt_once")]
