"""Agreements between a department and the authority, the issued texts they are made from, and their signatures."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from gongxiang.platform.kernel.ids import new_id


class Role(models.TextChoices):
    """What the department is under the agreement (art. 3, 18)."""

    PROVIDER = "provider", "provider"
    CONSUMER = "consumer", "consumer"
    BOTH = "both", "provider and consumer"


class AgreementTemplate(models.Model):
    """The text of the agreement as the authority issued it; a new version never changes agreements made from an old one."""

    id = models.UUIDField(primary_key=True, default=new_id)
    version = models.PositiveIntegerField(unique=True)
    title = models.CharField(max_length=200)
    body = models.TextField()
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()


class Agreement(models.Model):
    """One sharing agreement (共享协议书)."""

    id = models.UUIDField(primary_key=True, default=new_id)
    year = models.PositiveSmallIntegerField()
    serial = models.PositiveIntegerField()
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    template = models.ForeignKey(AgreementTemplate, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=10, choices=Role.choices)
    scope = models.TextField()
    purposes = ArrayField(models.CharField(max_length=30))
    modes = ArrayField(models.CharField(max_length=10))
    contact = models.CharField(max_length=120)
    telephone = models.CharField(max_length=40)
    supplement = models.TextField(blank=True, default="")
    valid_from = models.DateField()
    #: The last day on which it holds.
    valid_until = models.DateField()
    text = models.TextField()
    #: SM3 of the text, hex: what both sides sign.
    text_digest = models.CharField(max_length=64)
    #: `protocol.odrl.Term` as JSON, as they stand at the end of the text.
    terms = models.JSONField(default=list)
    #: The paper issued of it, once somebody asked for it.
    document_id = models.UUIDField(null=True)
    drafted_by = models.UUIDField()
    drafted_at = models.DateTimeField()
    in_force_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True, default="")
    status = models.CharField(max_length=24)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "serial"], name="agreement_numbered_once"),
            models.UniqueConstraint(
                fields=["department"],
                condition=Q(status__in=["DRAFTED", "SIGNED_BY_DEPARTMENT", "RETURNED"]),
                name="agreement_one_open",
            ),
            models.CheckConstraint(condition=Q(valid_from__lt=F("valid_until")), name="agreement_begins_before_it_ends"),
            models.CheckConstraint(
                condition=Q(in_force_at__isnull=False) | ~Q(status__in=["IN_FORCE", "EXPIRED", "TERMINATED"]),
                name="agreement_in_force_has_time",
            ),
        ]
        indexes = [models.Index(fields=["department", "status", "valid_until"], name="agreement_in_force")]


class AgreementScan(models.Model):
    """A scan of the sealed paper, kept by `documents`; a revision makes the scans before it void."""

    id = models.UUIDField(primary_key=True, default=new_id)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="scans")
    party = models.CharField(max_length=10, choices=[("department", "department"), ("authority", "authority")])
    upload_id = models.UUIDField()
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    #: SM3 of the file, and of the text that it is a scan of.
    digest = models.CharField(max_length=64)
    text_digest = models.CharField(max_length=64)
    kept_at = models.DateTimeField()
    kept_by = models.UUIDField()
    kept_by_name = models.CharField(max_length=60)
    void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"], condition=Q(void=False), name="agreement_scanned_once_a_party"
            )
        ]


class AgreementSignature(models.Model):
    """An officer's signature over the statement of an agreement, for the department or for the authority."""

    id = models.UUIDField(primary_key=True, default=new_id)
    agreement = models.ForeignKey(Agreement, on_delete=models.PROTECT, related_name="signatures")
    party = models.CharField(max_length=10, choices=[("department", "department"), ("authority", "authority")])
    person_id = models.UUIDField()
    name = models.CharField(max_length=60)
    post = models.CharField(max_length=60, blank=True, default="")
    public_key = models.CharField(max_length=200)
    #: Exactly the bytes that were signed, as text.
    statement = models.TextField()
    signature = models.TextField()
    signed_at = models.DateTimeField()
    #: A revision makes the signatures before it void; they stay for the record.
    void = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "party"], condition=Q(void=False), name="agreement_signed_once_a_party"
            )
        ]
