"""Grants, their revisions, the filings with the authority, and the disposal duty that an ended grant leaves."""

from django.db import models

from gongxiang.platform.grants.models_rectify import Rectification
from gongxiang.platform.grants.models_stop import StopAnswer, StopNotice
from gongxiang.platform.grants.models_use import (
    Handler,
    Inspection,
    Provision,
    ThirdPartyConsent,
    UseQuestion,
    UseRecord,
    UseReport,
)
from gongxiang.platform.kernel.ids import new_id

__all__ = [
    "Counter",
    "DisposalDuty",
    "Filing",
    "Grant",
    "GrantRevision",
    "Handler",
    "Inspection",
    "Provision",
    "Rectification",
    "StopAnswer",
    "StopNotice",
    "ThirdPartyConsent",
    "UseQuestion",
    "UseRecord",
    "UseReport",
]


class Counter(models.Model):
    """The last number given in one series of one year; its row lock makes numbers gapless."""

    name = models.CharField(max_length=60, primary_key=True)
    value = models.BigIntegerField()


class Grant(models.Model):
    """What one consumer may have of one resource."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    resource_name = models.CharField(max_length=500)
    resource_code = models.CharField(max_length=80, blank=True, default="")
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)
    #: The request this grant answers; its room lies above, so this is no foreign key.
    access_request_id = models.UUIDField(db_index=True)
    #: 条例 21: granted at once under the consent that the provider's officer gave at publication.
    standing_consent = models.BooleanField(default=False)
    mode = models.CharField(max_length=10, default="table")
    revision = models.IntegerField(default=1)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(db_index=True)
    issued_at = models.DateTimeField()
    issued_by = models.CharField(max_length=200)
    suspended_at = models.DateTimeField(null=True)
    suspended_by = models.CharField(max_length=200, blank=True, default="")
    suspended_by_authority = models.BooleanField(default=False)
    suspend_reason = models.CharField(max_length=20, blank=True, default="")
    suspend_statement = models.TextField(blank=True, default="")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=200, blank=True, default="")
    end_reason = models.CharField(max_length=20, blank=True, default="")
    end_statement = models.TextField(blank=True, default="")
    # The route is a dated fact written by `delivery`, so that a closing order finds its nodes without a call upwards.
    provider_node_id = models.UUIDField(null=True)
    consumer_node_id = models.UUIDField(null=True)
    exchange_table = models.CharField(max_length=48, blank=True, default="")
    routed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["consumer", "status"], name="grants_consumer"),
            models.Index(fields=["provider", "status"], name="grants_provider"),
            models.Index(fields=["resource", "status"], name="grants_resource"),
        ]
        constraints = [
            models.CheckConstraint(condition=models.Q(valid_until__gt=models.F("valid_from")), name="grant_period"),
            models.CheckConstraint(
                condition=~models.Q(status="SUSPENDED") | (models.Q(suspended_at__isnull=False) & ~models.Q(suspend_reason="")),
                name="grant_suspension_reasoned",
            ),
            models.CheckConstraint(
                condition=models.Q(status="ENDED", ended_at__isnull=False)
                | (~models.Q(status="ENDED") & models.Q(ended_at=None)),
                name="grant_end_paired",
            ),
            models.CheckConstraint(condition=~models.Q(provider=models.F("consumer")), name="grant_two_departments"),
        ]


class GrantRevision(models.Model):
    """One immutable state of the terms (`protocol.terms.Terms` as JSON); rows are append-only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="revisions")
    revision = models.IntegerField()
    terms = models.JSONField()
    narrowing = models.BooleanField(default=False)
    reason = models.TextField(blank=True, default="")
    #: The request that a widening answers.
    access_request_id = models.UUIDField(null=True)
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["grant", "revision"], name="grant_revision_once")]


class Filing(models.Model):
    """What was filed with the authority in the same act (条例 27): suspension, resumption, narrowing or end; append-only."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    grant = models.ForeignKey(Grant, on_delete=models.PROTECT, related_name="filings")
    act = models.CharField(max_length=20)
    reason = models.CharField(max_length=20)
    statement = models.TextField()
    filed_at = models.DateTimeField()
    filed_by = models.CharField(max_length=200)
    filed_by_department = models.CharField(max_length=256, blank=True, default="")


class DisposalDuty(models.Model):
    """The consumer's duty to dispose of what was delivered under an ended grant; the product deletes nothing by itself."""

    id = models.UUIDField(primary_key=True, default=new_id)
    grant = models.OneToOneField(Grant, on_delete=models.PROTECT, related_name="disposal")
    status = models.CharField(max_length=20)
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    due_basis = models.CharField(max_length=60, blank=True, default="")
    due_rule = models.CharField(max_length=120, blank=True, default="")
    due_provisional = models.BooleanField(default=False)
    method = models.CharField(max_length=20, blank=True, default="")
    statement = models.TextField(blank=True, default="")
    retention_basis = models.TextField(blank=True, default="")
    rows_disposed = models.BigIntegerField(null=True)
    discharged_at = models.DateTimeField(null=True)
    discharged_by = models.CharField(max_length=200, blank=True, default="")
    witness = models.CharField(max_length=200, blank=True, default="")
    #: The certificate (`documents`).
    document_id = models.UUIDField(null=True)
    document_number = models.CharField(max_length=80, blank=True, default="")
    #: The order to the consumer's node, and what it answered (`destroying`).
    order_id = models.UUIDField(null=True)
    ordered_at = models.DateTimeField(null=True)
    ordered_by = models.CharField(max_length=200, blank=True, default="")
    node_problem = models.CharField(max_length=20, blank=True, default="")
    node_detail = models.TextField(blank=True, default="")
    node_done_at = models.DateTimeField(null=True)
    node_name = models.CharField(max_length=200, blank=True, default="")
    node_table = models.CharField(max_length=200, blank=True, default="")
    node_rows = models.BigIntegerField(null=True)
    node_signature = models.TextField(blank=True, default="")
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.CharField(max_length=200, blank=True, default="")
    acknowledgement = models.TextField(blank=True, default="")
