"""Projects, their planned entries and passed versions, certificates, interface checks, costs, and checks of forms."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


class Project(models.Model):
    """One IT project of a department, from its register entry to its acceptance."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=24)
    #: Whose move it is: `department`, `authority` or empty.
    turn = _words(12)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=12)
    purpose = _words()
    #: The body that approves the project (审批部门).
    approving_body = _words(200)
    planned_start = models.DateField(null=True)
    planned_end = models.DateField(null=True)
    actual_start = models.DateField(null=True)
    actual_end = models.DateField(null=True)
    systems = ArrayField(models.UUIDField(), default=list, blank=True)
    tier = models.CharField(max_length=12, default="own")
    contact = _words(120)
    telephone = _words(40)
    approval_number = _words(120)
    approved_on = models.DateField(null=True)
    #: Counts the saves of the register entry, and of the planned entries: nobody writes over another's work.
    revision = models.IntegerField(default=1)
    catalogue_revision = models.IntegerField(default=0)
    #: Everyone who worked on the present pre-catalogue: none of them may consent to it or pass it.
    drafters = ArrayField(models.UUIDField(), default=list)
    registered_at = models.DateTimeField()
    registered_by = _words(60)
    consented_at = models.DateTimeField(null=True)
    consented_by = _words(60)
    consented_by_id = models.UUIDField(null=True)
    consent_digest = _words(64)
    submitted_at = models.DateTimeField(null=True)
    clock_from = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    #: Remarks of the last return: [{"field", "text"}].
    remarks = models.JSONField(default=list)
    returned_by = _words(60)
    #: Number of the version passed last, None before the first.
    version = models.IntegerField(null=True)
    acceptance_requested_at = models.DateTimeField(null=True)
    acceptance_requested_by_id = models.UUIDField(null=True)
    accepted_at = models.DateTimeField(null=True)
    #: Until when the accepted project's entries are to be published.
    publish_due_at = models.DateTimeField(null=True)
    publish_basis = _words(60)
    publish_rule = _words(120)
    cancelled_at = models.DateTimeField(null=True)
    cancelled_reason = _words()

    class Meta:
        indexes = [
            models.Index(fields=["department", "status"], name="project_department"),
            models.Index(fields=["turn", "due_at"], name="project_turn"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(due_at=None) | (~Q(due_basis="") & ~Q(due_rule="")), name="project_due_has_basis"
            ),
            models.CheckConstraint(
                condition=Q(publish_due_at=None) | (~Q(publish_basis="") & ~Q(publish_rule="")),
                name="project_publication_has_basis",
            ),
            models.CheckConstraint(
                condition=Q(planned_start=None) | Q(planned_end=None) | Q(planned_start__lte=models.F("planned_end")),
                name="project_planned_in_order",
            ),
            models.CheckConstraint(condition=~Q(status="CANCELLED") | ~Q(cancelled_reason=""), name="project_cancel_reasoned"),
        ]


class ProjectCounter(models.Model):
    """How far the numbers of a year have been given out."""

    name = models.CharField(max_length=40, primary_key=True)
    value = models.IntegerField(default=0)


class PlannedEntry(models.Model):
    """One entry of the pre-compiled catalogue as it is being worked on (as `planned.Planned`)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="entries")
    position = models.IntegerField()
    content = models.JSONField()
    name = models.CharField(max_length=500)
    #: For the search of duplicates: the name and the elements' names, normalised.
    name_key = models.CharField(max_length=500)
    element_keys = ArrayField(models.CharField(max_length=500), default=list)
    #: The catalogue entry that it became.
    resource = models.ForeignKey("catalogue.Resource", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        indexes = [
            GinIndex(fields=["element_keys"], name="planned_element_keys"),
            models.Index(fields=["name_key"], name="planned_name_key"),
        ]
        constraints = [models.UniqueConstraint(fields=["project", "name_key"], name="planned_named_once")]


class HitAnswer(models.Model):
    """What the department says to one hit: that it will use the shared data, or why it collects anew."""

    id = models.UUIDField(primary_key=True, default=new_id)
    entry = models.ForeignKey(PlannedEntry, on_delete=models.CASCADE, related_name="answers")
    target_kind = models.CharField(max_length=10)
    target_id = models.UUIDField()
    target_name = models.CharField(max_length=500)
    answer = models.CharField(max_length=10)
    reason = _words()
    answered_at = models.DateTimeField()
    answered_by = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["entry", "target_kind", "target_id"], name="hit_answered_once"),
            models.CheckConstraint(condition=~Q(answer="JUSTIFIED") | ~Q(reason=""), name="hit_justified_with_reason"),
        ]


class CatalogueVersion(models.Model):
    """A pre-compiled catalogue as it passed: frozen, with the hits and their answers."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="versions")
    number = models.IntegerField()
    #: {entry id: planned entry}.
    content = models.JSONField()
    #: [{"entry", "target_kind", "target_id", "target_name", "answer", "reason"}].
    answers = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    #: Whether only wording changed, so that the certificate of the version before goes on.
    amendment = models.BooleanField(default=False)
    passed_at = models.DateTimeField()
    passed_by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["project", "number"], name="catalogue_version_number")]


class Certificate(models.Model):
    """A certificate for approval or for acceptance; withdrawn, never deleted."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="certificates")
    kind = models.CharField(max_length=10)
    number = models.CharField(max_length=60, unique=True)
    verification_code = models.CharField(max_length=60)
    #: The issued document in the room `documents`.
    document_id = models.UUIDField()
    digest = models.CharField(max_length=64)
    #: Number and digest of the version it stands for; 0 where there is none.
    version = models.IntegerField(default=0)
    catalogue_digest = _words(64)
    issued_at = models.DateTimeField()
    issued_by_name = models.CharField(max_length=60)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = _words()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "kind"], condition=Q(withdrawn_at=None), name="certificate_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | ~Q(withdrawn_reason=""), name="certificate_withdrawal_reasoned"
            ),
        ]


class InterfaceCheck(models.Model):
    """One result of one point of the interface check list; the newest of a point counts, none is overwritten."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="checks")
    #: A code of the table `interface_check`.
    item = models.CharField(max_length=40)
    passed = models.BooleanField()
    #: Whether the platform's own facts show it, or a person saw it.
    by_facts = models.BooleanField(default=False)
    #: The number or name of the test record, or the facts.
    reference = _words(500)
    note = _words()
    #: The attached test record in the room `documents`.
    upload_id = models.UUIDField(null=True)
    checked_at = models.DateTimeField()
    checked_by_name = models.CharField(max_length=60)

    class Meta:
        indexes = [models.Index(fields=["project", "item", "-checked_at"], name="check_newest")]
        constraints = [models.CheckConstraint(condition=~Q(reference=""), name="check_has_record")]


class ProjectCost(models.Model):
    """Planned and actual money of a project, a year and a source, in cents; a new figure supersedes the one before."""

    id = models.UUIDField(primary_key=True, default=new_id)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="costs")
    year = models.IntegerField()
    source = models.CharField(max_length=12)
    planned_cents = models.BigIntegerField(default=0)
    actual_cents = models.BigIntegerField(null=True)
    noted_at = models.DateTimeField()
    noted_by_name = models.CharField(max_length=60)
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "year", "source"], condition=Q(superseded_at=None), name="cost_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(planned_cents__gte=0) & (Q(actual_cents=None) | Q(actual_cents__gte=0)), name="cost_not_negative"
            ),
        ]


class FormCheck(models.Model):
    """Items of a form held against the catalogue before they are asked of citizens; the result is kept as it was."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    #: The business matter whose form it is, if one is named.
    matter = models.ForeignKey("parties.Matter", null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=200)
    items = ArrayField(models.CharField(max_length=200))
    #: [{"item", "target_kind", "target_id", "target_name", "owner", "code", "elements", "answer", "reason"}].
    hits = models.JSONField(default=list)
    checked_at = models.DateTimeField()
    checked_by_name = models.CharField(max_length=60)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["department", "-checked_at"], name="form_check_department")]
