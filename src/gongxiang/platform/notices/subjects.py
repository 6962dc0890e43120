"""What a notice calls its case: names and numbers, asked of the rooms below; empty where there is none any more."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import UUID

from gongxiang.platform.access import queries as access
from gongxiang.platform.access import queries_collection as collection
from gongxiang.platform.access import queries_dispute as disputes
from gongxiang.platform.access import queries_superior as superiors
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue import queries_remit
from gongxiang.platform.corrections import queries as corrections
from gongxiang.platform.delivery import queries as delivery
from gongxiang.platform.delivery import queries_channels as channels
from gongxiang.platform.demands import queries as demands
from gongxiang.platform.evidence.queries import News
from gongxiang.platform.grants import queries as grants
from gongxiang.platform.grants import queries_rectify, queries_stop, queries_use
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.notices.permissions import WRITER
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.projects import queries as projects

_READER = System(name=WRITER)


def title_of(news: News) -> str:
    """The name or number of the act's subject, else of a case it belongs to, else the departments it concerns."""
    tags = [f"{news.subject_type}:{news.subject_id}", *sorted(news.trail)]
    for tag in tags:
        kind, _colon, key = tag.partition(":")
        if kind in _TITLES and (title := _title(kind, key)):
            return title[:500]
    names = parties.department_names(news.concerns)
    return "、".join(names[key] for key in news.concerns if key in names)[:500]


def titles_of(news: Sequence[News]) -> dict[int, str]:
    """The titles of several acts, by their number; a case that many acts are on is asked for once."""
    known: dict[tuple[str, str], str] = {}
    for one in news:
        key = (one.subject_type, one.subject_id)
        if key not in known:
            known[key] = title_of(one)
    return {one.id: known[one.subject_type, one.subject_id] for one in news}


def _title(kind: str, key: str) -> str:
    try:
        return _TITLES[kind](UUID(key))
    except (Refusal, ValueError):
        return ""


def _request(key: UUID) -> str:
    found = access.get_access_request(key, actor=_READER)
    return f"{found.number} {found.resource_name}"


def _superior(key: UUID) -> str:
    found = superiors.get_superior_request(key, actor=_READER)
    return f"{found.number} {found.title}"


def _channel(key: UUID) -> str:
    found = channels.get_channel(key, actor=_READER)
    return f"{found.number} {found.title}"


def _grant(key: UUID) -> str:
    found = grants.get_grant(key, actor=_READER)
    return f"{found.number} {found.resource_name}"


def _correction(key: UUID) -> str:
    found = corrections.get_correction(key, actor=_READER)
    return f"{found.number} {found.resource_name}"


def _demand(key: UUID) -> str:
    found = demands.get_demand(key, actor=_READER)
    return f"{found.number} {found.title}"


def _dispute(key: UUID) -> str:
    found = disputes.get_dispute(key, actor=_READER)
    return f"{found.number} {found.resource_name}"


def _absence(key: UUID) -> str:
    found = collection.get_absence(key, actor=_READER)
    return f"{found.number} {found.title}"


def _plan(key: UUID) -> str:
    found = collection.get_plan(key, actor=_READER)
    return f"{found.number} {found.title}"


def _use(get: Callable[..., Any]) -> Callable[[UUID], str]:
    def title(key: UUID) -> str:
        found = get(key, actor=_READER)
        return f"{found.grant.number} {found.grant.resource_name}"

    return title


_TITLES: Mapping[str, Callable[[UUID], str]] = {
    "resource": lambda key: catalogue.resource_names([key]).get(key, ""),
    "file_delivery": lambda key: catalogue.resource_names([key]).get(key, ""),
    "access_request": _request,
    "superior_request": _superior,
    "outside_channel": _channel,
    "demand": _demand,
    "system": lambda key: parties.system_ref(key).name,
    "correction": _correction,
    "dispute": _dispute,
    "absence": _absence,
    "collection_plan": _plan,
    "project": lambda key: projects.get_project(key, actor=_READER).name,
    "remit_change": lambda key: queries_remit.get_remit_change(key, actor=_READER).title,
    "stop_notice": lambda key: queries_stop.get_stop(key, actor=_READER).resource_name,
    "rectification": lambda key: queries_rectify.get_rectification(key, actor=_READER).resource_name,
    "use_report": _use(queries_use.get_report),
    "use_question": _use(queries_use.get_question),
    "inspection": _use(queries_use.get_inspection),
    "third_party_consent": _use(queries_use.get_third_party),
    "provision": _use(queries_use.get_provision),
    "grant": _grant,
    "node": lambda key: delivery.node_names([key]).get(key, ""),
}
