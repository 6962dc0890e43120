"""The pages on the state of the catalogue at 100 k entries, beside the bare counts of what they show on the same tables.

Entries are those of `bench.search`; points, distributions, elements, systems and departments are copied in beside, past the
guards, as a superuser may. The limit is the count that no page can do without: of points, entries or elements.
"""

import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import psycopg
from tests.support import databases

from bench.search import _setup, fill, place
from bench.world import figure, median

ENTRIES = int(os.environ.get("BENCH_QUALITY", 100_000))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", 3))
#: What stands beside each entry: a state of upkeep, three points, a way of delivery, eight elements.
_BESIDE = """
INSERT INTO parties_department
  (id, name, short_name, credit_code, kind, is_authority, is_audit_office, is_operator, head_name, head_post, registered_at,
   status)
  SELECT department_id, min(department_name) || row_number() OVER (), '', '1100' || row_number() OVER (), 'department',
    false, false, false, '', '', '2021-10-12', 'ACTIVE' FROM catalogue_searchentry GROUP BY department_id;
INSERT INTO parties_system (id, department_id, name, tier, network, hosting, registered_at)
  SELECT gen_random_uuid(), d.id, '系统' || n, 'own', 'extranet', '', '2021-10-12'
  FROM parties_department d, generate_series(1, 5) n;
UPDATE catalogue_resource r SET name = s.name, sharing_type = s.sharing_type, published_at = s.published_at
  FROM catalogue_searchentry s WHERE s.resource_id = r.id;
CREATE TEMP TABLE numbered AS SELECT s.*, row_number() OVER (ORDER BY resource_id) AS n FROM catalogue_searchentry s;
CREATE TEMP TABLE kept AS SELECT id, department_id, row_number() OVER (PARTITION BY department_id ORDER BY id) AS k
  FROM parties_system;
INSERT INTO catalogue_upkeep
  (resource_id, name_key, systems, cycle, checked_status, checked_revision, checked_version, checked_at, changed_at, used_at)
  SELECT resource_id, name, CASE WHEN n % 3 > 0 THEN ARRAY[k.id] ELSE '{}' END, update_cycle, 'PUBLISHED', 0, 1, now(),
    CASE WHEN n % 2 = 0 THEN s.published_at + interval '300 days' END, CASE WHEN n % 5 = 0 THEN now() END
  FROM numbered s JOIN kept k ON k.department_id = s.department_id AND k.k = 1 + s.n % 4;
INSERT INTO catalogue_finding (resource_id, about, kind, blocks, field, values)
  SELECT resource_id, 'VERSION', (ARRAY['name_malformed', 'condition_vague', 'summary_short', 'system_missing',
    'seems_personal', 'name_near', 'length_missing', 'basis_missing'])[1 + (n + j) % 8], j = 1, 'summary', '{}'
  FROM numbered, generate_series(1, 3) j;
INSERT INTO catalogue_distribution (id, resource_id, kind, source_table, in_force, checked_at, check_problem)
  SELECT gen_random_uuid(), resource_id, kinds[1], 't' || n, true, CASE WHEN n % 4 > 0 THEN now() END, '' FROM numbered;
INSERT INTO catalogue_publishedelement (resource_id, department_id, position, name, code, plain, stem, sharing_type)
  SELECT resource_id, department_id, j, '项' || (n * 7 + j * 13) % 4000, 'e' || j, '项' || (n * 7 + j * 13) % 4000,
    '项' || (n * 7 + j * 13) % 4000, sharing_type FROM numbered, generate_series(1, 8) j
"""
_TABLES = (
    "parties_department", "parties_system", "catalogue_resource", "catalogue_upkeep", "catalogue_finding",
    "catalogue_distribution", "catalogue_publishedelement",
)  # fmt: skip
_POINTS = "SELECT count(*) FROM catalogue_finding"
_ROWS = "SELECT count(*) FROM catalogue_resource WHERE version IS NOT NULL"
_ITEMS = "SELECT count(*) FROM catalogue_publishedelement"


def run() -> Iterator[dict[str, Any]]:
    """The median of each page, in milliseconds."""
    databases.prepare_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongxiang.platform.wiring.settings"
    with databases.copy() as database:
        os.environ["GONGXIANG_SITE_DATABASE_URL"] = database.url
        _setup(database)
        fill(database.url, ENTRIES, vectors=False)
        with psycopg.connect(database.url) as connection:
            connection.execute("SET session_replication_role = replica")
            for statement in _BESIDE.split(";\n"):
                connection.execute(statement)
        with psycopg.connect(database.url, autocommit=True) as connection:
            for table in _TABLES:
                connection.execute(f"VACUUM ANALYZE {table}")
            largest = connection.execute(
                "SELECT department_id FROM catalogue_searchentry GROUP BY 1 ORDER BY count(*) DESC LIMIT 1"
            ).fetchone()
        assert largest is not None
        for name, count, work in _pages(largest[0]):
            limit = _median(partial(_ask, count))
            yield figure(f"quality.{name}", _median(work), limit, "ms", time_like=True, entries=ENTRIES)
        from django.db import connections

        connections.close_all()


def _ask(query: str) -> object:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchone()


def _median(work: Callable[[], object]) -> float:
    work()
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append((time.perf_counter() - begun) * 1000)
    return place(sorted(taken), 0.5) if len(taken) > 3 else median(taken)


def _pages(largest: UUID) -> Iterator[tuple[str, str, Callable[[], object]]]:
    """(name, bare count, the page as its view answers it)"""
    from django.test import RequestFactory

    from gongxiang.platform.kernel.actors import Person, Role
    from gongxiang.platform.web.catalogue import views_compile
    from gongxiang.platform.web.quality import sources, todos, views

    everybody = Person(
        id=uuid4(), name="bench", department_id=uuid4(), department="局", roles=frozenset({Role.AUTHORITY_OFFICER})
    )
    clerk = Person(id=uuid4(), name="bench", department_id=largest, department="局", roles=frozenset({Role.CLERK}))
    at = datetime.now(UTC)

    def page(view: Any, actor: Person, query: str = "", **arguments: Any) -> Callable[[], object]:
        inner = getattr(view, "__wrapped__", view)

        def ask() -> object:
            request = RequestFactory().get(f"/{query}")
            request.actor = actor  # type: ignore[attr-defined]
            answered = inner(request, **arguments)
            assert answered.status_code == 200
            return answered

        return ask

    yield "overview", _POINTS, page(views.overview, everybody)
    for name in ("all_hints", "seems_personal", "unmounted", "mounting_overdue", "stale", "unused", "zombie"):
        yield (
            f"rows.{name}",
            _POINTS if name in ("all_hints", "seems_personal") else _ROWS,
            page(views.rows, everybody, name=name),
        )
    yield "rows.searched", _POINTS, page(views.rows, everybody, "?q=企业", name="all_hints")
    yield "systems", _ROWS, page(views.systems, everybody)
    yield "sources", _ITEMS, page(sources.items, everybody)
    yield "entries", _ROWS, page(views_compile.mine, clerk)
    yield "entries.searched", _ROWS, page(views_compile.mine, clerk, "?q=企业")
    yield "todos", _ROWS, lambda: todos.todos(clerk, at)
