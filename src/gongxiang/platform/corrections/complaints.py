"""Counters keep serving (办法 23): the note on the case, and complaints of people who were refused all the same."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.corrections import actions, errors, permissions, policies, queries, states
from gongxiang.platform.corrections.models import Correction, CounterComplaint
from gongxiang.platform.evidence.actions import open_record, record_act, transition
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.locks import one_at_a_time
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook

#: The code table of proofs; the authority may add to it.
PROOFS = "service_proof"


@implements("wushen-2021-60:23")
@transaction.atomic
def keep_serving(*, correction_id: UUID, proof_kind: str, matter_number: str, by: Actor, at: datetime) -> Correction:
    """Note that a matter goes on as usual on valid proof, with the matter's number."""
    row = queries.get_for_update(correction_id)
    permissions.check_of_department(permissions.SETTLE, by, row.consumer_id)
    if proof_kind not in {code.code for code in rulebook.codes(PROOFS, on=beijing_date(at))}:
        raise errors.ProofUnknown(field="proof_kind")
    row.matter_number = policies.check_reference(matter_number, "matter_number")
    row.service_continues, row.proof_kind, row.served_at, row.served_by = True, proof_kind, at, by.name
    record_act(
        kind="correction:service_continues", subject=("correction", row.pk), by=by, at=at, basis=("wushen-2021-60:23",),
        after={"proof": proof_kind, "matter": row.matter_number}, **actions.seen_by(row),
    )  # fmt: skip
    row.save(update_fields=["service_continues", "proof_kind", "matter_number", "served_at", "served_by"])
    return row


@implements("wushen-2021-60:23", "wushen-2021-60:24", "cn-809:37.2")
@transaction.atomic
def record_complaint(
    *, correction_id: UUID, department_id: UUID, matter_number: str, statement: str, by: Actor, at: datetime
) -> CounterComplaint:
    """A person was refused while a check ran: the authority answers."""
    permissions.COMPLAIN.check(by)
    case = queries.get_correction(correction_id, actor=by)
    if not isinstance(by, Person):
        raise NotPermitted()
    department = parties.department_ref(department_id)
    matter = policies.check_reference(matter_number, "matter_number") if matter_number.strip() else ""
    said = policies.check_text(statement, "statement", missing=errors.ComplaintMissing)
    one_at_a_time("complaint", case.pk)
    twin = CounterComplaint.objects.filter(
        correction=case, department_id=department.id, matter_number=matter, statement=said, status=states.RECORDED
    ).first()
    if twin is not None:
        raise errors.ComplaintRecorded(field="statement", number=twin.number)
    complaint = CounterComplaint(
        id=new_id(),
        number=actions.next_number("TS", at),
        turn="authority",
        correction=case,
        department_id=department.id,
        department_name=department.name,
        matter_number=matter,
        statement=said,
        recorded_at=at,
        recorded_by=by.name,
        recorded_in_id=by.department_id,
    )
    after = {"number": complaint.number, "department": department.id, "correction": case.pk}
    open_record(complaint, table=states.COMPLAINT, act="record", by=by, at=at, after=after, **_seen_by(complaint))
    return complaint


@implements("wushen-2021-60:23", "wushen-2021-60:24", "cn-809:37.2")
@transaction.atomic
def answer_complaint(*, complaint_id: UUID, answer: str, by: Actor, at: datetime) -> CounterComplaint:
    """The authority answers what was done."""
    permissions.DECIDE.check(by)
    complaint = queries.complaint_for_update(complaint_id)
    changes = {
        "turn": "", "answer": policies.check_text(answer, "answer"), "answered_at": at, "answered_by": by.name,
    }  # fmt: skip
    transition(complaint, table=states.COMPLAINT, act="answer", by=by, at=at, changes=changes, **_seen_by(complaint))
    return complaint


def _seen_by(complaint: CounterComplaint) -> dict[str, Any]:
    concerned = {complaint.department_id, complaint.recorded_in_id, parties.authority().id}
    return {"concerns": concerned, "trail": (f"correction:{complaint.correction_id}",)}
