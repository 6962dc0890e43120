"""The pages of requests, grants and the exchange: the whole walk by clicking, and every page in both languages."""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from gongxiang.platform.access import states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.catalogue.values import ResourceRef
from gongxiang.platform.delivery import opening
from gongxiang.platform.delivery.models import Flow, Node
from gongxiang.platform.grants.models import DisposalDuty, Grant, Provision
from gongxiang.platform.web.use.todos import todos
from gongxiang.protocol import clock
from tests.factories.catalogue import make_conditional, make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant, make_node, make_operator, make_request
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def banner() -> Banner:
    """A banner with agreements in force, now."""
    return make_banner(at=clock.now() - timedelta(hours=6))


@pytest.fixture
def resource(banner: Banner) -> ResourceRef:
    """A published conditional resource."""
    return make_conditional(banner=banner)


def get(client: Client, name: str, *arguments: object) -> str:
    """The page's text; it must be there."""
    answer = client.get(reverse(name, args=arguments))
    assert answer.status_code == 200, (name, answer.status_code, answer.content[:2000])
    return answer.content.decode()


def post(client: Client, name: str, /, *arguments: object, **fields: Any) -> Any:
    """Send a form."""
    return client.post(reverse(name, args=arguments), fields)


@pytest.mark.article("cn-809:22")
def test_the_provider_is_told_until_when_to_provide(banner: Banner) -> None:
    node = make_node(banner=banner, office=banner.provider)
    resource = make_published(banner=banner, content=conditional_content(node_id=node.pk))
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    provision = Provision.objects.get(grant_id=grant_id)
    assert provision.due_basis == "cn-809:22.1"
    assert provision.due_rule.startswith("provision=20@")
    # Nothing captures the table yet, so the flow waits and the provider's people are told.
    opening.request_flow(grant_id, at=banner.at + timedelta(hours=2))
    for person, told in ((banner.provider.clerk, True), (banner.provider.node_operator, True), (banner.consumer.clerk, False)):
        kinds = [(str(todo.kind), todo.due_at) for todo in todos(person, clock.now())]
        assert (("提供数据或确认收到", provision.due_at) in kinds) is told
    assert "提供数据" in client_of(banner.provider.clerk).get("/").content.decode()


def test_a_request_from_form_to_grant(banner: Banner, resource: ResourceRef) -> None:
    clerk, officer = client_of(banner.consumer.clerk), client_of(banner.consumer.officer)
    reviewer, giver = client_of(banner.provider.reviewer), client_of(banner.provider.officer)
    assert resource.name in get(clerk, "access:apply", resource.id)
    post(clerk, "access:apply", resource.id)
    request = AccessRequest.objects.get()

    empty = post(clerk, "access:edit", request.pk, act="present")
    assert empty.status_code == 422
    assert "第二十条" in empty.content.decode() or "第20条" in empty.content.decode()
    fields = {
        "legal_basis": "《企业信息公示暂行条例》第七条",
        "purposes": ["verification"],
        "use_case": "核验经营者身份",
        "scope": "登记股三人",
        "elements": ["id_number", "name", "township"],
        "mode": "table",
        "until": "2027-10-31",
        "handlers": [str(banner.consumer.clerk.id)],
        "ban": "on",
    }
    assert post(clerk, "access:save", request.pk, **{**fields, "use_case": ""}).status_code == 200
    assert post(clerk, "access:edit", request.pk, act="present", **fields).status_code == 302
    assert request.number in get(officer, "access:consents")
    assert post(officer, "access:consent", request.pk, submit="yes").status_code == 302
    request.refresh_from_db()
    assert request.status == states.SUBMITTED

    assert request.number in get(reviewer, "access:replies")
    assert post(reviewer, "access:notice", request.pk, missing="三定规定\n法律依据原文").status_code == 302
    assert "三定规定" in get(clerk, "access:complete", request.pk)
    assert post(clerk, "access:complete", request.pk, completion="已补充。", materials="三定规定").status_code == 302
    assert post(reviewer, "access:notice", request.pk, missing="再补").status_code == 422

    reply = {
        "outcome": "grant",
        "grant_id_number": "on",
        "grant_township": "on",
        "mask_id_number": "keep",
        "prefix_id_number": "3",
        "suffix_id_number": "2",
        "element_0": "township",
        "operator_0": "eq",
        "values_0": "嘎鲁图镇",
        "purposes": ["verification"],
        "until": "2027-10-31",
        "text": "姓名非必要。",
    }
    assert "嘎鲁图镇" in post(reviewer, "access:preview", request.pk, **reply).content.decode()
    assert post(reviewer, "access:reply", request.pk, **{**reply, "grant_phone": "on"}).status_code == 422
    assert post(reviewer, "access:reply", request.pk, **reply).status_code == 302
    assert "姓名非必要" not in get(clerk, "access:detail", request.pk)
    assert "姓名非必要" in get(giver, "access:detail", request.pk)
    assert post(giver, "access:give", request.pk).status_code == 409, "what was not read is not given"
    (read,) = re.findall(r'name="read_at" value="([^"]+)"', get(giver, "access:detail", request.pk))
    assert post(giver, "access:give", request.pk, read_at=read).status_code == 302
    request.refresh_from_db()
    assert request.status == states.PARTLY_GRANTED
    assert "嘎鲁图镇" in get(clerk, "grants:detail", request.grant_id)


def test_a_grant_is_suspended_resumed_narrowed_and_ended(banner: Banner, resource: ResourceRef) -> None:
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    officer, consumer = client_of(banner.provider.officer), client_of(banner.consumer.officer)
    cold = client_of(banner.provider.officer, factor=False)
    asked = post(cold, "grants:suspend", grant_id, reason="misuse", statement="发现超范围使用。")
    assert asked.status_code == 302
    assert "second" in asked["Location"] or "confirm" in asked["Location"]
    assert Grant.objects.get(pk=grant_id).status == "ACTIVE"
    assert post(officer, "grants:suspend", grant_id, reason="", statement="").status_code == 422
    assert post(officer, "grants:suspend", grant_id, reason="misuse", statement="发现超范围使用。").status_code == 302
    assert "发现超范围使用" in get(consumer, "grants:detail", grant_id)
    assert post(officer, "grants:resume", grant_id, statement="已完成整改。").status_code == 302
    narrower = {"grant_id_number": "on", "mask_id_number": "blank", "purposes": ["verification"], "until": "2027-10-31"}
    narrower |= {
        "element_0": "township",
        "operator_0": "eq",
        "values_0": "嘎鲁图镇",
        "reason": "security",
        "statement": "姓名已泄漏，只需核验。",
    }
    assert post(officer, "grants:revise", grant_id, **narrower).status_code == 302
    assert post(officer, "grants:revise", grant_id, **{**narrower, "grant_phone": "on"}).status_code == 422
    assert post(consumer, "grants:end", grant_id, reason="purpose_met", statement="用途已达成。").status_code == 302
    assert DisposalDuty.objects.get().status == "OPEN"
    disposed = {"method": "deleted", "rows_disposed": "3", "statement": "已删除并清空备份。", "witness": "信息股股长"}
    assert post(consumer, "grants:dispose", grant_id, **disposed).status_code == 302
    assert DisposalDuty.objects.get().status == "DISCHARGED"


def test_a_node_is_entered_and_its_code_shown_once(banner: Banner) -> None:
    operator = client_of(banner.provider.node_operator)
    shown = post(operator, "delivery:offer", name="前置机")
    assert shown.status_code == 200
    code = shown.context["code"]
    assert code in shown.content.decode()
    node = Node.objects.get()
    assert code not in get(operator, "delivery:node", node.pk)
    assert post(operator, "delivery:admit", node.pk, confirmed_key="x").status_code == 403


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_is_there(banner: Banner, language: str) -> None:
    node = make_node(banner=banner, office=banner.provider)
    make_node(banner=banner, office=banner.consumer)
    resource = make_published(banner=banner, content=conditional_content(node_id=node.pk))
    open_one = make_published(banner=banner)
    opening.open_stream(resource.id, at=banner.at)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(grant_id, at=banner.at)
    assert Flow.objects.get().status == "STARTED"
    draft = make_request(states.DRAFT, banner=banner, resource_id=resource.id, purposes=["decision"])
    waiting = make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, purposes=["decision"])
    pages: list[tuple[Any, str, tuple[UUID, ...]]] = [
        (banner.consumer.clerk, "access:mine", ()),
        (banner.consumer.clerk, "access:apply", (open_one.id,)),
        (banner.consumer.clerk, "access:edit", (draft.pk,)),
        (banner.consumer.clerk, "access:detail", (waiting.pk,)),
        (banner.consumer.officer, "access:consents", ()),
        (banner.consumer.officer, "access:withdraw", (waiting.pk,)),
        (banner.provider.reviewer, "access:replies", ()),
        (banner.provider.reviewer, "access:reply", (waiting.pk,)),
        (banner.provider.reviewer, "access:notice", (waiting.pk,)),
        (banner.authority_leader, "access:mediations", ()),
        (banner.authority_leader, "access:detail", (waiting.pk,)),
        (banner.auditor, "access:detail", (waiting.pk,)),
        (banner.consumer.clerk, "grants:list", ()),
        (banner.consumer.clerk, "grants:detail", (grant_id,)),
        (banner.consumer.officer, "grants:disposals", ()),
        (banner.authority_officer, "grants:filings", ()),
        (banner.provider.officer, "grants:suspend", (grant_id,)),
        (banner.provider.officer, "grants:resume", (grant_id,)),
        (banner.provider.officer, "grants:revise", (grant_id,)),
        (banner.provider.officer, "grants:end", (grant_id,)),
        (banner.consumer.officer, "grants:dispose", (grant_id,)),
        (banner.provider.node_operator, "delivery:nodes", ()),
        (banner.provider.node_operator, "delivery:offer", ()),
        (banner.provider.node_operator, "delivery:node", (node.pk,)),
        (banner.provider.node_operator, "delivery:node_live", (node.pk,)),
        (make_operator(banner), "delivery:admit", (node.pk,)),
        (make_operator(banner), "delivery:revoke", (node.pk,)),
        (banner.consumer.clerk, "delivery:flows", ()),
        (banner.consumer.clerk, "delivery:flow", (grant_id,)),
        (banner.consumer.clerk, "delivery:flow_live", (grant_id,)),
        (banner.provider.clerk, "delivery:mounts", ()),
        (banner.provider.clerk, "delivery:mount", (resource.id,)),
        (make_operator(banner), "delivery:alarms", ()),
        (banner.consumer.clerk, "workbench:home", ()),
    ]
    for person, name, arguments in pages:
        get(client_of(person, language=language), name, *arguments)


def test_others_do_not_see_a_request_a_grant_or_a_node(banner: Banner, resource: ResourceRef) -> None:
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    node = make_node(banner=banner, office=banner.provider)
    stranger = client_of(banner.stranger.officer)
    request_id = AccessRequest.objects.get().pk
    for name, argument in (("access:detail", request_id), ("grants:detail", grant_id), ("delivery:node", node.pk)):
        assert stranger.get(reverse(name, args=[argument])).status_code == 404
