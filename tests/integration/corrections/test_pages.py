"""The pages of corrections, as people go through them: forms, figures with their rows, the counter, tickets."""

import re
import threading
from html import escape
from typing import Any

import pytest
from django.db import connections
from django.urls import reverse

from gongxiang.platform.corrections import actions, queries, states
from gongxiang.platform.corrections.models import Correction
from gongxiang.platform.evidence.errors import ChangedMeanwhile
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import clock
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.tickets import CLAIM, read_ticket
from tests.factories import corrections as make
from tests.factories.corrections import Scene
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}' OR 1=1 --"


@pytest.fixture
def scene() -> Scene:
    return make.make_scene()


def text_of(answer: Any) -> str:
    return answer.content.decode()


def test_from_the_grant_to_the_verdict(scene: Scene) -> None:
    """A clerk reports from the grant's page, the provider answers, the authority counts, the counter has its slip."""
    banner, page = scene.banner, "/corrections/"
    clerk, other = signed_in(banner.consumer.clerk), signed_in(banner.provider.clerk)
    link = f"{page}report/?grant={scene.grant_id}&amp;origin=row"
    assert link in text_of(clerk.get(reverse("grants:detail", args=[scene.grant_id])))
    assert link in text_of(clerk.get(reverse("delivery:flow", args=[scene.grant_id])))
    assert link not in text_of(other.get(reverse("grants:detail", args=[scene.grant_id])))
    assert str(scene.grant_id) in text_of(clerk.get(f"{page}report/"))
    address = f"{page}report/?grant={scene.grant_id}&origin=row"
    wrong = clerk.post(address, {"kind": "DOUBT", "elements": ["name"], "description": "身份证 150626199001011234"})
    assert wrong.status_code == 422
    assert "疑似证件号码" in text_of(wrong)
    assert clerk.post(address, {"kind": "?", "elements": ["nothing"], "description": ""}).status_code == 422
    assert not Correction.objects.exists()
    made = clerk.post(address, {"kind": "DOUBT", "elements": ["name"], "description": HOSTILE})
    row = Correction.objects.get()
    assert made["Location"] == f"{page}{row.pk}/"
    shown = text_of(clerk.get(f"{page}{row.pk}/"))
    assert "<script>alert" not in shown
    assert escape(HOSTILE) in shown
    assert 'data-key="gx_key"' in shown

    # The ticket leads to the gateway; what is typed there has no name by which it could reach the site.
    assert not re.search(r"<(?:input|textarea)[^>]*data-(?:key|present|believed|claim)[^>]* name=", shown)
    said = clerk.post(f"{page}{row.pk}/deposit/").json()["address"].removeprefix("/x/v1/tickets/")
    ticket = read_ticket(said, public_key=Keyring.from_environment().public_key("platform"), at=clock.now())
    assert (ticket.kind, ticket.subject, ticket.grant_id) == (CLAIM, row.pk, scene.grant_id)
    assert other.post(f"{page}{row.pk}/deposit/").status_code == 403
    assert other.post(f"{page}{row.pk}/read/").status_code == 409

    reviewer = signed_in(banner.provider.reviewer)
    assert row.number in text_of(reviewer.get(page, {"box": "to_verify", "q": row.number}))
    assert row.number in text_of(reviewer.get("/"))
    assert reviewer.post(f"{page}{row.pk}/verdict/", {"outcome": "MAYBE", "text": ""}).status_code == 422
    reviewer.post(f"{page}{row.pk}/assign/", {"person_id": str(banner.provider.clerk.id)})
    assert reviewer.post(f"{page}{row.pk}/assign/", {"person_id": str(banner.consumer.clerk.id)}).status_code == 422
    done = reviewer.post(f"{page}{row.pk}/verdict/", {"outcome": "AS_BELIEVED", "text": "已更正登记档案"})
    assert done.status_code == 302
    answered = text_of(clerk.get(f"{page}{row.pk}/"))
    assert "已更正登记档案" in answered
    assert "以提出部门的确认为准" in answered, "no key was deposited: the page says what counts"
    assert f"{page}{row.pk}/" in text_of(clerk.get("/")), "and it is the consumer's turn"

    served = {"proof_kind": "identity", "matter_number": "BJ-2026-1"}
    assert clerk.post(f"{page}{row.pk}/serve/", {**served, "matter_number": "150626199001011234"}).status_code == 422
    clerk.post(f"{page}{row.pk}/serve/", served)
    clerk.post(f"{page}{row.pk}/usage/", {"usage": "PAUSED", "note": ""})
    slip = text_of(clerk.get(f"{page}{row.pk}/slip/"))
    assert "照常办理" in slip
    assert "BJ-2026-1" in slip
    complaint = {"department_id": str(banner.consumer.id), "matter_number": "", "statement": "要求先更正信息"}
    clerk.post(f"{page}{row.pk}/complain/", complaint)
    authority = signed_in(banner.authority_officer)
    (open_one,) = queries.open_complaints(banner.authority_officer)
    own = f"{page}complaints/{open_one.pk}/"
    assert f'href="{own}answer/"' in text_of(authority.get(own))
    assert f'href="{own}answer/"' not in text_of(clerk.get(own))
    assert signed_in(banner.stranger.clerk).get(own).status_code == 404
    assert authority.post(f"{own}answer/", {"answer": "已责成窗口照常办理"}).headers["Location"] == own
    for place in (own, f"{page}complaints/?q={open_one.number}"):
        assert "已责成窗口照常办理" in text_of(clerk.get(place))
    assert own not in text_of(clerk.get(f"{page}complaints/", {"q": "无此投诉"}))
    assert text_of(authority.get(f"{page}complaints/", {"export": "csv"})).count("\n") == 2

    # Each figure leads to as many rows as it says.
    for by in ("resource", "department"):
        table = text_of(authority.get(f"{page}figures/", {"by": by}))
        links = re.findall(r'<td class="number"><a href="([^"]+)">(\d+)</a>', table)
        assert len(links) == 5
        for target, number in links:
            rows = text_of(authority.get(target.replace("&amp;", "&"))).count(f"{page}{row.pk}/")
            assert rows == int(number), target
        assert authority.get(f"{page}figures/", {"by": by, "export": "csv"}).status_code == 200
    assert row.number in text_of(clerk.get(f"{page}accuracy/{scene.resource_id}/"))
    assert row.number in text_of(clerk.get(page, {"export": "csv"}))


NONSENSE = (
    "?status=NONE",
    "?resource=x&provider=%00",
    "?q=%00%ff",
    "?late=maybe&sort=?&page=99999999",
    "?grant=1&outcome=DROP",
)


def test_what_is_not_yours_or_nonsense(scene: Scene) -> None:
    """An address of nonsense is no error; cases of others do not exist for a stranger."""
    clerk = signed_in(scene.banner.consumer.clerk)
    for query in NONSENSE:
        assert clerk.get(f"/corrections/{query}").status_code == 200, query
    row = make.report(scene)
    stranger = signed_in(scene.banner.stranger.officer)
    for page in ("", "verdict/", "forward/", "assign/", "withdraw/", "usage/", "serve/", "complain/", "slip/", "object/"):
        assert stranger.get(f"/corrections/{row.pk}/{page}").status_code == 404, page
    for act in ("accept/", "deposit/", "read/"):
        assert stranger.post(f"/corrections/{row.pk}/{act}").status_code in (403, 404), act
    assert row.number not in text_of(stranger.get("/corrections/"))


def test_two_verdicts_at_once_give_one_and_a_named_refusal(site_database: Any) -> None:
    scene = make.make_scene()
    row, found, start = make.report(scene), [], threading.Barrier(2)

    def judge(person: Any) -> None:
        start.wait()
        try:
            actions.give_verdict(correction_id=row.pk, outcome=states.REFUSED, text="与登记档案一致", by=person, at=scene.at)
            found.append("done")
        except Refusal as refusal:
            found.append(type(refusal))
        finally:
            connections.close_all()

    office = scene.banner.provider
    threads = [threading.Thread(target=judge, args=[person]) for person in (office.reviewer, office.officer)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in found
    assert {one for one in found if one != "done"} <= {WrongState, ChangedMeanwhile}
    assert len(found) == 2
    assert found.count("done") == 1
