"""Disputes over requests: consultation with its meetings, mediation with its statements, the government's decision."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.kernel.ids import new_id


def _words(length: int = 0) -> models.Field:  # type: ignore[type-arg]
    return models.CharField(max_length=length, blank=True, default="") if length else models.TextField(blank=True, default="")


def _moment() -> models.DateTimeField:  # type: ignore[type-arg]
    return models.DateTimeField(null=True)


class Dispute(models.Model):
    """The consumer does not accept a refusal, whole or in part; how it went from consultation to what bound both."""

    id = models.UUIDField(primary_key=True, default=new_id)
    number = models.CharField(max_length=40, unique=True)
    status = models.CharField(max_length=20)
    #: `both`, `consumer`, `provider`, `authority`, `government`, `superior` or empty.
    turn = _words(12)
    access_request = models.ForeignKey("access.AccessRequest", on_delete=models.PROTECT, related_name="disputes")
    resource = models.ForeignKey("catalogue.Resource", on_delete=models.PROTECT, related_name="+")
    resource_name = models.CharField(max_length=500)
    provider = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    provider_name = models.CharField(max_length=256)
    consumer = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    consumer_name = models.CharField(max_length=256)

    grounds = models.TextField()
    #: What is disputed: the whole refusal, or of a partial grant the elements, purposes and, in words, rows and period.
    whole = models.BooleanField(default=True)
    elements = ArrayField(models.CharField(max_length=48), default=list, blank=True)
    purposes = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    rest = _words()
    #: What has changed since an earlier binding result on the same data.
    new_facts = _words()
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)

    # The clock of the present step; in consultation it mirrors the request's.
    clock_from = _moment()
    due_at = models.DateTimeField(null=True, db_index=True)
    due_basis = _words(60)
    due_rule = _words(120)
    due_provisional = models.BooleanField(default=False)

    consulted = _words(10)
    mediation_from = _moment()
    mediation_statement = _words()
    handler_id = models.UUIDField(null=True)
    handler_name = _words(200)

    #: The opinion: terms as a prepared reply, and why.
    opinion = models.JSONField(null=True)
    opinion_reasons = _words()
    opinion_by = _words(200)
    opinion_by_id = models.UUIDField(null=True)
    opinion_at = _moment()
    opinion_given_at = _moment()
    opinion_given_by = _words(200)
    opinion_document_id = models.UUIDField(null=True)
    consumer_answer = _words(10)
    consumer_answer_reason = _words()
    consumer_answered_by = _words(200)
    provider_answer = _words(10)
    provider_answer_reason = _words()
    provider_answered_by = _words(200)

    submitted_at = _moment()
    submitted_by = _words(200)
    submission_document_id = models.UUIDField(null=True)
    #: 跨层级、跨区域: the common superior authority that coordinates, and the letter by which it was asked.
    referred_to = _words(200)
    referral_letter = _words(120)
    referral_reason = _words()

    decision_body = _words(200)
    decision_number = _words(120)
    decision_on = models.DateField(null=True)
    decision_content = _words()
    #: Terms as a prepared reply.
    decision = models.JSONField(null=True)
    decision_upload_id = models.UUIDField(null=True)
    decision_recorded_by = _words(200)
    decision_recorded_by_id = models.UUIDField(null=True)
    decision_recorded_at = _moment()

    ended_at = _moment()
    ended_by = _words(200)
    ended_reason = _words()

    class Meta:
        indexes = [
            models.Index(fields=["status", "due_at"], name="dispute_status_due"),
            models.Index(fields=["consumer", "-opened_at"], name="dispute_consumer"),
            models.Index(fields=["provider", "-opened_at"], name="dispute_provider"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["access_request"],
                condition=~Q(status__in=("SETTLED", "MEDIATED", "DECIDED", "WITHDRAWN")),
                name="dispute_one_open",
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | (~Q(due_basis="") & ~Q(due_rule="")), name="dispute_deadline_has_basis"
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("OPINION_GIVEN", "OPINION_ACCEPTED", "MEDIATED")) | Q(opinion__isnull=False),
                name="dispute_opinion_said",
            ),
            models.CheckConstraint(
                condition=~Q(status__in=("DECISION_RECORDED", "DECIDED"))
                | (Q(decision__isnull=False) & Q(decision_on__isnull=False) & ~Q(decision_number="")),
                name="dispute_decision_named",
            ),
        ]


class DisputeMeeting(models.Model):
    """A meeting of both sides: who, what each proposed, minutes, outcome; both officers confirm it."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="meetings")
    position = models.PositiveSmallIntegerField()
    held_at = models.DateTimeField()
    place = _words(200)
    #: [{"name", "post", "side"}].
    participants = models.JSONField(default=list)
    consumer_proposal = _words()
    provider_proposal = _words()
    minutes = models.TextField()
    #: "" (goes on), AGREED, PARTLY or FAILED.
    outcome = _words(10)
    #: What was agreed, as a prepared reply.
    terms = models.JSONField(null=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    recorded_by_id = models.UUIDField()
    consumer_confirmed_at = _moment()
    consumer_confirmed_by = _words(200)
    provider_confirmed_at = _moment()
    provider_confirmed_by = _words(200)
    document_id = models.UUIDField(null=True)

    class Meta:
        ordering = ("position",)
        constraints = [
            models.UniqueConstraint(fields=["dispute", "position"], name="dispute_meeting_once"),
            models.CheckConstraint(
                condition=~Q(outcome__in=("AGREED", "PARTLY")) | Q(terms__isnull=False), name="dispute_agreed_terms"
            ),
        ]


class DisputeStatement(models.Model):
    """What one side says when the authority hears both."""

    id = models.UUIDField(primary_key=True, default=new_id)
    dispute = models.ForeignKey(Dispute, on_delete=models.PROTECT, related_name="statements")
    side = models.CharField(max_length=10)
    text = models.TextField()
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "side"], name="dispute_statement_once")]
