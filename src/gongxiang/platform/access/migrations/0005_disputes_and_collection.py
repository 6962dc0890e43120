"""Disputes, filings that data do not exist, collection plans; each status beside its evidence."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.db import migrations, models

import gongxiang.platform.kernel.ids

GUARDS = """
SELECT evidence_install_guard('access_dispute', 'dispute');
SELECT evidence_install_guard('access_absence', 'absence');
SELECT evidence_install_guard('access_collectionplan', 'collection_plan');
"""


class Migration(migrations.Migration):
    """Disputes with meetings and statements; what does not exist; collection plans."""

    dependencies = [
        ("access", "0004_requests_to_superiors"),
        ("catalogue", "0011_imports"),
        ("demands", "0002_guards"),
        ("parties", "0003_access_tokens"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("status", models.CharField(max_length=12)),
                ("turn", models.CharField(blank=True, default="", max_length=12)),
                ("title", models.CharField(max_length=500)),
                ("items", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                ("consumer_name", models.CharField(max_length=256)),
                ("provider_name", models.CharField(blank=True, default="", max_length=256)),
                ("search", models.TextField(blank=True, default="")),
                ("stated_at", models.DateTimeField()),
                ("stated_by", models.CharField(max_length=200)),
                ("answer_reason", models.TextField(blank=True, default="")),
                ("answered_at", models.DateTimeField(null=True)),
                ("answered_by", models.CharField(blank=True, default="", max_length=200)),
                ("clock_from", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("due_basis", models.CharField(blank=True, default="", max_length=60)),
                ("due_rule", models.CharField(blank=True, default="", max_length=120)),
                ("due_provisional", models.BooleanField(default=False)),
                ("hits", models.JSONField(default=list)),
                ("opinion", models.TextField(blank=True, default="")),
                ("filing_number", models.CharField(blank=True, default="", max_length=40)),
                ("found_name", models.CharField(blank=True, default="", max_length=500)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.CharField(blank=True, default="", max_length=200)),
                (
                    "access_request",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="absences",
                        to="access.accessrequest",
                    ),
                ),
                (
                    "consumer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"),
                ),
                (
                    "demand",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="demands.demand"
                    ),
                ),
                (
                    "found_resource",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.resource"
                    ),
                ),
                (
                    "provider",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="CollectionPlan",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("status", models.CharField(max_length=12)),
                ("turn", models.CharField(blank=True, default="", max_length=12)),
                ("department_name", models.CharField(max_length=256)),
                ("title", models.CharField(max_length=200)),
                ("items", django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), size=None)),
                (
                    "item_keys",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=200), default=list, size=None
                    ),
                ),
                ("collected_from", models.TextField()),
                ("legal_basis", models.TextField()),
                ("method", models.TextField(blank=True, default="")),
                ("update_cycle", models.CharField(max_length=16)),
                ("starts_on", models.DateField()),
                ("hits", models.JSONField(default=list)),
                ("checked_at", models.DateTimeField(null=True)),
                ("drafted_at", models.DateTimeField()),
                ("drafted_by", models.CharField(max_length=200)),
                ("drafted_by_id", models.UUIDField()),
                ("proposed_at", models.DateTimeField(null=True)),
                ("proposed_by", models.CharField(blank=True, default="", max_length=200)),
                ("clock_from", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("due_basis", models.CharField(blank=True, default="", max_length=60)),
                ("due_rule", models.CharField(blank=True, default="", max_length=120)),
                ("due_provisional", models.BooleanField(default=False)),
                ("opinion", models.TextField(blank=True, default="")),
                ("reviewed_at", models.DateTimeField(null=True)),
                ("reviewed_by", models.CharField(blank=True, default="", max_length=200)),
                ("resource_name", models.CharField(blank=True, default="", max_length=500)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=200)),
                ("ended_reason", models.TextField(blank=True, default="")),
                (
                    "absence",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="plans", to="access.absence"),
                ),
                (
                    "department",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.resource"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Dispute",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("number", models.CharField(max_length=40, unique=True)),
                ("status", models.CharField(max_length=20)),
                ("turn", models.CharField(blank=True, default="", max_length=12)),
                ("resource_name", models.CharField(max_length=500)),
                ("provider_name", models.CharField(max_length=256)),
                ("consumer_name", models.CharField(max_length=256)),
                ("grounds", models.TextField()),
                ("whole", models.BooleanField(default=True)),
                (
                    "elements",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=48), blank=True, default=list, size=None
                    ),
                ),
                (
                    "purposes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20), blank=True, default=list, size=None
                    ),
                ),
                ("rest", models.TextField(blank=True, default="")),
                ("new_facts", models.TextField(blank=True, default="")),
                ("opened_at", models.DateTimeField()),
                ("opened_by", models.CharField(max_length=200)),
                ("clock_from", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField(db_index=True, null=True)),
                ("due_basis", models.CharField(blank=True, default="", max_length=60)),
                ("due_rule", models.CharField(blank=True, default="", max_length=120)),
                ("due_provisional", models.BooleanField(default=False)),
                ("consulted", models.CharField(blank=True, default="", max_length=10)),
                ("mediation_from", models.DateTimeField(null=True)),
                ("mediation_statement", models.TextField(blank=True, default="")),
                ("handler_id", models.UUIDField(null=True)),
                ("handler_name", models.CharField(blank=True, default="", max_length=200)),
                ("opinion", models.JSONField(null=True)),
                ("opinion_reasons", models.TextField(blank=True, default="")),
                ("opinion_by", models.CharField(blank=True, default="", max_length=200)),
                ("opinion_by_id", models.UUIDField(null=True)),
                ("opinion_at", models.DateTimeField(null=True)),
                ("opinion_given_at", models.DateTimeField(null=True)),
                ("opinion_given_by", models.CharField(blank=True, default="", max_length=200)),
                ("opinion_document_id", models.UUIDField(null=True)),
                ("consumer_answer", models.CharField(blank=True, default="", max_length=10)),
                ("consumer_answer_reason", models.TextField(blank=True, default="")),
                ("consumer_answered_by", models.CharField(blank=True, default="", max_length=200)),
                ("provider_answer", models.CharField(blank=True, default="", max_length=10)),
                ("provider_answer_reason", models.TextField(blank=True, default="")),
                ("provider_answered_by", models.CharField(blank=True, default="", max_length=200)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("submitted_by", models.CharField(blank=True, default="", max_length=200)),
                ("submission_document_id", models.UUIDField(null=True)),
                ("referred_to", models.CharField(blank=True, default="", max_length=200)),
                ("referral_letter", models.CharField(blank=True, default="", max_length=120)),
                ("referral_reason", models.TextField(blank=True, default="")),
                ("decision_body", models.CharField(blank=True, default="", max_length=200)),
                ("decision_number", models.CharField(blank=True, default="", max_length=120)),
                ("decision_on", models.DateField(null=True)),
                ("decision_content", models.TextField(blank=True, default="")),
                ("decision", models.JSONField(null=True)),
                ("decision_upload_id", models.UUIDField(null=True)),
                ("decision_recorded_by", models.CharField(blank=True, default="", max_length=200)),
                ("decision_recorded_by_id", models.UUIDField(null=True)),
                ("decision_recorded_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("ended_by", models.CharField(blank=True, default="", max_length=200)),
                ("ended_reason", models.TextField(blank=True, default="")),
                (
                    "access_request",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="disputes", to="access.accessrequest"
                    ),
                ),
                (
                    "consumer",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"),
                ),
                (
                    "provider",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="parties.department"),
                ),
                (
                    "resource",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.resource"),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DisputeMeeting",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("position", models.PositiveSmallIntegerField()),
                ("held_at", models.DateTimeField()),
                ("place", models.CharField(blank=True, default="", max_length=200)),
                ("participants", models.JSONField(default=list)),
                ("consumer_proposal", models.TextField(blank=True, default="")),
                ("provider_proposal", models.TextField(blank=True, default="")),
                ("minutes", models.TextField()),
                ("outcome", models.CharField(blank=True, default="", max_length=10)),
                ("terms", models.JSONField(null=True)),
                ("recorded_at", models.DateTimeField()),
                ("recorded_by", models.CharField(max_length=200)),
                ("recorded_by_id", models.UUIDField()),
                ("consumer_confirmed_at", models.DateTimeField(null=True)),
                ("consumer_confirmed_by", models.CharField(blank=True, default="", max_length=200)),
                ("provider_confirmed_at", models.DateTimeField(null=True)),
                ("provider_confirmed_by", models.CharField(blank=True, default="", max_length=200)),
                ("document_id", models.UUIDField(null=True)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="meetings", to="access.dispute"
                    ),
                ),
            ],
            options={
                "ordering": ("position",),
            },
        ),
        migrations.CreateModel(
            name="DisputeStatement",
            fields=[
                ("id", models.UUIDField(default=gongxiang.platform.kernel.ids.new_id, primary_key=True, serialize=False)),
                ("side", models.CharField(max_length=10)),
                ("text", models.TextField()),
                ("made_at", models.DateTimeField()),
                ("made_by", models.CharField(max_length=200)),
                (
                    "dispute",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="statements", to="access.dispute"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["status", "due_at"], name="absence_status_due"),
        ),
        migrations.AddIndex(
            model_name="absence",
            index=models.Index(fields=["consumer", "-stated_at"], name="absence_consumer"),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("access_request__isnull", False), ("demand", None)),
                    models.Q(("access_request", None), ("demand__isnull", False)),
                    _connector="OR",
                ),
                name="absence_of_one_case",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("FOUND", "DROPPED")), _negated=True),
                fields=("access_request",),
                name="absence_once_a_request",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("FOUND", "DROPPED")), _negated=True),
                fields=("demand",),
                name="absence_once_a_demand",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "FILED"), _negated=True),
                    models.Q(("filing_number", ""), _negated=True),
                    _connector="OR",
                ),
                name="absence_filing_numbered",
            ),
        ),
        migrations.AddConstraint(
            model_name="absence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status", "FOUND"), _negated=True), ("found_resource__isnull", False), _connector="OR"
                ),
                name="absence_entry_named",
            ),
        ),
        migrations.AddIndex(
            model_name="collectionplan",
            index=models.Index(fields=["status", "due_at"], name="collection_status_due"),
        ),
        migrations.AddIndex(
            model_name="collectionplan",
            index=models.Index(fields=["department", "status"], name="collection_department"),
        ),
        migrations.AddIndex(
            model_name="collectionplan",
            index=django.contrib.postgres.indexes.GinIndex(fields=["item_keys"], name="collection_items"),
        ),
        migrations.AddConstraint(
            model_name="collectionplan",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status", "CANCELLED"), _negated=True), fields=("absence",), name="collection_plan_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="collectionplan",
            constraint=models.CheckConstraint(
                condition=models.Q(models.Q(("status", "DONE"), _negated=True), ("resource__isnull", False), _connector="OR"),
                name="collection_entry_named",
            ),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["status", "due_at"], name="dispute_status_due"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["consumer", "-opened_at"], name="dispute_consumer"),
        ),
        migrations.AddIndex(
            model_name="dispute",
            index=models.Index(fields=["provider", "-opened_at"], name="dispute_provider"),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.UniqueConstraint(
                condition=models.Q(("status__in", ("SETTLED", "MEDIATED", "DECIDED", "WITHDRAWN")), _negated=True),
                fields=("access_request",),
                name="dispute_one_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("due_at", None),
                    models.Q(models.Q(("due_basis", ""), _negated=True), models.Q(("due_rule", ""), _negated=True)),
                    _connector="OR",
                ),
                name="dispute_deadline_has_basis",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("OPINION_GIVEN", "OPINION_ACCEPTED", "MEDIATED")), _negated=True),
                    ("opinion__isnull", False),
                    _connector="OR",
                ),
                name="dispute_opinion_said",
            ),
        ),
        migrations.AddConstraint(
            model_name="dispute",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("status__in", ("DECISION_RECORDED", "DECIDED")), _negated=True),
                    models.Q(
                        ("decision__isnull", False),
                        ("decision_on__isnull", False),
                        models.Q(("decision_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="dispute_decision_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputemeeting",
            constraint=models.UniqueConstraint(fields=("dispute", "position"), name="dispute_meeting_once"),
        ),
        migrations.AddConstraint(
            model_name="disputemeeting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ("AGREED", "PARTLY")), _negated=True), ("terms__isnull", False), _connector="OR"
                ),
                name="dispute_agreed_terms",
            ),
        ),
        migrations.AddConstraint(
            model_name="disputestatement",
            constraint=models.UniqueConstraint(fields=("dispute", "side"), name="dispute_statement_once"),
        ),
        migrations.RunSQL(GUARDS),
    ]
