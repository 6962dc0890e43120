"""The side index of the search: the same answers as PostgreSQL, kept from changes, and never in the way when it is broken."""

import random
import shutil
from datetime import timedelta
from uuid import uuid4

import pytest

from gongxiang.platform.catalogue import finding, indexing, sideindex, tasks
from gongxiang.platform.catalogue.models import SearchChange, SearchEntry, SideIndexState
from gongxiang.platform.kernel.actors import Person, Role
from tests.factories.contents import complete_content, conditional_content, element
from tests.factories.parties import AT
from tests.integration.catalogue.test_search import ALPHABET, index  # noqa: F401  the fixture

pytestmark = pytest.mark.django_db
READER = Person(id=uuid4(), name="某", department_id=uuid4(), department="某局", roles=frozenset({Role.CLERK}))


@pytest.fixture(autouse=True)
def from_the_first_entry(settings, tmp_path):
    settings.SEARCH_INDEX_FROM = 1
    settings.HOME = tmp_path
    tasks._size.clear()
    yield
    tasks._size.clear()


def found(text: str, **options):
    page = finding.search(text, actor=READER, size=1000, **options)
    counts = {name: {f.value: f.count for f in values} for name, values in page.facets.items()}
    return {hit.name for hit in page.hits}, page.total, counts


def from_database(text: str, **options):
    """What PostgreSQL alone answers."""
    generation = sideindex.state().generation
    SideIndexState.objects.update(generation="")
    try:
        return found(text, **options)
    finally:
        SideIndexState.objects.update(generation=generation)


def keep() -> None:
    while tasks.keep_side_index():
        continue
    assert sideindex.in_use()


def test_it_answers_as_the_database_does(index):  # noqa: F811
    rng = random.Random(1020)
    written = ["".join(rng.choices(ALPHABET, k=rng.randint(1, 9))) for _ in range(100)]
    for number, name in enumerate(written):
        make = complete_content if number % 3 else conditional_content
        index(make(f"{name}{number}", summary=rng.choice(written), elements=(element("x1", name="甲乙"),)), department="丁局")
    keep()
    queries = ["", "xz", "quhua", "x1", "甲", "%", "' OR", "\\", "a", "信"]
    for _ in range(200):
        source = rng.choice(written)
        start = rng.randrange(len(source))
        queries.append(source[start : start + rng.randint(1, 4)])
    for query in queries:
        facets = {"sharing_type": ["CONDITIONAL"]} if rng.random() < 0.3 else {}
        assert found(query, facets=facets) == from_database(query, facets=facets), query
    haystacks = dict(SearchEntry.objects.values_list("name", "haystack"))
    for query in queries:
        terms = indexing.terms(query)
        if terms and not any(indexing.latin_letters(term) for term in terms):
            assert found(query)[0] == {name for name, text in haystacks.items() if all(term in text for term in terms)}, query


def test_sorting_and_paging_are_the_same(index):  # noqa: F811
    for number in range(7):
        index(complete_content(f"资源{number}"), days=number)
    SearchEntry.objects.filter(name="资源3").update(users=5)
    keep()

    def names(sort, page):
        return [h.name for h in finding.search("资源", actor=READER, sort=sort, page=page, size=3).hits]

    assert names("newest", 1) == ["资源6", "资源5", "资源4"]
    assert names("newest", 99) == ["资源0"]
    assert names("used", 1) == ["资源3", "资源6", "资源5"]
    assert names("name", 2) == ["资源3", "资源4", "资源5"]


def test_synonyms_are_searched_for_too(index):  # noqa: F811
    index(complete_content("低保对象"))
    index(complete_content("最低生活保障资金"))
    keep()
    generation = sideindex.in_use()
    answer = sideindex.ask(generation, (("低保", ("最低生活保障",)),), chosen={}, sort="relevance", page=1, size=9)
    assert answer is not None
    assert answer.total == 2


def test_changes_arrive_and_what_is_withdrawn_goes(index):  # noqa: F811
    first = index(complete_content("甲资源"))
    keep()
    index(complete_content("乙资源"))
    SearchEntry.objects.filter(pk=first).delete()
    assert found("资源")[0] == set(), "what is gone is not shown even before the index knows"
    keep()
    assert found("资源")[:2] == ({"乙资源"}, 1)
    assert not SearchChange.objects.exists()


def test_a_broken_index_does_not_stop_the_page_and_is_built_anew(index):  # noqa: F811
    index(complete_content("甲资源"))
    keep()
    generation = sideindex.state().generation
    (sideindex.folder(generation) / "meta.json").write_text("{")
    assert found("资源")[0] == {"甲资源"}
    keep()
    assert sideindex.state().generation != generation
    shutil.rmtree(sideindex.folder(""))
    assert sideindex.in_use() == ""
    assert found("资源")[0] == {"甲资源"}
    keep()
    assert not sideindex.folder(generation).exists()


def test_an_index_that_stays_behind_is_not_asked(index):  # noqa: F811
    index(complete_content("甲资源"))
    keep()
    index(complete_content("乙资源"))
    SearchChange.objects.update(changed_at=AT - timedelta(days=1))
    assert sideindex.in_use() == ""
    assert found("资源")[0] == {"甲资源", "乙资源"}


def test_a_small_catalogue_needs_none(index, settings):  # noqa: F811
    index(complete_content("甲资源"))
    keep()
    settings.SEARCH_INDEX_FROM = 20_000
    assert tasks.keep_side_index() == 0
    assert sideindex.in_use() == ""
    assert not sideindex.folder("").exists()
    assert not SearchChange.objects.exists()
