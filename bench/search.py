"""Searching the catalogue: a whole page (hits, exact counts, all facets) at 100 k and 1 M entries, beside LIKE on the same.

Entries are copied straight into the tables: words as departments use them, drawn by rank, names with places. PostgreSQL alone
is measured at 100 k as well; at 1 M its word vectors are left out, since the side index does not read them.
"""

import os
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
from tests.support import databases

from bench.world import figure, resident

SIZES = {"100k": 100_000, "1m": 1_000_000}
SAMPLES = int(os.environ.get("BENCH_SAMPLES", 200))
#: Entries drawn one by one; a larger catalogue repeats them with other names, keys and times.
DRAWN = 100_000
#: LIKE looks at every row: fewer samples are enough to know it.
LIKE_SAMPLES = {"100k": 60, "1m": 10}
_WORDS = {
    line.partition(": ")[0]: tuple(line.partition(": ")[2].split())
    for line in Path(__file__).with_name("search_words.txt").read_text("utf-8").splitlines()
}
_BEFORE, _AFTER, _ELEMENTS, _PLACES = (_WORDS[name] for name in ("before", "after", "elements", "places"))
_ENDINGS = ("信息", "名单", "记录", "台账", "数据", "明细")


@cache
def _ranked(words: tuple[str, ...]) -> list[float]:
    """Cumulated weights: the second word half as often as the first."""
    return list(accumulate(1 / (rank + 1) for rank in range(len(words))))


def _draw(rng: random.Random, words: tuple[str, ...], number: int = 1) -> list[str]:
    return rng.choices(words, cum_weights=_ranked(words), k=number)


def entries(number: int, *, vectors: bool) -> Iterator[tuple[Any, ...]]:
    """Rows for the search table."""
    from gongxiang.platform.catalogue import indexing

    rng = random.Random(number)
    before, after, elements, places = _BEFORE, _AFTER, _ELEMENTS, _PLACES
    departments = [(UUID(int=rng.getrandbits(128), version=4), f"{places[i % 14]}{before[i % 57]}局") for i in range(60)]
    said = {
        word: (_lexemes(indexing.pinyin_vector([("A", word)])), _lexemes(indexing.initials_vector([("A", word)])))
        for word in {*before, *after, *elements, *places, *_ENDINGS, *(name for _key, name in departments)}
    }
    start = datetime(2021, 10, 12, tzinfo=UTC)
    for n in range(number):
        parts = [rng.choice(places), *_draw(rng, before), *_draw(rng, after, 2), rng.choice(_ENDINGS)]
        name = "".join(parts)
        key, department = departments[min(int(rng.paretovariate(0.7)) - 1, 59)]
        chosen = sorted(set(_draw(rng, elements, 10)))
        summary = f"{department}{''.join(_draw(rng, before, 4))}{''.join(_draw(rng, after, 8))}。"
        lines = [name, f"307001/{n:07d}", department, summary, *chosen]
        sound = [indexing.pinyin_vector([("A", "".join(parts[-3:]))])] if vectors else []
        spoken = sorted({lexeme for word in (*parts, *chosen) for lexeme in said[word][0]})
        letters = sorted({lexeme for word in (*parts, *chosen) for lexeme in said[word][1]})
        fields = [("A", name), ("B", " ".join(chosen)), ("C", department), ("D", summary)]
        yield (
            uuid4(), name, key, department, rng.choice(("UNCONDITIONAL", "CONDITIONAL", "CONDITIONAL", "WITHHELD")),
            "{TABLE}" if n % 3 else "{API,FILE}", f"{rng.randrange(1, 4)}{rng.randrange(1, 13):02d}",
            rng.choice(("REALTIME", "DAILY", "MONTHLY", "YEARLY")), rng.choice(("GENERAL", "GENERAL", "IMPORTANT", "CORE")),
            start + timedelta(minutes=n), rng.randrange(9), "\n".join(lines),
            indexing.words_vector(fields) if vectors else "", " ".join([*sound, *spoken]), " ".join(letters),
        )  # fmt: skip


def _lexemes(vector: str) -> list[str]:
    return [part.rpartition(":")[0] for part in vector.split(" ") if part]


def fill(url: str, number: int, *, vectors: bool) -> None:
    """Entries, and the versions from which a page takes summaries: past the guards, as a superuser may."""
    columns = (
        "resource_id, name, department_id, department_name, sharing_type, kinds, classification, update_cycle, data_class, "
        "published_at, users, haystack, words, pinyin, initials"
    )
    with psycopg.connect(url) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute("SET maintenance_work_mem = '1GB'")
        later = _drop_indexes(connection)
        with connection.cursor().copy(f"COPY catalogue_searchentry ({columns}) FROM STDIN") as copy:
            for row in entries(min(number, DRAWN), vectors=vectors):
                copy.write_row(row)
        if number > DRAWN:
            changed = columns.replace("resource_id, name,", "gen_random_uuid(), name || k,", 1)
            changed = changed.replace("published_at, ", "published_at + k * interval '1 s', ", 1)
            changed = changed.replace("haystack, ", "haystack || k, ", 1)
            connection.execute(
                f"INSERT INTO catalogue_searchentry ({columns}) SELECT {changed} FROM catalogue_searchentry,"
                f" generate_series(2, {number // DRAWN}) k"
            )
        for definition in later:
            if vectors or " USING gin " not in definition:
                connection.execute(definition)
        _template_rows(connection)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE catalogue_searchentry")
        connection.execute("ANALYZE catalogue_resource")
        connection.execute("ANALYZE catalogue_resourceversion")


def _drop_indexes(connection: psycopg.Connection) -> list[str]:
    """Drop what no constraint needs; gives how to make those of the search table again."""
    tables = ["catalogue_searchentry", "catalogue_resource", "catalogue_resourceversion"]
    rows = connection.execute(
        "SELECT indexname, tablename, indexdef FROM pg_indexes WHERE tablename = ANY(%s) AND NOT EXISTS"
        " (SELECT 1 FROM pg_constraint c WHERE c.conindid = (quote_ident(indexname))::regclass)",
        (tables,),
    ).fetchall()
    for name, _table, _definition in rows:
        connection.execute(f'DROP INDEX "{name}"')
    return [definition for _name, table, definition in rows if table == tables[0]]


def _template_rows(connection: psycopg.Connection) -> None:
    """A resource and a version for each entry, from one that the models fill with their defaults."""
    from gongxiang.platform.catalogue.models import Resource, ResourceVersion

    blank = {"drafters": "{}", "remarks": [], "granted_elements": "{}", "granted_kinds": "{}"}
    for model, changes in (
        (Resource, "'id', s.resource_id, 'code', '307001/' || s.resource_id, 'provider_id', s.department_id"),
        (
            ResourceVersion,
            "'id', gen_random_uuid(), 'resource_id', s.resource_id, 'code', s.resource_id,"
            " 'content', jsonb_build_object('summary', left(s.haystack, 90), 'elements', '[]'::jsonb)",
        ),
    ):
        values: dict[str, Any] = {
            "status": "PUBLISHED", "version": 1, "number": 1, "draft": {}, "name": "", "sharing_type": "CONDITIONAL",
            "saved_at": "2026-01-01T00:00:00Z", "published_at": "2026-01-01T00:00:00Z", "provider_name": "",
            "content_digest": "", "saved_by": "", "provider_credit_code": "", "consent_id": str(uuid4()),
            "published_by": str(uuid4()), "published_by_name": "", **blank,
        }  # fmt: skip
        known = {}
        for field in model._meta.local_fields:
            if field.column in values:
                known[field.column] = values[field.column]
            elif not field.null and field.has_default() and not callable(field.default):
                known[field.column] = field.default
            elif not field.null and field.get_internal_type() in ("CharField", "TextField"):
                known[field.column] = ""
        table = model._meta.db_table
        connection.execute(
            f"INSERT INTO {table} SELECT made.* FROM catalogue_searchentry s,"
            f" LATERAL jsonb_populate_record(NULL::{table}, %s::jsonb || jsonb_build_object({changes})) made",
            (psycopg.types.json.Jsonb(known),),
        )


def queries(number: int) -> list[tuple[str, dict[str, list[str]]]]:
    """What people type: a word, two, a part of a name, letters, with a facet or without, and nothing at all."""
    rng = random.Random(809)
    before, after, elements = _BEFORE, _AFTER, _ELEMENTS
    asked: list[tuple[str, dict[str, list[str]]]] = []
    for n in range(number):
        kind = n % 20
        word = _draw(rng, before)[0] if n % 2 else _draw(rng, after)[0]
        facets: dict[str, list[str]] = {"sharing_type": ["CONDITIONAL"]} if n % 4 == 0 else {}
        if kind < 7:
            text = word
        elif kind < 12:
            text = f"{word} {_draw(rng, after)[0]}"
        elif kind < 15:
            text = f"{rng.choice(_PLACES)}{_draw(rng, before)[0]}"
        elif kind < 17:
            text = rng.choice(("qiye", "dibao", "canbao", "xkxm", "jbxx", "tkry", "gmsfhm"))
        elif kind < 19:
            text = _draw(rng, elements)[0][:3]
        else:
            text = ""
        asked.append((text, facets))
    return asked


def timed(ask: Callable[[str, dict[str, list[str]]], object], asked: list[tuple[str, dict[str, list[str]]]]) -> list[float]:
    """Milliseconds of each, sorted; the first few warm caches up and do not count."""
    for text, facets in asked[:5]:
        ask(text, facets)
    taken = []
    for text, facets in asked:
        begun = time.perf_counter()
        ask(text, facets)
        taken.append((time.perf_counter() - begun) * 1000)
    return sorted(taken)


def like(text: str, facets: dict[str, list[str]]) -> object:
    """What a plain catalogue does: count and the newest page by LIKE; no facets, no letters, no rank."""
    from gongxiang.platform.catalogue import indexing
    from gongxiang.platform.catalogue.models import SearchEntry
    from gongxiang.platform.catalogue.search import Contains

    rows = SearchEntry.objects.all()
    for term in indexing.terms(text):
        rows = rows.filter(Contains(term))
    for name, values in facets.items():
        rows = rows.filter(**{f"{name}__in": values})
    return rows.count(), list(rows.order_by("-published_at").values_list("resource_id", "name")[:20])


def place(values: list[float], share: float) -> float:
    """The value below which `share` of them lie."""
    return values[min(int(len(values) * share), len(values) - 1)]


def run() -> Iterator[dict[str, Any]]:
    """p95 of a page at both sizes."""
    databases.prepare_environment()
    os.environ["DJANGO_SETTINGS_MODULE"] = "gongxiang.platform.wiring.settings"
    for size in os.environ.get("BENCH_SEARCH", "100k 1m").split():
        with databases.copy() as database:
            os.environ["GONGXIANG_SITE_DATABASE_URL"] = database.url
            _setup(database)
            yield from _measure(size, database)


def _setup(database: databases.Database) -> None:
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
    from django.db import connections

    connections.close_all()
    connections["default"].settings_dict["NAME"] = database.name


def _measure(size: str, database: databases.Database) -> Iterator[dict[str, Any]]:
    from django.db import connections

    from gongxiang.platform.catalogue import finding, sideindex
    from gongxiang.platform.kernel.actors import Person, Role

    reader = Person(id=uuid4(), name="bench", department_id=uuid4(), department="", roles=frozenset({Role.CLERK}))

    def ours(text: str, facets: dict[str, list[str]]) -> object:
        return finding.search(text, actor=reader, facets=facets)

    begun = time.perf_counter()
    fill(database.url, SIZES[size], vectors=size == "100k")
    filled = time.perf_counter() - begun
    asked = queries(SAMPLES)
    limit = timed(like, asked[: LIKE_SAMPLES[size]])
    if size == "100k":
        alone = timed(ours, asked[:60])
        yield figure(
            f"search.{size}.postgresql.p95", place(alone, 0.95), place(limit, 0.95), "ms", time_like=True,
            p50=round(place(alone, 0.5), 1), samples=len(alone),
        )  # fmt: skip
    begun = time.perf_counter()
    with sideindex.alone():
        state = sideindex.build(datetime.now(UTC))
    built = time.perf_counter() - begun
    taken = timed(ours, asked)
    disk = sum(path.stat().st_size for path in sideindex.folder(state.generation).glob("*"))
    yield figure(
        f"search.{size}.p95", place(taken, 0.95), place(limit, 0.95), "ms", time_like=True, p50=round(place(taken, 0.5), 1),
        samples=len(taken), entries=state.entries, fill_seconds=round(filled), build_seconds=round(built),
        index_mb=round(disk / 1e6), resident_mb=round(resident(os.getpid()) / 1e6),
    )  # fmt: skip
    connections.close_all()
