"""Every version of an entry: the list with what changed, and each as a file that says how it is cited."""

from dataclasses import replace
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from gongxiang.platform.catalogue import queries
from gongxiang.platform.catalogue.content import Content, DistributionContent, differences
from gongxiang.platform.catalogue.permissions import SEARCH
from gongxiang.platform.catalogue.values import VersionRef
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door


@door(SEARCH)
@require_safe
def versions(request: ActingRequest, code: str) -> HttpResponse:
    """All versions, the newest first, each with how much it changed; as CSV with `export=csv`."""
    resource = queries.get_resource(code, actor=request.actor)
    found = queries.versions_of(resource.id)
    rows = [_row(request, one, found[index + 1] if index + 1 < len(found) else None) for index, one in enumerate(found)]
    if request.GET.get("export") == "csv":
        columns: list[tuple[Any, Any]] = [
            (_("Version"), lambda r: r["version"].number),
            (_("Code"), lambda r: r["version"].code),
            (_("Name of the resource"), lambda r: r["version"].content.name),
            (_("Date of publication"), lambda r: r["version"].published_at.isoformat()),
            (_("Published by"), lambda r: r["version"].published_by_name),
            (_("Fields changed"), lambda r: "" if r["changed"] is None else r["changed"]),
            (_("Digest (SM3)"), lambda r: r["version"].content_digest),
        ]
        return lists.export_csv(f"versions-{code.replace('/', '-')}", columns, rows)
    page = lists.paginate(request, rows)
    return render(request, "catalogue/versions.html", {"resource": resource, "page": page})


@door(SEARCH)
@require_safe
def download(request: ActingRequest, code: str, number: int) -> HttpResponse:
    """One version as JSON: what was published, by whom and when, its digest, and the address by which it is cited.

    How tables are mapped is left out for readers who may not see it; the digest is over the whole.
    """
    resource = queries.get_resource(code, actor=request.actor)
    found = queries.get_version(resource.id, number)
    whole = _sees_mapping(request, found)
    content = found.content if whole else _public(found.content)
    body = {
        "cite": request.build_absolute_uri(reverse("catalogue:version", args=[found.code, found.number])),
        "code": found.code,
        "version": found.number,
        "provider": {"name": found.provider_name, "credit_code": found.provider_credit_code},
        "published_at": found.published_at.isoformat(),
        "published_by": found.published_by_name,
        "digest": {"algorithm": "SM3", "value": found.content_digest, "over": "the whole content"},
        "whole": whole,
        "content": content.to_json(),
    }
    answer = JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 2})
    name = f"{found.code.replace('/', '-')}-v{found.number}.json"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _row(request: ActingRequest, version: VersionRef, before: VersionRef | None) -> dict[str, Any]:
    if before is None:
        return {"version": version, "before": None, "changed": None}
    found = differences(before.content, version.content)
    if not _sees_mapping(request, version):
        found = tuple(one for one in found if not one.field.startswith("distributions."))
    return {"version": version, "before": before, "changed": len(found)}


def _sees_mapping(request: ActingRequest, version: VersionRef) -> bool:
    """Whether the reader may see how tables are mapped: the provider's people and the authority's (choices.md)."""
    draft = queries.find_draft(version.resource_id, actor=request.actor)
    return draft is not None


def _public(content: Content) -> Content:
    """The content without the names of the source."""
    shown = tuple(
        replace(DistributionContent(), id=d.id, kind=d.kind, title=d.title, description=d.description)
        for d in content.distributions
    )
    return replace(content, distributions=shown)
