"""Reverse compilation (反向编目): a node tells its source's tables, chosen ones become drafts, nothing publishes itself."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.db import connection
from django.urls import reverse

from gongxiang.node.survey import parts, survey
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.states import DRAFT
from gongxiang.platform.delivery import errors, intake, surveying, surveys
from gongxiang.platform.delivery.models import Node, SourceSurvey, SourceTable
from gongxiang.platform.delivery.proposals import element_code, first_line, propose
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.protocol import clock, messages
from gongxiang.protocol.canonical import canonical
from tests.factories.catalogue import make_published
from tests.factories.contents import complete_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_node, make_operator
from tests.support import databases
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db

BUSINESS = (
    "CREATE TABLE tkry (sfzh varchar(18) PRIMARY KEY, 姓名 text NOT NULL, ye numeric(12, 2), bq text[], 备注 text, bz text)",
    "COMMENT ON TABLE tkry IS '特困人员。\n内部使用'",
    "COMMENT ON COLUMN tkry.sfzh IS '公民身份号码'",
    "COMMENT ON COLUMN tkry.bz IS '备注'",
    "CREATE TABLE rz (nr text)",
    "CREATE TABLE division (code varchar(12) PRIMARY KEY, name varchar(60))",
)


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now() - timedelta(hours=6))


@pytest.fixture
def node(banner: Banner) -> Node:
    return make_node(banner=banner, office=banner.provider)


@pytest.fixture
def source() -> Iterator[databases.Database]:
    """The department's business database."""
    made = databases.create_empty()
    with psycopg.connect(made.url, autocommit=True) as business:
        for statement in BUSINESS:
            business.execute(statement.encode())
    yield made
    databases.drop(made)


def facts(node: Node, asked: SourceSurvey, source: databases.Database, **changes: Any) -> list[messages.Message]:
    """What the node answers, as it goes through the wire."""
    found = survey(source.url)
    told = list(parts(found))
    values = {"request_id": asked.pk, "node_id": node.pk, "total": found.total, "problem": "", "at": clock.now(), **changes}
    made = [
        messages.TablesSurveyed(part=number, parts=len(told), tables=part, **values)
        for number, part in enumerate(told, start=1)
    ]
    return [messages.parse(json.loads(canonical(fact.to_json())), messages.FACTS) for fact in made]


def told(banner: Banner, node: Node, source: databases.Database) -> SourceSurvey:
    """Asked and answered."""
    asked = surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=clock.now())
    for fact in facts(node, asked, source):
        intake.take(fact, at=clock.now())
    asked.refresh_from_db()
    return asked


def table(asked: SourceSurvey, name: str) -> SourceTable:
    return SourceTable.objects.get(survey=asked, table=name)


# ---- asking and answering -----------------------------------------------------------------------------------------------


def test_the_node_gets_an_order_and_its_answer_is_kept(banner, node, source):
    asked = told(banner, node, source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT node_ids, body FROM link.orders WHERE kind = 'survey_source'")
        ids, body = cursor.fetchone()
    assert (ids, json.loads(body)["request_id"]) == ([node.pk], str(asked.pk))
    assert asked.answered_at is not None
    assert [one.table for one in surveys.tables(asked.pk, node_id=node.pk)] == ["public.division", "public.rz", "public.tkry"]
    kinds = [record.kind for record in evidence.trail_of(f"node:{node.pk}", by=banner.provider.clerk)]
    assert {"node:tables_asked", "node:tables_told"} <= set(kinds)


def test_a_part_twice_or_late_or_of_another_node_changes_nothing(banner, node, source):
    asked = surveying.ask_for_tables(node_id=node.pk, by=banner.provider.node_operator, at=clock.now())
    (fact,) = facts(node, asked, source)
    (foreign,) = facts(node, asked, source, node_id=uuid4())
    intake.take(foreign, at=clock.now())
    assert SourceTable.objects.count() == 0
    for _ in range(2):
        intake.take(fact, at=clock.now())
    assert SourceTable.objects.count() == 3


def test_a_new_answer_takes_the_place_of_the_old_one_and_a_failed_one_does_not(banner, node, source):
    first = told(banner, node, source)
    second = told(banner, node, source)
    assert not SourceSurvey.objects.filter(pk=first.pk).exists()
    asked = surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=clock.now())
    failed = messages.TablesSurveyed(
        request_id=asked.pk, node_id=node.pk, part=1, parts=1, tables=(), total=0, problem="down", at=clock.now()
    )
    intake.take(failed, at=clock.now())
    answered = surveys.latest_answered(node.pk)
    assert answered is not None
    assert answered.id == second.pk


def test_one_question_at_a_time_and_only_to_an_admitted_node(banner, node):
    surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=clock.now())
    with pytest.raises(errors.SurveyPending):
        surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=clock.now())
    later = clock.now() + timedelta(minutes=4)
    surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=later)
    offered = make_node("OFFERED", banner=banner, office=banner.provider, name="二号")
    with pytest.raises(errors.NodeNotAdmitted):
        surveying.ask_for_tables(node_id=offered.pk, by=banner.provider.clerk, at=later)


def test_only_the_departments_own_people_ask_and_draft(banner, node, source):
    asked = told(banner, node, source)
    for person in (banner.consumer.clerk, banner.authority_officer, make_operator(banner)):
        with pytest.raises(NotPermitted):
            surveying.ask_for_tables(node_id=node.pk, by=person, at=clock.now())
        with pytest.raises(NotPermitted):
            surveying.draft_from_tables(node_id=node.pk, table_ids=[table(asked, "public.tkry").pk], by=person, at=clock.now())
    with pytest.raises(NotFound):
        surveys.node_with_source(node.pk, actor=make_operator(banner))
    assert surveys.node_with_source(node.pk, actor=banner.authority_officer).id == node.pk


# ---- proposals ------------------------------------------------------------------------------------------------------------


@pytest.mark.article("wushen-2021-60:7", "cn-809:13")
def test_a_draft_has_names_of_comments_codes_of_columns_and_its_mapping(banner, node, source):
    asked = told(banner, node, source)
    (draft,) = surveying.draft_from_tables(
        node_id=node.pk, table_ids=[table(asked, "public.tkry").pk], by=banner.provider.clerk, at=clock.now()
    )
    assert (draft.status, draft.content.name, draft.content.sharing_type) == (DRAFT, "特困人员", "UNCONDITIONAL")
    key, name, amount, note, same = draft.content.elements
    assert (key.name, key.code, key.type, key.length, key.key, key.nullable) == ("公民身份号码", "sfzh", "C", 18, True, False)
    assert (name.name, name.code, name.type, name.nullable) == ("姓名", "xm", "M", False)
    assert (amount.type, amount.length, amount.scale) == ("N", 12, 2)
    assert (note.name, note.code, same.name, same.code) == ("备注", "bz", "备注（bz）", "bz_2")
    assert {element.data_class for element in draft.content.elements} == {""}, "a person classifies"
    (delivery,) = draft.content.distributions
    assert (delivery.kind, delivery.node_id, delivery.source_table) == ("TABLE", node.pk, "public.tkry")
    assert delivery.columns == {"sfzh": "sfzh", "xm": "姓名", "ye": "ye", "bz": "备注", "bz_2": "bz"}, "no array"
    assert catalogue.own_entries(banner.provider.clerk)[0].status == DRAFT, "nothing is published by itself"


def test_a_table_without_key_gets_elements_and_no_delivery(banner, node, source):
    asked = told(banner, node, source)
    row = table(asked, "public.rz")
    assert "no primary key" in row.problem
    (draft,) = surveying.draft_from_tables(node_id=node.pk, table_ids=[row.pk], by=banner.provider.clerk, at=clock.now())
    assert (draft.content.name, len(draft.content.elements), draft.content.distributions) == ("rz", 1, ())


def test_what_an_entry_delivers_is_pointed_out_and_not_drafted_again(banner, node, source):
    entry = make_published(banner=banner, content=complete_content(node_id=node.pk, source_table="public.division"))
    asked = told(banner, node, source)
    ids = [table(asked, name).pk for name in ("public.division", "public.tkry")]
    drafts = surveying.draft_from_tables(node_id=node.pk, table_ids=ids, by=banner.provider.clerk, at=clock.now())
    assert [draft.content.name for draft in drafts] == ["特困人员"]
    mounted = {one.table: one.entry_id for one in surveys.tables(asked.pk, node_id=node.pk, choice="mounted")}
    assert mounted == {"public.division": entry.id, "public.tkry": drafts[0].id}
    with pytest.raises(errors.TablesMountedAlready):
        surveying.draft_from_tables(node_id=node.pk, table_ids=ids, by=banner.provider.clerk, at=clock.now())


def test_two_tables_of_one_comment_get_two_names(banner, node, source):
    with psycopg.connect(source.url, autocommit=True) as business:
        business.execute("CREATE TABLE tkry_2025 (id int PRIMARY KEY)")
        business.execute("COMMENT ON TABLE tkry_2025 IS '特困人员'")
    asked = told(banner, node, source)
    ids = [table(asked, name).pk for name in ("public.tkry", "public.tkry_2025")]
    drafts = surveying.draft_from_tables(node_id=node.pk, table_ids=ids, by=banner.provider.clerk, at=clock.now())
    assert [draft.content.name for draft in drafts] == ["特困人员", "特困人员（tkry_2025）"]


def test_nothing_or_too_much_chosen_or_another_nodes_table(banner, node, source):
    asked = told(banner, node, source)
    other = make_node(banner=banner, office=banner.provider, name="二号")

    def draft(ids: list[Any], at: Node = node) -> None:
        surveying.draft_from_tables(node_id=at.pk, table_ids=ids, by=banner.provider.clerk, at=clock.now())

    with pytest.raises(errors.NoTableChosen):
        draft([])
    with pytest.raises(errors.TooManyTablesChosen):
        draft([uuid4() for _ in range(51)])
    with pytest.raises(NotFound):
        draft([table(asked, "public.tkry").pk], other)


@pytest.mark.parametrize(
    ("column", "code"),
    [
        ("sfzh", "sfzh"), ("SFZH", "sfzh"), ("身份证号", "sfzh"), ("ＡＢＣ", "abc"), ("1st", "c_1st"), ("_x", "x"),
        ("gx_key", "c_gx_key"), ("a b-c", "a_b_c"), ("🙂", "c"), ("x" * 60, "x" * 46),
    ],
)  # fmt: skip
def test_names_that_are_no_codes_become_codes(column, code):
    assert element_code(column) == code


@pytest.mark.parametrize(
    ("comment", "name"),
    [("", ""), ("\n  \n", ""), ("人员表。", "人员表"), ("人员\n第二行", "人员"), ("长" * 500, "长" * 100)],
)
def test_names_come_from_the_first_line_of_a_comment(comment, name):
    assert first_line(comment) == name


def test_a_hundred_columns_of_one_name_get_as_many_codes():
    columns = [
        {"column": "列" * (n + 1), "comment": "同名", "source_type": "text", "nullable": True, "key": n == 0, "type": "text"}
        for n in range(100)
    ]
    content = propose(node_id=uuid4(), table="public.t", comment="", columns=columns, fit=True).content
    assert len({element.code for element in content.elements}) == 100
    assert len({element.name for element in content.elements}) == 100
    assert max(len(element.code) for element in content.elements) <= 48


# ---- pages ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_clerk_reads_the_tables_and_ticks_one(banner, node, source, language):
    client = client_of(banner.provider.clerk, language=language)
    where = reverse("delivery:tables", args=[node.pk])
    assert where in client.get(reverse("delivery:node", args=[node.pk])).content.decode()
    assert client.post(reverse("delivery:survey", args=[node.pk])).status_code == 302
    assert 'hx-target="#survey"' in client.get(where).content.decode(), "the page waits for the answer"
    for fact in facts(node, SourceSurvey.objects.get(), source):
        intake.take(fact, at=clock.now())
    first = SourceSurvey.objects.get()
    asked = surveying.ask_for_tables(node_id=node.pk, by=banner.provider.clerk, at=clock.now())
    waits = client.get(where, {"q": "特困", "ticked": "all"}).content.decode()
    assert f"known={first.pk}" in waits, "it asks whether there is a newer answer,"
    assert 'hx-target="#asked"' in waits, "and leaves the list, its search and the ticks alone"
    assert len(re.findall(r'name="table"[^>]* checked', waits)) == 1
    for fact in facts(node, asked, source):
        intake.take(fact, at=clock.now())
    fresh = client.get(where, {"q": "特困", "known": str(first.pk)}).content.decode()
    assert 'id="asked"' in fresh
    assert "every 2s" not in fresh
    page = client.get(where, {"q": "特困"}).content.decode()
    assert "public.tkry" in page
    assert "public.rz" not in page
    row = SourceTable.objects.get(table="public.tkry")
    one = client.get(reverse("delivery:source_table", args=[node.pk, row.pk])).content.decode()
    assert "公民身份号码" in one
    assert ("是数组" in one or "数组" in one) if language == "zh-hans" else "is an array" in one
    answer = client.post(reverse("delivery:draft_tables", args=[node.pk]), {"table": [str(row.pk), "nonsense"]})
    assert answer.status_code == 302
    assert "特困人员" in client.get(answer.headers["location"]).content.decode()
    again = client.post(reverse("delivery:draft_tables", args=[node.pk]), {"table": [str(row.pk)]})
    assert again.status_code == 422
    assert "public.tkry" in client.get(where, {"show": "mounted"}).content.decode()
    assert "public.tkry" not in client.get(where, {"show": "free"}).content.decode()
    assert "public.rz" in client.get(where, {"export": "csv"}).content.decode()


def test_three_hundred_tables_are_paged(banner, node, source):
    with psycopg.connect(source.url, autocommit=True) as business:
        for n in range(300):
            business.execute(f"CREATE TABLE t{n:03} (id int PRIMARY KEY, a text)".encode())
    told(banner, node, source)
    client = client_of(banner.provider.node_operator)
    where = reverse("delivery:tables", args=[node.pk])
    assert "public.t000" in client.get(where).content.decode()
    last = client.get(where, {"page": "7"}).content.decode()
    assert "public.t299" in last
    assert "public.t000" not in last
    assert 'type="checkbox"' not in last, "a node operator compiles no entries"


def test_another_department_and_the_operator_see_no_names(banner, node, source):
    asked = told(banner, node, source)
    row = table(asked, "public.tkry")
    for person in (banner.consumer.clerk, make_operator(banner)):
        client = client_of(person)
        for address in ("delivery:tables", "delivery:source_table"):
            arguments = [node.pk] if address == "delivery:tables" else [node.pk, row.pk]
            assert client.get(reverse(address, args=arguments)).status_code in (403, 404)
