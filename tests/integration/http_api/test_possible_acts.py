"""What is called possible is not refused for who or when; what is not possible, or not shown, is refused, for the reason given.

Each record in each state is asked by several people what they may do, and then every act of its kind is tried and undone.
"""

import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.test import Client

from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.access import collecting, extending, superiors
from gongxiang.platform.access import states as request_states
from gongxiang.platform.access import states_dispute as dispute_states
from gongxiang.platform.corrections import states as correction_states
from gongxiang.platform.delivery import channels
from gongxiang.platform.demands import actions as demands
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import inspections, questions, stopping
from gongxiang.platform.http_api import api
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.projects import states as project_states
from gongxiang.protocol import clock
from tests.factories import corrections
from tests.factories.catalogue import make_conditional
from tests.factories.disputes import ABSENT, make_absence, make_dispute, plan_fields, refused_request
from tests.factories.parties import Banner, make_agreement, make_banner, make_office
from tests.factories.procedure import make_grant, make_request
from tests.factories.projects import make_project_at
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
TEXT = "经核实，情况属实，理由如上。"


def _disputes(banner: Banner, resource: UUID) -> Iterator[Any]:
    request = refused_request(banner, resource)
    for status in (dispute_states.CONSULTING, dispute_states.HEARING, dispute_states.OPINION_GIVEN):
        yield lambda status=status: make_dispute(status, banner=banner, request=request, at=banner.at).pk


def _filings(banner: Banner, resource: UUID) -> Iterator[Any]:
    request = refused_request(banner, resource, **ABSENT)
    for status in (dispute_states.STATED, dispute_states.CONFIRMED):
        yield lambda status=status: make_absence(status, banner=banner, request=request).id


def _plans(banner: Banner, resource: UUID) -> Iterator[Any]:
    absence = make_absence(dispute_states.FILED, banner=banner, request=refused_request(banner, resource, **ABSENT))
    for by in (banner.consumer.clerk, banner.consumer.officer):
        yield lambda by=by: collecting.draft_plan(absence_id=absence.id, by=by, at=banner.at, **plan_fields()).id


def _corrections(banner: Banner, resource: UUID) -> Iterator[Any]:
    scene = corrections.make_scene(banner)
    for status in (correction_states.REPORTED, correction_states.REFUTED):
        yield lambda status=status: corrections.bring(scene, status).pk


def _requests(banner: Banner, resource: UUID) -> Iterator[Any]:
    yield lambda: make_request(request_states.PRESENTED, banner=banner, resource_id=resource).pk

    def asked() -> Any:
        request = make_request(banner=banner, resource_id=resource)
        extending.ask_extension(
            access_request_id=request.pk, working_days=3, reason=TEXT, by=banner.provider.officer, at=clock.now()
        )
        return request.pk

    yield asked


def _grants(banner: Banner, resource: UUID) -> Iterator[Any]:
    grant = make_grant(banner=banner, resource_id=resource)
    by, at = banner.authority_leader, banner.at + timedelta(hours=2)
    yield lambda: grants.suspend_grant(grant_id=grant, reason="security", statement=TEXT, by=by, at=at).pk
    yield lambda: grants.end_grant(grant_id=grant, reason="not_needed", statement=TEXT, by=banner.consumer.officer, at=at).pk


def _stops(banner: Banner, resource: UUID) -> Iterator[Any]:
    grant = make_grant(banner=banner, resource_id=resource)

    def announced() -> Any:
        return stopping.announce_stop(
            resource_id=resource, reason="source_retired", statement="业务系统停用，数据不再更新。",
            stops_on=beijing_date(banner.at) + timedelta(days=120), by=banner.provider.officer,
            at=banner.at + timedelta(hours=3),
        ).id  # fmt: skip

    def objected() -> Any:
        notice = announced()
        stopping.answer_stop(
            notice_id=notice, grant_id=grant, answer="OBJECTED", statement=TEXT, by=banner.consumer.officer,
            at=banner.at + timedelta(hours=4),
        )  # fmt: skip
        return notice

    yield announced
    yield objected


def _questions(banner: Banner, resource: UUID) -> Iterator[Any]:
    grant = make_grant(banner=banner, resource_id=resource)

    def asked() -> Any:
        by = banner.provider.officer
        return questions.ask_about_use(grant_id=grant, sign="other", question=TEXT, by=by, at=clock.now()).pk

    def answered() -> Any:
        key = asked()
        return questions.answer_question(question_id=key, answer=TEXT, by=banner.consumer.officer, at=clock.now()).pk

    yield answered


def _inspections(banner: Banner, resource: UUID) -> Iterator[Any]:
    grant = make_grant(banner=banner, resource_id=resource)

    def announced() -> Any:
        return inspections.announce_inspection(
            grant_id=grant, scope="使用登记与存储", inspected_on=beijing_date(clock.now()), by=banner.provider.officer,
            at=clock.now(),
        ).pk  # fmt: skip

    def found() -> Any:
        return inspections.conclude_inspection(
            inspection_id=announced(), result="defects", findings=TEXT, by=banner.provider.officer, at=clock.now()
        ).pk

    yield found


def _projects(banner: Banner, resource: UUID) -> Iterator[Any]:
    for status in (project_states.PRESENTED, project_states.IN_REVIEW):
        yield lambda status=status: make_project_at(status, banner=banner).id


def _channels(banner: Banner, resource: UUID) -> Iterator[Any]:
    def declared() -> Any:
        return channels.declare_channel(
            provider_id=banner.provider.id, consumer_id=banner.consumer.id, title="救助对象名册", kind="usb",
            items=["姓名", "金额"], basis="双方会议纪要", frequency="MONTHLY", by=banner.consumer.clerk, at=banner.at,
        ).pk  # fmt: skip

    def confirmed() -> Any:
        return channels.confirm_channel(channel_id=declared(), by=banner.authority_officer, at=banner.at).pk

    def exemption() -> Any:
        return channels.ask_exemption(
            channel_id=confirmed(), ground="LAW", basis="《统计法》第九条", by=banner.provider.officer, at=banner.at
        ).pk

    yield from (confirmed, exemption)


def _superiors(banner: Banner, resource: UUID) -> Iterator[Any]:
    fields = {
        "superior": "内蒙古自治区民政厅", "level": "REGIONAL", "system_name": "全区社会救助信息系统", "title": "低保对象信息",
        "items": ["姓名", "救助金额"], "reason": "《社会救助暂行办法》规定的复核需要本旗数据。", "frequency": "MONTHLY",
    }  # fmt: skip

    def drafted(by: Person) -> Callable[[], Any]:
        return lambda: superiors.draft_superior_request(**fields, by=by, at=banner.at).pk

    def sent() -> Any:
        key = drafted(banner.provider.clerk)()
        superiors.issue_letter(superior_request_id=key, by=banner.provider.officer, at=banner.at)
        return superiors.send_letter(
            superior_request_id=key, sent_on=beijing_date(banner.at), way="oa", to="救助处", by=banner.provider.clerk,
            at=banner.at,
        ).pk  # fmt: skip

    yield from (drafted(banner.provider.officer), sent)


def _demands(banner: Banner, resource: UUID) -> Iterator[Any]:
    def stated() -> Any:
        return demands.state_demand(
            title="殡葬信息", items=["死亡日期"], duty="社会保险待遇核查", by=banner.consumer.clerk, at=banner.at
        ).pk

    def assigned() -> Any:
        return demands.assign_demand(
            demand_id=stated(), provider_id=banner.provider.id, by=banner.authority_officer, at=banner.at
        ).pk

    yield from (stated, assigned)


def _agreements(banner: Banner, resource: UUID) -> Iterator[Any]:
    office = make_office("旗水利局", site=banner.site, at=banner.at)
    yield lambda: make_agreement(office, status="SIGNED_BY_DEPARTMENT", at=banner.at).id


KINDS = {
    "disputes": _disputes, "filings": _filings, "collection-plans": _plans, "corrections": _corrections,
    "requests": _requests, "grants": _grants, "stop-notices": _stops, "use-questions": _questions,
    "inspections": _inspections, "projects": _projects, "outside-channels": _channels, "superior-requests": _superiors,
    "demands": _demands, "agreements": _agreements,
}  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_possible_is_not_refused_and_what_is_not_is_refused_for_the_reason_given(kind: str) -> None:
    at = (clock.now() - timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    banner = make_banner(at=at)
    # The scene of corrections publishes an entry of the same name.
    resource = None if kind == "corrections" else make_conditional(banner=banner, at=banner.at).id
    people = {
        "consumer's officer": banner.consumer.officer, "provider's officer": banner.provider.officer,
        "authority's officer": banner.authority_officer, "authority's leader": banner.authority_leader,
    }  # fmt: skip
    clients = {name: client_of(person, language="en") for name, person in people.items()}
    wrong, possible = [], set()
    for make in KINDS[kind](banner, resource):
        with transaction.atomic():
            at = f"/api/v1/{kind}/{make()}"
            for name, client in clients.items():
                answer = client.get(f"{at}/acts")
                if answer.status_code in (403, 404):
                    continue
                told = answer.json()
                shown = {one["operation"]: one for one in told["acts"]}
                record = client.get(at).content.decode()
                for operation, method, path, body in _acts_of(kind, at, record):
                    said = shown.get(operation)
                    if said is None and name not in STRANGERS:
                        continue
                    status, error = _tried(client, method, path, body)
                    possible |= {operation} if said and said["possible"] else set()
                    fault = _judge(operation, said, status, error, path)
                    if fault:
                        wrong.append(f"{told['status']} {name} {operation}: {fault}: {said} but {status} {error}")
            transaction.set_rollback(True)
    assert not wrong, "\n".join(wrong)
    assert possible


def _judge(operation: str, said: Any, status: int, error: Any, path: str) -> str:
    if said is None:
        return "" if status in (403, 404) or operation in NOT_OFFERED else "not shown, but not forbidden"
    if not said["possible"]:
        if status < 400:
            return "called impossible, and done"
        words = {error["message"], *(one["message"] for one in error["fields"])}
        if error["fields"] or error["code"] == "not_found":
            return ""
        return "" if said["why_not"] in words or any(one in said["why_not"] for one in words) else "refused for another reason"
    about_what_is_sent = status == 422 or error is None or error["fields"] or error["code"] in _OF_WHAT_IS_SENT
    unknown = status == 404 and (path.count("/") > 5 or error["code"] in ("not_found", "step_unknown"))
    return "" if about_what_is_sent or unknown else "called possible, and refused"


#: Who tries also what is not shown; the others only what is.
STRANGERS = ("authority's leader",)
#: Refusals of what was sent that name no field.
_OF_WHAT_IS_SENT = {"reply_changed", "changed_meanwhile"}
#: Of parts of a record, which its own acts go by; and a copy, which makes another.
NOT_OFFERED = {"copy_request", "save_planned_entry", "remove_planned_entry", "answer_planned_hit"}


def _acts_of(kind: str, at: str, record: str) -> Iterator[tuple[str, str, str, Any]]:
    described = api.description()
    for path, methods in described["paths"].items():
        found = re.match(rf"/api/v1/{kind}/\{{\w+\}}(?P<rest>.*)", path)
        for method, said in methods.items():
            if found and method != "get":
                rest = re.sub(r"\{\w+\}", lambda one: _known(one[0][1:-1], record), found["rest"])
                schema = said.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
                body = _filled(schema, described["components"]["schemas"]) if schema else None
                yield said["operationId"], method, at + rest, body


def _known(name: str, record: str) -> str:
    found = re.search(rf'"{name}": ?"([0-9a-f-]+)"', record)
    return found[1] if found else str(uuid4())


def _filled(schema: Any, known: Any) -> Any:
    if "$ref" in schema:
        return _filled(known[schema["$ref"].rsplit("/", 1)[1]], known)
    if "anyOf" in schema:
        return _filled(schema["anyOf"][0], known)
    if "enum" in schema:
        return schema["enum"][0]
    match schema.get("type"):
        case "object":
            return {name: _filled(schema["properties"][name], known) for name in schema.get("required", ())}
        case "array":
            return [_filled(schema["items"], known)]
        case "integer":
            return 1
        case "boolean":
            return True
    match schema.get("format"):
        case "uuid":
            return str(uuid4())
        case "date":
            return beijing_date(clock.now()).isoformat()
        case "date-time":
            return clock.now().isoformat()
    return TEXT[: schema.get("maxLength", 100)]


def _tried(client: Client, method: str, path: str, body: Any) -> tuple[int, Any]:
    with transaction.atomic():
        answer = client.generic(method.upper(), path, "" if body is None else json.dumps(body), "application/json")
        transaction.set_rollback(True)
    return answer.status_code, answer.json()["error"] if answer.status_code >= 400 else None
