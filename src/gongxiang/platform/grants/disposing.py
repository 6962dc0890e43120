"""Disposal of what was delivered (条例 27.1): certified with a witness, a document that can be verified, acknowledged."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.documents.actions import issue_document
from gongxiang.platform.documents.queries import IssuedDocument
from gongxiang.platform.evidence.actions import transition
from gongxiang.platform.grants import errors, errors_use, permissions, policies, queries, states
from gongxiang.platform.grants.models import DisposalDuty
from gongxiang.platform.grants.shared import lateness, seen_by
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING

PREFIX = "销毁证"
#: How the certificate names the ways of disposal; certificates are in Chinese, whatever the page's language.
METHODS = {"deleted": "从数据库及备份中删除", "destroyed": "销毁存储介质", "returned": "退还提供部门", "retained": "依法留存"}
MOST_ROWS = 10**15
SHORTEST_NAME = 2


@implements("cn-809:27.1", "cn-809:29.2")
@transaction.atomic
def certify_disposal(
    *, grant_id: UUID, method: str, statement: str, rows_disposed: int, witness: str = "", retention_basis: str = "", by: Actor,
    at: datetime,
) -> DisposalDuty:  # fmt: skip
    """The consumer's officer certifies how the delivered data were disposed of; the certificate is issued in the same act."""
    duty = queries.get_disposal_for_update(grant_id)
    permissions.check_actor_can_certify(by, duty.grant.consumer_id)
    states.DISPOSAL.find("discharge", duty.status)
    if method not in policies.DISPOSAL_METHODS:
        raise errors.DisposalIncomplete(field="method")
    if len(statement.strip()) < policies.SHORTEST_STATEMENT:
        raise errors.DisposalIncomplete(field="statement")
    if method == "retained" and not retention_basis.strip():
        raise errors.DisposalIncomplete(field="retention_basis")
    # What the node is about to do is not certified before it says what it did; a node out of reach is no bar for ever.
    waits = duty.ordered_at is not None and duty.node_done_at is None and not duty.node_problem
    patience = timedelta(hours=rulebook.parameter("node_patience_hours"))
    if waits and duty.ordered_at is not None and at < duty.ordered_at + patience:
        raise errors_use.DestructionOrdered()
    if not 0 <= rows_disposed < MOST_ROWS:
        raise errors.DisposalIncomplete(field="rows_disposed")
    if len(witness.strip()) < SHORTEST_NAME:
        raise errors_use.WitnessMissing(field="witness")
    changes = {
        "method": method,
        "statement": statement.strip(),
        "retention_basis": retention_basis.strip(),
        "rows_disposed": rows_disposed,
        "witness": witness.strip(),
        "discharged_at": at,
        "discharged_by": by.name,
    }
    for name, value in changes.items():
        setattr(duty, name, value)
    document = _certificate(duty, by=by, at=at)
    changes |= {"document_id": document.id, "document_number": document.number}
    # The witness is a person: named on the certificate and the page, not in evidence.
    detail = lateness(at, duty)
    DisposalDuty.objects.filter(pk=duty.pk).update(witness=changes.pop("witness"))
    transition(
        duty, table=states.DISPOSAL, act="discharge", by=by, at=at, changes=changes, detail=detail, **seen_by(duty.grant)
    )
    return duty


@implements("cn-809:27.1")
@transaction.atomic
def acknowledge_disposal(*, grant_id: UUID, opinion: str = "", by: Actor, at: datetime) -> DisposalDuty:
    """The provider's accountable officer acknowledges the certificate."""
    duty = queries.get_disposal_for_update(grant_id)
    permissions.check_own_department(permissions.ACKNOWLEDGE_DISPOSAL, by, duty.grant.provider_id)
    changes = {"acknowledged_at": at, "acknowledged_by": by.name, "acknowledgement": opinion.strip()}
    transition(duty, table=states.DISPOSAL, act="acknowledge", by=by, at=at, changes=changes, **seen_by(duty.grant))
    return duty


@implements("cn-809:27.1", "cn-809:40(4)")
@transaction.atomic
def lapse_disposal(*, grant_id: UUID, by: Actor, at: datetime) -> DisposalDuty | None:
    """Note that the day has passed; None when somebody was faster."""
    permissions.LAPSE_DISPOSAL.check(by)
    duty = queries.get_disposal_for_update(grant_id)
    if duty.due_at is None or duty.due_at > at or not states.DISPOSAL.can("lapse", duty.status):
        return None
    transition(duty, table=states.DISPOSAL, act="lapse", by=by, at=duty.due_at, **seen_by(duty.grant))
    return duty


def _certificate(duty: DisposalDuty, *, by: Actor, at: datetime) -> IssuedDocument:
    grant = duty.grant
    rows = [
        ("授权编号", grant.number),
        ("信息资源", f"{grant.resource_name}（{grant.resource_code or '—'}）"),
        ("提供部门", grant.provider_name),
        ("使用部门", grant.consumer_name),
        ("授权终止时间", _moment(grant.ended_at)),
        ("处置方式", METHODS[duty.method]),
        ("涉及记录数", str(duty.rows_disposed)),
        ("前置机自行执行", _by_node(duty)),
        ("使用部门声明", duty.statement),
        ("留存依据", duty.retention_basis or "—"),
        ("监督人", duty.witness),
        ("责任领导", by.name),
        ("证明时间", _moment(at)),
    ]
    return issue_document(
        kind="disposal_certificate", number_prefix=PREFIX, title="共享数据处置（销毁）证明", rows=rows,
        paragraphs=["依据《政务数据共享条例》第二十七条第一款、第二十九条第二款，就下列授权终止后已接收数据的处置情况出具本证明。"],
        addressee=grant.provider_name, concerns=seen_by(grant)["concerns"], trail=(f"grant:{grant.pk}",),
        basis=("cn-809:27.1", "cn-809:29.2"), by=by, at=at,
    )  # fmt: skip


def _by_node(duty: DisposalDuty) -> str:
    """What the node did itself and answers for with its key, apart from what the department declares."""
    if duty.node_done_at is None:
        return "无：以上处置由使用部门自行实施并声明，未经前置机执行。"
    what = f"删除接收表 {duty.node_table}，删除时实有 {duty.node_rows} 条记录" if duty.node_table else "未发现接收表，无可删除"
    return f"前置机“{duty.node_name}”按 {duty.ordered_by} 的指令于 {_moment(duty.node_done_at)} {what}；回执经前置机签名验证。"


def _moment(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%Y年%m月%d日 %H:%M") if at else "—"
