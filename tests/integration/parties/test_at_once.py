"""Two acts on one department's people at the same moment: each waits its turn, and none is thrown out by the database."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from gongxiang.platform.parties import actions, places, queries
from gongxiang.platform.parties.models import Deputy, OfficerFiling
from gongxiang.platform.parties.places import Place
from tests.factories.parties import AT, Banner, credentials_of, make_banner
from tests.integration.access.test_at_once import run
from tests.support.chain import until


def _waits() -> bool:
    """Whether an act in this database waits for a lock; `pg_stat_activity` would tell the same all transaction long."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND pid IN (SELECT l.pid FROM pg_locks l"
            " JOIN pg_database d ON d.oid = l.database WHERE d.datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def while_locked(lock: Callable[[], object], then: Callable[[], object], other: Callable[[], object]) -> list[str]:
    """`lock` and `then` in one transaction; between them the other act has come as far as it can."""
    locked = threading.Event()

    def first() -> None:
        with transaction.atomic():
            lock()
            locked.set()
            until(_waits, seconds=30, words="the other act waits")
            then()

    def second() -> None:
        locked.wait(60)
        other()

    return run(first, second)


def crossed_deputies(banner: Banner) -> tuple[list[str], bool]:
    office, at = banner.provider, banner.at
    later = timedelta(days=3)
    small, large = sorted((office.clerk.id, office.reviewer.id))

    def name(person: UUID, deputy: UUID, after: timedelta) -> Any:
        return actions.name_deputy(
            person_id=person, deputy_id=deputy, starts_at=at + after, ends_at=at + after + timedelta(days=1),
            by=office.officer, at=at,
        )  # fmt: skip

    told = while_locked(
        lambda: queries.person_for_update(small), lambda: name(small, large, later), lambda: name(large, small, later * 2)
    )
    return told, Deputy.objects.count() == 2


def reported_and_filed(banner: Banner) -> tuple[list[str], bool]:
    office, at = banner.provider, banner.at

    def report() -> Any:
        return actions.report_officer(
            department_id=office.id, officer_id=office.officer.id, unit="信息股", unit_contact="张某", by=office.clerk, at=at
        )

    waiting = report()
    told = while_locked(
        lambda: queries.department_for_update(office.id), report,
        lambda: actions.file_officer(filing_id=waiting.id, by=banner.authority_officer, at=at),
    )  # fmt: skip
    return told, OfficerFiling.objects.get(pk=waiting.id).status == "SUPERSEDED"


@pytest.mark.article("wushen-2021-60:25")
def test_acts_on_the_same_people_wait_for_each_other(site_database: Any) -> None:
    banner = make_banner()
    assert crossed_deputies(banner) == (["done", "done"], True)
    told, superseded = reported_and_filed(banner)
    assert (told[0], told[1].startswith("!"), superseded) == ("done", False, True)
    assert told[1] != "done"


def test_who_signs_in_twice_at_once_is_not_thrown_out(site_database: Any) -> None:
    office = make_banner().provider
    known = credentials_of(office.clerk)
    at, where = AT + timedelta(hours=1), Place(address="10.1.2.3")

    def one() -> object:
        return actions.check_factor(person_id=office.clerk.id, code=known.code(at), place=where, at=at)

    def other() -> object:
        return actions.check_password(username=known.username, password=known.password, place=where, at=at)

    told = while_locked(lambda: places.lock_counters(known.username, where, factor=False, at=at), one, other)
    assert told == ["done", "done"]
