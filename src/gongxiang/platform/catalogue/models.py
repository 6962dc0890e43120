"""Entries of the catalogue, their published versions, consents, distributions and the search index."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models

from gongxiang.platform.catalogue.models_editing import DraftCopy, DraftOpen
from gongxiang.platform.catalogue.models_export import CatalogueExport
from gongxiang.platform.catalogue.models_import import CatalogueImport, ImportLine
from gongxiang.platform.catalogue.models_remit import RemitChange, RemitEntry
from gongxiang.platform.catalogue.models_withheld import WithheldCheck
from gongxiang.platform.kernel.ids import new_id

__all__ = [
    "CatalogueExport",
    "CatalogueImport",
    "CodeCounter",
    "Consent",
    "DepartmentNumber",
    "Distribution",
    "DraftCopy",
    "DraftOpen",
    "ImportLine",
    "RemitChange",
    "RemitEntry",
    "Resource",
    "ResourceVersion",
    "SearchEntry",
    "WithheldCheck",
]


class Resource(models.Model):
    """One information resource: its life, and the content that is being worked on (as `content.Content`)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    status = models.CharField(max_length=20)
    code = models.CharField(max_length=64, null=True, unique=True)
    code_scheme = models.CharField(max_length=40, blank=True, default="")
    draft = models.JSONField()
    #: Counts the saves of the draft, so that two people do not write over each other.
    draft_revision = models.IntegerField(default=1)
    name = models.CharField(max_length=500, blank=True)
    sharing_type = models.CharField(max_length=16)
    #: Everyone who worked on the present draft: none of them may approve it.
    drafters = ArrayField(models.UUIDField(), default=list)
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=60)
    reviewed_by = models.UUIDField(null=True)
    reviewed_at = models.DateTimeField(null=True)
    consent = models.ForeignKey("Consent", null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    due_basis = models.CharField(max_length=60, blank=True, default="")
    due_rule = models.CharField(max_length=120, blank=True, default="")
    ratified_by = models.UUIDField(null=True)
    ratified_at = models.DateTimeField(null=True)
    #: The recorded exception for a basis below the Regulation's: {"reason", "by", "by_name", "at", "statute"}.
    exception = models.JSONField(null=True)
    #: Remarks of the last return: [{"field", "text"}].
    remarks = models.JSONField(default=list)
    returned_by = models.CharField(max_length=60, blank=True, default="")
    #: Number of the version in force, None before the first publication.
    version = models.IntegerField(null=True)
    published_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.TextField(blank=True, default="")
    #: Written by `grants`: until when somebody may use this resource.
    granted_until = models.DateTimeField(null=True)
    #: And what the grants need meanwhile: element codes, and kinds of distribution (`TABLE`, `API`, `FILE`).
    granted_elements = ArrayField(models.CharField(max_length=48), default=list)
    granted_kinds = ArrayField(models.CharField(max_length=10), default=list)

    class Meta:
        indexes = [
            models.Index(fields=["provider", "status"], name="resource_provider_status"),
            models.Index(fields=["status", "due_at"], name="resource_status_due"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(version__isnull=True, code__isnull=True)
                | models.Q(version__isnull=False, code__isnull=False, published_at__isnull=False),
                name="resource_published_has_code",
            ),
            models.CheckConstraint(
                condition=models.Q(due_at__isnull=True) | ~models.Q(due_basis=""), name="resource_due_has_basis"
            ),
            models.CheckConstraint(
                condition=models.Q(ratified_at__isnull=True, ratified_by__isnull=True)
                | models.Q(ratified_at__isnull=False, ratified_by__isnull=False),
                name="resource_ratified_pair",
            ),
            models.CheckConstraint(
                condition=models.Q(reviewed_at__isnull=True, reviewed_by__isnull=True)
                | models.Q(reviewed_at__isnull=False, reviewed_by__isnull=False),
                name="resource_reviewed_pair",
            ),
        ]


class Consent(models.Model):
    """The accountable officer's consent to one draft: secrecy statement and impact assessment; kept, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    #: Digest (SM3, hex) of the content consented to.
    content_digest = models.CharField(max_length=64)
    secrecy_statement = models.TextField()
    personal = models.BooleanField()
    #: {"purpose", "effect", "measures"}; empty where no element is personal.
    impact_assessment = models.JSONField(default=dict)
    #: 条例 20, 21: requests for an unconditional resource are granted at once under this consent.
    standing = models.BooleanField()
    given_by = models.UUIDField()
    given_by_name = models.CharField(max_length=60)
    given_at = models.DateTimeField()


class ResourceVersion(models.Model):
    """The whole entry as published: frozen, citable at /catalogue/<code>/versions/<number>/."""

    id = models.UUIDField(primary_key=True, default=new_id)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField()
    code = models.CharField(max_length=64)
    provider_name = models.CharField(max_length=256)
    provider_credit_code = models.CharField(max_length=18)
    content = models.JSONField()
    content_digest = models.CharField(max_length=64)
    consent = models.ForeignKey(Consent, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    published_by = models.UUIDField()
    published_by_name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["resource", "number"], name="resource_version_number"),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="resource_version_from_one"),
        ]


class Distribution(models.Model):
    """What `delivery` has found out about one distribution, and whether the version in force names it."""

    id = models.UUIDField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10)
    node_id = models.UUIDField(null=True)
    source_table = models.CharField(max_length=200, blank=True, default="")
    in_force = models.BooleanField(default=False)
    checked_at = models.DateTimeField(null=True)
    check_problem = models.TextField(blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["node_id", "in_force"], name="distribution_node")]


class DepartmentNumber(models.Model):
    """The department's number within resource codes; given once, counting up."""

    department = models.OneToOneField("parties.Department", primary_key=True, on_delete=models.PROTECT, related_name="+")
    number = models.IntegerField(unique=True)


class CodeCounter(models.Model):
    """How far the codes of one scheme and prefix have been given out; only counts up, so that none comes twice."""

    id = models.BigAutoField(primary_key=True)
    scheme = models.CharField(max_length=40)
    prefix = models.CharField(max_length=40)
    last = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["scheme", "prefix"], name="code_counter_prefix")]


class SearchEntry(models.Model):
    """The published entries, cut for search; written in the act that publishes or withdraws."""

    resource = models.OneToOneField(Resource, primary_key=True, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=500)
    department_id = models.UUIDField()
    department_name = models.CharField(max_length=256)
    sharing_type = models.CharField(max_length=16)
    kinds = ArrayField(models.CharField(max_length=10), default=list)
    classification = models.CharField(max_length=3)
    update_cycle = models.CharField(max_length=16)
    data_class = models.CharField(max_length=12)
    published_at = models.DateTimeField()
    #: How many departments may use it under grants now.
    users = models.IntegerField(default=0)
    #: Normalised text of all searched fields, one a line: what LIKE would look through.
    haystack = models.TextField()
    words = SearchVectorField()
    pinyin = SearchVectorField()
    initials = SearchVectorField()

    class Meta:
        indexes = [
            GinIndex(fields=["words"], name="search_words"),
            GinIndex(fields=["pinyin"], name="search_pinyin"),
            GinIndex(fields=["initials"], name="search_initials"),
            models.Index(fields=["-published_at"], name="search_published"),
            models.Index(fields=["-users", "-published_at"], name="search_users"),
            models.Index(fields=["department_id"], name="search_department"),
        ]


class PublishedElement(models.Model):
    """One element of a version in force, by name: for the check against repeated collection; written as `SearchEntry` is."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    department_id = models.UUIDField()
    position = models.IntegerField()
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=48, blank=True)
    #: The name without case, width, spaces and punctuation; and what it means (`elements.stem`).
    plain = models.CharField(max_length=200)
    stem = models.CharField(max_length=200)
    #: Its own, else its resource's.
    sharing_type = models.CharField(max_length=16)

    class Meta:
        indexes = [
            models.Index(fields=["plain"], name="published_element_plain"),
            models.Index(fields=["stem", "department_id"], name="published_element_stem"),
        ]


class SynonymGroup(models.Model):
    """Words that mean the same when the catalogue is searched; ended, never removed, so that one can see since when it held."""

    id = models.UUIDField(primary_key=True, default=new_id)
    words = ArrayField(models.CharField(max_length=60))
    note = models.CharField(max_length=200, blank=True, default="")
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=60)
    changed_at = models.DateTimeField(null=True)
    changed_by = models.CharField(max_length=60, blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(words__len__gte=2), name="synonyms_are_at_least_two"),
        ]


class SavedSearch(models.Model):
    """A search that one person keeps under a name; `told_until` is when new hits were last looked for."""

    id = models.UUIDField(primary_key=True, default=new_id)
    person = models.ForeignKey("parties.Person", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    #: What stands in the address after the question mark.
    query = models.CharField(max_length=600)
    notify = models.BooleanField(default=False)
    saved_at = models.DateTimeField()
    told_until = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "name"], name="saved_search_name")]


class Upkeep(models.Model):
    """What is known of an entry beside its text: when it was looked at, and dated facts that rooms above write down."""

    resource = models.OneToOneField(Resource, primary_key=True, on_delete=models.CASCADE, related_name="upkeep")
    #: The name as it is compared with others.
    name_key = models.CharField(max_length=500, blank=True, default="")
    #: Of the version in force: its systems in the register, and its update cycle.
    systems = ArrayField(models.UUIDField(), default=list)
    cycle = models.CharField(max_length=16, blank=True, default="")
    #: Which draft, version and state `Finding` speaks of, and since when.
    checked_revision = models.IntegerField(null=True)
    checked_version = models.IntegerField(null=True)
    checked_status = models.CharField(max_length=20, blank=True, default="")
    checked_at = models.DateTimeField(null=True)
    #: Written by `delivery`: when the data last changed, and was last known to be in step with its source.
    changed_at = models.DateTimeField(null=True)
    in_step_at = models.DateTimeField(null=True)
    #: Written by `delivery`: when somebody last received or called it.
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["name_key"], name="upkeep_name_key"),
            GinIndex(fields=["systems"], name="upkeep_systems"),
        ]


class Finding(models.Model):
    """A point about an entry: a shortfall that blocks its next version, or a hint. Made anew whenever one looks at it."""

    id = models.BigAutoField(primary_key=True)
    resource = models.ForeignKey(Resource, on_delete=models.CASCADE, related_name="+")
    #: VERSION: about the version in force. DRAFT: about what the provider is working on, which others do not see.
    about = models.CharField(max_length=8)
    #: The refusal's stable name.
    kind = models.CharField(max_length=60)
    blocks = models.BooleanField()
    field = models.CharField(max_length=120, blank=True)
    values = models.JSONField(default=dict)

    class Meta:
        indexes = [models.Index(fields=["kind", "about"], name="finding_kind")]


class SourceDesignation(models.Model):
    """The authority's word on which department is the source of an item that several collect (数源, cn-809:19)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    #: The item by its meaning (`elements.stem`), and as it was called.
    stem = models.CharField(max_length=200)
    name = models.CharField(max_length=200)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    named_by = models.CharField(max_length=60)
    named_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["stem"], condition=models.Q(ended_at=None), name="source_designation_one_in_force")
        ]


class MatterLink(models.Model):
    """A published resource that a business matter uses, and which of its elements (wushen-2021-60:5)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    matter = models.ForeignKey("parties.Matter", on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    #: What the matter no longer asks of people, in words.
    benefit = models.TextField(blank=True, default="")
    linked_by = models.CharField(max_length=60)
    linked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "resource"], condition=models.Q(ended_at=None), name="matter_link_once")
        ]


class FormItem(models.Model):
    """Something that people are asked for when a matter is handled (wushen-2021-60:22.5)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    matter = models.ForeignKey("parties.Matter", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=200)
    plain = models.CharField(max_length=200)
    position = models.IntegerField()
    #: Why it is asked for although the platform has it.
    justification = models.TextField(blank=True, default="")
    justified_by = models.CharField(max_length=60, blank=True, default="")
    justified_at = models.DateTimeField(null=True)
    listed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["matter", "plain"], condition=models.Q(ended_at=None), name="form_item_once"),
            models.CheckConstraint(
                condition=models.Q(justified_at__isnull=True) | ~models.Q(justification=""), name="form_item_justified_in_words"
            ),
        ]


class CityReport(models.Model):
    """That the catalogue's changes were reported to the city: when, under which number; kept, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=80, unique=True)
    reported_on = models.DateField()
    note = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()
    #: The file that was sent, gzip of JSON, and the SM3 of what is packed in it; empty for reports before it was kept.
    content = models.BinaryField(default=bytes)
    digest = models.CharField(max_length=64, blank=True, default="")


class CityReceipt(models.Model):
    """What the city answered to a report: taken, or returned; kept, never changed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    report = models.OneToOneField(CityReport, on_delete=models.PROTECT, related_name="receipt")
    number = models.CharField(max_length=80)
    received_on = models.DateField()
    #: TAKEN or RETURNED.
    outcome = models.CharField(max_length=10)
    note = models.CharField(max_length=500, blank=True, default="")
    recorded_by = models.CharField(max_length=60)
    recorded_at = models.DateTimeField()


class CityReportLine(models.Model):
    """One version, or one withdrawal, that a report named."""

    id = models.BigAutoField(primary_key=True)
    report = models.ForeignKey(CityReport, on_delete=models.PROTECT, related_name="+")
    resource = models.ForeignKey(Resource, on_delete=models.PROTECT, related_name="+")
    version = models.IntegerField()
    #: NEW, CHANGED or WITHDRAWN.
    change = models.CharField(max_length=10)

    class Meta:
        indexes = [models.Index(fields=["resource", "version"], name="city_report_line_version")]


class SearchChange(models.Model):
    """An entry of the search that changed or went; written by a trigger, taken by the worker into the side index."""

    id = models.BigAutoField(primary_key=True)
    resource_id = models.UUIDField()
    #: By the database's clock: compared with nothing else.
    changed_at = models.DateTimeField()


class SideIndexState(models.Model):
    """The one row that says which build of the side index is in use; an empty generation: none."""

    id = models.IntegerField(primary_key=True, default=1)
    generation = models.CharField(max_length=40, blank=True, default="")
    built_at = models.DateTimeField(null=True)
    entries = models.IntegerField(default=0)
