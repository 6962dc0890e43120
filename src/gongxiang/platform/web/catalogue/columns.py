"""Columns of lists of entries, for CSV and Excel."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from gongxiang.platform.web import labels
from gongxiang.protocol.clock import BEIJING


def of_search() -> list[tuple[Any, Any]]:
    """Of what a search found."""
    return [
        (_("Code"), lambda hit: hit.code),
        (_("Name of the resource"), lambda hit: hit.name),
        (_("Provider"), lambda hit: hit.department_name),
        (_("Summary"), lambda hit: hit.summary),
        (_("Sharing type"), lambda hit: labels.code("sharing_type", hit.sharing_type)),
        (_("Delivery"), lambda hit: "、".join(str(labels.code("distribution", kind)) for kind in hit.kinds)),
        (_("Update cycle"), lambda hit: labels.code("update_cycle", hit.update_cycle)),
        (_("Data level"), lambda hit: labels.code("data_class", hit.data_class)),
        (_("Data elements"), lambda hit: hit.element_count),
        (_("Version"), lambda hit: hit.version),
        (_("Date of publication"), lambda hit: hit.published_at.date().isoformat()),
    ]


def of_waiting() -> list[tuple[Any, Any]]:
    """Of the entries that wait for a person."""
    return [
        (_("Name of the resource"), lambda r: r.name),
        (_("Provider"), lambda r: r.provider_name),
        (_("Sharing type"), lambda r: labels.code("sharing_type", r.sharing_type)),
        (_("State"), lambda r: labels.state("resource", r.status)[0]),
        (_("Due at"), lambda r: f"{r.due_at.astimezone(BEIJING):%Y-%m-%d %H:%M}" if r.due_at else ""),
        (_("Last saved by"), lambda r: r.saved_by),
    ]


def of_own() -> list[tuple[Any, Any]]:
    """Of a department's own entries."""
    return [
        (_("Name of the resource"), lambda r: r.name),
        (_("Code"), lambda r: r.code),
        (_("State"), lambda r: labels.state("resource", r.status)[0]),
        (_("Sharing type"), lambda r: labels.code("sharing_type", r.sharing_type)),
        (_("Version"), lambda r: r.version or ""),
        (_("Last saved by"), lambda r: r.saved_by),
    ]
