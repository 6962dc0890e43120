"""Access requests."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.access.models_collection import Absence, CollectionPlan
from gongxiang.platform.access.models_dispute import Dispute, DisputeMeeting, DisputeStatement
from gongxiang.platform.access.models_extension import ReplyExtension
from gongxiang.platform.access.models_superior import DataReturn, SuperiorReminder, SuperiorRequest
from gongxiang.platform.access.models_talk import MessageRead, RequestMessage, SensitiveCombination
from gongxiang.platform.kernel.ids import new_id

__all__ = [
    "Absence",
    "AccessRequest",
    "CollectionPlan",
    "DataReturn",
    "Dispute",
    "DisputeMeeting",
    "DisputeStatement",
    "MessageRead",
    "ReplyExtension",
    "RequestMessage",
    "SensitiveCombination",
    "SuperiorReminder",
    "SuperiorRequest",
]


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


def _moment() -> models.DateTimeField:  # type: ignore[type-arg]
    return models.DateTimeField(null=True)


class AccessRequest(models.Model):
    """One department asks for one resource; what was asked, what was answered, and the clock between."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    #: Whose move it is: `consumer`, `provider`, `authority` or empty.
    turn = _words(10)
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    resource_name = models.CharField(max_length=500)
    resource_code = _words(80)
    unconditional = models.BooleanField(default=False)
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)

    # What is asked (条例 20: basis, use case, scope, mode, period).
    legal_basis = _words()
    purposes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    purpose_note = _words()
    use_case = _words()
    scope = _words()
    elements = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    mode = models.CharField(max_length=10, default="table")
    #: How much is asked for, where the provider answers or sends files (`protocol.terms.Volume`); empty: as much as is needed.
    volume = models.JSONField(default=dict, blank=True)
    #: The last day on which the data are needed.
    until = models.DateField(null=True)
    materials = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    #: The files behind `materials` that were sent here (`documents.Upload`).
    material_ids = ArrayField(models.UUIDField(), default=list, blank=True)
    #: 谁经手谁使用谁负责 (办法 22): the people of the department who will handle the data.
    handlers = ArrayField(models.UUIDField(), default=list, blank=True)
    ban_accepted_at = _moment()
    ban_accepted_by = _words(200)
    #: Which version of the text was accepted (`ban.py`).
    ban_version = _words(20)
    #: 用途变更重新申请: the grant that this request wants changed.
    changes_grant_id = models.UUIDField(null=True)
    #: `new`, `change` (wider, or for another purpose) or `renewal` (the same for longer) of that grant.
    kind = models.CharField(max_length=10, default="new")
    copied_from_id = models.UUIDField(null=True)

    drafted_at = models.DateTimeField()
    drafted_by = _words(200)
    drafted_by_id = models.UUIDField()
    consented_at = _moment()
    consented_by = _words(200)
    submitted_at = _moment()

    # The clock: basis and rule version stand with the instant, so that a later rule never rewrites an old case.
    clock_from = _moment()
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)
    #: 条例 21: working days by which the authority let the period be longer.
    extension_days = models.PositiveSmallIntegerField(default=0)

    notified_at = _moment()
    notified_by = _words(200)
    #: Fields of the request that the notice names.
    missing_fields = ArrayField(models.CharField(max_length=30), default=list, blank=True)
    missing = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    completed_at = _moment()
    completion = _words()

    #: The reply as prepared, before the officer's consent; see `actions.prepare_reply`.
    prepared = models.JSONField(null=True)
    prepared_at = _moment()
    prepared_by = _words(200)
    prepared_by_id = models.UUIDField(null=True)
    prepared_for = _words(10)
    replied_at = _moment()
    replied_by = _words(200)
    refusal_ground = _words(20)
    reply_text = _words()
    late = models.BooleanField(default=False)
    overdue_at = _moment()
    decided_by_authority = models.BooleanField(default=False)
    grant_id = models.UUIDField(null=True)
    consultation_grounds = _words()
    withdrawn_at = _moment()
    withdrawn_reason = _words()

    class Meta:
        indexes = [
            models.Index(fields=["provider", "status"], name="access_provider"),
            models.Index(fields=["consumer", "status"], name="access_consumer"),
            models.Index(fields=["turn", "due_at"], name="access_turn"),
        ]
        constraints = [
            models.CheckConstraint(condition=~Q(provider=models.F("consumer")), name="access_two_departments"),
            models.CheckConstraint(
                condition=Q(due_at=None) | (~Q(due_basis="") & ~Q(due_rule="")), name="access_deadline_has_basis"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("SUBMITTED", "INCOMPLETE", "REPLY_OVERDUE")) | Q(submitted_at__isnull=False),
                name="access_submission_dated",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("GRANTED", "PARTLY_GRANTED")) | Q(grant_id__isnull=False), name="access_grant_named"
            ),
            models.CheckConstraint(condition=~Q(status="REFUSED") | ~Q(reply_text=""), name="access_refusal_reasoned"),
            models.CheckConstraint(condition=~Q(status="INCOMPLETE") | Q(due_at=None), name="access_notice_stops_clock"),
        ]
