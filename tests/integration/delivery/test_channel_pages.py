"""The pages of outside channels, as people go through them."""

from datetime import timedelta

import pytest

from gongxiang.platform.delivery.models import OutsideChannel
from gongxiang.protocol import clock
from tests.factories.parties import make_banner
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.mark.article("wushen-2021-60:17")
def test_a_channel_is_reported_confirmed_planned_and_exempted():
    banner = make_banner(at=clock.now() - timedelta(days=1))
    clerk, officer = signed_in(banner.consumer.clerk), signed_in(banner.provider.officer)
    authority, leader = signed_in(banner.authority_officer), signed_in(banner.authority_leader)
    assert "没有符合的渠道" in text_of(clerk.get("/channels/"))
    sent = {
        "provider_id": str(banner.provider.id), "consumer_id": str(banner.consumer.id), "title": "救助对象名册", "kind": "usb",
        "frequency": "MONTHLY", "items": "姓名", "basis": "惯例", "since": "",
    }  # fmt: skip
    for bad in ({"title": "某"}, {"since": "2999-01-01"}, {"since": "x"}, {"consumer_id": "x"}, {"kind": "pigeon"}):
        assert clerk.post("/channels/declare/", {**sent, **bad}).status_code == 422, bad
    made = clerk.post("/channels/declare/", sent)
    row = OutsideChannel.objects.get()
    here = f"/channels/{row.pk}/"
    assert made["Location"] == here
    assert clerk.post("/channels/declare/", sent).status_code == 422
    assert row.title in text_of(authority.get("/"))
    assert authority.post(f"{here}confirm/").status_code == 302
    assert authority.post(f"{here}confirm/").status_code == 422
    wrong = officer.post(f"{here}plan/", {"steps": "明年 接入", "note": ""})
    assert wrong.status_code == 422
    assert "开头不是" in text_of(wrong)
    day = (clock.now() + timedelta(days=30)).date().isoformat()
    assert officer.post(f"{here}plan/", {"steps": f"{day} 挂接库表", "note": ""}).status_code == 302
    assert clerk.post(f"{here}steps/1/done/").status_code == 302
    assert clerk.post(f"{here}steps/99999999999/done/").status_code in (404, 409, 422)
    assert "尚无" in text_of(clerk.get(f"{here}move/")) or clerk.get(f"{here}move/").status_code == 200
    assert clerk.post(f"{here}move/", {"grant_id": "x"}).status_code == 422
    assert officer.post(f"{here}exemption/", {"ground": "SECRET", "basis": "涉密网"}).status_code == 422
    assert officer.post(f"{here}exemption/", {"ground": "LAW", "basis": "《统计法》第九条"}).status_code == 302
    assert "《统计法》" in text_of(leader.get(here))
    assert leader.post(f"{here}exempt/").status_code == 302
    assert authority.post(f"{here}reopen/", {"reason": "依据已废止。"}).status_code == 302
    assert row.number in text_of(authority.get("/channels/findings/"))
    assert "未登记的平台外共享" in text_of(authority.get("/channels/findings/", {"export": "csv"}))
    assert row.number in text_of(clerk.get("/channels/", {"q": "救助", "export": "csv"}))
    assert signed_in(banner.stranger.officer).get(here).status_code == 404
    assert authority.get("/channels/figures/").status_code == 200
