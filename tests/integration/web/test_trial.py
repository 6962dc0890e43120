"""The page of a trial at mounting: who may test, what the page tells, and a ticket for the mounting department only."""

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.delivery import errors, intake, policies, trying
from gongxiang.platform.delivery.models import MountTrial
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.protocol import clock, messages
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.sentences import Sentence
from gongxiang.protocol.terms import MaskKind
from gongxiang.protocol.tickets import read_ticket
from tests.factories.catalogue import make_draft_entry, make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_node, make_operator
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:21(1)")]


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now() - timedelta(hours=6))


@pytest.fixture
def resource(banner):
    node = make_node(banner=banner, office=banner.provider)
    return make_published(banner=banner, content=conditional_content(node_id=node.pk))


def answer(trial, *steps, rows=10):
    fact = messages.MountTried(request_id=trial.pk, node_id=trial.node_id, steps=steps, rows=rows, at=clock.now())
    intake.take(fact, at=clock.now())


def in_order():
    return [messages.MountStep(step=name) for name in ("reachable", "table", "key", "rights", "columns", "sample")]


def test_a_department_tests_its_table_and_looks_at_masked_rows_once(banner, resource):
    clerk, page = client_of(banner.provider.clerk), reverse("delivery:trial", args=[resource.id])
    assert clerk.post(page).status_code == 302
    trial = MountTrial.objects.get()
    assert "/test/live/" in clerk.get(page).content.decode(), "waits for the node"
    assert clerk.post(page).status_code == 422, "asked twice at once"
    answer(trial, *in_order())
    assert catalogue.get_resource(resource.id).table.check_problem == ""
    rows = reverse("delivery:trial_rows", args=[resource.id, trial.pk])
    assert rows in clerk.get(page).content.decode()
    for person, status in ((banner.consumer.clerk, 404), (banner.authority_officer, 403), (make_operator(banner), 403)):
        assert client_of(person).post(rows).status_code == status
    found = re.search(r'data-sample="/x/v1/tickets/([A-Za-z0-9_.-]+)"', clerk.post(rows).content.decode())
    ticket = read_ticket(found[1], public_key=Keyring.from_environment().public_key("platform"), at=clock.now())
    assert (ticket.kind, ticket.trial_id, ticket.terms, ticket.resource_id) == ("mount", trial.pk, None, resource.id)
    assert "data-sample" not in clerk.post(rows).content.decode(), "once"
    kinds = [record.kind for record in evidence.trail_of(f"resource:{resource.id}", by=banner.auditor)]
    assert {"node:mount_tried", "node:mount_answered", "data:sample_asked"} <= set(kinds)


def test_personal_data_is_masked_whatever_its_type(banner, resource):
    masks = {one.code: policies.mask_at_mounting(one, one.spec()) for one in catalogue.get_draft(resource.id).content.elements}
    assert masks["id_number"].kind is MaskKind.KEEP
    assert masks["id_number"].prefix == 0
    assert masks["township"] is None
    trial = trying.try_mount(resource_id=resource.id, by=banner.provider.node_operator, at=clock.now())
    answer(trial, *in_order())


def test_what_fails_is_said_and_kept_at_the_entrys_delivery(banner, resource):
    trial = trying.try_mount(resource_id=resource.id, by=banner.provider.clerk, at=clock.now())
    problem = Sentence("Column {column} is gone from {schema}.{name} (dropped or renamed).", column="xm", schema="a", name="b")
    answer(trial, *in_order()[:4], messages.MountStep(step="columns", problem=problem), rows=0)
    text = client_of(banner.provider.clerk).get(reverse("delivery:trial", args=[resource.id])).content.decode()
    assert "a.b" in text
    assert reverse("delivery:trial_rows", args=[resource.id, trial.pk]) not in text
    assert "xm" in catalogue.get_resource(resource.id).table.check_problem
    with pytest.raises(errors.NoRowsToShow):
        trying.ask_for_trial_rows(trial_id=trial.pk, by=banner.provider.clerk, at=clock.now())


def test_others_tables_are_not_tried_and_old_rows_not_shown(banner, resource):
    refused = (
        (banner.consumer.clerk, ResourceNotFound),
        (banner.provider.officer, NotPermitted),
        (banner.auditor, NotPermitted),
    )
    for person, refusal in refused:
        with pytest.raises(refusal):
            trying.try_mount(resource_id=resource.id, by=person, at=clock.now())
    trial = trying.try_mount(resource_id=resource.id, by=banner.provider.reviewer, at=clock.now())
    answer(trial, *in_order())
    with pytest.raises(errors.NoRowsToShow):
        trying.ask_for_trial_rows(trial_id=trial.pk, by=banner.provider.clerk, at=clock.now() + timedelta(minutes=11))
    unmounted = make_draft_entry(banner.provider, conditional_content("高龄津贴", distributions=()), at=clock.now())
    with pytest.raises(errors.NothingMounted):
        trying.try_mount(resource_id=unmounted.id, by=banner.provider.clerk, at=clock.now())


@pytest.mark.article("wushen-2021-60:19(2)", "wushen-2021-60:19(3)")
def test_an_api_and_a_file_are_tried_each_by_itself(banner):
    node, clerk = make_node(banner=banner, office=banner.provider), banner.provider.clerk
    places = (
        DistributionContent(kind="API", description="接口", node_id=node.pk, source_table="people?limit=5"),
        DistributionContent(kind="FILE", description="文件", node_id=node.pk, source_table="2026/people.csv"),
        DistributionContent(kind="FILE", description="光盘"),
        DistributionContent(kind="API", description="接口", node_id=node.pk, source_table="../secret"),
    )
    entry = make_draft_entry(banner.provider, conditional_content("高龄津贴", distributions=places), at=clock.now())
    browser, page = client_of(clerk), reverse("delivery:trial", args=[entry.id])
    shown = browser.get(page).content.decode()
    assert shown.count('name="number"') == 3, "what says neither node nor path is sent back to the draft"
    assert "其为试连开放的目录之下的文件路径" in shown
    for number, status in (("1", 302), ("2", 422), ("3", 422), ("4", 422), ("9", 422), ("x", 422)):
        assert browser.post(page, {"number": number}).status_code == status, number
    trial = MountTrial.objects.get()
    assert (trial.kind, trial.table) == ("API", "people?limit=5")
    live = reverse("delivery:trial_live", args=[entry.id])
    assert "?number=1" in browser.get(f"{live}?number=1").content.decode(), "waits for the node"
    assert browser.get(f"{live}?number=9").status_code == 404
    steps = [messages.MountStep(step="place"), messages.MountStep(step="answering", found="200 · 31 ms")]
    answer(trial, *steps, *(messages.MountStep(step=name) for name in ("records", "columns", "sample")), rows=2)
    told = browser.get(page).content.decode()
    assert "200 · 31 ms" in told
    assert reverse("delivery:trial_rows", args=[entry.id, trial.pk]) in told
    for number, refusal in ((3, errors.PlaceMissing), (4, errors.PlaceUnfit), (9, errors.NothingMounted)):
        with pytest.raises(refusal):
            trying.try_mount(resource_id=entry.id, number=number, by=clerk, at=clock.now())
    second = trying.try_mount(resource_id=entry.id, number=2, by=clerk, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("SELECT body::jsonb FROM link.orders WHERE kind = 'try_mount' ORDER BY id DESC LIMIT 1")
        order = json.loads(cursor.fetchone()[0])
    assert (order["way"], order["table"], order["names"]["id_number"]) == ("file", "2026/people.csv", "公民身份号码")
    assert order["masks"]["id_number"]["kind"] == "keep"
    answer(
        second, messages.MountStep(step="place", problem=Sentence("{path} names no [files] folder.", path="node.toml")), rows=0
    )
    assert "node.toml" in browser.get(page).content.decode()
