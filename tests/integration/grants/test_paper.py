"""The certificate of a grant and its ODRL policy: the same terms on both; new terms or the end withdraw the certificate."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from gongxiang.platform.documents import queries as documents
from gongxiang.platform.grants import actions, errors, paper, queries
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.protocol import odrl
from gongxiang.protocol.clock import BEIJING
from gongxiang.protocol.terms import Volume
from tests.factories.catalogue import make_conditional
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant
from tests.integration.agreements.test_paper import squeezed, words_of
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:22.4")]


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture
def grant_id(banner: Banner) -> UUID:
    return make_grant(banner=banner, resource_id=make_conditional(banner=banner).id)


def test_certificate_and_policy_state_the_same_terms(banner: Banner, grant_id: UUID) -> None:
    grant = queries.get_grant(grant_id, actor=banner.auditor)
    stated = squeezed(odrl.described(paper.policy(grant)))
    document = paper.issue_paper(grant_id=grant_id, by=banner.provider.clerk, at=banner.at + timedelta(hours=2))
    for form in ("pdf", "docx"):
        found = odrl.on_paper(words_of(form, documents.content(document.id, form).content))
        assert found.keys() == stated.keys()
        assert sum(found[code] == stated[code] for code in stated) >= len(stated) - 1
    assert odrl.on_paper(words_of("docx", documents.content(document.id, "docx").content)) == stated
    public = documents.resolve(document.verification_code)
    assert (public.title, public.issuer) == ("政务信息资源共享授权书", grant.provider_name)


def test_every_limit_of_the_terms_is_a_part_of_the_policy(banner: Banner, grant_id: UUID) -> None:
    grant, terms = queries.get_grant(grant_id, actor=banner.auditor), queries.current_terms(grant_id)
    (permission,) = paper.policy(grant)["permission"]
    refined = {one["leftOperand"]: one for one in permission["target"]["refinement"]}
    assert refined["gx:element"]["rightOperand"] == list(terms.elements)
    assert refined["gx:mask"]["rightOperand"]["gx:element"] in terms.masks
    assert {f"gx:row:{one.element}" for one in terms.conditions} <= refined.keys()
    assert [one["operator"] for one in permission["constraint"] if one["leftOperand"] == "dateTime"] == ["gteq", "lt"]
    limited = replace(terms, volume=Volume(calls_per_day=100, rows_per_day=500, rows_in_all=9000))
    lines = [term.line for term in paper.terms_of(grant, limited, {})]
    for words in ("每日调用不超过100次", "每日获取不超过500条", "累计获取不超过9000条"):
        assert any(words in line for line in lines)


@pytest.mark.article("cn-809:29.2")
def test_how_long_use_stays_on_record_is_the_rule_of_the_first_day(banner: Banner, grant_id: UUID) -> None:
    grant, terms = queries.get_grant(grant_id, actor=banner.auditor), queries.current_terms(grant_id)
    for first, article in ((date(2022, 3, 1), "wushen-2021-60:22.2"), (date(2026, 3, 1), "cn-809:29.2")):
        begun = replace(terms, valid_from=datetime(first.year, first.month, first.day, tzinfo=BEIJING))
        (line,) = (one for one in paper.terms_of(grant, begun, {}) if one.action == "gx:recordUse")
        assert ("不少于三年" in line.words, line.articles, line.right["@value"]) == (True, (article,), "P3Y")


def test_new_terms_and_the_end_withdraw_the_certificate(banner: Banner, grant_id: UUID) -> None:
    at = banner.at + timedelta(hours=2)
    first = paper.issue_paper(grant_id=grant_id, by=banner.provider.officer, at=at)
    assert paper.issue_paper(grant_id=grant_id, by=banner.authority_officer, at=at).id == first.id
    old = queries.current_terms(grant_id)
    actions.revise_grant(
        grant_id=grant_id, elements=old.elements[:2], masks=old.masks, conditions=old.conditions, purposes=old.purposes,
        valid_until=old.valid_until, reason="只保留必要信息项", by=banner.authority_leader, at=at,
    )  # fmt: skip
    assert documents.get_document(first.id).status == "WITHDRAWN"
    second = paper.issue_paper(grant_id=grant_id, by=banner.provider.officer, at=at)
    assert second.id != first.id
    actions.end_grant(grant_id=grant_id, reason="not_needed", statement="不再需要", by=banner.consumer.officer, at=at)
    assert documents.get_document(second.id).status == "WITHDRAWN"
    with pytest.raises(errors.PaperOfEndedGrant):
        paper.issue_paper(grant_id=grant_id, by=banner.provider.officer, at=at)


@pytest.mark.article("cn-809:27.2")
def test_whoever_holds_the_code_hears_that_the_grant_rests_changed_or_ended(
    banner: Banner, grant_id: UUID, client: Client
) -> None:
    at = banner.at + timedelta(hours=2)

    def told(code: str) -> str:
        return client.get(f"/documents/verify/{code}/").content.decode()

    first = paper.issue_paper(grant_id=grant_id, by=banner.provider.officer, at=at)
    assert "该文书由本平台出具，现行有效。" in told(first.verification_code)
    held = {"grant_id": grant_id, "reason": "misuse", "by": banner.provider.officer}
    actions.suspend_grant(statement="发现超范围使用。", at=at, **held)
    page = told(first.verification_code)
    assert "起已暂停" in page
    assert "该文书由本平台出具，现行有效。" not in page
    assert "发现超范围使用" not in page, "why is not everybody's"
    actions.resume_grant(grant_id=grant_id, statement="已整改到位。", by=banner.provider.officer, at=at)
    assert "该文书由本平台出具，现行有效。" in told(first.verification_code)
    old = queries.current_terms(grant_id)
    actions.revise_grant(
        grant_id=grant_id, elements=old.elements[:2], masks=old.masks, conditions=old.conditions, purposes=old.purposes,
        valid_until=old.valid_until, reason="只保留必要信息项", by=banner.authority_leader, at=at,
    )  # fmt: skip
    assert "其授权条款此后已变更" in told(first.verification_code)
    actions.end_grant(grant_id=grant_id, reason="not_needed", statement="不再需要", by=banner.consumer.officer, at=at)
    assert "不得再据此共享" in told(first.verification_code)


def test_who_may_issue_it_and_who_may_read_the_policy(banner: Banner, grant_id: UUID) -> None:
    for by in (banner.consumer.officer, banner.auditor):
        with pytest.raises(NotPermitted):
            paper.issue_paper(grant_id=grant_id, by=by, at=banner.at)
    with pytest.raises(NotFound):
        paper.issue_paper(grant_id=grant_id, by=banner.stranger.officer, at=banner.at)
    for address in (f"/grants/{grant_id}/terms.jsonld", f"/api/v1/grants/{grant_id}/terms"):
        answer = client_of(banner.consumer.clerk).get(address)
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/ld+json")
        assert json.loads(answer.content)["@type"] == "Agreement"
        assert client_of(banner.stranger.clerk).get(address).status_code == 404
    client = client_of(banner.provider.clerk)
    issued = client.post(f"/grants/{grant_id}/paper/")
    assert issued.status_code == 302
    assert "授权书" in client.get(issued.headers["Location"]).content.decode()
    assert "T01" in "".join(term for term in odrl.described(paper.get_policy(grant_id, actor=banner.auditor)))
