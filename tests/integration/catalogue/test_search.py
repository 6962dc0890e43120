"""Search: exactly what LIKE finds, and pinyin, initials, facets, paging, visibility."""

import random
from datetime import timedelta
from uuid import uuid4

import pytest

from gongxiang.platform.catalogue import actions, errors, finding, indexing, queries, search
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import Consent, Resource, ResourceVersion, SearchEntry
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from tests.factories.contents import complete_content, conditional_content, element, withheld_content
from tests.factories.parties import AT, make_banner, make_department

pytestmark = pytest.mark.django_db
ALPHABET = "行政区划代码民局特困人员信息登记企业许可环保 ()-12aB"
READER = Person(id=uuid4(), name="某", department_id=uuid4(), department="某局", roles=frozenset({Role.CLERK}))


@pytest.fixture
def index(monkeypatch):
    """Puts a content into the index, published as version 1, without the four people."""
    departments = {}

    def put(content: Content, *, department: str = "乌审旗民政局", days: int = 0):
        if department not in departments:
            departments[department] = make_department(department)
        provider = departments[department]
        at = AT + timedelta(days=days)
        number = SearchEntry.objects.count() + 1
        row = Resource(
            provider_id=provider.id, status="PUBLISHED", draft=content.to_json(), name=content.name,
            sharing_type=content.sharing_type, saved_at=at, saved_by="某",
            code=f"103000/{number:06d}", version=1, published_at=at,
        )  # fmt: skip
        after = {"status": "PUBLISHED"}
        evidence.record_act(kind="resource:published", subject=("resource", row.id), by=READER, at=at, after=after)
        row.save(force_insert=True)
        consent = Consent.objects.create(
            resource=row, content_digest="", secrecy_statement="x", personal=False, standing=True, given_by=uuid4(),
            given_by_name="某", given_at=at,
        )  # fmt: skip
        version = ResourceVersion.objects.create(
            resource=row, number=1, code=row.code, provider_name=provider.name, provider_credit_code=provider.credit_code,
            content=content.to_json(), content_digest="", consent=consent, published_at=at, published_by=uuid4(),
            published_by_name="某",
        )  # fmt: skip
        search.index_version(version)
        return row.id

    return put


def names(text: str, **options) -> set[str]:
    return {hit.name for hit in queries.search(text, actor=READER, size=1000, **options).hits}


def test_search_finds_exactly_what_like_finds(index):
    rng = random.Random(20211012)
    written = ["".join(rng.choices(ALPHABET, k=rng.randint(1, 9))) for _ in range(120)]
    for number, name in enumerate(written):
        index(complete_content(f"{name}{number}", summary="", elements=(element("x", name="甲"),)), department="丁")
    haystacks = list(SearchEntry.objects.values_list("name", "haystack"))
    pinyin = set("abcdefghijklmnopqrstuvwxyz")
    for _ in range(300):
        source = rng.choice(written)
        start = rng.randrange(len(source))
        query = source[start : start + rng.randint(1, 4)]
        terms = indexing.terms(query)
        if not terms or any(set(term) <= pinyin for term in terms):
            continue
        expected = {name for name, haystack in haystacks if all(term in haystack for term in terms)}
        assert names(query) == expected, query


@pytest.mark.parametrize(
    ("query", "found"),
    [
        pytest.param("行政区划", {"行政区划代码"}, id="phrase"),
        pytest.param("政行", set(), id="not-the-other-way-round"),
        pytest.param("行区", set(), id="not-with-a-gap"),
        pytest.param("期", {"特困人员基本信息"}, id="last-character"),
        pytest.param("行政区划代码全区", set(), id="not-across-fields"),
        pytest.param("区划名称", {"行政区划代码"}, id="element"),
        pytest.param("民政局 行政", {"行政区划代码"}, id="department-and-name"),
        pytest.param("xingzhengquhua", {"行政区划代码"}, id="pinyin"),
        pytest.param("quhua", {"行政区划代码"}, id="pinyin-from-the-middle"),
        pytest.param("xzqh", {"行政区划代码"}, id="initials"),
        pytest.param("QHDM", {"行政区划代码"}, id="initials-upper-case"),
        pytest.param("zqh", {"行政区划代码"}, id="initials-from-the-middle"),
        pytest.param("xqh", set(), id="no-skipped-initial"),
        pytest.param("tkry", {"特困人员基本信息"}, id="other-initials"),
        pytest.param("id_number", {"特困人员基本信息"}, id="element-code"),
        pytest.param("id%", set(), id="percent-is-a-character"),
        pytest.param("特困 行政", set(), id="every-word-has-to-be-found"),
        pytest.param("103000/000001", {"行政区划代码"}, id="code"),
        pytest.param("' | 'x", set(), id="hostile"),
        pytest.param("\\", set(), id="backslash"),
    ],
)
def test_queries(index, query, found):
    index(complete_content())
    index(conditional_content())
    assert names(query) == found


def test_facets_count_what_the_others_leave(index):
    index(complete_content("甲"))
    index(complete_content("乙"), department="乌审旗能源局")
    index(conditional_content("丙"))
    index(withheld_content("丁"))
    page = queries.search("", actor=READER, facets={"sharing_type": ["UNCONDITIONAL"]})
    counts = {name: {f.value: f.count for f in values} for name, values in page.facets.items()}
    assert page.total == 2
    assert counts["sharing_type"] == {"UNCONDITIONAL": 2, "CONDITIONAL": 1, "WITHHELD": 1}
    assert sorted(counts["department"].values()) == [1, 1]
    assert counts["kind"] == {"TABLE": 2}
    assert counts["classification"] == {"103": 2}
    assert {f.value for f in page.facets["sharing_type"] if f.chosen} == {"UNCONDITIONAL"}
    assert queries.search("", actor=READER, facets={"kind": ["API"]}).total == 0


def test_the_name_ranks_above_the_summary(index):
    index(complete_content("甲", summary="与企业登记有关"))
    index(complete_content("企业登记信息", summary="甲"))
    assert [hit.name for hit in queries.search("企业登记", actor=READER).hits] == ["企业登记信息", "甲"]


def test_sorting_and_paging(index):
    for number in range(5):
        index(complete_content(f"资源{number}"), days=number)
    newest = queries.search("资源", actor=READER, sort="newest", size=2)
    assert [hit.name for hit in newest.hits] == ["资源4", "资源3"]
    assert (newest.total, newest.pages, newest.exact) == (5, 3, True)
    assert [h.name for h in queries.search("", actor=READER, sort="name", size=2, page=99).hits] == ["资源4"]


def test_nobody_signed_in_finds_nothing(index):
    index(complete_content())
    assert queries.search("", actor=None).total == 0


def test_a_long_entry_is_still_found_at_its_end(index):
    elements = tuple(element(f"e{n}", name=f"信息项{n:05d}号") for n in range(4000))
    index(complete_content("很长的资源", elements=elements))
    assert names("信息项03999号") == {"很长的资源"}


@pytest.mark.parametrize(
    "facets", [{"department": ["x"]}, {"department": [str(uuid4())]}, {"sharing_type": ["\x00"]}, {"unknown": ["x"]}]
)
def test_nonsense_in_the_address_is_borne(index, facets):
    index(complete_content())
    assert queries.search("\x00", actor=READER, facets=facets, sort="no", page=-3).total in (0, 1)


LIVING = ("低保", "最低生活保障")


@pytest.fixture
def keeper():
    return Person(id=uuid4(), name="某", department_id=uuid4(), department="主管", roles=frozenset({Role.AUTHORITY_OFFICER}))


class TestSynonyms:
    """Words that the authority says mean the same."""

    @pytest.fixture
    def group(self, keeper):
        return actions.enter_synonyms(words=LIVING, note="民政", by=keeper, at=AT)

    @pytest.fixture
    def entries(self, index):
        index(complete_content("低保对象信息", summary="甲"))
        index(complete_content("最低生活保障资金发放信息", summary="乙"))
        index(complete_content("特困人员信息", summary="丙"))

    @pytest.mark.parametrize("word", [*LIVING, "最低生活保障 信息", "低保 信息"])
    def test_each_finds_the_other(self, entries, group, word):
        assert names(word) == {"低保对象信息", "最低生活保障资金发放信息"}

    def test_a_word_inside_a_longer_one_is_exchanged_too(self, entries, group):
        assert names("低保资金") == {"最低生活保障资金发放信息"}

    def test_the_page_says_what_else_was_searched_for(self, entries, group):
        assert queries.search("低保 信息", actor=READER).also == (("低保", ("最低生活保障",)),)

    def test_they_can_be_left_out(self, entries, group):
        assert names("低保", with_synonyms=False) == {"低保对象信息"}

    def test_an_ended_group_is_not_used(self, entries, group, keeper):
        actions.end_synonyms(group_id=group.pk, by=keeper, at=AT)
        assert names("低保") == {"低保对象信息"}
        assert [one.words for one in finding.synonyms(ended=True)] == [LIVING]
        with pytest.raises(errors.SynonymsEnded):
            actions.change_synonyms(group_id=group.pk, words=["甲乙", "丙丁"], by=keeper, at=AT)

    def test_both_wordings_are_marked(self, entries, group):
        marked = {
            piece.text
            for hit in queries.search("低保", actor=READER).hits
            for match in hit.matches
            for piece in match.pieces
            if piece.marked
        }
        assert marked == {*LIVING}

    @pytest.mark.parametrize("words", [(), ("低保",), ("低保", "低保"), ("低", "保"), ("低保", "x" * 61), ("a b", "cd")])
    def test_a_group_needs_two_words(self, keeper, words):
        with pytest.raises(errors.SynonymsTooFew):
            actions.enter_synonyms(words=words, by=keeper, at=AT)

    def test_a_word_stands_in_one_group(self, group, keeper):
        with pytest.raises(errors.WordInAnotherGroup, match="低保"):
            actions.enter_synonyms(words=["低保", "困难"], by=keeper, at=AT)
        changed = actions.change_synonyms(group_id=group.pk, words=[*LIVING, "低保户"], by=keeper, at=AT)
        assert changed.words == [*LIVING, "低保户"]

    @pytest.mark.parametrize("role", [role for role in Role if role != Role.AUTHORITY_OFFICER])
    def test_nobody_else_keeps_them(self, role):
        other = Person(id=uuid4(), name="某", department_id=uuid4(), department="某", roles=frozenset({role}))
        with pytest.raises(NotPermitted):
            actions.enter_synonyms(words=LIVING, by=other, at=AT)


def test_synonyms_and_like_agree(index, keeper):
    rng = random.Random(809)
    groups = [("行政", "区划"), ("人员", "企业 ".strip()), ("代码", "12ab")]
    for group in groups:
        actions.enter_synonyms(words=group, by=keeper, at=AT)
    for number in range(80):
        name = "".join(rng.choices(ALPHABET, k=6))
        index(complete_content(f"{name}{number}", summary="", elements=(element("x", name="甲"),)))
    haystacks = list(SearchEntry.objects.values_list("name", "haystack"))
    for query in ("行政", "区划", "人员 代码", "企业", "行政区", "人员登记"):
        every = [(term, *indexing.wordings(term, groups)) for term in indexing.terms(query)]
        expected = {name for name, text in haystacks if all(any(one in text for one in said) for said in every)}
        assert names(query) == expected, query


@pytest.mark.parametrize(
    ("query", "suggested", "why"),
    [
        pytest.param("形政区划", "行政区划", "sounds_alike", id="same-sound"),
        pytest.param("xinzhengquhua", "行政区划", "spelling", id="in-for-ing"),
        pytest.param("xingzhegnquhua", "行政区划", "spelling", id="swapped"),
        pytest.param("行政区划 特困", "行政区划", "fewer_words", id="a-word-less"),
    ],
)
def test_what_finds_nothing_gets_suggestions(index, query, suggested, why):
    index(complete_content())
    assert not names(query)
    found = {(one.text, one.why) for one in finding.suggestions(query, actor=READER)}
    assert (suggested, why) in found


def test_what_was_found_is_marked_with_its_field(index):
    index(complete_content("行政区划代码", summary="与企业有关"))
    (hit,) = queries.search("QUHUA 企业", actor=READER).hits
    marked = {m.field: [p.text for p in m.pieces if p.marked] for m in hit.matches}
    assert marked["name"] == ["区划"]
    assert marked["summary"] == ["企业"]
    assert marked["elements"][0] == "区划"


def test_the_most_used_come_first(index):
    index(complete_content("资源一"), days=3)
    used = index(complete_content("资源二"))
    SearchEntry.objects.filter(pk=used).update(users=2)
    assert [hit.name for hit in queries.search("资源", actor=READER, sort="used").hits] == ["资源二", "资源一"]


class TestSavedSearches:
    """Kept by a person, seen by nobody else."""

    @pytest.fixture
    def person(self, db):
        return make_banner().consumer.clerk

    def test_kept_and_removed(self, person):
        kept = actions.save_search(name="低保", query="q=%E4%BD%8E", notify=True, by=person, at=AT)
        assert [(one.name, one.notify) for one in finding.saved_searches(person)] == [("低保", True)]
        assert [one.id for one in finding.searches_to_tell(AT + timedelta(days=1))] == [kept.pk]
        actions.remove_saved_search(saved_search_id=kept.pk, by=person, at=AT)
        assert finding.saved_searches(person) == ()

    def test_one_name_once(self, person):
        actions.save_search(name="低保", query="q=a", by=person, at=AT)
        with pytest.raises(errors.SearchNameTaken):
            actions.save_search(name="低保", query="q=b", by=person, at=AT)

    def test_there_is_an_end_to_them(self, person):
        for number in range(actions.words.MOST_SEARCHES):
            actions.save_search(name=str(number), query="", by=person, at=AT)
        with pytest.raises(errors.TooManySearches):
            actions.save_search(name="one more", query="", by=person, at=AT)

    def test_another_person_neither_changes_nor_removes_it(self, person):
        kept = actions.save_search(name="低保", query="q=a", by=person, at=AT)
        for act in (actions.change_saved_search, actions.remove_saved_search):
            more = {"notify": True} if act is actions.change_saved_search else {}
            with pytest.raises(NotFound):
                act(saved_search_id=kept.pk, by=READER, at=AT, **more)
