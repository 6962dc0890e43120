"""What the data plane reports becomes states, figures, alarms and evidence. One fact, one transaction, in commit order."""

import logging
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_noop

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.delivery import calls, files, opening, policies, states, surveying, trying
from gongxiang.platform.delivery.models import (
    Alarm,
    Flow,
    Node,
    Receipt,
    Reconciliation,
    RefusedAttempt,
    Stream,
    TableCheck,
)  # fmt: skip
from gongxiang.platform.delivery.permissions import INTAKE
from gongxiang.platform.evidence.actions import record_act, record_witness, transition
from gongxiang.platform.grants import destroying, providing, use_records
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import claims, messages, receipts
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.disposal import TableDestroyed
from gongxiang.protocol.errors import ERRORS, ReceiptRefused
from gongxiang.protocol.evidence import witness_statement
from gongxiang.protocol.files import FileDeposited, FileDestroyed, FileFetched
from gongxiang.protocol.quality import TableMeasured
from gongxiang.protocol.sentences import Sentence, parts_of
from gongxiang.protocol.services import CallAnswered
from gongxiang.protocol.signing import verify as signature_holds

_log = logging.getLogger(__name__)

_INTAKE: Final = System(name=INTAKE)
_LIVE: Final = ("loading", "live")
#: Alarms of a capture that goes on all the same.
_WARNINGS: Final = ("wal_uncapped", "wal_retained")


@transaction.atomic
def take(fact: messages.Message, *, at: datetime) -> None:
    """Give a fact to its handler; what this version does not know is noted as an alarm, never dropped in silence.

    Raises ValueError for a fact dated after `at`: it would stand in the way of every true one behind it.
    """
    dated = getattr(fact, "at", at)
    if dated - at > policies.AHEAD:
        raise ValueError(f"{fact.kind} is dated {dated.isoformat()}, after {at.isoformat()}")
    match fact:
        case messages.NodeEnrolled():
            _node_enrolled(fact)
        case messages.EnrolmentRefused():
            _enrolment_refused(fact)
        case messages.NodeSeen():
            _node_seen(fact)
        case messages.TableDescribed():
            _table_described(fact, at)
        case messages.TablesSurveyed():
            surveying.take_part(fact, by=_INTAKE)
        case messages.MountTried():
            trying.take_answer(fact, by=_INTAKE)
        case messages.StreamState():
            _stream_state(fact, at)
        case TableMeasured():
            _table_measured(fact)
        case messages.FlowState():
            _flow_state(fact)
        case messages.ReceiptGiven():
            _receipt_given(fact)
        case messages.Reconciled():
            _reconciled(fact)
        case messages.DataRefused():
            _data_refused(fact)
        case TableDestroyed():
            _table_destroyed(fact)
        case messages.Alarm():
            raise_alarm(code=fact.code, node_id=fact.node_id, resource_id=fact.resource_id, detail=_said(fact), at=fact.at)
        case messages.RootWitnessed():
            _root_witnessed(fact)
        case messages.SampleShown():
            _sample_shown(fact)
        case CallAnswered():
            calls.take_call(fact, by=_INTAKE)
        case FileDeposited():
            files.take_deposited(fact, by=_INTAKE)
        case FileFetched():
            files.take_fetched(fact, by=_INTAKE)
        case FileDestroyed():
            files.take_destroyed(fact, by=_INTAKE)
        case claims.ClaimTaken() | claims.ClaimRead() | claims.CorrectedRowSealed() | claims.CorrectedRowAnswered():
            _claim(fact)
        case _:
            raise_alarm(
                code="unknown_fact",
                node_id=None,
                resource_id=None,
                detail=Sentence("A report of the kind {kind} is not known to this version.", kind=fact.kind),
                at=at,
            )


# ---- nodes --------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:13", "wushen-2021-60:16")
def _node_enrolled(fact: messages.NodeEnrolled) -> None:
    node = Node.objects.select_for_update().filter(pk=fact.node_id).first()
    if node is None or not states.NODE.can("enrol", node.status):
        return
    changes = {
        "public_key": fact.public_key,
        "host": fact.host[:200],
        "software": fact.software[:60],
        "enrolled_at": fact.at,
        # The code has done its work.
        "code_digest": "",
    }
    transition(node, table=states.NODE, act="enrol", by=_INTAKE, at=fact.at, changes=changes, **_node_seen_by(node))


def _enrolment_refused(fact: messages.EnrolmentRefused) -> None:
    node = Node.objects.filter(pk=fact.node_id).first() if fact.node_id else None
    record_act(
        kind="node:enrolment_refused",
        subject=("node", fact.node_id or "unknown"),
        by=_INTAKE,
        at=fact.at,
        basis=("wushen-2021-60:14",),
        after={"reason": fact.reason},
        **(_node_seen_by(node) if node else {"concerns": (parties.authority().id,)}),
    )
    raise_alarm(
        code="enrolment_refused", node_id=fact.node_id, resource_id=None, detail=_refusal_words(fact.reason), at=fact.at
    )


def _refusal_words(code: str) -> Sentence:
    """What the named error of a refused enrolment says."""
    error = ERRORS.get(code)
    return error().words if error else Sentence.of(code, ())


def _node_seen(fact: messages.NodeSeen) -> None:
    words = {one.check: plain(one.words) for one in fact.check_words}
    Node.objects.filter(pk=fact.node_id).update(
        seen_at=fact.at, software=fact.software[:60], checks=fact.checks, check_words=words
    )
    close_alarms(code="node_silent", node_id=fact.node_id, at=fact.at)


@implements("cn-809:27.1")
def _table_destroyed(fact: TableDestroyed) -> None:
    """What a node did with the table of an ended grant counts only under the node's own signature."""
    node = Node.objects.filter(pk=fact.node_id).first()
    if node is None or not signature_holds(node.public_key, fact.signed_bytes(), fact.signature):
        _log.warning("node %s: its word on the table of grant %s is not signed by it", fact.node_id, fact.grant_id)
        return
    destroying.note_destroyed(fact=fact, node_name=node.name, by=_INTAKE, at=fact.at)


def _root_witnessed(fact: messages.RootWitnessed) -> None:
    node = Node.objects.filter(pk=fact.node_id).first()
    if node is None:
        return
    if not signature_holds(
        node.public_key, witness_statement(node_id=node.pk, size=fact.root_size, root=fact.root), fact.signature
    ):
        _log.warning("node %s: its countersignature of the root over %d records does not hold", node.pk, fact.root_size)
        return
    record_witness(node_id=node.pk, size=fact.root_size, root=fact.root, signature=fact.signature, at=fact.at)
    Node.objects.filter(pk=node.pk, witnessed_size__lte=fact.root_size).update(
        witnessed_size=fact.root_size, witnessed_at=fact.at
    )


@implements("wushen-2021-60:19(1)", "wushen-2021-60:21(1)")
def _table_described(fact: messages.TableDescribed, at: datetime) -> None:
    check = TableCheck.objects.select_for_update().filter(pk=fact.request_id, node_id=fact.node_id, answered_at=None).first()
    if check is None:
        return
    check.answered_at, check.rows, check.problem = fact.at, fact.rows, fact.problem
    check.columns, check.words = plain(fact.columns), plain(fact.words)
    check.save()
    node = Node.objects.get(pk=fact.node_id)
    refused = {c.column: c.refusal for c in fact.columns if c.type is None}
    record_act(
        kind="node:table_described",
        subject=("node", fact.node_id),
        by=_INTAKE,
        at=fact.at,
        basis=("wushen-2021-60:19(1)",),
        after={
            "table": fact.table,
            "columns": len(fact.columns),
            "rows": fact.rows,
            "problem": fact.problem,
            "refused": refused,
        },
        **_node_seen_by(node, check.resource_id),
    )
    if check.distribution_id is not None:
        problem = find_mount_problem(check)
        catalogue_actions.record_distribution_check(
            distribution_id=check.distribution_id, problem=problem, by=System(name="delivery"), at=fact.at
        )


def find_mount_problem(check: TableCheck) -> str:
    """Why the table as described cannot be mounted, in words; empty when it can."""
    if check.problem:
        return check.problem
    if not any(column["key"] for column in check.columns):
        return gettext_noop("The table has no primary key.")
    refused = [
        f"{column['column']}: {column['refusal']}" for column in check.columns if column["key"] and column["type"] is None
    ]
    return "; ".join(refused)


# ---- streams and flows --------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:13", "wushen-2021-60:20")
def _stream_state(fact: messages.StreamState, at: datetime) -> None:
    stream = Stream.objects.select_for_update().filter(resource_id=fact.resource_id).first()
    if stream is None or stream.node_id != fact.node_id or (stream.state_at and fact.at < stream.state_at):
        return
    before = {"state": stream.state, "epoch": stream.epoch}
    after = {"state": fact.state, "epoch": fact.epoch}
    moved = any(getattr(stream, name) != getattr(fact, name) for name in ("epoch", "seq", "rows_loaded", "changes"))
    catalogue_actions.note_data(
        resource_id=fact.resource_id, changed_at=fact.at if moved else None,
        in_step_at=fact.at if fact.state == "live" else None, by=_INTAKE, at=fact.at,
    )  # fmt: skip
    for name in ("state", "epoch", "seq", "rows_loaded", "changes", "lag_ms", "detail"):
        setattr(stream, name, getattr(fact, name))
    stream.state_at, stream.words = fact.at, plain(fact.words)
    stream.save()
    if fact.state == "live" and not fact.detail:
        _close_troubles(stream, fact.at)
    if before == after:
        return
    record_act(
        kind="stream:state_reported",
        subject=("stream", stream.pk),
        by=_INTAKE,
        at=fact.at,
        basis=("wushen-2021-60:13",),
        before=before,
        after={**after, "detail": fact.detail},
        concerns=(stream.provider_id, parties.authority().id),
        trail=(f"resource:{stream.resource_id}", f"node:{stream.node_id}"),
    )
    flows = list(Flow.objects.filter(resource_id=fact.resource_id, status__in=(states.STARTED, states.SUSPENDED)))
    if fact.state == "drifted":
        # The cataloguer has to publish a version that says what the table now is; until then nothing moves.
        raise_alarm(code="schema_drift", node_id=fact.node_id, resource_id=fact.resource_id, detail=_said(fact), at=fact.at)
        for flow in flows:
            opening.hold_flow(flow.grant_id, reason="drift", at=fact.at, detail=fact.detail)
    elif fact.state in _LIVE:
        close_alarms(code="schema_drift", resource_id=fact.resource_id, at=fact.at)
        for flow in flows:
            opening.release_flow(flow.grant_id, reason="drift", at=fact.at)


def _close_troubles(stream: Stream, at: datetime) -> None:
    """The capture runs without a word: what stopped it before is over; a warning that did not stop it stays."""
    rows = Alarm.objects.filter(node_id=stream.node_id, resource_id=stream.resource_id, closed_at=None, last_at__lt=at)
    rows.exclude(code__in=_WARNINGS).update(closed_at=at, closed_by=_INTAKE.name)


@implements("wushen-2021-60:20", "cn-809:18")
def _table_measured(fact: TableMeasured) -> None:
    """Counts of empty values and doubled rows, as the provider's node found them in what it shares."""
    stream = Stream.objects.select_for_update().filter(resource_id=fact.resource_id).first()
    if stream is None or stream.node_id != fact.node_id or (stream.counted_at and fact.at < stream.counted_at):
        return
    known = {one["element"]["code"] for one in stream.columns}
    empty = {one.element: one.rows for one in fact.empty if one.element in known}
    before = {name: stream.counted.get(name) for name in ("rows", "doubled_keys", "doubled_rows")}
    stream.counted = {
        "rows": fact.rows, "empty": empty, "doubled_keys": fact.doubled_keys, "doubled_rows": fact.doubled_rows,
    }  # fmt: skip
    stream.counted_at = fact.at
    stream.save(update_fields=["counted", "counted_at"])
    record_act(
        kind="stream:counted", subject=("stream", stream.pk), by=_INTAKE, at=fact.at, basis=("wushen-2021-60:20",),
        before=before, after={**stream.counted, "epoch": fact.epoch, "seq": fact.seq},
        concerns=(stream.provider_id, parties.authority().id),
        trail=(f"resource:{stream.resource_id}", f"node:{stream.node_id}"),
    )  # fmt: skip


def _flow_state(fact: messages.FlowState) -> None:
    flow = Flow.objects.select_for_update().filter(grant_id=fact.grant_id).first()
    if flow is None or (flow.state_at and fact.at < flow.state_at):
        return
    before = {"state": flow.state, "epoch": flow.epoch, "revision": flow.revision}
    flow.state, flow.epoch, flow.detail, flow.state_at = fact.state, fact.epoch, fact.detail, fact.at
    flow.words = plain(fact.words)
    flow.save(update_fields=["state", "epoch", "detail", "words", "state_at"])
    after = {"state": fact.state, "epoch": fact.epoch, "revision": fact.revision}
    if (before["state"], before["epoch"]) != (fact.state, fact.epoch):
        _note_flow(flow, "state_reported", fact.at, before=before, after={**after, "detail": fact.detail})
    if fact.state == "failed":
        raise_alarm(
            code="flow_failed", node_id=flow.consumer_node_id, resource_id=flow.resource_id, detail=_said(fact), at=fact.at
        )


@implements("wushen-2021-60:13", "wushen-2021-60:22.2")
def _receipt_given(fact: messages.ReceiptGiven) -> None:
    flow = Flow.objects.select_for_update().filter(grant_id=fact.grant_id).first()
    if flow is None or (flow.receipt_at and fact.at < flow.receipt_at):
        return
    for name in ("seq", "upserts", "deletes", "rows_in_table", "lag_ms"):
        setattr(flow, name, getattr(fact, name))
    flow.receipt_at, flow.pending_receipt = fact.at, plain(fact)
    flow.save()
    catalogue_actions.note_used(resource_id=flow.resource_id, by=_INTAKE, at=fact.at)
    providing.note_first_data(grant_id=fact.grant_id, measured_by="receipt", by=_INTAKE, at=fact.at)
    if flow.receipt_recorded_at is None or fact.at - flow.receipt_recorded_at >= policies.RECEIPT_INTERVAL:
        record_pending_receipt(flow.grant_id, at=fact.at)


def record_pending_receipt(grant_id: UUID, *, at: datetime) -> None:
    """Put the latest receipt of a flow into evidence: receipts are coalesced there, the last one always arrives."""
    flow = Flow.objects.select_for_update().filter(grant_id=grant_id).first()
    if flow is None or flow.pending_receipt is None:
        return
    fact = messages.parse({"kind": messages.ReceiptGiven.kind, **flow.pending_receipt}, messages.FACTS)
    assert isinstance(fact, messages.ReceiptGiven)
    names = ("revision", "epoch", "seq", "upserts", "deletes", "rows_in_table", "lag_ms", "digest", "signature", "at")
    figures = {name: getattr(fact, name) for name in names}
    key = flow.consumer_node.public_key if flow.consumer_node else ""
    try:
        receipts.Receipt(grant_id=grant_id, **figures).check(key)
    except ReceiptRefused as error:
        flow.pending_receipt = None
        flow.save(update_fields=["pending_receipt"])
        raise_alarm(
            code="receipt_unsigned", node_id=flow.consumer_node_id, resource_id=flow.resource_id, detail=error.words, at=fact.at
        )
        return
    last = Receipt.objects.filter(flow=flow).order_by("-id").values("upserts", "deletes").first()
    Receipt.objects.create(flow=flow, **figures)
    moved = fact.upserts + fact.deletes - (last["upserts"] + last["deletes"] if last else 0)
    purposes = [purpose.value for purpose in grants.current_terms(grant_id).purposes]
    use_records.note_use(grant_id=grant_id, channel=use_records.TABLE, purposes=purposes, rows=moved, by=_INTAKE, at=fact.at)
    _note_flow(flow, "receipt_given", fact.at, after=figures)
    flow.receipts += 1
    flow.pending_receipt, flow.receipt_recorded_at = None, at
    flow.save(update_fields=["receipts", "pending_receipt", "receipt_recorded_at"])


@implements("wushen-2021-60:13", "wushen-2021-60:20")
def _reconciled(fact: messages.Reconciled) -> None:
    row = (
        Reconciliation.objects.select_for_update()
        .filter(pk=fact.request_id, flow__grant_id=fact.grant_id, answered_at=None)
        .select_related("flow")
        .first()
    )
    if row is None:
        return
    names = ("equal", "provider_rows", "consumer_rows", "missing", "surplus", "different", "position", "detail")
    outcome = {name: getattr(fact, name) for name in names}
    for name, value in outcome.items():
        setattr(row, name, value)
    row.answered_at, row.words = fact.at, plain(fact.words)
    row.save()
    _note_flow(row.flow, "reconciled", fact.at, after={"reconciliation": row.pk, **outcome})
    if not fact.equal:
        raise_alarm(
            code="tables_differ",
            node_id=row.flow.consumer_node_id,
            resource_id=row.flow.resource_id,
            detail=Sentence(
                "Rows missing: {missing}, surplus: {surplus}, different: {different}.",
                missing=fact.missing,
                surplus=fact.surplus,
                different=fact.different,
            ),
            at=fact.at,
        )


@implements("wushen-2021-60:14")
def _data_refused(fact: messages.DataRefused) -> None:
    flow = Flow.objects.filter(grant_id=fact.grant_id).first() if fact.grant_id else None
    # A grant of an interface or of files has no flow; its refusals count all the same.
    grant = flow or (grants.live_grant(fact.grant_id) if fact.grant_id else None)
    RefusedAttempt.objects.create(
        code=fact.code[:60],
        party=fact.party[:120],
        resource_id=fact.resource_id,
        grant_id=fact.grant_id,
        provider_id=grant.provider_id if grant else None,
        consumer_id=grant.consumer_id if grant else None,
        detail=fact.detail,
        words=plain(fact.words),
        at=fact.at,
    )
    if grant and fact.grant_id:
        use_records.note_use(grant_id=fact.grant_id, channel=use_records.REFUSED, by=_INTAKE, at=fact.at)
    concerns: tuple[UUID, ...] = (parties.authority().id,)
    tags = [f"resource:{fact.resource_id}"] if fact.resource_id else []
    if grant:
        concerns = (grant.provider_id, grant.consumer_id, *concerns)
        tags = [*opening.flow_seen_by(flow)["trail"]] if flow else [f"grant:{fact.grant_id}", *tags]
    record_act(
        kind="data:refused",
        subject=("data", fact.grant_id or fact.resource_id or "unknown"),
        by=_INTAKE,
        at=fact.at,
        basis=("wushen-2021-60:14",),
        after={"code": fact.code, "party": fact.party, "detail": fact.detail},
        concerns=concerns,
        trail=tags,
    )


@implements("wushen-2021-60:14", "wushen-2021-60:22.2")
def _sample_shown(fact: messages.SampleShown) -> None:
    flow = Flow.objects.filter(grant_id=fact.grant_id).first() if fact.grant_id else None
    if fact.grant_id is not None:
        use_records.note_use(
            grant_id=fact.grant_id, channel=use_records.SAMPLE, purposes=[fact.purpose], person=fact.person, matter=fact.matter,
            rows=fact.rows, elements=fact.elements, by=_INTAKE, at=fact.at,
        )  # fmt: skip
    seen: dict[str, Any] = {
        # Without a grant it was looked at by the mounting department itself.
        "concerns": (*trying.tried_by(fact.resource_id), parties.authority().id),
        "trail": (f"resource:{fact.resource_id}",),
    }
    record_act(
        kind="data:sample_shown",
        subject=("data", fact.ticket_id),
        by=_INTAKE,
        at=fact.at,
        basis=("wushen-2021-60:14", "wushen-2021-60:22.2"),
        after={
            "person": fact.person,
            "purpose": fact.purpose,
            "matter": fact.matter,
            "elements": fact.elements,
            "rows": fact.rows,
        },
        **(opening.flow_seen_by(flow) if flow else seen),
    )


@implements("cn-809:26.2", "wushen-2021-60:14")
def _claim(fact: claims.ClaimTaken | claims.ClaimRead | claims.CorrectedRowSealed | claims.CorrectedRowAnswered) -> None:
    """What happened to key and values of a doubtful record at the gateway, for the room above; digests and numbers only."""
    flow = Flow.objects.filter(grant_id=fact.grant_id).first()
    seen: dict[str, Any] = {"concerns": (parties.authority().id,), "trail": (f"resource:{fact.resource_id}",)}
    seen = opening.flow_seen_by(flow) if flow else seen
    after: dict[str, Any] = {"grant": fact.grant_id}
    match fact:
        case claims.ClaimTaken():
            after |= {"size": fact.size, "digest": fact.digest, "key_digest": fact.key_digest, "elements": fact.elements}
        case claims.CorrectedRowSealed() | claims.CorrectedRowAnswered():
            after |= {"seq": fact.seq, "grants": fact.grant_ids}
    record_act(
        kind=f"data:{fact.kind}",
        subject=("data", fact.claim_id),
        by=_INTAKE,
        at=fact.at,
        basis=("cn-809:26.2",),
        after=after | ({"person": fact.person} if isinstance(fact, claims.ClaimTaken | claims.ClaimRead) else {}),
        concerns=seen["concerns"],
        # What else happens to a claim is said by the case itself.
        trail=(*seen["trail"], *([f"correction:{fact.claim_id}"] if isinstance(fact, claims.ClaimRead) else [])),
    )


def _said(fact: messages.Alarm | messages.StreamState | messages.FlowState) -> Sentence:
    """What a node said, with the forms of its sentences."""
    return Sentence.of(fact.detail, fact.words)


# ---- alarms -------------------------------------------------------------------------------------------------------------


@implements("wushen-2021-60:12(2)")
def raise_alarm(*, code: str, node_id: UUID | None, resource_id: UUID | None, detail: str, at: datetime) -> Alarm:
    """Open an alarm, or count a repeated one; evidence says when it began."""
    node = Node.objects.filter(pk=node_id).first() if node_id else None
    one_at_a_time("alarm", code, node_id, resource_id)
    alarm = Alarm.objects.select_for_update().filter(code=code[:60], node=node, resource_id=resource_id, closed_at=None).first()
    if alarm is not None:
        alarm.last_at, alarm.times, alarm.detail, alarm.words = at, alarm.times + 1, detail, plain(parts_of(detail))
        alarm.save(update_fields=["last_at", "times", "detail", "words"])
        return alarm
    department_id = node.department_id if node else None
    alarm = Alarm.objects.create(
        code=code[:60],
        node=node,
        resource_id=resource_id,
        department_id=department_id,
        detail=detail,
        words=plain(parts_of(detail)),
        first_at=at,
        last_at=at,
    )
    tags = [f"node:{node.pk}"] if node else []
    record_act(
        kind="alarm:raised",
        subject=("alarm", alarm.pk),
        by=_INTAKE,
        at=at,
        basis=("wushen-2021-60:12(2)",),
        after={"code": code, "detail": detail},
        concerns=[d for d in (department_id, parties.authority().id) if d],
        trail=[*tags, *([f"resource:{resource_id}"] if resource_id else [])],
    )
    return alarm


def close_alarms(*, code: str, at: datetime, node_id: UUID | None = None, resource_id: UUID | None = None) -> None:
    """Close open alarms whose cause is over."""
    rows = Alarm.objects.filter(code=code, closed_at=None)
    rows = rows.filter(node_id=node_id) if node_id else rows
    rows = rows.filter(resource_id=resource_id) if resource_id else rows
    rows.update(closed_at=at, closed_by=_INTAKE.name)


def _note_flow(flow: Flow, event: str, at: datetime, **evidence: Any) -> None:
    record_act(
        kind=f"flow:{event}",
        subject=("flow", flow.pk),
        by=_INTAKE,
        at=at,
        basis=("wushen-2021-60:13",),
        **evidence,
        **opening.flow_seen_by(flow),
    )


def _node_seen_by(node: Node, resource_id: UUID | None = None) -> dict[str, Any]:
    tags = [f"resource:{resource_id}"] if resource_id else []
    return {"concerns": (node.department_id, parties.authority().id), "trail": tags}
