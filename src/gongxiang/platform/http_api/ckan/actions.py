"""The actions that are known: each takes the caller's parameters and gives CKAN's result."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from gongxiang import __version__ as version
from gongxiang.platform.catalogue import harvest
from gongxiang.platform.catalogue.classification import CATEGORIES
from gongxiang.platform.catalogue.harvest import PublishedEntry
from gongxiang.platform.http_api.ckan import searching
from gongxiang.platform.http_api.ckan.errors import Invalid, Missing
from gongxiang.platform.http_api.ckan.packages import group, name_of, organisation, organisation_name, package, tag
from gongxiang.platform.http_api.ckan.searching import number
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.parties import queries as parties

_MOST = 100_000


@dataclass(frozen=True, kw_only=True)
class Asked:
    """An action's parameters, and who asks."""

    given: Mapping[str, Any]
    actor: Actor | None
    origin: str

    def key(self) -> str:
        """The parameter `id`; raises Invalid."""
        value = self.given.get("id")
        if not isinstance(value, str) or not value.strip():
            raise Invalid(fields={"id": ["Missing value"]})
        return value.strip()[:200]

    def flag(self, name: str) -> bool:
        """A parameter that is true or false."""
        return str(self.given.get(name, "")).lower() in ("true", "1", "yes", "on")

    def cut(self, rows: list[Any]) -> list[Any]:
        """`limit` and `offset` applied."""
        offset = number(self.given, "offset", 0, _MOST)
        return rows[offset : offset + number(self.given, "limit", _MOST, _MOST)]


def package_search(asked: Asked) -> dict[str, Any]:
    """Search with facets."""
    return searching.search(asked.given, actor=asked.actor, origin=asked.origin)


def package_show(asked: Asked) -> dict[str, Any]:
    """One entry by id, name or code."""
    found = _entry(asked.key(), asked.actor)
    if found is None:
        raise Missing("Not found")
    return package(found, asked.origin)


def package_list(asked: Asked) -> list[str]:
    """The names of all entries."""
    return asked.cut(sorted(name_of(code) for code in harvest.codes(actor=asked.actor)))


def current_package_list_with_resources(asked: Asked) -> list[dict[str, Any]]:
    """All entries whole, page by page."""
    size = max(1, number(asked.given, "limit", 100, 1000))
    page = number(asked.given, "offset", 0, _MOST) // size + 1
    return [package(one, asked.origin) for one in harvest.numbered_page(actor=asked.actor, page=page, size=size)]


def organization_list(asked: Asked) -> list[Any]:
    """The departments that have published."""
    counts = harvest.counts_by_provider(actor=asked.actor)
    rows = [one for one in parties.all_departments(active_only=False) if one.id in counts]
    if asked.flag("all_fields"):
        return asked.cut([organisation(one, counts[one.id]) for one in rows])
    return asked.cut(sorted(organisation_name(one.credit_code) for one in rows))


def organization_show(asked: Asked) -> dict[str, Any]:
    """One department by id or name."""
    key, counts = asked.key(), harvest.counts_by_provider(actor=asked.actor)
    for one in parties.all_departments(active_only=False):
        if one.id in counts and key in (str(one.id), organisation_name(one.credit_code)):
            return organisation(one, counts[one.id])
    raise Missing("Not found")


def tag_list(asked: Asked) -> list[Any]:
    """Every keyword."""
    text = str(asked.given.get("query") or "").lower()
    words = [word for word in harvest.keywords(actor=asked.actor) if text in word.lower()]
    return asked.cut([tag(word) if asked.flag("all_fields") else word for word in words])


def group_list(asked: Asked) -> list[Any]:
    """The classifications."""
    return asked.cut([group(code) if asked.flag("all_fields") else code for code in sorted(CATEGORIES)])


def group_show(asked: Asked) -> dict[str, Any]:
    """One classification."""
    key = asked.key()
    for code in CATEGORIES:
        if key in (code, group(code)["id"]):
            return group(code)
    raise Missing("Not found")


def license_list(asked: Asked) -> list[dict[str, Any]]:
    """None is given: use is bound by the grant."""
    return [{"id": "notspecified", "title": "License not specified", "status": "active", "url": ""}]


def status_show(asked: Asked) -> dict[str, Any]:
    """What this site is."""
    return {
        "ckan_version": "2.11.0",
        "site_title": "政务信息资源共享平台",
        "site_description": "政务信息资源目录",
        "site_url": asked.origin,
        "locale_default": "zh_Hans_CN",
        "error_emails_to": None,
        "extensions": ["gongxiang", version],
    }


def site_read(asked: Asked) -> bool:
    """Whether the caller may read: who came this far may."""
    return True


def help_show(asked: Asked) -> str:
    """What an action does."""
    name = str(asked.given.get("name") or "")
    if name not in ACTIONS:
        raise Missing("Action was not found.")
    return ACTIONS[name].__doc__ or ""


def _entry(key: str, actor: Actor | None) -> PublishedEntry | None:
    try:
        return harvest.published_entry(UUID(key), actor=actor)
    except ValueError:
        pass
    return harvest.published_entry(key, actor=actor) or harvest.published_entry(key.upper().replace("-", "/", 1), actor=actor)


ACTIONS: dict[str, Callable[[Asked], Any]] = {
    one.__name__: one
    for one in (
        package_search, package_show, package_list, current_package_list_with_resources, organization_list, organization_show,
        tag_list, group_list, group_show, license_list, status_show, site_read, help_show,
    )
}  # fmt: skip
