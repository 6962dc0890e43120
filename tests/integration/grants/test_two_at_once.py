"""Acts of several people at one instant, with real connections: one order of events, nothing twice, nobody stops another."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from threading import Barrier
from typing import Any

import pytest
from django.db import connection, transaction

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import extending
from gongxiang.platform.access.models import AccessRequest, ReplyExtension
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import narrowing, queries
from gongxiang.platform.grants.models import Grant
from gongxiang.platform.kernel.errors import Refusal
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_agreement, make_banner
from tests.factories.procedure import answer, give_reply, make_grant, make_request, reply_fields

WHY = "上级部门要求即刻停止提供，依据已书面告知。"


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Do the acts in threads that start together; "done" or the name of the refusal of each. Anything else is raised."""
    together = Barrier(len(acts))

    def one(act: Callable[[], object]) -> str:
        together.wait(timeout=60)
        try:
            act()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(max_workers=len(acts)) as pool:
        return list(pool.map(one, acts))


def states_of(subject: str, key: Any) -> list[tuple[str | None, str]]:
    """(before, after) of every change of state, in the order of the evidence."""
    rows = EvidenceRecord.objects.filter(subject_type=subject, subject_id=str(key), after__has_key="status").order_by("id")
    return [(row.before.get("status"), row.after["status"]) for row in rows]


def ready(banner: Banner, name: str, at: datetime) -> dict[str, Any]:
    """A submitted request with a reply prepared, as the key of acts on it."""
    resource = make_published(banner=banner, content=conditional_content(name))
    request = make_request(banner=banner, resource_id=resource.id)
    access.prepare_reply(access_request_id=request.pk, by=banner.provider.reviewer, at=at, **reply_fields())
    return {"access_request_id": request.pk}


def announce(banner: Banner, grant_id: Any, at: datetime) -> object:
    """Announce that the grant gives no name any more."""
    terms = queries.current_terms(grant_id)
    return narrowing.announce_narrowing(
        grant_id=grant_id, elements=[one for one in terms.elements if one != "name"], masks=terms.masks,
        conditions=terms.conditions, purposes=terms.purposes, valid_until=terms.valid_until, reason="not_needed", statement=WHY,
        narrows_on=date(2027, 3, 1), by=banner.provider.officer, at=at,
    )  # fmt: skip


@pytest.mark.slow
def test_whoever_comes_second_is_told_and_nothing_happens_twice(site_database: object) -> None:
    banner = make_banner()
    at, officer, clerk = banner.at + timedelta(hours=1), banner.provider.officer, banner.consumer.clerk

    # Reply, withdrawal and a second reply.
    key = ready(banner, "特困人员一", at)
    found = at_once(
        lambda: give_reply(by=officer, at=at, **key),
        lambda: access.withdraw_access_request(reason="不再需要该数据。", by=clerk, at=at, **key),
        lambda: give_reply(by=officer, at=at, **key),
    )
    assert found.count("done") == 1, found
    row = AccessRequest.objects.get(pk=key["access_request_id"])
    assert Grant.objects.filter(access_request_id=row.pk).count() == (row.status != "WITHDRAWN")

    # An extension allowed beside the reply: in either order the request is answered and the asking is settled.
    key = ready(banner, "特困人员二", at)
    extending.ask_extension(working_days=3, reason="涉及三个系统，需逐一核对字段。", by=officer, at=at, **key)
    allow = {"allow": True, "opinion": "情况属实，同意延长。", "by": banner.authority_leader, "at": at}
    found = at_once(lambda: give_reply(by=officer, at=at, **key), lambda: extending.decide_extension(**allow, **key))
    assert found[0] == "done", found
    row = AccessRequest.objects.get(pk=key["access_request_id"])
    assert row.grant_id is not None
    assert not ReplyExtension.objects.filter(access_request=row, status="ASKED").exists()

    # Suspension and end of one grant.
    end = {"grant_id": row.grant_id, "statement": WHY, "at": at}
    at_once(
        lambda: grants.suspend_grant(reason="security", by=officer, **end),
        lambda: grants.end_grant(reason="not_needed", by=banner.consumer.officer, **end),
        lambda: grants.end_grant(reason="not_needed", by=banner.consumer.officer, **end),
    )
    assert Grant.objects.get(pk=row.grant_id).status == "ENDED"
    for subject, what in (("grant", row.grant_id), ("access_request", row.pk)):
        seen = states_of(subject, what)
        assert [before for before, _after in seen[1:]] == [after for _before, after in seen[:-1]], seen


@pytest.mark.slow
def test_two_announcements_for_one_resource_wait_for_each_other(site_database: object) -> None:
    banner = make_banner()
    make_agreement(banner.stranger, at=banner.at - timedelta(hours=1))
    resource = make_published(banner=banner, content=conditional_content())
    theirs = make_request(banner=banner, resource_id=resource.id, consumer=banner.stranger)
    second = answer(theirs, banner=banner, at=banner.at + timedelta(hours=1)).grant_id
    first, second = sorted([make_grant(banner=banner, resource_id=resource.id), second])
    at = banner.at + timedelta(hours=2)
    with ThreadPoolExecutor(max_workers=1) as pool:
        with transaction.atomic():
            queries.get_for_update(first)
            waiting = pool.submit(at_once, lambda: announce(banner, second, at))
            while not _somebody_waits():
                time.sleep(0.01)
            # Whoever waits for all the grants holds none of them yet: the other goes on.
            Grant.objects.select_for_update(nowait=True).get(pk=second)
        assert waiting.result(timeout=60) == ["done"]


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)")
        return bool(cursor.fetchone()[0])
