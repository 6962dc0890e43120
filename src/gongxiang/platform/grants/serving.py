"""A grant by interface (接口) or by file (文件) is served by the gateway: the order that says on which terms, and for whom."""

from datetime import datetime

from django.db import connection, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.grants import queries
from gongxiang.platform.grants.models import Grant, Handler
from gongxiang.platform.grants.states import ACTIVE, SUSPENDED
from gongxiang.platform.kernel import link
from gongxiang.protocol.files import OpenFiles
from gongxiang.protocol.services import OpenService, ServiceHandler

INTERFACE, FILE = "api", "file"
#: Which order serves which way of sharing.
_ORDERS: dict[str, type[OpenService] | type[OpenFiles]] = {INTERFACE: OpenService, FILE: OpenFiles}


def is_served(grant: Grant | queries.GrantView) -> bool:
    """Whether calls of this grant are answered by the gateway: its resource has a table that is exchanged.

    An interface that a provider runs itself is not called through this platform.
    """
    if grant.mode != INTERFACE:
        return False
    try:
        table = catalogue.get_resource(grant.resource_id).table
    except ResourceNotFound:
        return False
    return table is not None and table.node_id is not None


def is_filed(grant: Grant | queries.GrantView) -> bool:
    """Whether files of this grant are fetched here: its entry is delivered by file."""
    if grant.mode != FILE:
        return False
    try:
        return catalogue.get_resource(grant.resource_id).file is not None
    except ResourceNotFound:
        return False


@implements("wushen-2021-60:19(2)", "wushen-2021-60:19(3)", "wushen-2021-60:22.1")
def order_service(grant: Grant, *, at: datetime) -> None:
    """Order the gateway to serve by the terms in force and for the handlers named now; called within the act.

    Nothing for tables. Deny by default: a grant without handlers is answered to nobody.
    """
    if grant.mode not in _ORDERS:
        return
    handlers = tuple(
        ServiceHandler(person_id=row.person_id, from_at=row.from_at, until_at=row.until_at)
        for row in Handler.objects.filter(grant_id=grant.pk, ended_at=None).order_by("named_at", "pk")
    )
    order = _ORDERS[grant.mode](terms=queries.current_terms(grant.pk), handlers=handlers, resource_name=grant.resource_name)
    link.issue_order(order, node_ids=[], at=at)


@transaction.atomic
def order_missing(at: datetime) -> int:
    """Order what was granted by interface or file before the gateway served any; gives how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.id FROM grants_grant g JOIN unnest(%s::text[], %s::text[]) AS way (mode, kind) USING (mode)"
            " WHERE g.status IN (%s, %s) AND NOT EXISTS (SELECT FROM link.orders o WHERE o.kind = way.kind"
            " AND o.body::jsonb -> 'terms' ->> 'grant_id' = g.id::text)",
            [list(_ORDERS), [order.kind for order in _ORDERS.values()], ACTIVE, SUSPENDED],
        )
        missing = [row[0] for row in cursor.fetchall()]
    for grant_id in missing:
        order_service(queries.get_for_update(grant_id), at=at)
    return len(missing)
