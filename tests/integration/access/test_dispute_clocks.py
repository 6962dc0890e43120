"""What moves by itself: a holiday notice moves the clocks of disputes and plans."""

from datetime import datetime, timedelta

import pytest

from gongxiang.law.deadlines import BEIJING
from gongxiang.law.notices import read_notice
from gongxiang.platform.access import collecting, tasks
from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.access.models import CollectionPlan
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.rulebook import actions as rulebook
from gongxiang.platform.rulebook import queries as rules
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, make_absence, make_dispute, plan_fields, refused_request
from tests.factories.parties import Banner, make_banner, make_person

HOUR = timedelta(hours=1)
#: Invented: four days off at New Year, one of them a Monday.
NOTICE = """国务院办公厅关于2027年部分节假日安排的通知
国办发明电〔2026〕99号
一、元旦：1月1日至4日放假，共4天。
二、春节：2月5日至11日放假调休，共7天。2月14日上班。
三、清明节：4月3日至5日放假，共3天。
四、劳动节：5月1日至5日放假调休，共5天。5月8日上班。
五、端午节：6月9日放假，共1天。
六、中秋节：9月15日放假，共1天。
七、国庆节：10月1日至7日放假调休，共7天。9月26日、10月9日上班。
"""


def propose(banner: Banner, resource_id: object) -> CollectionPlan:
    """A plan that lies before the authority."""
    from gongxiang.platform.kernel.actors import Role

    absence = make_absence(steps.FILED, banner=banner, request=refused_request(banner, resource_id, **ABSENT))
    key = {"by": banner.consumer.clerk, "at": banner.at + HOUR}
    plan = collecting.draft_plan(absence_id=absence.id, **plan_fields(), **key)
    answers = {collecting.hit_key(hit): ("JUSTIFIED", "该目录不含本部门对象。") for hit in plan.hits}
    collecting.answer_plan_hits(plan_id=plan.id, answers=answers, **key)
    officer = make_person(banner.consumer.department, Role.ACCOUNTABLE_OFFICER)
    collecting.propose_plan(plan_id=plan.id, by=officer, at=banner.at + HOUR)
    return CollectionPlan.objects.get(pk=plan.id)


@pytest.mark.article("wushen-2021-60:24")
@pytest.mark.django_db
def test_a_holiday_notice_moves_the_clocks_of_disputes_and_plans() -> None:
    banner = make_banner(at=datetime(2026, 12, 28, 9, tzinfo=BEIJING))
    resource = make_conditional(banner=banner)
    plan = propose(banner, resource.id)
    dispute = make_dispute(steps.IN_MEDIATION, banner=banner, request=refused_request(banner, resource.id))
    clocks = ((dispute, "dispute"), (plan, "collection_plan"))
    before = [row.due_at for row, _subject in clocks]
    assert all(row.due_provisional for row, _subject in clocks)
    read, at = read_notice(NOTICE), banner.at + 4 * HOUR
    seen = rules.preview_notice(year=2027, scope="state", days=read.days, at=at).seen
    rulebook.enter_notice(
        year=2027, number=read.number, title=read.title, days=read.days, seen=seen, by=banner.authority_officer, at=at
    )
    tasks.recount_disputes(at)
    tasks.recount_collection(at)
    for (row, subject), due in zip(clocks, before, strict=True):
        row.refresh_from_db()
        assert row.due_at == due + timedelta(days=1), subject
        assert not row.due_provisional
        kinds = [one.kind for one in evidence.trail_of(f"{subject}:{row.pk}", by=banner.auditor)]
        assert kinds.count(f"{subject}:deadline_recounted") == 1, "counted anew once, however often it is asked for"
