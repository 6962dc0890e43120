"""Corrections: every act in every state by everybody, what a text may hold, the clock, the way of the corrected row."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from gongxiang.platform.corrections import (
    actions,
    complaints,
    errors,
    figures,
    following,
    policies,
    queries,
    states,
    tasks,
    tickets,
)
from gongxiang.platform.corrections.models import CorrectedCopy, Correction
from gongxiang.platform.corrections.permissions import RECALCULATOR, SWEEPER
from gongxiang.platform.delivery.models import Flow
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grant_acts
from gongxiang.platform.kernel.actors import Person, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from tests.factories import corrections as make
from tests.factories.corrections import Scene

pytestmark = pytest.mark.django_db
WORDS = "已核对原始档案"


@pytest.fixture
def scene() -> Scene:
    return make.make_scene()


def people(scene: Scene) -> dict[str, Person]:
    """Every role of each side, and those of neither."""
    banner = scene.banner
    found: dict[str, Person] = {}
    for side in ("provider", "consumer", "stranger"):
        office = getattr(banner, side)
        for post in ("clerk", "reviewer", "officer", "node_operator"):
            found[f"{side}.{post}"] = getattr(office, post)
    return found | {
        "authority.officer": banner.authority_officer, "authority.leader": banner.authority_leader, "auditor": banner.auditor,
    }  # fmt: skip


DESK = frozenset({"consumer.clerk", "consumer.reviewer", "consumer.officer"})
VERIFIERS = frozenset({"provider.reviewer", "provider.officer"})
AUTHORITY = frozenset({"authority.officer", "authority.leader"})
VERIFYING = {states.REPORTED, states.ASSIGNED, states.OVERDUE}

#: act → (states it leaves, who may, state it leads to, turn, event)
TABLE: dict[str, tuple[set[str], frozenset[str], str, str, str]] = {
    "adopt": ({states.PROPOSED}, DESK, states.REPORTED, "provider", "adopted"),
    "assign": (VERIFYING, VERIFIERS, states.ASSIGNED, "provider", "assigned"),
    "forward": (VERIFYING, VERIFIERS | AUTHORITY, states.REPORTED, "provider", "forwarded"),
    # No key was deposited, so nothing can be seen to arrive: the consumer looks and closes.
    "correct": (VERIFYING, VERIFIERS, states.CORRECTED, "consumer", "corrected"),
    "refute": (VERIFYING, VERIFIERS, states.REFUTED, "consumer", "refuted"),
    "leave_open": (VERIFYING, VERIFIERS, states.UNDETERMINED, "consumer", "undetermined"),
    "accept": ({states.CORRECTED, states.REFUTED, states.UNDETERMINED}, DESK, states.CLOSED, "", "accepted"),
    "object": ({states.REFUTED, states.UNDETERMINED}, DESK, states.OBJECTED, "authority", "objected"),
    "uphold": ({states.OBJECTED, states.OVERDUE}, AUTHORITY, states.ASSIGNED, "provider", "upheld"),
    "dismiss": ({states.OBJECTED}, AUTHORITY, states.CLOSED, "", "dismissed"),
    "withdraw": ({states.PROPOSED, *VERIFYING}, DESK, states.WITHDRAWN, "", "withdrawn"),
}
#: Naming who verifies gives nobody a new period: what is overdue stays with the authority.
STAYS = {("assign", states.OVERDUE): (states.OVERDUE, "authority")}
REACHED = (
    states.PROPOSED, states.REPORTED, states.ASSIGNED, states.OVERDUE, states.CORRECTED, states.REFUTED, states.UNDETERMINED,
    states.OBJECTED, states.CLOSED, states.WITHDRAWN,
)  # fmt: skip


def do(scene: Scene, act: str, row: Correction, by: Any) -> Correction:
    key: dict[str, Any] = {"correction_id": row.pk, "by": by, "at": scene.at}
    match act:
        case "adopt":
            return actions.adopt_proposal(kind=states.ERROR, elements=["name"], description=make.TEXT, **key)
        case "assign":
            return actions.assign_correction(person_id=scene.banner.provider.clerk.id, **key)
        case "forward":
            return actions.forward_correction(provider_id=scene.banner.stranger.id, reason=WORDS, **key)
        case "correct" | "refute" | "leave_open":
            outcome = {"correct": states.OTHERWISE, "refute": states.REFUSED, "leave_open": states.CANNOT_TELL}[act]
            return actions.give_verdict(outcome=outcome, text=WORDS, **key)
        case "accept":
            return actions.accept_verdict(**key)
        case "object":
            return actions.object_to_verdict(reason=WORDS, **key)
        case "uphold" | "dismiss":
            return actions.decide_correction(uphold=act == "uphold", opinion=WORDS, **key)
        case _:
            return actions.withdraw_correction(reason=WORDS, **key)


class _Undone(Exception):
    """Roll back to the state before."""


def attempt(scene: Scene, act: str, row: Correction, by: Any) -> Correction:
    """Do it and undo it; gives the row as the act left it, or lets the refusal through."""
    found: list[Correction] = []
    try:
        with transaction.atomic():
            found.append(do(scene, act, row, by))
            raise _Undone
    except _Undone:
        return found[0]


@pytest.mark.article("wushen-2021-60:23", "cn-809:26.2")
def test_every_act_in_every_state_by_everybody(scene: Scene) -> None:
    """Who may, from which state, to which, whose turn then; and everyone else is refused without a trace."""
    everybody = people(scene)
    for status in REACHED:
        with transaction.atomic():
            row = make.bring(scene, status)
            assert row.status == status
            written = EvidenceRecord.objects.count()
            for act, (sources, allowed, target, turn, event) in TABLE.items():
                for name, person in everybody.items():
                    if name not in allowed:
                        with pytest.raises(NotPermitted):
                            attempt(scene, act, row, person)
                    elif status not in sources:
                        with pytest.raises(WrongState):
                            attempt(scene, act, row, person)
                    else:
                        moved = attempt(scene, act, row, person)
                        assert (moved.status, moved.turn) == STAYS.get((act, status), (target, turn)), (status, act, name)
                        assert states.CORRECTION.find(act, status).event == event
            assert EvidenceRecord.objects.count() == written
            transaction.set_rollback(True)


@pytest.mark.article("wushen-2021-60:23", "cn-809:26.2")
def test_a_doubt_goes_to_the_provider_who_has_ten_working_days(scene: Scene) -> None:
    row = make.report(scene)
    assert (row.status, row.turn, row.number) == (states.REPORTED, "provider", "JH-2026-0001")
    assert (row.due_basis, row.due_rule.partition("@")[0]) == ("cn-809:26.2", "correction=10")
    # Monday 2 November, ten working days: Monday the 16th, 24:00.
    assert row.due_at is not None
    assert row.due_at.isoformat() == "2026-11-16T16:00:00+00:00"
    assert [one.pk for one in queries.waiting_for(scene.banner.provider.reviewer)] == [row.pk]
    done = actions.give_verdict(
        correction_id=row.pk, outcome=states.REFUSED, text=WORDS, by=scene.banner.provider.officer,
        at=scene.at + timedelta(days=2),
    )  # fmt: skip
    assert (done.due_at, done.working_days, done.late) == (None, 2, False)
    kinds = [one.kind for one in trail.trail_of(f"correction:{row.pk}", by=scene.banner.auditor)]
    assert kinds == ["correction:reported", "correction:refuted"]


@pytest.mark.article("cn-809:26.2", "cn-809:39(6)", "wushen-2021-60:24")
def test_after_the_period_the_authority_has_the_turn_and_may_remind_and_have_it_verified(scene: Scene) -> None:
    row = make.report(scene)
    assert row.due_at is not None
    assert tasks.sweep_overdue(row.due_at - timedelta(seconds=1)) == 0
    assert tasks.sweep_overdue(row.due_at) == 1
    assert tasks.sweep_overdue(row.due_at) == 0
    row.refresh_from_db()
    assert (row.status, row.turn, row.late) == (states.OVERDUE, "authority", True)
    assert list(queries.finding_candidates(scene.banner.auditor)) == [row]
    news = trail.trail_of(f"correction:{row.pk}", by=scene.banner.auditor)[-1]
    assert (news.kind, news.occurred_at) == ("correction:overdue", row.due_at)
    assert {"cn-809:39(6)", "wushen-2021-60:30(3)"} <= set(news.basis)
    for _ in range(2):
        actions.remind_provider(correction_id=row.pk, by=scene.banner.authority_officer, at=row.due_at)
    with pytest.raises(NotPermitted):
        actions.remind_provider(correction_id=row.pk, by=scene.banner.consumer.officer, at=row.due_at)
    again = actions.decide_correction(
        correction_id=row.pk, uphold=True, opinion=WORDS, by=scene.banner.authority_leader, at=row.due_at
    )
    assert (again.status, again.reminders) == (states.ASSIGNED, 2)
    assert again.due_at is not None
    assert again.due_at > row.due_at


#: What a report lacks, and what is said of it.
LACKS: tuple[tuple[dict[str, Any], set[str]], ...] = (
    ({"elements": []}, {"ElementsMissing"}),
    ({"elements": ["phone"]}, {"ElementNotGranted"}),
    ({"description": "错"}, {"DescriptionMissing"}),
    ({"description": "身份证号 150626199001011234 有误"}, {"ValuesInText"}),
    ({"origin": states.CALL}, {"CallMissing"}),
    ({"origin": states.CALL, "call_id": "13900000001"}, {"CallMissing"}),
    ({"kind": "RUMOUR"}, {"OutcomeUnknown"}),
    ({"elements": [], "description": "", "kind": "?"}, {"ElementsMissing", "DescriptionMissing", "OutcomeUnknown"}),
)


def test_everything_that_is_missing_is_said_at_once(scene: Scene) -> None:
    for changes, missing in LACKS:
        with pytest.raises(Shortfalls) as refused:
            make.report(scene, **changes)
        assert {type(one).__name__ for one in refused.value.shortfalls} == missing, changes
        assert all(one.articles and one.todo and one.field for one in refused.value.shortfalls)
    assert not Correction.objects.exists()


def test_the_same_report_sent_twice_is_one(scene: Scene) -> None:
    first = make.report(scene, description="姓名与证件不一致。")
    with pytest.raises(errors.ReportedAlready) as refused:
        make.report(scene, description=" 姓名与证件不一致。 ")
    assert refused.value.values["number"] == first.number
    make.report(scene, description="姓名与证件不一致，另一人。")
    make.report(scene, description="姓名与证件不一致。", by=scene.banner.consumer.reviewer)
    make.report(scene, description="姓名与证件不一致。", at=scene.at + timedelta(minutes=1))
    assert Correction.objects.count() == 4, "other words, another person and a later day are reports of their own"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("证件号码末四位与姓名不符", False),
        ("2026-11-02 10:30 收到的记录", False),
        ("办件号 JZ-2026-000123", False),
        ("gx_key 为 0123456789abcdef0123456789abcdef 的记录", False),
        ("150626199001011234", True),
        ("15062619900101123X 姓名有误", True),
        ("１５０６２６１９９００１０１１２３４", True),
        ("150626 1990 0101 1234", True),
        ("电话13900000001", True),
        ("139-0000-0001", True),
        ("账号 6222020602000012345", True),
    ],
)
def test_numbers_of_persons_are_kept_out_however_they_are_typed(text: str, held: bool) -> None:
    assert policies.holds_values(text) is held


def test_state_and_evidence_stand_or_fall_together(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(evidence, "record_act", broken)
    with pytest.raises(RuntimeError):
        make.report(scene)
    assert not Correction.objects.exists()


@pytest.mark.article("cn-809:26.2")
def test_handing_over_goes_to_the_source_department_once_with_a_period_of_its_own(scene: Scene) -> None:
    banner, row = scene.banner, make.report(scene)
    later = scene.at + timedelta(days=3)
    key: dict[str, Any] = {"correction_id": row.pk, "reason": WORDS, "at": later}
    with pytest.raises(errors.OwnDepartment):
        actions.forward_correction(provider_id=banner.provider.id, by=banner.provider.officer, **key)
    with pytest.raises(errors.ConsumerCannotVerify):
        actions.forward_correction(provider_id=banner.consumer.id, by=banner.provider.officer, **key)
    moved = actions.forward_correction(provider_id=banner.stranger.id, by=banner.provider.reviewer, **key)
    assert (moved.provider_id, moved.forwarded_from_id) == (banner.stranger.id, banner.provider.id)
    assert moved.due_at is not None
    assert row.due_at is not None
    assert moved.due_at > row.due_at
    assert queries.get_correction(row.pk, actor=banner.provider.clerk).pk == row.pk
    with pytest.raises(errors.ForwardedAlready):
        actions.forward_correction(provider_id=banner.provider.id, by=banner.stranger.officer, **key)
    with pytest.raises(NotPermitted):
        actions.give_verdict(correction_id=row.pk, outcome=states.REFUSED, text=WORDS, by=banner.provider.officer, at=later)
    back = actions.forward_correction(provider_id=banner.provider.id, by=banner.authority_officer, **key)
    assert back.provider_id == banner.provider.id


def test_an_objection_is_possible_once(scene: Scene) -> None:
    row = make.bring(scene, states.OBJECTED)
    key: dict[str, Any] = {"correction_id": row.pk, "at": scene.at}
    actions.decide_correction(uphold=True, opinion=WORDS, by=scene.banner.authority_officer, **key)
    actions.give_verdict(outcome=states.REFUSED, text=WORDS, by=scene.banner.provider.officer, **key)
    with pytest.raises(errors.ObjectedAlready):
        actions.object_to_verdict(reason=WORDS, by=scene.banner.consumer.officer, **key)


@pytest.mark.article("wushen-2021-60:20", "cn-809:26.2")
def test_the_corrected_row_is_followed_to_every_copy(scene: Scene) -> None:
    """The verdict alone closes nothing: the gateway must see the row change, and each consumer's receipt must reach it."""
    banner = scene.banner
    row = make.bring(scene, states.CORRECTED, claimed=True)
    assert row.due_at is not None, "the period goes on until the changed row was seen"
    assert row.turn == "", "nobody's: the gateway watches"
    copy = CorrectedCopy.objects.get(correction=row)
    assert (copy.grant_id, copy.reached, copy.consumer_id) == (scene.grant_id, "WAITING", banner.consumer.id)
    with pytest.raises(errors.NotArrivedYet):
        actions.accept_verdict(correction_id=row.pk, by=banner.consumer.clerk, at=scene.at)
    assert tasks.follow_copies(scene.at) == 0
    seen: dict[str, Any] = {
        "correction_id": row.pk, "grant_id": scene.grant_id, "grant_ids": [scene.grant_id], "by": make.THE_FOLLOWER,
    }  # fmt: skip
    following.note_sealed(seq=7, at=scene.at, **seen)
    row.refresh_from_db()
    assert (row.sealed_seq, row.due_at) == (7, None)
    assert following.note_sealed(seq=7, at=scene.at, **seen) is None
    Flow.objects.filter(pk=scene.flow.pk).update(seq=6, receipt_at=scene.at)
    assert tasks.follow_copies(scene.at) == 0
    Flow.objects.filter(pk=scene.flow.pk).update(seq=8, receipt_at=scene.at + timedelta(seconds=5))
    assert tasks.follow_copies(scene.at + timedelta(seconds=9)) == 1
    row.refresh_from_db()
    copy.refresh_from_db()
    assert (row.status, copy.reached, copy.arrived_seq) == (states.ARRIVED, "ARRIVED", 8)
    assert tasks.follow_copies(scene.at + timedelta(seconds=10)) == 0
    told = trail.trail_of(f"correction:{row.pk}", by=banner.auditor)[-1]
    assert told.kind == "correction:arrived"
    assert banner.consumer.id in told.concerns


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23")
@pytest.mark.parametrize("claimed", [False, True], ids=["no key", "no flow"])
def test_where_nothing_can_be_seen_to_arrive_the_consumer_looks_and_closes(scene: Scene, claimed: bool) -> None:
    clerk = scene.banner.consumer.clerk
    if claimed:
        Flow.objects.filter(pk=scene.flow.pk).update(started_at=None)
    row = make.bring(scene, states.CORRECTED, claimed=claimed)
    assert (row.turn, row.due_at) == ("consumer", None)
    assert row in queries.waiting_for(clerk)
    assert row not in queries.waiting_for(scene.banner.provider.officer)
    done = actions.accept_verdict(correction_id=row.pk, by=clerk, at=scene.at)
    assert (done.status, done.turn) == (states.CLOSED, "")


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23")
@pytest.mark.parametrize("sealed", [False, True], ids=["changed before the key", "changed after the key"])
def test_a_key_that_comes_after_the_verdict_leaves_the_closing_with_the_consumer(scene: Scene, sealed: bool) -> None:
    """Asked for before the verdict, deposited after it: no way is shown that nobody saw, and the case does not hang."""
    clerk = scene.banner.consumer.clerk
    row = make.deposit(scene, make.bring(scene, states.CORRECTED))
    if sealed:
        following.note_sealed(
            correction_id=row.pk, grant_id=scene.grant_id, seq=7, grant_ids=[scene.grant_id], at=scene.at, by=make.THE_FOLLOWER
        )
    assert tasks.follow_copies(scene.at) == 0
    row.refresh_from_db()
    assert (row.status, row.turn) == (states.CORRECTED, "consumer")
    assert CorrectedCopy.objects.get(correction=row).reached == "NO_TABLE"
    done = actions.accept_verdict(correction_id=row.pk, by=clerk, at=scene.at)
    assert (done.status, done.turn) == (states.CLOSED, "")


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23")
def test_where_every_grant_ends_before_the_row_was_seen_the_consumer_closes(scene: Scene) -> None:
    banner, row = scene.banner, make.bring(scene, states.CORRECTED, claimed=True)
    with pytest.raises(errors.NotArrivedYet):
        actions.accept_verdict(correction_id=row.pk, by=banner.consumer.clerk, at=scene.at)
    later = scene.at + timedelta(hours=1)
    grant_acts.end_grant(grant_id=scene.grant_id, reason="purpose_met", statement=WORDS, by=banner.consumer.officer, at=later)
    tasks.follow_copies(later)
    row.refresh_from_db()
    assert (row.status, row.turn, row.due_at) == (states.CORRECTED, "consumer", None)
    assert CorrectedCopy.objects.get(correction=row).reached == "ENDED"
    assert trail.trail_of(f"correction:{row.pk}", by=banner.auditor)[-1].kind == "correction:way_ended"
    assert row in queries.waiting_for(banner.consumer.clerk)
    assert tasks.follow_copies(later) == 0, "said once"
    assert actions.accept_verdict(correction_id=row.pk, by=banner.consumer.clerk, at=later).status == states.CLOSED


@pytest.mark.article("wushen-2021-60:15")
@pytest.mark.parametrize(("status", "removed"), [(states.WITHDRAWN, True), (states.CLOSED, True), (states.REFUTED, False)])
def test_with_the_case_the_gateway_is_told_to_remove_key_and_values(scene: Scene, status: str, removed: bool) -> None:
    row = make.report(scene)
    make.deposit(scene, row)
    key: dict[str, Any] = {"correction_id": row.pk, "at": scene.at}
    provider, clerk = scene.banner.provider.officer, scene.banner.consumer.clerk
    if status == states.WITHDRAWN:
        actions.withdraw_correction(reason=WORDS, by=clerk, **key)
    else:
        actions.give_verdict(outcome=states.REFUSED, text=WORDS, by=provider, **key)
    if status == states.CLOSED:
        actions.accept_verdict(by=clerk, **key)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM link.orders WHERE kind = 'forget_claim' AND body LIKE %s", [f"%{row.pk}%"])
        assert cursor.fetchone() == (int(removed),)
    if removed:
        with pytest.raises(errors.ClaimRemoved):
            tickets.ask_to_read(by=provider, **key)
    else:
        assert tickets.ask_to_read(by=provider, **key)


def test_without_a_seen_row_the_period_ends_late_even_after_a_verdict(scene: Scene) -> None:
    row = make.bring(scene, states.CORRECTED, claimed=True)
    assert row.due_at is not None
    assert tasks.sweep_overdue(row.due_at) == 1
    following.note_sealed(
        correction_id=row.pk, grant_id=scene.grant_id, seq=9, grant_ids=[], at=row.due_at, by=make.THE_FOLLOWER
    )
    assert tasks.follow_copies(row.due_at) == 1
    row.refresh_from_db()
    assert (row.status, row.late) == (states.ARRIVED, True)
    assert CorrectedCopy.objects.get(correction=row).reached == "OUTSIDE"


@pytest.mark.article("wushen-2021-60:20")
def test_a_comparison_that_differs_is_proposed_once_and_taken_up_by_the_consumer(scene: Scene) -> None:
    row = make.bring(scene, states.PROPOSED)
    assert (row.turn, row.due_at, row.figures["different"]) == ("consumer", None, 2)
    again = actions.propose_correction(
        grant_id=scene.grant_id, reconciliation_id=row.reconciliation_id, figures={}, by=make.THE_FOLLOWER, at=scene.at
    )
    assert again is None
    with pytest.raises(NotFound):
        queries.get_correction(row.pk, actor=scene.banner.provider.officer)
    taken = do(scene, "adopt", row, scene.banner.consumer.clerk)
    assert (taken.status, taken.elements) == (states.REPORTED, ["name"])
    assert taken.due_at is not None
    assert queries.get_correction(row.pk, actor=scene.banner.provider.officer).pk == row.pk


@pytest.mark.article("wushen-2021-60:23")
def test_counters_keep_serving_and_a_refusal_is_answered(scene: Scene) -> None:
    banner, row = scene.banner, make.report(scene)
    key: dict[str, Any] = {"correction_id": row.pk, "at": scene.at}
    for proof, number, refusal in (
        ("rumour", "BJ-1", errors.ProofUnknown),
        ("identity", "", errors.NumberUnfit),
        ("identity", "150626199001011234", errors.NumberUnfit),
    ):
        with pytest.raises(refusal):
            complaints.keep_serving(proof_kind=proof, matter_number=number, by=banner.consumer.clerk, **key)
    with pytest.raises(NotPermitted):
        complaints.keep_serving(proof_kind="identity", matter_number="BJ-1", by=banner.provider.clerk, **key)
    served = complaints.keep_serving(proof_kind="identity", matter_number="BJ-2026-7", by=banner.consumer.clerk, **key)
    assert (served.service_continues, served.proof_kind, served.matter_number) == (True, "identity", "BJ-2026-7")
    said: dict[str, Any] = {"department_id": banner.consumer.id, "matter_number": "BJ-2026-8", **key}
    with pytest.raises(errors.ValuesInText):
        complaints.record_complaint(statement="窗口拒绝了13900000001", by=banner.consumer.clerk, **said)
    with pytest.raises(NotFound):
        complaints.record_complaint(statement="窗口要求先更正信息", by=banner.stranger.clerk, **said)
    made = complaints.record_complaint(statement="窗口要求先更正信息", by=banner.consumer.clerk, **said)
    assert (made.status, made.turn, made.number) == (states.RECORDED, "authority", "TS-2026-0001")
    assert queries.open_complaints(banner.authority_officer) == [made]
    with pytest.raises(NotPermitted):
        complaints.answer_complaint(complaint_id=made.pk, answer=WORDS, by=banner.consumer.officer, at=scene.at)
    done = complaints.answer_complaint(complaint_id=made.pk, answer=WORDS, by=banner.authority_leader, at=scene.at)
    assert (done.status, done.turn) == (states.ANSWERED, "")
    with pytest.raises(WrongState):
        complaints.answer_complaint(complaint_id=made.pk, answer=WORDS, by=banner.authority_leader, at=scene.at)


@pytest.mark.article("cn-809:26.2")
def test_the_consumer_notes_what_it_does_with_the_record_meanwhile(scene: Scene) -> None:
    row = make.report(scene)
    key: dict[str, Any] = {"correction_id": row.pk, "at": scene.at}
    with pytest.raises(errors.UsageUnknown):
        actions.note_usage(usage="SOLD", by=scene.banner.consumer.clerk, **key)
    with pytest.raises(NotPermitted):
        actions.note_usage(usage="PAUSED", by=scene.banner.provider.clerk, **key)
    noted = actions.note_usage(usage="PAUSED", note="待核实", by=scene.banner.consumer.clerk, **key)
    assert (noted.usage, noted.usage_by) == ("PAUSED", scene.banner.consumer.clerk.name)


@pytest.mark.article("wushen-2021-60:20", "cn-809:18")
def test_each_figure_is_the_number_of_rows_its_filter_finds(scene: Scene) -> None:
    auditor = scene.banner.auditor
    for status in (states.REPORTED, states.CORRECTED, states.REFUTED, states.OVERDUE, states.PROPOSED):
        make.bring(scene, status)
    for by_department in (False, True):
        (line,) = figures.figures(actor=auditor, by_department=by_department)
        key = {"provider_id": line.id} if by_department else {"resource_id": line.id}

        def rows(**more: Any) -> int:
            return queries.find_corrections(actor=auditor, **key, **more).exclude(status=states.PROPOSED).count()  # noqa: B023

        assert (line.reported, rows()) == (4, 4)
        assert line.open == rows(statuses=states.OPEN) == 4
        assert line.answered == rows(outcome="ANSWERED") == 2
        assert line.confirmed == rows(outcome="CONFIRMED") == 1
        assert line.overdue == rows(late=True) == 1
        assert (line.confirmed_share, line.mean_days) == (50, 0)
    assert figures.figures(actor=scene.banner.stranger.officer) == []


def test_a_department_that_only_holds_a_copy_learns_that_a_record_was_corrected(scene: Scene) -> None:
    row = make.bring(scene, states.CORRECTED)
    with pytest.raises(NotFound):
        queries.get_correction(row.pk, actor=scene.banner.stranger.clerk)
    CorrectedCopy.objects.filter(correction=row).update(consumer_id=scene.banner.stranger.id)
    found = queries.get_correction(row.pk, actor=scene.banner.stranger.clerk)
    assert not queries.takes_part(found, scene.banner.stranger.clerk)
    assert len(queries.copies_of(row.pk, actor=scene.banner.stranger.clerk)) == 1
    assert queries.copies_of(row.pk, actor=scene.banner.consumer.clerk) != []


def test_jobs_are_not_people(scene: Scene) -> None:
    row = make.report(scene)
    assert row.due_at is not None
    with pytest.raises(NotPermitted):
        actions.lapse_correction(correction_id=row.pk, by=scene.banner.authority_leader, at=row.due_at)
    with pytest.raises(errors.NotOverdue):
        actions.lapse_correction(correction_id=row.pk, by=System(name=SWEEPER), at=scene.at)
    assert actions.recount_deadline(correction_id=row.pk, by=System(name=RECALCULATOR), at=scene.at) is None
    assert not queries.visible_to(None).exists()
    with pytest.raises(NotPermitted):
        following.note_claim(
            correction_id=row.pk, grant_id=scene.grant_id, digest="", key_digest="", size=0, by=scene.banner.auditor,
            at=scene.at,
        )  # fmt: skip
