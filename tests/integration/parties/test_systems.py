"""The move of business systems to the government extranet (art. 17): days, delays, the list of those past their day."""

from datetime import date, timedelta

import pytest

from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.parties import actions, errors, queries
from gongxiang.protocol import clock
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


@pytest.mark.article("wushen-2021-60:17")
def test_what_is_not_on_the_extranet_has_a_day_and_past_it_is_listed():
    """政务部门业务信息系统原则上通过电子政务外网承载；应尽快迁移并接入。"""
    banner = make_banner(at=clock.now() - timedelta(days=30))
    at, today = clock.now(), clock.now().date()
    office = banner.provider
    made = actions.register_system(
        department_id=office.id, name="救助系统", tier="own", network="internet", by=office.clerk, at=banner.at
    )
    above = actions.register_system(
        department_id=office.id, name="全区系统", tier="regional", network="dedicated", by=office.clerk, at=banner.at
    )
    assert queries.system_move_state(made, today) == "unplanned"
    assert queries.system_move_state(above, today) == "", "a superior's system is not the department's to move"
    plan = {"system_id": made.id, "by": office.clerk}
    for changes, refusal in (
        ({"network": "internet"}, errors.MoveUndated),
        ({"network": "internet", "extranet_by": date(1999, 1, 1)}, errors.MoveUndated),
        ({"network": "internet", "extranet_by": date(2999, 1, 1)}, errors.MoveUndated),
        ({"network": "moon"}, errors.NetworkUnknown),
    ):
        with pytest.raises(refusal):
            actions.plan_system(**plan, **changes, at=banner.at)
    first = banner.at.date() + timedelta(days=10)
    made = actions.plan_system(**plan, network="internet", extranet_by=first, at=banner.at)
    assert (queries.system_move_state(made, first), queries.system_move_state(made, today)) == ("planned", "late")
    with pytest.raises(errors.DelayUnexplained):
        actions.plan_system(**plan, network="internet", extranet_by=today + timedelta(days=60), at=at)
    for person in (banner.consumer.clerk, banner.authority_officer, banner.auditor):
        with pytest.raises(Refusal):
            actions.plan_system(system_id=made.id, network="extranet", by=person, at=at)

    clerk, authority = signed_in(office.clerk), signed_in(banner.authority_officer)
    assert "救助系统" in authority.get("/parties/systems/?move=late").content.decode()
    assert "全区系统" not in authority.get("/parties/systems/?move=late").content.decode()
    assert "逾期未迁至政务外网的系统" in authority.get("/").content.decode()
    assert "迁移系统或制定迁移计划" in clerk.get("/").content.decode()
    here = f"/parties/systems/{made.id}/plan/"
    wrong = clerk.post(here, {"network": "internet", "extranet_by": "2999-01-01"})
    assert wrong.status_code == 422
    assert signed_in(banner.stranger.clerk).get(here).status_code == 403
    assert clerk.post(here, {"network": "extranet", "hosting": "旗政务云"}).status_code == 302
    made = queries.system_ref(made.id)
    assert (queries.system_move_state(made, today), made.extranet_by) == ("done", None)
    kinds = [one.kind for one in trail.trail_of(f"system:{made.id}", by=banner.auditor)]
    assert kinds == ["system:registered", "system:plan_changed", "system:moved"]
    for client in (authority, clerk):
        shown = client.get(f"/quality/systems/{made.id}/").content.decode()
        assert all(words in shown for words in ("旗政务云", "未接入", "系统已迁至政务外网", first.isoformat()))
    assert signed_in(banner.consumer.clerk).get(f"/quality/systems/{made.id}/").status_code == 404
    actions.end_system(system_id=made.id, by=office.clerk, at=at)
    with pytest.raises(NotFound):
        actions.plan_system(**plan, network="extranet", at=at)
