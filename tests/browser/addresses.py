"""Every page of the site, from the URL resolver, with who visits it and where its arguments come from in the demo.

A page that is added needs nothing here if it takes no argument; else the test fails until a visit is written down.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.browser.running import Demo

#: Who visits a page that several roles may open: the first of these that its door lets through.
WHO = {
    "clerk": "shijian-jb", "accountable_officer": "shijian-ld", "authority_officer": "zhengwu",
    "authority_leader": "zhengwu-ld", "reviewer": "minzheng-sh", "node_operator": "minzheng-qz",
    "platform_operator": "yunwei", "auditor": "shenji", "system_admin": "sysadmin", "security_admin": "secadmin",
    "audit_admin": "audadmin",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Visit:
    """One way to open a page: as whom ("" = as the door says), with the arguments that a query finds, and what follows `?`."""

    who: str = ""
    query: str = ""
    more: str = ""


def _v(who: str = "", query: str = "", more: str = "") -> Visit:
    return Visit(who=who, query=query, more=more)


def _request(status: str, consumer: str = "") -> str:
    of = f" AND consumer_name LIKE '%{consumer}%'" if consumer else ""
    return f"SELECT id FROM access_accessrequest WHERE status = '{status}'{of} ORDER BY drafted_at LIMIT 1"


def _entry(status: str, more: str = "") -> str:
    of = f"provider_id IN {_MINZHENG}{more}"
    return f"SELECT id FROM catalogue_resource WHERE status = '{status}' AND {of} ORDER BY name LIMIT 1"


def _remit(status: str) -> str:
    return f"SELECT id FROM catalogue_remitchange WHERE status = '{status}' ORDER BY number LIMIT 1"


_MINZHENG = "(SELECT id FROM parties_department WHERE short_name = '旗民政局')"
_WAITING = "SELECT id FROM agreements_agreement WHERE status = 'SIGNED_BY_DEPARTMENT' LIMIT 1"
_STOP = "SELECT id FROM grants_stopnotice ORDER BY announced_at LIMIT 1"
_CHECKED = "SELECT id FROM catalogue_withheldcheck WHERE status = 'DUE' ORDER BY due_at LIMIT 1"
_PUBLISHED = "SELECT id FROM catalogue_resource WHERE status = 'PUBLISHED' AND name = '特困人员基本信息'"
_GRANT = "SELECT id FROM grants_grant WHERE status = 'ACTIVE' AND resource_name = '特困人员基本信息' ORDER BY issued_at LIMIT 1"
_ENDED = "SELECT id FROM grants_grant WHERE status = 'ENDED' AND end_reason = 'period_over' ORDER BY issued_at LIMIT 1"
_CASE = "SELECT id FROM grants_{} ORDER BY number LIMIT 1"
_RECTIFIED = "SELECT id FROM grants_rectification ORDER BY demanded_at LIMIT 1"
_RULE = "SELECT id FROM documents_rulefile ORDER BY issued_at LIMIT 1"
_NODE = f"SELECT id FROM delivery_node WHERE status = 'ADMITTED' AND department_id IN {_MINZHENG} LIMIT 1"
_CHECK = "SELECT id FROM delivery_tablecheck WHERE answered_at IS NOT NULL ORDER BY asked_at DESC LIMIT 1"
_SURVEYED = "SELECT {} FROM delivery_sourcetable t JOIN delivery_sourcesurvey s ON s.id = t.survey_id LIMIT 1"
_MAPPABLE = "SELECT id FROM delivery_tablecheck WHERE resource_id IS NOT NULL AND answered_at IS NOT NULL LIMIT 1"
_FILED = "SELECT resource_id FROM delivery_fileversion LIMIT 1"
_TRIED = "SELECT resource_id FROM delivery_mounttrial ORDER BY asked_at DESC LIMIT 1"
_PREPARED = "SELECT id FROM access_accessrequest WHERE status = 'SUBMITTED' AND prepared IS NOT NULL LIMIT 1"
_ASKED = "SELECT {} FROM access_replyextension WHERE status = 'ASKED' LIMIT 1"
_WRITTEN = "SELECT access_request_id FROM access_requestmessage ORDER BY sent_at LIMIT 1"
_EXTENDED, _EXTENSION = _ASKED.format("access_request_id"), _ASKED.format("id")
_NOT_EXTENDED = f"SELECT id FROM access_accessrequest WHERE status = 'SUBMITTED' AND id NOT IN ({_EXTENDED}) LIMIT 1"
_PERSON = "SELECT id FROM parties_person WHERE username = 'minzheng-jb'"
_VERSION = "SELECT code, 1 FROM catalogue_resourceversion ORDER BY published_at LIMIT 1"
_AGREEMENT = "SELECT id FROM agreements_agreement WHERE status = 'IN_FORCE' ORDER BY serial LIMIT 1"


def _project(status: str) -> str:
    return f"SELECT id FROM projects_project WHERE status = '{status}' ORDER BY number LIMIT 1"


def _project_entry(status: str) -> str:
    of = f"SELECT project_id, id FROM projects_plannedentry WHERE project_id IN ({_project(status)})"
    return f"{of} ORDER BY position LIMIT 1"


def _demand(status: str) -> str:
    return f"SELECT id FROM demands_demand WHERE status = '{status}' ORDER BY number LIMIT 1"


def _correction(status: str) -> str:
    return f"SELECT id FROM corrections_correction WHERE status = '{status}' ORDER BY number LIMIT 1"


def _superior(status: str) -> str:
    return f"SELECT id FROM access_superiorrequest WHERE status = '{status}' ORDER BY number LIMIT 1"


def _channel(status: str) -> str:
    return f"SELECT id FROM delivery_outsidechannel WHERE status = '{status}' ORDER BY number LIMIT 1"


def _dispute(status: str) -> str:
    return f"SELECT id FROM access_dispute WHERE status = '{status}' ORDER BY number LIMIT 1"


_ABSENCE = "SELECT id FROM access_absence WHERE status = 'FILED' ORDER BY number LIMIT 1"
_ABSENT = "SELECT 'demand', demand_id FROM access_absence WHERE demand_id IS NOT NULL LIMIT 1"
_COLLECTION = "SELECT id FROM access_collectionplan ORDER BY number LIMIT 1"
_SYNONYMS = "SELECT id FROM catalogue_synonymgroup ORDER BY entered_at LIMIT 1"
_MATTER = "SELECT id FROM parties_matter WHERE code = 'SJ-DJ-01'"
#: Pages with arguments, and pages that look different to different people.
VISITS: dict[str, list[Visit]] = {
    "workbench:home": [
        _v(who) for who in ("shijian-jb", "minzheng-sh", "minzheng-ld", "zhengwu", "shenji", "sysadmin", "nengyuan-jb")
    ],
    "catalogue:search": [_v("shijian-jb"), _v("shijian-jb", more="?q=qzqh"), _v("shijian-jb", more="?q=没有这样的资源")],
    "batches:list": [_v("minzheng-jb"), _v("shijian-jb")],
    "batches:one": [_v("shijian-jb", "SELECT id FROM batches_batch ORDER BY asked_at LIMIT 1")],
    "catalogue:mine": [_v("minzheng-jb")],
    "catalogue:synonyms": [_v("shijian-jb"), _v("zhengwu"), _v("zhengwu", more="?ended=1")],
    "catalogue:change_synonyms": [_v("zhengwu", _SYNONYMS)],
    "catalogue:saved": [_v("shijian-jb"), _v("minzheng-jb")],
    "catalogue:save": [_v("shijian-jb", more="?q=qzqh")],
    "disputes:list": [_v("yibao-ld"), _v("zhengwu-ld"), _v("minzheng-ld", more="?box=mine")],
    "disputes:open": [_v("renshe-ld", _request("REFUSED"))],
    "disputes:detail": [
        _v("yibao-ld", _dispute("CONSULTING")), _v("minzheng-ld", _dispute("CONSULTING")),
        _v("zhengwu-ld", _dispute("MEDIATED")),
        _v("minzheng-jb", _dispute("MEDIATED")),
    ],
    "disputes:meeting": [_v("minzheng-jb", _dispute("CONSULTING"))],
    "disputes:attach": [_v("yibao-jb", _dispute("CONSULTING"))],
    "disputes:mediate": [_v("yibao-ld", _dispute("CONSULTING"))],
    "disputes:withdraw": [_v("yibao-ld", _dispute("CONSULTING"))],
    "disputes:hearing": [_v("zhengwu", _dispute("CONSULTING"))],
    "disputes:statement": [_v("minzheng-ld", _dispute("CONSULTING"))],
    "disputes:opinion": [_v("zhengwu", _dispute("MEDIATED"))],
    "disputes:answer": [_v("yibao-ld", _dispute("MEDIATED"))],
    "disputes:submit": [_v("zhengwu-ld", _dispute("MEDIATED"))],
    "disputes:refer": [_v("zhengwu-ld", _dispute("CONSULTING"))],
    "disputes:decision": [_v("zhengwu", _dispute("CONSULTING"))],
    "collection:list": [_v("yibao-jb"), _v("zhengwu"), _v("shijian-jb", more="?status=DRAFT")],
    "collection:absences": [_v("yibao-jb"), _v("zhengwu")],
    "collection:state": [_v("minzheng-sh", _ABSENT)],
    "collection:report": [_v("yibao-ld", _ABSENT)],
    "collection:absence": [_v("yibao-ld", _ABSENCE), _v("zhengwu", _ABSENCE), _v("shijian-jb", _ABSENCE)],
    "collection:answer": [_v("yibao-ld", _ABSENCE)],
    "collection:file": [_v("zhengwu", _ABSENCE)],
    "collection:find": [_v("zhengwu", _ABSENCE)],
    "collection:drop": [_v("yibao-ld", _ABSENCE)],
    "collection:draft": [_v("yibao-jb", _ABSENCE)],
    "collection:plan": [_v("yibao-jb", _COLLECTION), _v("zhengwu", _COLLECTION), _v("shijian-jb", _COLLECTION)],
    "collection:edit": [_v("yibao-jb", _COLLECTION)],
    "collection:hits": [_v("yibao-jb", _COLLECTION)],
    "collection:review": [_v("zhengwu", _COLLECTION)],
    "collection:finish": [_v("yibao-jb", _COLLECTION)],
    "collection:cancel": [_v("yibao-ld", _COLLECTION)],
    "demands:list": [_v("shijian-jb"), _v("zhengwu", more="?box=to_assign"), _v("minzheng-sh", more="?box=to_answer")],
    "demands:state": [_v("shijian-jb", more="?title=婚姻")],
    "demands:detail": [
        _v("zhengwu", _demand("STATED")), _v("minzheng-ld", _demand("ASSIGNED")), _v("renshe-jb", _demand("ANSWERED")),
        _v("zhengwu", _demand("OVERDUE")), _v("shijian-jb", _demand("CLOSED")),
    ],
    "demands:assign": [_v("zhengwu", _demand("STATED"))],
    "demands:hand_back": [_v("minzheng-sh", _demand("ASSIGNED"))],
    "demands:answer": [_v("minzheng-ld", _demand("ASSIGNED")), _v("zhengwu", _demand("STATED"))],
    "demands:contest": [_v("renshe-jb", _demand("ANSWERED"))],
    "demands:withdraw": [_v("renshe-jb", _demand("STATED"))],
    "corrections:list": [
        _v("shijian-jb"), _v("minzheng-sh", more="?box=to_verify"), _v("zhengwu", more="?box=to_decide"), _v("shenji"),
    ],
    "corrections:report": [
        _v("shijian-jb"), _v("shijian-jb", more="?origin=CALL&call=0190-1"), _v("minzheng-jb"),
    ],
    "corrections:figures": [_v("shenji"), _v("zhengwu", more="?by=department")],
    "corrections:complaints": [_v("zhengwu"), _v("shijian-jb")],
    "corrections:complaint": [
        _v("zhengwu", "SELECT id FROM corrections_countercomplaint ORDER BY number LIMIT 1"),
        _v("shijian-jb", "SELECT id FROM corrections_countercomplaint ORDER BY number LIMIT 1"),
    ],
    "corrections:answer_complaint": [_v("zhengwu", "SELECT id FROM corrections_countercomplaint ORDER BY number LIMIT 1")],
    "corrections:accuracy": [_v("shijian-jb", "SELECT resource_id FROM corrections_correction ORDER BY number LIMIT 1")],
    "corrections:detail": [
        _v("shijian-jb", _correction("REPORTED")), _v("minzheng-sh", _correction("REPORTED")),
        _v("zhengwu", _correction("OBJECTED")), _v("minzheng-sh", "SELECT id FROM corrections_correction WHERE sealed_seq > 0"),
    ],
    "corrections:adopt": [_v("shijian-jb", _correction("REPORTED"))],
    "corrections:assign": [_v("minzheng-sh", _correction("REPORTED"))],
    "corrections:forward": [_v("minzheng-sh", _correction("REPORTED"))],
    "corrections:verdict": [_v("minzheng-ld", _correction("REPORTED"))],
    "corrections:object": [_v("shijian-jb", _correction("OBJECTED"))],
    "corrections:decide": [_v("zhengwu", _correction("OBJECTED"))],
    "corrections:withdraw": [_v("shijian-jb", _correction("REPORTED"))],
    "corrections:usage": [_v("shijian-jb", _correction("REPORTED"))],
    "corrections:serve": [_v("shijian-jb", _correction("REPORTED"))],
    "corrections:complain": [_v("shijian-jb", _correction("REPORTED"))],
    "corrections:slip": [_v("shijian-jb", _correction("REPORTED"))],
    "superiors:list": [_v("renshe-jb"), _v("zhengwu")],
    "superiors:returns": [_v("minzheng-jb"), _v("zhengwu")],
    "superiors:lines": [_v("zhengwu"), _v("shenji")],
    "superiors:new": [_v("minzheng-jb")],
    "superiors:detail": [_v("minzheng-jb", _superior("RETURNING")), _v("zhengwu", _superior("SENT"))],
    "superiors:edit": [_v("renshe-jb", _superior("SENT"))],
    "superiors:issue": [_v("renshe-ld", _superior("SENT"))],
    "superiors:send": [_v("renshe-jb", _superior("SENT"))],
    "superiors:remind": [_v("renshe-jb", _superior("SENT"))],
    "superiors:answer": [_v("renshe-jb", _superior("SENT"))],
    "superiors:arrived": [_v("minzheng-jb", _superior("RETURNING"))],
    "superiors:close": [_v("renshe-ld", _superior("SENT"))],
    "superiors:discard": [_v("renshe-jb", _superior("SENT"))],
    "parties:plan_system": [
        _v("minzheng-jb", f"SELECT id FROM parties_system WHERE department_id IN {_MINZHENG} LIMIT 1")
    ],
    "channels:list": [_v("minzheng-jb"), _v("zhengwu", more="?box=open")],
    "channels:findings": [_v("zhengwu"), _v("shijian-jb", more="?all=1")],
    "channels:figures": [_v("zhengwu")],
    "channels:declare": [_v("yibao-jb"), _v("zhengwu")],
    "channels:detail": [
        _v("minzheng-ld", _channel("PLANNED")), _v("renshe-ld", _channel("CONFIRMED")),
        _v("zhengwu-ld", _channel("EXEMPTION_ASKED")),
    ],
    "channels:confirm": [_v("zhengwu", _channel("CONFIRMED"))],
    "channels:dismiss": [_v("zhengwu", _channel("CONFIRMED"))],
    "channels:plan": [_v("minzheng-ld", _channel("PLANNED"))],
    "channels:move": [_v("minzheng-jb", _channel("PLANNED"))],
    "channels:exemption": [_v("shijian-ld", _channel("CONFIRMED"))],
    "channels:exempt": [_v("zhengwu-ld", _channel("EXEMPTION_ASKED"))],
    "channels:decline": [_v("zhengwu-ld", _channel("EXEMPTION_ASKED"))],
    "channels:close": [_v("shijian-ld", _channel("CONFIRMED"))],
    "channels:reopen": [_v("zhengwu", _channel("CONFIRMED"))],
    "notices:list": [_v("shijian-jb"), _v("zhengwu"), _v("sysadmin"), _v("minzheng-qz", more="?unread=1&topic=node")],
    "interfaces:tokens": [_v("shijian-ld"), _v("minzheng-jb")],
    "catalogue:entry": [
        _v("minzheng-jb", _entry("DRAFT")), _v("minzheng-sh", _entry("IN_REVIEW")), _v("minzheng-jb", _entry("PUBLISHED")),
        _v("zhengwu-ld", _entry("SUBMITTED", " AND sharing_type = 'WITHHELD'")), _v("zhengwu", _entry("SUBMITTED")),
    ],
    "catalogue:edit": [_v("minzheng-jb", _entry("DRAFT"))],
    "catalogue:reviews": [_v("minzheng-sh"), _v("zhengwu")],
    "catalogue:resource": [_v("shijian-jb", _PUBLISHED), _v("minzheng-jb", _PUBLISHED)],
    "catalogue:by_code": [_v(query="SELECT code FROM catalogue_resourceversion ORDER BY published_at LIMIT 1")],
    "catalogue:version": [_v(query=_VERSION)],
    "catalogue:versions": [_v(query="SELECT code FROM catalogue_resourceversion ORDER BY published_at LIMIT 1")],
    "catalogue:compare": [_v(query="SELECT code, 1, 1 FROM catalogue_resourceversion ORDER BY published_at LIMIT 1")],
    "upkeep:remits": [_v("minzheng-jb"), _v("zhengwu"), _v("shenji")],
    "upkeep:register": [_v("minzheng-jb"), _v("zhengwu"), _v("zhengwu", more="?department=nonsense")],
    "upkeep:remit": [_v("minzheng-ld", _remit("EXTENSION_ASKED")), _v("zhengwu", _remit("EXTENSION_ASKED")),
                     _v("minzheng-jb", _remit("COMPLETED"))],
    "upkeep:withheld": [_v("minzheng-jb"), _v("zhengwu-ld"), _v("zhengwu", more="?which=past")],
    "upkeep:stops": [_v("minzheng-ld"), _v("zhengwu")],
    "upkeep:stop": [_v("minzheng-ld", _STOP), _v("shijian-ld", _STOP)],
    "upkeep:announce_stop": [_v("minzheng-ld", _PUBLISHED)],
    "catalogue:editing": [_v("minzheng-jb", _entry("DRAFT"))],
    "catalogue:copy": [_v("minzheng-jb", "SELECT id FROM catalogue_draftcopy ORDER BY made_at LIMIT 1")],
    "upkeep:check": [_v("minzheng-ld", _CHECKED), _v("zhengwu-ld", _CHECKED)],
    "quality:overview": [_v("zhengwu"), _v("minzheng-jb"), _v("shenji", more="?department=nonsense")],
    "quality:rows": [
        _v("zhengwu", "SELECT 'all_hints'"), _v("minzheng-jb", "SELECT 'unmounted'"),
        _v("zhengwu", "SELECT 'system_without_entry'"),
        _v("minzheng-jb", "SELECT 'key_missing'"),
    ],
    "quality:dimensions": [
        _v(who, "SELECT resource_id FROM delivery_stream ORDER BY resource_name LIMIT 1")
        for who in ("minzheng-jb", "shijian-jb", "zhengwu")
    ],
    "quality:systems": [_v("zhengwu"), _v("minzheng-jb", more="?without=1")],
    "quality:system": [_v("zhengwu", "SELECT id FROM parties_system ORDER BY name LIMIT 1")],
    "quality:scheme": [_v("zhengwu")],
    "quality:matters": [_v("shijian-jb"), _v("zhengwu", more="?missing=1")],
    "quality:matter": [_v("shijian-jb", _MATTER), _v("minzheng-jb", _MATTER)],
    "quality:sources": [_v("zhengwu"), _v("minzheng-jb", more="?unnamed=1")],
    "quality:reports": [_v("zhengwu"), _v("shenji")],
    "quality:report": [_v("zhengwu", "SELECT id FROM catalogue_cityreport LIMIT 1")],
    "rules:mapping": [_v("zhengwu", "SELECT 'provincial'"), _v("minzheng-jb", "SELECT 'city'")],
    "projects:list": [_v("shijian-jb"), _v("zhengwu"), _v("nengyuan-sh")],
    "projects:new": [_v("shijian-jb")],
    "projects:queue": [_v("zhengwu"), _v("zhengwu", more="?box=acceptance"), _v("yunwei")],
    "projects:funding": [_v("zhengwu"), _v("minzheng-jb")],
    "projects:form_checks": [_v("shijian-jb")],
    "projects:form_check_new": [_v("shijian-jb")],
    "projects:form_check": [_v("shijian-jb", "SELECT id FROM projects_formcheck LIMIT 1")],
    "projects:detail": [
        _v("shijian-jb", _project("PRECOMPILING")), _v("minzheng-ld", _project("PRESENTED")),
        _v("zhengwu", _project("IN_REVIEW")),
        _v("nengyuan-jb", _project("RETURNED")), _v("jiaotong-jb", _project("PASSED")), _v("minzheng-jb", _project("ACCEPTED")),
        _v("zhengwu", _project("ACCEPTANCE_REQUESTED")), _v("yunwei", _project("ACCEPTANCE_REQUESTED")),
    ],
    "projects:edit": [_v("shijian-jb", _project("PRECOMPILING"))],
    "projects:version": [_v("minzheng-jb", f"SELECT id, 1 FROM ({_project('ACCEPTED')}) found")],
    "projects:changes": [_v("minzheng-jb", _project("ACCEPTED"))],
    "projects:entry_new": [_v("shijian-jb", _project("PRECOMPILING"))],
    "projects:entry": [_v("shijian-jb", _project_entry("PRECOMPILING"))],
    "projects:hits": [_v("shijian-jb", _project("PRECOMPILING")), _v("zhengwu", _project("IN_REVIEW"))],
    "projects:send_back": [_v("minzheng-ld", _project("PRESENTED"))],
    "projects:pass": [_v("zhengwu", _project("IN_REVIEW"))],
    "projects:return": [_v("zhengwu", _project("IN_REVIEW"))],
    "projects:approval": [_v("jiaotong-jb", _project("PASSED"))],
    "projects:check": [_v("yunwei", f"SELECT id, 'network' FROM ({_project('ACCEPTANCE_REQUESTED')}) found")],
    "projects:return_acceptance": [_v("zhengwu", _project("ACCEPTANCE_REQUESTED"))],
    "projects:cancel": [_v("jiaotong-ld", _project("PASSED"))],
    "projects:costs": [_v("minzheng-jb", _project("ACCEPTED"))],
    "projects:use": [_v("minzheng-jb", _project("ACCEPTED"))],
    "access:mine": [_v("shijian-jb"), _v("nengyuan-jb")],
    "access:consents": [_v("yibao-ld"), _v("minzheng-ld", more="?box=replies")],
    "access:replies": [_v("minzheng-sh"), _v("minzheng-sh", more="?box=answered")],
    "access:mediations": [_v("zhengwu-ld")],
    "access:apply": [_v("shijian-jb", _PUBLISHED)],
    "access:detail": [
        _v("shijian-jb", _request("DRAFT", "市场")), _v("yibao-ld", _request("PRESENTED")),
        _v("minzheng-sh", _request("SUBMITTED")), _v("renshe-jb", _request("INCOMPLETE")),
        _v("zhengwu-ld", _request("REPLY_OVERDUE")), _v("shijian-jb", _request("GRANTED", "市场")),
        _v("renshe-ld", _request("REFUSED")), _v("minzheng-ld", _request("IN_CONSULTATION")),
    ],
    "access:edit": [_v("shijian-jb", _request("DRAFT", "市场"))],
    "access:send_back": [_v("yibao-ld", _request("PRESENTED"))],
    "access:complete": [_v("renshe-jb", _request("INCOMPLETE"))],
    "access:withdraw": [_v("shijian-jb", _request("DRAFT", "市场"))],
    "access:notice": [_v("minzheng-sh", _request("SUBMITTED"))],
    "access:reply": [_v("minzheng-sh", _request("SUBMITTED")), _v("zhengwu", _request("REPLY_OVERDUE"))],
    "access:thread": [_v("minzheng-sh", _WRITTEN), _v("shijian-jb", _WRITTEN)],
    "access:combinations": [_v("zhengwu")],
    "access:extend": [_v("minzheng-ld", _NOT_EXTENDED)],
    "access:extension": [_v("zhengwu-ld", _EXTENSION)],
    "access:answer_extension": [_v("zhengwu-ld", _EXTENDED)],
    "access:give_back": [_v("minzheng-ld", _PREPARED)],
    "agreements:list": [_v("minzheng-jb"), _v("nengyuan-jb"), _v("zhengwu")],
    "agreements:new": [_v("nengyuan-jb")],
    "agreements:departments": [_v("zhengwu")],
    "agreements:version": [_v("zhengwu", "SELECT 1")],
    "agreements:agreement": [_v("minzheng-jb", _AGREEMENT), _v("zhengwu-ld", _AGREEMENT)],
    "agreements:seal": [_v("jiaotong-ld", _WAITING)],
    "agreements:counterseal": [_v("zhengwu-ld", _WAITING)],
    "agreements:revise": [_v("minzheng-jb", _AGREEMENT)],
    "grants:list": [_v("shijian-jb"), _v("zhengwu")],
    "grants:disposals": [_v("yibao-ld")],
    "grants:filings": [_v("zhengwu")],
    "grants:detail": [_v("shijian-jb", _GRANT), _v("minzheng-ld", _GRANT), _v("yibao-ld", _ENDED)],
    "grants:suspend": [_v("minzheng-ld", _GRANT)],
    "grants:resume": [_v("minzheng-ld", _GRANT)],
    "grants:end": [_v("minzheng-ld", _GRANT), _v("shijian-ld", _GRANT)],
    "grants:revise": [_v("minzheng-ld", _GRANT)],
    "grants:dispose": [_v("yibao-ld", _ENDED)],
    "use:records": [_v("shijian-jb"), _v("zhengwu", more="?channel=table&since=nonsense")],
    "use:calls": [_v("shijian-jb", _GRANT)],
    "use:handlers": [_v("shijian-ld", _GRANT), _v("minzheng-jb", _GRANT)],
    "use:ask": [_v("minzheng-ld", _GRANT)],
    "use:enter": [_v("shijian-jb", _GRANT)],
    "use:inspect": [_v("zhengwu", _GRANT)],
    "use:ask_third_party": [_v("shijian-ld", _GRANT)],
    "use:acknowledge": [_v("minzheng-ld", _ENDED)],
    "use:report": [_v("yibao-ld", "SELECT r.id FROM grants_usereport r JOIN grants_grant g ON g.id = r.grant_id"
                     " WHERE g.consumer_name LIKE '%医疗保障%' LIMIT 1")],
    "use:question": [_v("minzheng-ld", _CASE.format("usequestion")), _v("shijian-ld", _CASE.format("usequestion"))],
    "use:inspection": [_v("zhengwu", _CASE.format("inspection")), _v("shijian-jb", _CASE.format("inspection"))],
    "use:third_party": [_v("minzheng-ld", _CASE.format("thirdpartyconsent"))],
    "use:provision": [_v("minzheng-jb", "SELECT id FROM grants_provision WHERE status = 'DUE' LIMIT 1"),
                      _v("shijian-jb", "SELECT id FROM grants_provision WHERE status = 'PROVIDED' LIMIT 1")],
    "use:rectifications": [_v("minzheng-ld"), _v("zhengwu"), _v("renshe-ld", more="?status=running")],
    "use:rectification": [_v("renshe-ld", _RECTIFIED), _v("minzheng-ld", _RECTIFIED), _v("zhengwu", _RECTIFIED)],
    "delivery:nodes": [_v("minzheng-qz"), _v("yunwei")],
    "delivery:offer": [_v("minzheng-qz"), _v("yunwei")],
    "delivery:node": [_v("minzheng-qz", _NODE), _v("yunwei", _NODE)],
    "delivery:node_live": [_v("minzheng-qz", _NODE)],
    "delivery:admit": [_v("yunwei", _NODE)],
    "delivery:suspend_node": [_v("yunwei", _NODE)],
    "delivery:readmit": [_v("yunwei", _NODE)],
    "delivery:revoke": [_v("yunwei", _NODE)],
    "delivery:flow": [_v("shijian-jb", _GRANT), _v("minzheng-qz", _GRANT)],
    "delivery:flow_live": [_v("shijian-jb", _GRANT)],
    "delivery:mounts": [_v("minzheng-qz"), _v("minzheng-jb")],
    "delivery:mount": [_v("minzheng-qz", _entry("DRAFT"))],
    "delivery:files": [_v("minzheng-jb", _FILED), _v("shijian-jb", _FILED)],
    "delivery:trial": [_v("minzheng-qz", _TRIED), _v("minzheng-jb", _entry("DRAFT"))],
    "delivery:trial_live": [_v("minzheng-qz", _TRIED)],
    "delivery:check": [_v("minzheng-qz", _CHECK)],
    "delivery:check_live": [_v("minzheng-qz", _CHECK)],
    "delivery:map": [_v("minzheng-jb", _MAPPABLE)],
    "delivery:tables": [_v("minzheng-jb", _SURVEYED.format("s.node_id")), _v("zhengwu", _NODE)],
    "delivery:source_table": [_v("minzheng-qz", _SURVEYED.format("s.node_id, t.id"))],
    "delivery:alarms": [_v("yunwei")],
    "documents:verified": [_v(query="SELECT verification_code FROM documents_document ORDER BY issued_at LIMIT 1")],
    "documents:document": [_v("zhengwu", "SELECT id FROM documents_document ORDER BY issued_at LIMIT 1")],
    "documents:rules": [_v("minzheng-jb")],
    "documents:rule_new": [_v("yunwei")],
    "documents:rule": [_v("yunwei", _RULE), _v("minzheng-jb", _RULE)],
    "documents:rule_version": [_v("yunwei", _RULE)],
    "documents:rule_end": [_v("yunwei", _RULE)],
    "catalogue:export": [_v("minzheng-jb", "SELECT id FROM catalogue_catalogueexport ORDER BY asked_at LIMIT 1")],
    "catalogue:import": [_v("minzheng-jb", "SELECT id FROM catalogue_catalogueimport LIMIT 1")],
    "evidence:search": [_v("shenji"), _v("minzheng-jb")],
    "evidence:record": [_v("shenji", "SELECT uid FROM evidence_evidencerecord WHERE kind = 'resource:published' LIMIT 1")],
    "evidence:proof": [_v("shenji", "SELECT uid FROM evidence_evidencerecord ORDER BY id LIMIT 1")],
    "evidence:trail": [_v("shenji", f"SELECT 'grant', id FROM ({_GRANT}) found")],
    "evidence:seals": [_v("shenji")],
    "parties:departments": [_v("sysadmin"), _v("minzheng-jb")],
    "parties:department": [_v("minzheng-jb", "SELECT id FROM parties_department WHERE short_name = '旗民政局'")],
    "parties:people": [_v("sysadmin"), _v("secadmin")],
    "parties:person": [_v(who, _PERSON) for who in ("sysadmin", "secadmin", "minzheng-jb")],
    "parties:systems": [_v("minzheng-jb")],
    "parties:matters": [_v("minzheng-jb")],
    "rules:article": [_v(query="SELECT 'wushen-2021-60:21(2)'"), _v(query="SELECT 'cn-809:27'")],
    "rules:instrument": [_v(query="SELECT 'wushen-2021-60'"), _v("zhengwu", "SELECT 'cn-809'")],
    "rules:import_text": [_v(query="SELECT 'wushen-2021-60'")],
    "rules:rule": [_v(query="SELECT 'reply_conditional'"), _v("zhengwu-ld", "SELECT 'reply_conditional'")],
    "rules:statute": [_v("zhengwu", "SELECT id FROM rulebook_statute LIMIT 1")],
    "rules:code_table": [_v("zhengwu", 'SELECT "table" FROM rulebook_codeentry ORDER BY 1 LIMIT 1')],
    "rules:parameters": [_v("zhengwu")],
    "agenda:deputies": [_v(), _v("minzheng-sh")],
    "parties:leaving": [_v(query=_PERSON)],
    "parties:rename_department": [_v(query="SELECT id FROM parties_department WHERE short_name = '旗民政局'")],
    "parties:merge_department": [_v(query="SELECT id FROM parties_department WHERE short_name = '旗民政局'")],
    "agenda:clocks": [_v(), _v("zhengwu")],
    "agenda:office": [_v("minzheng-qz"), _v("shijian-ld")],
}  # fmt: skip
#: Pages on the way in, which have tests of their own below; and what is no page.
ON_THE_WAY_IN = {"accounts:login", "accounts:code", "accounts:first_password", "accounts:enrol"}
#: Answered to programs, or a file: no page for a person.
NO_PAGES = {
    "health", "evidence:proof", "catalogue:version_file", "openapi", "dcat", "dcat_as", "dcat_dataset", "dcat_dataset_as",
    "ckan", "ckan_unversioned", "documents:pdf", "documents:word", "documents:upload", "documents:rule_file", "use:pack",
    "agreements:pdf", "agreements:word", "agreements:odrl", "grants:odrl",
    "catalogue:import_template",
    "access:file", "catalogue:import_progress", "catalogue:import_annotated", "catalogue:export_own",
    "batches:progress", "catalogue:export_progress", "catalogue:export_file", "agenda:feed",
}  # fmt: skip


def doors(patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver) and entry.namespace == "api":
            continue
        if isinstance(entry, URLResolver):
            yield from doors(entry.url_patterns, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)
        else:
            yield f"{namespace}{entry.name}", entry


def _methods(view: Any) -> list[str]:
    """What `require_http_methods` under the door lets through; everything if it is not there."""
    while view is not None:
        names = getattr(getattr(view, "__code__", None), "co_freevars", ())
        for name, cell in zip(names, view.__closure__ or (), strict=False):
            if name == "request_method_list":
                return list(cell.cell_contents)
        view = getattr(view, "__wrapped__", None)
    return ["GET"]


def pages() -> dict[str, URLPattern]:
    """Every address that answers GET, by name."""
    return {name: entry for name, entry in doors() if "GET" in _methods(entry.callback)}


def visits_of(name: str) -> list[Visit]:
    """How a page is opened; fails for one whose arguments nobody has written down."""
    entry = pages()[name]
    found = VISITS.get(name, [Visit()])
    for visit in found:
        assert bool(visit.query) == bool(entry.pattern.converters), f"{name} takes arguments: write a visit in addresses.py"
    return found


def visitor(name: str, visit: Visit) -> str:
    """The account that opens the page."""
    roles = {str(role) for role in pages()[name].callback.door.roles}
    return visit.who or next(account for role, account in WHO.items() if role in roles)


def address(name: str, visit: Visit, demo: Demo) -> str:
    """The path of a page with arguments from the demo."""
    names = list(pages()[name].pattern.converters)
    if not names:
        return reverse(name) + visit.more
    rows = demo.sql(visit.query)
    assert rows, f"the demo has nothing for {name}: {visit.query}"
    return reverse(name, kwargs=dict(zip(names, rows[0], strict=True))) + visit.more
