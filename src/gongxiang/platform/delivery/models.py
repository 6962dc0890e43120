"""Nodes, table checks, streams, flows and what the data plane reported; never a shared row."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from gongxiang.platform.delivery.models_channels import ChannelFinding as ChannelFinding
from gongxiang.platform.delivery.models_channels import ChannelStep as ChannelStep
from gongxiang.platform.delivery.models_channels import OutsideChannel as OutsideChannel
from gongxiang.platform.delivery.models_files import FileDelivery as FileDelivery
from gongxiang.platform.delivery.models_files import FileVersion as FileVersion
from gongxiang.platform.kernel.ids import new_id


class Node(models.Model):
    """A front-end machine (前置机) of a department."""

    id = models.UUIDField(primary_key=True, default=new_id)
    department = models.ForeignKey("parties.Department", on_delete=models.PROTECT, related_name="+")
    department_name = models.CharField(max_length=256)
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=20)
    #: SM3 of the one-time code; the code itself is shown once and stored nowhere.
    code_digest = models.CharField(max_length=64, blank=True, default="")
    code_expires_at = models.DateTimeField(null=True)
    public_key = models.CharField(max_length=200, blank=True, default="")
    host = models.CharField(max_length=200, blank=True, default="")
    software = models.CharField(max_length=60, blank=True, default="")
    offered_at = models.DateTimeField()
    enrolled_at = models.DateTimeField(null=True)
    admitted_at = models.DateTimeField(null=True)
    admitted_by = models.CharField(max_length=200, blank=True, default="")
    closed_reason = models.TextField(blank=True, default="")
    seen_at = models.DateTimeField(null=True)
    checks = models.JSONField(default=dict, blank=True)
    #: Check -> forms and values of its sentences (`protocol.sentences`), here and in `words` below; the text stands beside.
    check_words = models.JSONField(default=dict, blank=True)
    witnessed_size = models.BigIntegerField(default=0)
    witnessed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["department", "name"], name="node_name_once"),
            models.CheckConstraint(
                condition=~Q(status__in=("ENROLLED", "ADMITTED", "SUSPENDED")) | ~Q(public_key=""), name="node_key_known"
            ),
            models.CheckConstraint(condition=~Q(status="ADMITTED") | Q(admitted_at__isnull=False), name="node_admission_dated"),
        ]


class TableCheck(models.Model):
    """A node was asked what a table of its source database looks like, and its answer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    table = models.CharField(max_length=200)
    resource_id = models.UUIDField(null=True)
    distribution_id = models.UUIDField(null=True, db_index=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    columns = models.JSONField(default=list, blank=True)
    rows = models.BigIntegerField(null=True)
    problem = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)


class MountTrial(models.Model):
    """A node was asked to try a table, an API or a file of an entry at mounting; its masked rows are never here."""

    id = models.UUIDField(primary_key=True, default=new_id)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    provider_id = models.UUIDField()
    resource_id = models.UUIDField()
    distribution_id = models.UUIDField(null=True)
    #: TABLE, API or FILE; `table` is then the path below what the node names for them.
    kind = models.CharField(max_length=10, default="TABLE")
    table = models.CharField(max_length=200)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    #: `protocol.messages.MountStep` each, up to the first that failed.
    steps = models.JSONField(default=list, blank=True)
    #: Masked rows that the node gave to the gateway.
    rows = models.IntegerField(default=0)
    shown_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["resource_id", "-asked_at"], name="mount_trial_latest")]


class SourceSurvey(models.Model):
    """A node was asked which tables its source database has; the newest answered one of a node is kept with its tables."""

    id = models.UUIDField(primary_key=True, default=new_id)
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    #: Numbers of the parts that have arrived.
    parts = ArrayField(models.IntegerField(), default=list, blank=True)
    #: Tables there are, some perhaps not told.
    total = models.IntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)

    class Meta:
        indexes = [models.Index(fields=["node", "-asked_at"], name="survey_latest")]


class SourceTable(models.Model):
    """One table of a surveyed source database: names, comments, types and keys; `columns` as DescribedColumn."""

    id = models.UUIDField(primary_key=True, default=new_id)
    survey = models.ForeignKey(SourceSurvey, on_delete=models.CASCADE, related_name="+")
    table = models.CharField(max_length=200)
    comment = models.CharField(max_length=400, blank=True, default="")
    rows = models.BigIntegerField(default=0)
    keyed = models.BooleanField(default=False)
    columns = models.JSONField(default=list, blank=True)
    columns_left_out = models.IntegerField(default=0)
    problem = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["survey", "table"], name="surveyed_table_once")]


class Stream(models.Model):
    """The capture of one resource's table at the provider's node."""

    id = models.UUIDField(primary_key=True, default=new_id)
    resource_id = models.UUIDField(unique=True)
    resource_name = models.CharField(max_length=500)
    provider_id = models.UUIDField()
    node = models.ForeignKey(Node, on_delete=models.PROTECT, related_name="+")
    source_table = models.CharField(max_length=200)
    exchange_table = models.CharField(max_length=48, unique=True)
    schema_version = models.IntegerField(default=1)
    columns = models.JSONField()
    ordered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    # Live figures, as the node last reported them.
    state = models.CharField(max_length=20, blank=True, default="")
    epoch = models.IntegerField(default=0)
    seq = models.BigIntegerField(default=0)
    rows_loaded = models.BigIntegerField(default=0)
    changes = models.BigIntegerField(default=0)
    lag_ms = models.BigIntegerField(null=True)
    detail = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)
    state_at = models.DateTimeField(null=True)
    #: Counted inside the table by its node: rows, empty values by element, doubled keys and rows; never a value.
    counted = models.JSONField(default=dict, blank=True)
    counted_at = models.DateTimeField(null=True)


class Flow(models.Model):
    """The movement of a granted resource to one consumer."""

    id = models.UUIDField(primary_key=True, default=new_id)
    grant_id = models.UUIDField(unique=True)
    status = models.CharField(max_length=20)
    resource_id = models.UUIDField(db_index=True)
    resource_name = models.CharField(max_length=500)
    grant_number = models.CharField(max_length=40)
    access_request_id = models.UUIDField(null=True)
    provider_id = models.UUIDField(db_index=True)
    provider_name = models.CharField(max_length=256)
    consumer_id = models.UUIDField(db_index=True)
    consumer_name = models.CharField(max_length=256)
    provider_node = models.ForeignKey(Node, null=True, on_delete=models.PROTECT, related_name="+")
    consumer_node = models.ForeignKey(Node, null=True, on_delete=models.PROTECT, related_name="+")
    exchange_table = models.CharField(max_length=48, blank=True, default="")
    revision = models.IntegerField(default=0)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    #: What a requested flow waits for: `provider_node`, `consumer_node`, `stream`.
    waiting_for = models.CharField(max_length=20, blank=True, default="")
    #: What holds a suspended flow: `grant`, `drift`, `node`.
    held_by = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Live figures, as the data plane last reported them.
    state = models.CharField(max_length=20, blank=True, default="")
    epoch = models.IntegerField(default=0)
    detail = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)
    state_at = models.DateTimeField(null=True)
    seq = models.BigIntegerField(default=0)
    upserts = models.BigIntegerField(default=0)
    deletes = models.BigIntegerField(default=0)
    rows_in_table = models.BigIntegerField(null=True)
    lag_ms = models.BigIntegerField(null=True)
    receipt_at = models.DateTimeField(null=True)
    receipts = models.BigIntegerField(default=0)
    #: The latest receipt, while it is not in evidence yet (receipts are coalesced there).
    pending_receipt = models.JSONField(null=True)
    receipt_recorded_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(status="SUSPENDED") | ~Q(held_by=[]), name="flow_suspension_reasoned"),
            models.CheckConstraint(
                condition=Q(status__in=("COMPLETED", "TERMINATED"), closed_at__isnull=False)
                | (~Q(status__in=("COMPLETED", "TERMINATED")) & Q(closed_at=None)),
                name="flow_end_paired",
            ),
        ]


class Receipt(models.Model):
    """A consumer node's signed receipt, as recorded; append-only. Counts are totals since the grant opened."""

    id = models.BigAutoField(primary_key=True)
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="+")
    revision = models.IntegerField()
    epoch = models.IntegerField()
    seq = models.BigIntegerField()
    upserts = models.BigIntegerField()
    deletes = models.BigIntegerField()
    rows_in_table = models.BigIntegerField()
    lag_ms = models.BigIntegerField()
    digest = models.CharField(max_length=160)
    signature = models.TextField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["flow", "-id"], name="receipt_latest")]


class Reconciliation(models.Model):
    """Provider's and consumer's tables were compared through the grant's filter and masks."""

    id = models.UUIDField(primary_key=True, default=new_id)
    flow = models.ForeignKey(Flow, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=200)
    answered_at = models.DateTimeField(null=True)
    equal = models.BooleanField(null=True)
    provider_rows = models.BigIntegerField(null=True)
    consumer_rows = models.BigIntegerField(null=True)
    missing = models.BigIntegerField(null=True)
    surplus = models.BigIntegerField(null=True)
    different = models.BigIntegerField(null=True)
    position = models.CharField(max_length=200, blank=True, default="")
    detail = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)


class Alarm(models.Model):
    """Something a person must look at; repeated reports of one cause are counted on one row until it is closed."""

    id = models.UUIDField(primary_key=True, default=new_id)
    code = models.CharField(max_length=60)
    node = models.ForeignKey(Node, null=True, on_delete=models.PROTECT, related_name="+")
    resource_id = models.UUIDField(null=True)
    department_id = models.UUIDField(null=True)
    detail = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    times = models.IntegerField(default=1)
    closed_at = models.DateTimeField(null=True)
    closed_by = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["closed_at", "-last_at"], name="alarm_open")]


class RefusedAttempt(models.Model):
    """The data plane refused something; append-only."""

    id = models.BigAutoField(primary_key=True)
    code = models.CharField(max_length=60)
    party = models.CharField(max_length=120)
    resource_id = models.UUIDField(null=True)
    grant_id = models.UUIDField(null=True)
    provider_id = models.UUIDField(null=True)
    consumer_id = models.UUIDField(null=True)
    detail = models.TextField(blank=True, default="")
    words = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["-at"], name="refused_latest")]


class FactCursor(models.Model):
    """How far `link.facts` has been read, in commit order."""

    id = models.IntegerField(primary_key=True)
    xid = models.DecimalField(max_digits=20, decimal_places=0, default=0)
    fact_id = models.BigIntegerField(default=0)
