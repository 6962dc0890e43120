"""Entries, departments and keywords as CKAN's packages, organisations and tags."""

import re
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from gongxiang.platform.catalogue.classification import category_of
from gongxiang.platform.catalogue.harvest import PublishedEntry
from gongxiang.platform.parties.queries import DepartmentRef

_LETTERS = re.compile(r"[^a-z0-9_-]+")


def name_of(code: str) -> str:
    """A package's name: the code in CKAN's letters."""
    return _LETTERS.sub("-", code.lower())


def organisation_name(credit_code: str) -> str:
    """An organisation's name: the credit code in small letters."""
    return credit_code.lower()


def tag(word: str) -> dict[str, Any]:
    """A keyword."""
    return {
        "id": str(uuid5(NAMESPACE_URL, f"tag:{word}")), "name": word, "display_name": word, "state": "active",
        "vocabulary_id": None,
    }  # fmt: skip


def group(classification: str) -> dict[str, Any]:
    """A classification as a group."""
    category = category_of(classification)
    title = f"{category.group} · {category.label}" if category else classification
    name = classification[:3]
    return {
        "id": str(uuid5(NAMESPACE_URL, f"group:{name}")), "name": name, "title": title, "display_name": title,
        "description": "", "image_display_url": "",
    }  # fmt: skip


def organisation(found: DepartmentRef, count: int | None = None) -> dict[str, Any]:
    """A department."""
    body: dict[str, Any] = {
        "id": str(found.id),
        "name": organisation_name(found.credit_code),
        "title": found.name,
        "display_name": found.name,
        "type": "organization",
        "description": found.short_name,
        "image_url": "",
        "image_display_url": "",
        "is_organization": True,
        "approval_status": "approved",
        "state": "active",
        "extras": [{"key": "credit_code", "value": found.credit_code}],
        "tags": [],
        "groups": [],
        "users": [],
    }
    return body if count is None else {**body, "package_count": count}


def package(entry: PublishedEntry, origin: str) -> dict[str, Any]:
    """A published entry with its distributions as resources."""
    content = entry.content
    page = f"{origin}/catalogue/resources/{entry.id}/"
    tags = [tag(word) for word in content.keywords]
    resources = [_resource(entry, number, page) for number in range(len(content.distributions))]
    extras = {
        "code": entry.code,
        "sharing_type": content.sharing_type,
        "sharing_reason": content.sharing_reason,
        "conditions": content.conditions,
        "scope": content.scope,
        "update_cycle": content.update_cycle,
        "data_class": content.data_class,
        "provider_credit_code": entry.provider_credit_code,
        "spatial_text": content.area,
        "elements": "、".join(element.name for element in content.elements),
    }
    return {
        "id": str(entry.id),
        "name": name_of(entry.code),
        "title": content.name,
        "notes": content.summary,
        "type": "dataset",
        "state": "active",
        "private": False,
        "isopen": False,
        "version": str(entry.version),
        "url": page,
        "author": entry.provider_name,
        "author_email": "",
        "maintainer": entry.provider_name,
        "maintainer_email": "",
        "license_id": "notspecified",
        "license_title": "License not specified",
        "owner_org": str(entry.provider_id),
        "organization": {
            "id": str(entry.provider_id),
            "name": organisation_name(entry.provider_credit_code),
            "title": entry.provider_name,
            "type": "organization",
            "description": "",
            "image_url": "",
            "is_organization": True,
            "approval_status": "approved",
            "state": "active",
            "created": entry.first_published_at.isoformat(),
        },
        "metadata_created": _moment(entry.first_published_at),
        "metadata_modified": _moment(entry.published_at),
        "creator_user_id": None,
        "num_resources": len(resources),
        "num_tags": len(tags),
        "resources": resources,
        "tags": tags,
        "groups": [group(content.classification)] if content.classification else [],
        "extras": [{"key": key, "value": value} for key, value in extras.items() if value],
        "relationships_as_subject": [],
        "relationships_as_object": [],
    }


def _resource(entry: PublishedEntry, number: int, page: str) -> dict[str, Any]:
    said = entry.content.distributions[number]
    key: UUID = said.id or uuid5(NAMESPACE_URL, f"{entry.id}:{number}")
    return {
        "id": str(key),
        "package_id": str(entry.id),
        "name": said.title or entry.name,
        "description": said.description,
        "format": said.kind,
        "url": page,
        "url_type": None,
        "resource_type": None,
        "position": number,
        "state": "active",
        "mimetype": None,
        "size": None,
        "hash": "",
        "created": _moment(entry.first_published_at),
        "last_modified": _moment(entry.published_at),
        "metadata_modified": _moment(entry.published_at),
        "cache_url": None,
        "datastore_active": False,
    }


def _moment(at: Any) -> str:
    return str(at.replace(tzinfo=None).isoformat(timespec="microseconds"))
