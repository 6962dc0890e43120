"""A request runs into a year whose holiday notice is not out; the authority enters it; the deadline moves as was shown."""

from datetime import date, datetime

import pytest

from gongxiang.law.deadlines import last_day
from gongxiang.law.notices import read_notice
from gongxiang.platform.access import actions as access
from gongxiang.platform.access import queries as requests
from gongxiang.platform.access.permissions import RECALCULATOR
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.rulebook import actions, queries
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import answer, make_request

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(2)", "cn-809:21.1")]

#: Invented: Tuesday to Thursday after the statutory days are off too, Sunday the 14th is worked.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
一、元旦：1月1日至3日放假，共3天。
二、春节：2月5日至11日放假调休，共7天。2月14日上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日上班。
五、端午节：6月9日放假，共1天。
六、中秋节：9月15日放假，共1天。
七、国庆节：10月1日至7日放假调休，共7天。9月26日、10月9日上班。
"""
APPLIED = datetime(2027, 2, 1, 9, tzinfo=BEIJING)
ENTERED = datetime(2027, 2, 3, 9, tzinfo=BEIJING)


@pytest.fixture
def banner():
    return make_banner(at=APPLIED)


@pytest.fixture
def request_(banner):
    resource = make.make_published(banner=banner, content=conditional_content())
    return make_request(banner=banner, resource_id=resource.id, at=APPLIED, until=date(2027, 12, 31))


def test_the_deadline_moves_as_the_preview_showed(banner, request_):
    assert request_.due_provisional
    assert last_day(request_.due_at) == date(2027, 2, 10)

    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=ENTERED)
    assert [(m.deadline.subject, last_day(m.due_at)) for m in preview.moves] == [
        (f"access_request:{request_.pk}", date(2027, 2, 14))
    ]
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=ENTERED,
    )  # fmt: skip

    for access_request_id in requests.with_running_clock(ENTERED):
        access.recompute_deadline(access_request_id=access_request_id, by=System(name=RECALCULATOR), at=ENTERED)
    request_.refresh_from_db()
    assert last_day(request_.due_at) == date(2027, 2, 14)
    assert not request_.due_provisional
    assert request_.due_rule == "reply_conditional=5@2021-10-12"

    kinds = [n.kind for n in evidence.trail_of(f"access_request:{request_.pk}", by=banner.auditor)]
    assert kinds[-2:] == ["calendar:notice_entered", "access_request:deadline_recomputed"]
    seen = [n.kind for n in evidence.trail_of(f"access_request:{request_.pk}", by=banner.consumer.officer)]
    assert seen[-1] == "access_request:deadline_recomputed"


@pytest.mark.article("cn-809:22.1")
def test_the_period_of_provision_moves_too(banner, request_):
    granted = answer(request_, banner=banner, at=APPLIED)
    assert granted.provision_provisional
    assert last_day(granted.provision_due_at) == date(2027, 3, 3)

    days = read_notice(NOTICE).days
    preview = queries.preview_notice(year=2027, scope="state", days=days, at=ENTERED)
    assert [(m.deadline.subject, last_day(m.due_at)) for m in preview.moves] == [
        (f"access_request:{granted.pk}", date(2027, 3, 5))
    ]
    actions.enter_notice(
        year=2027, number="国办发明电〔2026〕99号", title="放假通知", days=days, seen=preview.seen, by=banner.authority_officer,
        at=ENTERED,
    )  # fmt: skip
    for access_request_id in requests.with_running_clock(ENTERED):
        access.recompute_deadline(access_request_id=access_request_id, by=System(name=RECALCULATOR), at=ENTERED)
    granted.refresh_from_db()
    assert last_day(granted.provision_due_at) == date(2027, 3, 5)
    assert not granted.provision_provisional
    recounted = evidence.trail_of(f"access_request:{granted.pk}", by=banner.auditor)[-1]
    assert (recounted.kind, recounted.basis) == ("access_request:deadline_recomputed", ("cn-809:22.1",))
    assert requests.with_running_clock(datetime(2027, 3, 6, tzinfo=BEIJING)) == []
