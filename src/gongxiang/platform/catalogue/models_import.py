"""Files with entries that people send: what they would do, what they did, and what is needed to undo it."""

from django.contrib.postgres.fields import ArrayField
from django.db import models

from gongxiang.platform.kernel.ids import new_id


class CatalogueImport(models.Model):
    """One file: sent, checked in the background, confirmed, carried out as a whole."""

    id = models.UUIDField(primary_key=True, default=new_id)
    status = models.CharField(max_length=12)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(max_length=200)
    #: `xlsx` or `json`.
    format = models.CharField(max_length=8)
    content = models.BinaryField()
    digest = models.CharField(max_length=64)
    sent_at = models.DateTimeField()
    sent_by = models.UUIDField()
    sent_by_name = models.CharField(max_length=60)
    #: Language of comments in the annotated copy.
    language = models.CharField(max_length=10)
    #: Exchange nodes of the department as the page knew them: [[id, name]].
    nodes = models.JSONField(default=list)
    checked_at = models.DateTimeField(null=True)
    #: {"new", "changed", "unchanged", "errors", "shortfalls"}.
    counts = models.JSONField(default=dict)
    #: What was found, as `workbook.findings` keeps it; the first of very many.
    findings = models.JSONField(default=list)
    annotated = models.BinaryField(null=True)
    #: The file was let go some time after its end; name, digest, counts and lines stay.
    file_gone = models.BooleanField(default=False)
    confirmed_at = models.DateTimeField(null=True)
    confirmed_by = models.UUIDField(null=True)
    carried_out_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    #: Why it failed or what an undoing left: {"template", "values", "names"}.
    outcome = models.JSONField(default=dict)
    #: How far the job is; written outside its transaction, so that the page can show it.
    done = models.IntegerField(default=0)
    total = models.IntegerField(default=0)
    #: How often the job took it up since it last came to an end; a file that kills the worker is not taken up for ever.
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["status"], name="catalogue_import_status"),
            models.Index(fields=["department", "-sent_at"], name="catalogue_import_department"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="catalogue_import_confirmed_pair",
            )
        ]


class ImportLine(models.Model):
    """What an import does to one entry; written with the check, and again when it is carried out."""

    id = models.BigAutoField(primary_key=True)
    belongs_to = models.ForeignKey(CatalogueImport, on_delete=models.CASCADE, related_name="lines")
    row = models.IntegerField()
    #: NEW, CHANGED or UNCHANGED.
    action = models.CharField(max_length=10)
    resource_id = models.UUIDField()
    name = models.CharField(max_length=500)
    fields = ArrayField(models.CharField(max_length=200), default=list)
    #: The content before, to be restored; null for a new entry.
    before = models.JSONField(null=True)
    #: Whether the import began a revision of a published entry.
    began_revision = models.BooleanField(default=False)
    #: The revision of the draft that the import left; whoever saved since has another.
    left = models.IntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["belongs_to", "action", "row"], name="import_line_order")]
