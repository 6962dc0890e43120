"""Requests over the interface: a person's acts with a token of one's own, a system's reading, and what neither sees."""

from typing import Any

import pytest
from django.test import Client

from gongxiang.platform.access import states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.kernel.actors import Person, Scope
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_request, request_fields
from tests.support.calling import bearer, own_token, system_token

pytestmark = pytest.mark.django_db
AT = "/api/v1/requests"


@pytest.fixture
def banner() -> Banner:
    from gongxiang.protocol import clock

    return make_banner(at=clock.now())


def caller(person: Person) -> Any:
    token = own_token(person, Scope.ACT, Scope.REQUESTS)

    def call(method: str, path: str = "", body: Any = None) -> tuple[int, Any]:
        sent = {} if body is None else {"data": body, "content_type": "application/json"}
        answered = getattr(Client(), method)(f"{AT}{path}", **sent, **bearer(token))
        return answered.status_code, answered.json()

    return call


def test_from_draft_to_grant(banner: Banner) -> None:
    resource = make_conditional(banner=banner, at=banner.at)
    clerk, officer = caller(banner.consumer.clerk), caller(banner.consumer.officer)
    reviewer, giver, stranger = (
        caller(banner.provider.reviewer), caller(banner.provider.officer), caller(banner.stranger.clerk),
    )  # fmt: skip
    status, made = clerk("post", body={"resource_id": str(resource.id)})
    assert (status, made["status"], made["handlers"]) == (201, states.DRAFT, [str(banner.consumer.clerk.id)])
    at = f"/{made['id']}"
    status, refused = clerk("post", f"{at}/present")
    assert status == 409
    assert {"legal_basis", "purposes", "use_case", "ban"} <= {one["field"] for one in refused["error"]["fields"]}
    words = {**request_fields(), "until": "2029-10-31"}
    status, saved = clerk("patch", at, {"words": words, "ban_accepted": True})
    assert (status, saved["ban_version"]) == (200, "2")
    assert clerk("post", f"{at}/present")[0] == 200
    assert reviewer("get", at)[0] == 404, "not before it is submitted"
    assert officer("post", f"{at}/consent")[0] == 200
    status, sent = clerk("post", f"{at}/submit")
    assert (status, sent["turn"], sent["due_basis"]) == (200, "provider", "wushen-2021-60:21(2)")
    for act in ("reply", "give", "notice"):
        anything = {"outcome": "grant", "missing": [], "read_at": "2020-01-01T00:00:00Z"}
        assert stranger("post", f"{at}/{act}", anything)[0] in (403, 404)
    reply = {
        "outcome": "grant", "elements": ["id_number", "name"], "masks": {"id_number": {"kind": "keep", "prefix": 3}},
        "purposes": ["verification"], "until": "2029-10-31", "text": "按最小必要提供。",
    }  # fmt: skip
    assert (
        reviewer("post", f"{at}/reply", {**reply, "volume": {"rows_per_day": 5}})[1]["error"]["code"] == "volume_not_for_tables"
    )
    status, prepared = reviewer("post", f"{at}/reply", reply)
    assert (status, prepared["reply"]) == (200, None)
    assert clerk("get", at)[1]["reply"] is None, "a reply that is only prepared is the provider's own"
    stale = giver("post", f"{at}/give", {"read_at": "2020-01-01T00:00:00Z"})
    assert (stale[0], stale[1]["error"]["code"]) == (409, "reply_changed")
    assert giver("post", f"{at}/give", {})[0] == 422, "which reply was read is not said"
    status, seen = giver("get", at)
    assert seen["prepared"]["elements"] == ["id_number", "name"]
    assert clerk("get", at)[1]["prepared"] is None
    status, given = giver("post", f"{at}/give", {"read_at": seen["prepared_at"]})
    assert (status, given["status"]) == (200, states.PARTLY_GRANTED)
    status, read = clerk("get", at)
    assert read["reply"]["masks"] == {"id_number": {"kind": "keep", "prefix": 3, "suffix": 0}}
    assert clerk("get", "?box=mine")[1]["total"] == 1
    assert stranger("get")[1]["total"] == 0


def test_a_system_reads_its_department_s_requests_and_acts_on_none(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner, at=banner.at).id, at=banner.at)
    for office, seen in ((banner.consumer, 1), (banner.provider, 1), (banner.stranger, 0)):
        token = bearer(system_token(office, Scope.REQUESTS, at=banner.at))
        assert Client().get(AT, **token).json()["total"] == seen
        assert Client().get(f"{AT}/{request.pk}", **token).status_code == (200 if seen else 404)
        denied = Client().post(f"{AT}/{request.pk}/withdraw", {"reason": "x"}, content_type="application/json", **token)
        assert (denied.status_code, denied.json()["error"]["code"]) == (403, "needs_person")
    assert AccessRequest.objects.get().status == states.SUBMITTED


@pytest.mark.article("wushen-2021-60:25")
def test_what_people_wrote_to_each_other_is_read_by_people(banner: Banner) -> None:
    request = make_request(banner=banner, resource_id=make_conditional(banner=banner, at=banner.at).id, at=banner.at)
    system = bearer(system_token(banner.consumer, *(Scope.REQUESTS, Scope.READ), at=banner.at))
    person = bearer(own_token(banner.consumer.clerk, Scope.ACT))
    assert Client().get(f"{AT}/{request.pk}", **system).status_code == 200
    for path in (f"{AT}/{request.pk}/messages", f"/api/v1/disputes/{request.pk}/proceedings"):
        answer = Client().get(path, **system)
        assert (answer.status_code, answer.json()["error"]["code"]) == (403, "needs_person")
        assert Client().get(path, **person).status_code in (200, 404)
