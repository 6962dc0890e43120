"""The authority's period of review: shown in the preview of a holiday notice, counted anew when it is entered."""

from datetime import date, datetime

import pytest

from gongxiang.law.deadlines import last_day
from gongxiang.law.notices import read_notice
from gongxiang.platform.catalogue import actions, queries, tasks
from gongxiang.platform.catalogue.permissions import RECALCULATOR
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.platform.rulebook import queries as rules
from gongxiang.protocol.clock import BEIJING
from tests.acceptance.test_walk_holiday_notice import NOTICE
from tests.factories import catalogue as make
from tests.factories.parties import make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:17.3")]
SUBMITTED = datetime(2027, 2, 3, 9, tzinfo=BEIJING)
ENTERED = datetime(2027, 2, 4, 9, tzinfo=BEIJING)


@pytest.fixture
def banner():
    return make_banner(at=SUBMITTED)


def test_a_notice_moves_the_running_period(banner, product_clock):
    product_clock.freeze(ENTERED)
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    assert last_day(entry.due_at) == date(2027, 2, 9)
    days = read_notice(NOTICE).days
    preview = rules.preview_notice(year=2027, scope="state", days=days, at=ENTERED)
    assert [(m.deadline.subject, last_day(m.due_at)) for m in preview.moves] == [(f"resource:{entry.id}", date(2027, 2, 12))]
    rulebook.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=ENTERED,
    )  # fmt: skip
    job = System(name=RECALCULATOR)
    assert [actions.recount_review(resource_id=i, by=job, at=ENTERED) for i in queries.with_running_clock()] == [True]
    assert not actions.recount_review(resource_id=entry.id, by=job, at=ENTERED)
    assert last_day(queries.get_draft(entry.id).due_at) == date(2027, 2, 12)
    assert "resource:review_recounted" in [n.kind for n in evidence.trail_of(f"resource:{entry.id}", by=banner.auditor)]


def test_nobody_but_the_job_counts_anew(banner):
    entry = make.make_entry_at("SUBMITTED", banner=banner)
    with pytest.raises(NotPermitted):
        actions.recount_review(resource_id=entry.id, by=banner.authority_officer, at=ENTERED)


def test_a_published_entry_has_no_clock(banner):
    resource = make.make_published(banner=banner)
    assert queries.with_running_clock() == ()
    assert not actions.recount_review(resource_id=resource.id, by=System(name=RECALCULATOR), at=ENTERED)


def test_the_outbox_is_read(banner):
    assert tasks.on_news() == 0
