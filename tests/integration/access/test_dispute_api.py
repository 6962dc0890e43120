"""Disputes, filings and plans for programs: with the scope, by the same sight as the pages, no opinion before it is given."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from gongxiang.platform.access import collecting, mediating
from gongxiang.platform.access import states_dispute as steps
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, make_absence, make_dispute, plan_fields, refused_request, terms
from tests.factories.parties import make_banner
from tests.support.calling import bearer, system_token

pytestmark = pytest.mark.django_db
API = "/api/v1"


@pytest.mark.article("wushen-2021-60:21(2)", "cn-809:28.2")
def test_systems_read_disputes_filings_and_plans() -> None:
    banner = make_banner(at=clock.now() - timedelta(hours=12))
    resource, at = make_conditional(banner=banner), banner.at + timedelta(hours=6)
    refused, absent = (refused_request(banner, resource.id, **said) for said in ({}, ABSENT))
    dispute = make_dispute(steps.HEARD, banner=banner, request=refused)
    mediating.prepare_opinion(
        dispute_id=dispute.pk, terms=terms(), reasons="尚未给出的协调意见草稿。", by=banner.authority_officer, at=at
    )
    filing = make_absence(steps.FILED, banner=banner, request=absent)
    draft = collecting.draft_plan(absence_id=filing.id, by=banner.consumer.officer, at=at, **plan_fields())
    consumer, provider, stranger = (
        bearer(system_token(office, Scope.REQUESTS)) for office in (banner.consumer, banner.provider, banner.stranger)
    )
    without = bearer(system_token(banner.consumer, Scope.READ))

    def get(address: str, who: dict[str, Any], status: int = 200) -> Any:
        answer = Client().get(f"{API}{address}", **who)
        assert answer.status_code == status, (address, answer.content)
        return answer.json()

    for address in ("/disputes", "/filings", "/collection-plans"):
        assert get(address, without, 403)["error"]["code"] == "scope_missing"
        assert get(f"{address}?page=0", consumer, 422)["error"]["fields"][0]["field"]
        get(f"{address}?q=%00", consumer)
    for side in (consumer, provider):
        (shown,) = get("/disputes?box=open", side)["disputes"]
        assert (shown["number"], shown["status"], shown["opinion_reasons"]) == (dispute.number, steps.HEARD, "")
        assert get(f"/disputes/{dispute.pk}", side)["due_rule"] == dispute.due_rule
    assert get("/disputes", stranger)["total"] == 0
    get(f"/disputes/{dispute.pk}", stranger, 404)
    # What was filed is every department's to read; a draft of a plan is its own department's.
    assert get("/filings", stranger)["filings"][0]["filing_number"] == filing.filing_number
    assert get(f"/filings/{filing.id}", stranger)["status"] == steps.FILED
    assert get(f"/collection-plans/{draft.id}", consumer)["filing_id"] == str(filing.id)
    assert get("/collection-plans", stranger)["total"] == 0
    get(f"/collection-plans/{draft.id}", provider, 404)
