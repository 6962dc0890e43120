"""Requests to line superiors: every arrow with everybody who may and may not, the clock, what came back, two at once."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from gongxiang.platform.access import errors_superior as errors
from gongxiang.platform.access import queries_superior as queries
from gongxiang.platform.access import states_superior as states
from gongxiang.platform.access import superiors as actions
from gongxiang.platform.access import tasks
from gongxiang.platform.access.models import SuperiorRequest
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Refusal, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.rulebook import queries as rulebook
from tests.factories.parties import Banner, make_banner

pytestmark = pytest.mark.django_db
PDF = ("复函.pdf", b"%PDF-1.7 answer")
FIELDS: dict[str, Any] = {
    "superior": "内蒙古自治区民政厅", "level": "REGIONAL", "system_name": "全区社会救助信息系统", "title": "低保对象信息",
    "items": ["姓名", "救助金额", "姓名"], "reason": "《社会救助暂行办法》规定的复核需要本旗数据。", "frequency": "MONTHLY",
}  # fmt: skip


@pytest.fixture
def banner() -> Banner:
    return make_banner()


def drafted(banner: Banner, **changes: Any) -> SuperiorRequest:
    return actions.draft_superior_request(**{**FIELDS, **changes}, by=banner.provider.clerk, at=banner.at)


def steps(banner: Banner) -> dict[str, Callable[[Any, Any], Any]]:
    """Act -> call with the request's key and the person, on the day of the banner."""
    at, day = banner.at, banner.at.date()
    agreed = {"outcome": states.GRANTED, "answered_on": day, "text": "同意按月回流。", "agreed_mode": "table",
              "agreed_frequency": "MONTHLY"}  # fmt: skip
    refused = {"outcome": states.TURNED_DOWN, "answered_on": day, "text": "系统改造中，暂不提供。"}
    return {
        "issue": lambda key, by: actions.issue_letter(superior_request_id=key, by=by, at=at),
        "send": lambda key, by: actions.send_letter(
            superior_request_id=key, sent_on=day, way="oa", to="社会救助处", by=by, at=at
        ),
        "remind": lambda key, by: actions.remind_superior(
            superior_request_id=key, reminded_on=day, way="fax", with_letter=False, by=by, at=at
        ),
        "agree": lambda key, by: actions.record_answer(superior_request_id=key, by=by, at=at, **agreed),
        "refuse": lambda key, by: actions.record_answer(superior_request_id=key, by=by, at=at, **refused),
        "note_silence": lambda key, by: actions.record_answer(superior_request_id=key, outcome=states.NONE, by=by, at=at),
        "receive": lambda key, by: actions.record_return(
            superior_request_id=key, arrived_on=day, way="file", rows=4210, by=by, at=at
        ),
        "close": lambda key, by: actions.close_superior_request(superior_request_id=key, reason="已另行取得。", by=by, at=at),
        "discard": lambda key, by: actions.discard_superior_request(superior_request_id=key, by=by, at=at),
    }


def lapsed(row: SuperiorRequest) -> SuperiorRequest:
    assert row.due_at is not None
    actions.lapse_answer(superior_request_id=row.pk, by=System(name="deadline-sweeper"), at=row.due_at)
    row.refresh_from_db()
    return row


def brought_to(status: str, banner: Banner) -> SuperiorRequest:
    """A request brought to a state by the real acts."""
    row, do, people = drafted(banner), steps(banner), banner.provider
    if status == states.DRAFT:
        return row
    paths = {
        states.ISSUED: ("issue",), states.SENT: ("issue", "send"), states.OVERDUE: ("issue", "send", "remind", "lapse"),
        states.AGREED: ("issue", "send", "agree"), states.REFUSED: ("issue", "send", "refuse"),
        states.NO_ANSWER: ("issue", "send", "lapse", "remind", "lapse", "note_silence"),
        states.RETURNING: ("issue", "send", "agree", "receive"),
    }  # fmt: skip
    for act in paths[status]:
        if act == "lapse":
            row.refresh_from_db()
            lapsed(row)
        else:
            do[act](row.pk, people.officer)
    row.refresh_from_db()
    assert row.status == status
    return row


DESK = {"provider.clerk", "provider.reviewer", "provider.officer"}
OFFICER = {"provider.officer"}
EVERYBODY = (
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator", "consumer.clerk", "consumer.officer",
    "stranger.officer", "authority_officer", "authority_leader", "auditor", "site.system_admin", "site.security_admin",
    "site.audit_admin",
)  # fmt: skip
#: act, from, who may, state afterwards, whose turn, event.
ARROWS = [
    ("issue", states.DRAFT, OFFICER, states.ISSUED, "provider", "letter_issued"),
    ("discard", states.DRAFT, DESK, states.DISCARDED, "", "discarded"),
    ("send", states.ISSUED, DESK, states.SENT, "", "sent"),
    ("discard", states.ISSUED, OFFICER, states.DISCARDED, "", "discarded"),
    ("remind", states.SENT, DESK, states.SENT, "", "reminded"),
    ("agree", states.SENT, DESK, states.AGREED, "provider", "agreed"),
    ("refuse", states.SENT, DESK, states.REFUSED, "provider", "refused"),
    ("close", states.SENT, OFFICER, states.CLOSED, "", "closed"),
    ("remind", states.OVERDUE, DESK, states.SENT, "", "reminded"),
    ("agree", states.OVERDUE, DESK, states.AGREED, "provider", "agreed"),
    ("refuse", states.OVERDUE, DESK, states.REFUSED, "provider", "refused"),
    ("note_silence", states.OVERDUE, OFFICER, states.NO_ANSWER, "provider", "unanswered"),
    ("close", states.OVERDUE, OFFICER, states.CLOSED, "", "closed"),
    ("remind", states.NO_ANSWER, DESK, states.SENT, "", "reminded"),
    ("agree", states.NO_ANSWER, DESK, states.AGREED, "provider", "agreed"),
    ("refuse", states.NO_ANSWER, DESK, states.REFUSED, "provider", "refused"),
    ("close", states.NO_ANSWER, OFFICER, states.CLOSED, "", "closed"),
    ("agree", states.REFUSED, DESK, states.AGREED, "provider", "agreed"),
    ("close", states.REFUSED, OFFICER, states.CLOSED, "", "closed"),
    ("receive", states.AGREED, DESK, states.RETURNING, "", "returned"),
    ("close", states.AGREED, OFFICER, states.CLOSED, "", "closed"),
    ("close", states.RETURNING, OFFICER, states.CLOSED, "", "closed"),
]


def person(banner: Banner, name: str) -> Any:
    found: Any = banner
    for part in name.split("."):
        found = getattr(found, part)
    return found


def test_every_arrow_is_gone_by_whom_it_names_and_by_nobody_else(banner):
    do = steps(banner)
    known = {(arrow.act, source) for arrow in states.SUPERIOR_REQUEST.transitions for source in arrow.sources}
    assert {(act, source) for act, source, *_ in ARROWS} == {one for one in known if one[0] != "lapse"}
    for status in states.OPEN:
        row = brought_to(status, banner)
        for act, _status, may, after, turn, event in [arrow for arrow in ARROWS if arrow[1] == status]:
            for name in EVERYBODY:
                if name not in may:
                    with pytest.raises((NotPermitted, NotFound)):
                        do[act](row.pk, person(banner, name))
            point, so_far = transaction.savepoint(), len(trail.trail_of(f"superior_request:{row.pk}", by=banner.provider.clerk))
            done = do[act](row.pk, person(banner, sorted(may)[0]))
            assert (done.status, done.turn) == (after, turn), (act, status)
            news = trail.trail_of(f"superior_request:{row.pk}", by=banner.provider.clerk)
            (latest,) = [one for one in news if one.kind == f"superior_request:{event}"][-1:]
            assert len(news) > so_far, act
            assert set(states.SUPERIOR_REQUEST.find(act, status).basis) <= set(latest.basis)
            transaction.savepoint_rollback(point)
        for act in do:
            if (act, status) not in known and (act, status) != ("receive", states.RETURNING):
                with pytest.raises(WrongState):
                    do[act](row.pk, banner.provider.officer)


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"superior": " "}, {"SuperiorMissing"}), ({"system_name": "某"}, {"SuperiorMissing"}),
        ({"level": "OWN"}, {"LevelUnknown"}), ({"items": [""]}, {"AskedItemsMissing"}), ({"title": ""}, {"AskedItemsMissing"}),
        ({"reason": ""}, {"AskedReasonMissing"}),
        ({"superior": "", "level": "", "items": [], "reason": ""},
         {"SuperiorMissing", "LevelUnknown", "AskedItemsMissing", "AskedReasonMissing"}),
    ],
)  # fmt: skip
def test_everything_that_is_missing_is_said_at_once(changes, missing):
    from gongxiang.platform.access import policies_superior

    fields = {name: FIELDS[name] for name in ("superior", "system_name", "level", "title", "items", "reason")}
    fields = {**fields, **changes}
    fields["items"] = [one for one in fields["items"] if one]
    with pytest.raises(Shortfalls) as refused:
        policies_superior.check_drafted(**fields)
    assert {type(one).__name__ for one in refused.value.shortfalls} == missing


def test_letter_reminder_answer_and_return_as_the_article_has_it(banner):
    """Art. 21(3): the provider asks its line superior; 条例 24: the superior returns the banner's own data."""
    row = brought_to(states.ISSUED, banner)
    assert row.items == ["姓名", "救助金额"]
    letter = documents.get_document(row.letter_id, actor=banner.provider.clerk)
    assert (letter.number, letter.addressee) == (row.letter_number, "内蒙古自治区民政厅")
    assert documents.resolve(letter.verification_code).number == row.letter_number
    with pytest.raises(errors.DayImpossible):
        actions.send_letter(
            superior_request_id=row.pk, sent_on=banner.at.date() + timedelta(days=1), way="oa", to="救助处",
            by=banner.provider.clerk, at=banner.at,
        )  # fmt: skip
    row = steps(banner)["send"](row.pk, banner.provider.clerk)
    assert row.due_rule.startswith("superior_answer=20")
    assert queries.waiting_for(banner.provider.clerk) == []
    due = row.due_at
    assert tasks.sweep_superiors(due - timedelta(seconds=1)) == 0
    assert tasks.sweep_superiors(due) == 1
    row.refresh_from_db()
    assert (row.status, row.turn) == (states.OVERDUE, "provider")
    assert tasks.sweep_superiors(due + timedelta(hours=1)) == 0, "two sweepers make one event"
    event = trail.trail_of(f"superior_request:{row.pk}", by=banner.auditor)[-1]
    assert (event.kind, event.occurred_at) == ("superior_request:overdue", due)
    with pytest.raises(errors.NotRemindedYet):
        steps(banner)["note_silence"](row.pk, banner.provider.officer)
    later = due + timedelta(hours=2)
    row = actions.remind_superior(
        superior_request_id=row.pk, reminded_on=later.date(), way="oa", note="电话同步催办", by=banner.provider.clerk, at=later
    )
    (reminder,) = queries.reminders_of(row.pk)
    assert (reminder.serial, row.reminders, row.status) == (1, 1, states.SENT)
    assert "催办" in reminder.letter_number
    assert row.due_at > due
    answer = {"answered_on": later.date(), "number": "内民函〔2026〕31号", "text": "同意回流，限内部使用。", "file": PDF,
              "agreed_mode": "table", "agreed_frequency": "MONTHLY", "extra_conditions": "须另行报批"}  # fmt: skip
    with pytest.raises(errors.AgreementIncomplete):
        actions.record_answer(
            superior_request_id=row.pk, outcome=states.PARTLY, by=banner.provider.clerk, at=later,
            **{**answer, "agreed_frequency": "SOON"},
        )  # fmt: skip
    row = actions.record_answer(superior_request_id=row.pk, outcome=states.PARTLY, by=banner.provider.clerk, at=later, **answer)
    assert (row.status, row.outcome, row.due_at) == (states.AGREED, states.PARTLY, None)
    assert documents.upload_ref(row.answer_upload_id, actor=banner.authority_officer).name == "复函.pdf"
    row = actions.record_return(
        superior_request_id=row.pk, arrived_on=later.date(), way="file", rows=18, by=banner.provider.clerk, at=later
    )
    assert (row.status, row.returns, row.seen_flowing) == (states.RETURNING, 1, False)
    with pytest.raises(errors.ReturnedAlready):
        actions.record_return(
            superior_request_id=row.pk, arrived_on=later.date(), way="file", by=banner.provider.clerk, at=later
        )
    for bad in ({"rows": -1}, {"rows": 10**18}, {"way": "usb"}, {"arrived_on": None}, {"arrived_on": date(1970, 1, 1)}):
        with pytest.raises(Refusal):
            actions.record_return(
                superior_request_id=row.pk, by=banner.provider.clerk, at=later,
                **{"arrived_on": later.date(), "way": "table", **bad},
            )  # fmt: skip
    assert queries.return_late(row, later) is None
    assert queries.return_late(row, later + timedelta(days=60)) is not None
    (line,) = queries.lines(banner.authority_officer)
    assert (line.superior, line.asked, line.returning, line.reminders, line.returns) == (FIELDS["superior"], 1, 1, 1, 1)


def test_who_sees_it(banner):
    row = brought_to(states.DRAFT, banner)
    assert queries.visible_to(banner.provider.clerk).count() == 1
    for name in ("consumer.officer", "stranger.clerk", "authority_leader", "auditor", "site.system_admin"):
        with pytest.raises(NotFound):
            queries.get_superior_request(row.pk, actor=person(banner, name))
    steps(banner)["issue"](row.pk, banner.provider.officer)
    assert queries.get_superior_request(row.pk, actor=banner.authority_leader).pk == row.pk
    assert queries.get_superior_request(row.pk, actor=banner.auditor).pk == row.pk
    with pytest.raises(NotFound):
        queries.get_superior_request(row.pk, actor=banner.consumer.officer)
    assert not queries.visible_to(None).exists()


def test_the_letter_is_not_issued_by_who_wrote_it_and_is_void_when_discarded(banner):
    row = actions.draft_superior_request(**FIELDS, by=banner.provider.officer, at=banner.at)
    with pytest.raises(errors.OwnLetter):
        steps(banner)["issue"](row.pk, banner.provider.officer)
    actions.save_superior_request(
        superior_request_id=row.pk, fields={"title": "低保边缘家庭信息"}, by=banner.provider.clerk, at=banner.at
    )
    row = steps(banner)["issue"](row.pk, banner.provider.officer)
    with pytest.raises(WrongState):
        actions.save_superior_request(superior_request_id=row.pk, fields={}, by=banner.provider.clerk, at=banner.at)
    row = steps(banner)["discard"](row.pk, banner.provider.officer)
    assert documents.get_document(row.letter_id, actor=banner.provider.clerk).status == "WITHDRAWN"


def test_people_do_not_lapse_watch_or_recount(banner):
    row = brought_to(states.AGREED, banner)
    for act, more in (
        (actions.lapse_answer, {}), (actions.note_flowing, {"seen_at": banner.at}), (actions.recount_answer, {}),
    ):  # fmt: skip
        with pytest.raises(NotPermitted):
            act(superior_request_id=row.pk, by=banner.authority_leader, at=banner.at, **more)
    watcher = System(name="return-watcher")
    before = row.answer_recorded_at - timedelta(minutes=1)
    assert actions.note_flowing(superior_request_id=row.pk, seen_at=before, by=watcher, at=banner.at) is None
    seen = actions.note_flowing(superior_request_id=row.pk, seen_at=row.answer_recorded_at, by=watcher, at=banner.at)
    assert (seen.status, seen.seen_flowing) == (states.RETURNING, True)
    assert actions.note_flowing(superior_request_id=row.pk, seen_at=row.answer_recorded_at, by=watcher, at=banner.at) is None


def test_its_period_is_among_those_a_holiday_notice_may_move(banner):
    row = brought_to(states.SENT, banner)
    (running,) = [one for one in rulebook.open_deadlines(banner.at) if one.subject == f"superior_request:{row.pk}"]
    assert running.due_at == row.due_at
    assert actions.recount_answer(superior_request_id=row.pk, by=System(name="calendar-recalculator"), at=banner.at) is None
