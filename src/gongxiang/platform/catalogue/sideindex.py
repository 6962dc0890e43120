"""The side index of the search (tantivy), for catalogues too large for PostgreSQL to count within a page's time.

Kept by the worker from the changes of the search table, read by the site. It holds the same characters cut the same way: a word
is a phrase of overlapping pairs, which is LIKE by construction; the rows of a page are decided once more by the normalised
text. Whenever it is missing, broken or behind, the pages answer from PostgreSQL.
"""

import contextlib
import logging
import shutil
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Func
from django.db.models.expressions import RawSQL

from gongxiang.platform.catalogue import indexing
from gongxiang.platform.catalogue.models import SearchChange, SearchEntry, SideIndexState
from gongxiang.platform.kernel.ids import new_id

_log = logging.getLogger(__name__)
#: A page does not use an index that is further behind than this.
FURTHEST_BEHIND = timedelta(minutes=1)
#: Bytes that the writer may hold before it writes a segment.
HEAP = 96 * 1024 * 1024
BATCH = 500
#: Stands between words, so that no phrase runs across two of them; normalised text has no control characters.
_GAP = "\x1f"
#: Facet of the search -> field of the index.
FIELDS = {
    "sharing_type": "sharing_type", "kind": "kind", "classification": "classification", "department": "department",
    "update_cycle": "update_cycle", "data_class": "data_class",
}  # fmt: skip
_SORTS = {"newest": ("published", False), "used": ("used", False), "name": ("name_order", True)}
#: More values than any facet has: the counts are exact.
_VALUES = 5000


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A page of keys, the number of hits, and how many of them have each value of each facet."""

    keys: tuple[str, ...]
    total: int
    counts: Mapping[str, dict[str, int]]


def folder(generation: str) -> Path:
    """Where one build of the index lies."""
    return Path(settings.HOME) / "search" / generation


def schema() -> Any:
    """The fields of the index."""
    import tantivy

    made = tantivy.SchemaBuilder()
    made.add_text_field("key", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field("text", tokenizer_name="pairs", index_option="position")
    made.add_text_field("name", tokenizer_name="pairs", index_option="position")
    for name in ("characters", "pinyin", "initials"):
        made.add_text_field(name, tokenizer_name="pairs", index_option="basic")
    for name in FIELDS.values():
        made.add_text_field(name, tokenizer_name="raw", index_option="basic", fast=True)
    made.add_text_field("name_order", tokenizer_name="raw", index_option="basic", fast=True)
    made.add_integer_field("published", fast=True)
    made.add_integer_field("used", fast=True)
    return made.build()


def open_index(path: Path, *, make: bool = False) -> Any:
    """The index that lies there; raises what tantivy raises if it cannot be read."""
    import tantivy

    if make:
        path.mkdir(parents=True)
        index = tantivy.Index(schema(), path=str(path))
    else:
        index = tantivy.Index.open(str(path))
    index.register_tokenizer("pairs", tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())
    return index


# ---- reading ------------------------------------------------------------------------------------------------------------


class _Opened:
    """The index that this process has open; reloaded when the worker committed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generation = ""
        self._index: Any = None
        self._seen = 0

    def searcher(self, generation: str) -> tuple[Any, Any]:
        """A searcher over the last commit, and the schema."""
        with self._lock:
            path = folder(generation)
            seen = (path / "meta.json").stat().st_mtime_ns
            if generation != self._generation:
                self._index, self._generation, self._seen = open_index(path), generation, 0
            if seen != self._seen:
                self._index.reload()
                self._seen = seen
            return self._index.searcher(), self._index.schema


_opened = _Opened()


def in_use() -> str:
    """The generation that pages may read now; empty if PostgreSQL has to answer."""
    state = SideIndexState.objects.filter(pk=1).exclude(generation="").first()
    if state is None or not folder(state.generation).exists():
        return ""
    overdue = SearchChange.objects.filter(changed_at__lt=RawSQL("clock_timestamp() - %s", (FURTHEST_BEHIND,)))
    return "" if overdue.exists() else state.generation


def ask(
    generation: str,
    words: Iterable[tuple[str, tuple[str, ...]]],
    *,
    chosen: Mapping[str, list[str]],
    sort: str,
    page: int,
    size: int,
) -> Answer | None:
    """The page, the total and the facets; None where the index cannot be read."""
    try:
        searcher, fields = _opened.searcher(generation)
        return _ask(searcher, fields, tuple(words), chosen=chosen, sort=sort, page=page, size=size)
    except (OSError, ValueError) as problem:
        _log.warning("the search index %s cannot be read: %s", generation, problem)
        return None


def _ask(
    searcher: Any, fields: Any, words: tuple[tuple[str, tuple[str, ...]], ...], *, chosen: Mapping[str, list[str]], sort: str,
    page: int, size: int,
) -> Answer:  # fmt: skip
    import tantivy

    must = [_word_query(fields, term, others) for term, others in words]
    filters = {name: tantivy.Query.term_set_query(fields, FIELDS[name], values) for name, values in chosen.items() if values}
    hits = _all([*must, *filters.values()])
    ranked = hits
    if sort not in _SORTS and words:
        better = [
            (tantivy.Occur.Should, tantivy.Query.boost_query(_text_query(fields, "name", wording), 4.0))
            for term, others in words
            for wording in (term, *others)
            if len(wording) > 1
        ]
        ranked = tantivy.Query.boolean_query([(tantivy.Occur.Must, hits), *better])
    field, ascending = _SORTS.get(sort, ("", False)) if sort in _SORTS or words else _SORTS["newest"]
    order = {"order_by_field": field, "order": tantivy.Order.Asc if ascending else tantivy.Order.Desc} if field else {}
    result = searcher.search(ranked, limit=size, offset=(page - 1) * size, count=True, **order)
    keys = tuple(str(searcher.doc(address)["key"][0]) for _score, address in result.hits)
    counts: dict[str, dict[str, int]] = {}
    free = [name for name in FIELDS if name not in filters]
    # A facet is counted among what the others leave.
    asked = [(free, hits)]
    asked += [([name], _all([*must, *(one for other, one in filters.items() if other != name)])) for name in filters]
    for names, query in asked:
        wanted = {name: {"terms": {"field": FIELDS[name], "size": _VALUES}} for name in names}
        for name, found in searcher.aggregate(query, wanted).items():
            counts[name] = {str(bucket["key"]): int(bucket["doc_count"]) for bucket in found["buckets"]}
    return Answer(keys=keys, total=int(result.count), counts=counts)


def _all(queries: list[Any]) -> Any:
    import tantivy

    if not queries:
        return tantivy.Query.all_query()
    return queries[0] if len(queries) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Must, one) for one in queries])


def _word_query(fields: Any, term: str, others: tuple[str, ...]) -> Any:
    import tantivy

    found = [_text_query(fields, "text", wording) for wording in (term, *others)]
    if latin := indexing.latin_letters(term):
        found += [tantivy.Query.regex_query(fields, name, f"{latin}.*") for name in ("pinyin", "initials")]
    return found[0] if len(found) == 1 else tantivy.Query.boolean_query([(tantivy.Occur.Should, one) for one in found])


def _text_query(fields: Any, field: str, wording: str) -> Any:
    import tantivy

    if len(wording) == 1:
        return tantivy.Query.term_query(fields, "characters", wording)
    pairs = [wording[i : i + 2] for i in range(len(wording) - 1)]
    if len(pairs) == 1:
        return tantivy.Query.term_query(fields, field, pairs[0], index_option="position")
    return tantivy.Query.phrase_query(fields, field, [*pairs])


# ---- writing: the worker only -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def alone() -> Iterator[bool]:
    """Whether nobody else writes the index now; nobody else will while this holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtext('catalogue.sideindex'))")
        mine = bool(cursor.fetchone()[0])
        try:
            yield mine
        finally:
            if mine:
                cursor.execute("SELECT pg_advisory_unlock(hashtext('catalogue.sideindex'))")


def build(at: datetime) -> SideIndexState:
    """Write a new index of everything and let it be the one in use; the old one is removed."""
    generation = str(new_id())
    index = open_index(folder(generation), make=True)
    writer = index.writer(HEAP, 1)
    number = 0
    with transaction.atomic():
        for row in _rows().iterator(chunk_size=2000):
            writer.add_document(_document(row))
            number += 1
    writer.commit()
    writer.wait_merging_threads()
    state, _made = SideIndexState.objects.update_or_create(
        pk=1, defaults={"generation": generation, "built_at": at, "entries": number}
    )
    for old in folder("").glob("*"):
        if old.name != generation:
            shutil.rmtree(old, ignore_errors=True)
    return state


def state() -> SideIndexState:
    """Which build is in use."""
    return SideIndexState.objects.filter(pk=1).first() or SideIndexState()


def is_whole(generation: str) -> bool:
    """Whether the index lies there and can be opened."""
    try:
        open_index(folder(generation))
    except (OSError, ValueError):
        return False
    return True


def apply_changes(generation: str) -> int:
    """Bring changed entries into the index; gives how many changes were applied.

    1. Take some changes; which does not matter, since the entry is read as it is now.
    2. Replace their entries by what is there now, and commit the index.
    3. Forget these changes and no others: a crash before that repeats them.
    """
    changes = list(SearchChange.objects.order_by("id").values_list("id", "resource_id")[:BATCH])
    if not changes:
        return 0
    writer = open_index(folder(generation)).writer(HEAP, 1)
    keys = {resource_id for _id, resource_id in changes}
    for key in keys:
        writer.delete_documents_by_term("key", str(key))
    for row in _rows().filter(pk__in=keys):
        writer.add_document(_document(row))
    writer.commit()
    writer.wait_merging_threads()
    SearchChange.objects.filter(pk__in=[number for number, _key in changes]).delete()
    return len(changes)


def stop_using() -> None:
    """The catalogue is small enough for PostgreSQL: keep neither index nor changes."""
    SideIndexState.objects.filter(pk=1).exclude(generation="").update(generation="")
    SearchChange.objects.all().delete()
    shutil.rmtree(folder(""), ignore_errors=True)


def _rows() -> Any:
    spoken = {
        f"{name}_said": Func(F(name), function="tsvector_to_array", output_field=SearchEntry._meta.get_field("kinds"))
        for name in ("pinyin", "initials")
    }
    return SearchEntry.objects.annotate(**spoken).defer("words", "pinyin", "initials")


def _document(row: Any) -> Any:
    import tantivy

    values = {
        "key": str(row.pk),
        "text": pairs(row.haystack.split("\n")),
        "name": pairs([indexing.normalise(row.name)]),
        "characters": " ".join(set(row.haystack) - {" ", "\n"}),
        "pinyin": " ".join(row.pinyin_said),
        "initials": " ".join(row.initials_said),
        "sharing_type": row.sharing_type,
        "classification": row.classification,
        "department": str(row.department_id),
        "update_cycle": row.update_cycle,
        "data_class": row.data_class,
        "name_order": row.name,
    }
    document = tantivy.Document(**{name: value for name, value in values.items() if value})
    for kind in row.kinds:
        document.add_text("kind", kind)
    seconds = int(row.published_at.timestamp())
    document.add_integer("published", seconds)
    document.add_integer("used", (row.users << 40) + seconds)
    return document


def pairs(lines: Iterable[str]) -> str:
    """Overlapping pairs of each word's characters, with a gap between words."""
    parts: list[str] = []
    for line in lines:
        for word in line.split(" "):
            parts += [word[i : i + 2] for i in range(len(word) - 1)]
            parts.append(_GAP)
    return " ".join(parts)
