"""Article 19(3): delivery of files: which node may deposit, what is known of versions, and what a fetch leaves behind.

"其他方式……导出的文件、数据库备份、图像、音频、视频等".
What the gateway takes and gives is in `integration/gateway/test_files.py`.
"""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.urls import reverse

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.catalogue.freshness import facts_of
from gongxiang.platform.delivery import actions as delivery_actions
from gongxiang.platform.delivery import calls, errors, files, intake, tasks
from gongxiang.platform.delivery.models_files import FileDelivery, FileVersion
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.grants import errors_use, handlers, providing, serving
from gongxiang.platform.grants.models import Grant, Provision, UseRecord
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.notices import actions as notices
from gongxiang.platform.notices.permissions import WRITER
from gongxiang.platform.notices.queries import inbox
from gongxiang.platform.web.notices.views import place_of
from gongxiang.protocol.files import STATEMENT, FileDeposited, FileDestroyed, FileFetched
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import answer, make_node, make_request
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:19(3)")]


@pytest.fixture
def banner() -> Banner:
    return make_banner()


@pytest.fixture
def grant(banner: Banner) -> Grant:
    """A grant of a file that a node of the provider delivers."""
    node = make_node(banner=banner, office=banner.provider).pk
    content = conditional_content(node_id=node)
    file = DistributionContent(kind="FILE", title="月报", description="每月导出。", node_id=node, source_table="out/month.csv")
    resource = make_published(banner=banner, content=replace(content, distributions=(*content.distributions, file)))
    request = make_request(banner=banner, resource_id=resource.id, mode="file")
    answered = answer(request, banner=banner, at=banner.at + timedelta(hours=1))
    return Grant.objects.get(pk=answered.grant_id)


def orders(kind: str) -> list[dict[str, Any]]:
    """The orders of a kind, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM link.orders WHERE kind = %s ORDER BY id", [kind])
        return [json.loads(row[0]) for row in cursor.fetchall()]


def opened(grant: Grant, at: Any) -> FileDelivery:
    return opened_of(grant.resource_id, at)


def opened_of(resource_id: UUID, at: Any) -> FileDelivery:
    row = files.open_files(resource_id, at=at)
    assert row is not None
    return row


def deposit(row: FileDelivery, at: Any, **changes: Any) -> FileDeposited:
    """A version as the gateway tells of it."""
    values: dict[str, Any] = {
        "file_id": uuid4(), "resource_id": row.resource_id, "node_id": row.node_id, "version": 1, "form": "csv", "size": 2048,
        "digest": "sm3:00", "rows": 31, "statement": STATEMENT, "at": at,
    }  # fmt: skip
    fact = FileDeposited(**{**values, **changes})
    intake.take(fact, at=at)
    return fact


def fetch(grant: Grant, version: FileDeposited, person: UUID, at: Any, **changes: Any) -> FileFetched:
    values: dict[str, Any] = {
        "fetch_id": uuid4(), "file_id": version.file_id, "version": version.version, "grant_id": grant.pk, "revision": 1,
        "resource_id": grant.resource_id, "node_id": uuid4(), "person": str(person), "purpose": "verification",
        "matter": "乌市监2026-0117", "elements": ("name", "township"), "rows": 12, "whole": False, "size": 900,
        "digest": "sm3:11", "at": at,
    }  # fmt: skip
    fact = FileFetched(**{**values, **changes})
    intake.take(fact, at=at)
    return fact


@pytest.mark.article("wushen-2021-60:14", "wushen-2021-60:22.1")
def test_the_orders_say_which_node_may_deposit_and_who_may_fetch(banner: Banner, grant: Grant) -> None:
    at = banner.at + timedelta(hours=2)
    row = opened(grant, at)
    (accepted,) = orders("accept_files")
    specs = catalogue.element_specs(grant.resource_id)
    assert (accepted["resource_id"], accepted["node_id"]) == (str(grant.resource_id), str(row.node_id))
    assert [one["code"] for one in accepted["elements"]] == [spec.code for spec in specs], "what is withheld has no column"
    assert files.open_files(grant.resource_id, at=at) == row
    assert len(orders("accept_files")) == 1, "what did not change is not ordered again"
    (first,) = orders("open_files")
    assert first["handlers"] == [], "nobody is given a file before the officer has named who handles it"
    office = banner.consumer
    handlers.name_handler(grant_id=grant.pk, person_id=office.clerk.id, duty="核验", by=office.officer, at=at)
    assert [one["person_id"] for one in orders("open_files")[-1]["handlers"]] == [str(office.clerk.id)]
    assert orders("open_service") == []


@pytest.mark.article("wushen-2021-60:17", "wushen-2021-60:21(1)")
def test_a_department_without_a_node_delivers_by_file_too(banner: Banner) -> None:
    content = conditional_content()
    file = DistributionContent(kind="FILE", title="月报", description="每月导出。")
    resource = make_published(banner=banner, content=replace(content, distributions=(*content.distributions, file)))
    row = opened_of(resource.id, banner.at)
    assert row.node is None
    assert [one["node_id"] for one in orders("accept_files")] == [None]
    request = make_request(banner=banner, resource_id=resource.id, mode="file")
    grant = Grant.objects.get(pk=answer(request, banner=banner, at=banner.at + timedelta(hours=1)).grant_id)
    assert serving.is_filed(grant)
    with pytest.raises(errors_use.ProvisionIsMeasured):
        providing.declare_provision(grant_id=grant.pk, statement="已刻盘交付。", by=banner.provider.clerk, at=banner.at)
    fact = deposit(row, banner.at, node_id=None, person=str(banner.provider.clerk.id))
    version = FileVersion.objects.get(pk=fact.file_id)
    assert (version.node, version.deposited_by) == (None, banner.provider.clerk.name)


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:21(1)", "wushen-2021-60:4(1)")
def test_a_deposited_version_is_registered_and_makes_the_data_fresh(banner: Banner, grant: Grant) -> None:
    at = banner.at + timedelta(days=1)
    fact = deposit(opened(grant, banner.at), at)
    row = FileVersion.objects.get(pk=fact.file_id)
    assert (row.version, row.rows, row.size, row.digest, row.deposited_at) == (1, 31, 2048, "sm3:00", at)
    assert facts_of(catalogue.get_resource(grant.resource_id), at).changed_at == at
    record = EvidenceRecord.objects.get(kind="data:file_deposited", subject_id=str(fact.file_id))
    assert record.after["statement"] == STATEMENT, "what was stated about secrets stays with the file"
    intake.take(fact, at=at)
    assert FileVersion.objects.count() == 1, "a fact that is read twice is one version"


@pytest.mark.article("cn-809:22.1", "wushen-2021-60:22.2", "cn-809:29.2")
def test_the_first_fetch_ends_the_period_of_provision_and_every_fetch_is_kept(banner: Banner, grant: Grant) -> None:
    at, person = banner.at + timedelta(days=1), banner.consumer.clerk.id
    version = deposit(opened(grant, banner.at), at)
    assert Provision.objects.get(grant=grant).status == "DUE", "a file that nobody has fetched is not provided"
    with pytest.raises(errors_use.ProvisionIsMeasured):
        providing.declare_provision(grant_id=grant.pk, statement="已存入。", by=banner.provider.clerk, at=at)
    fact = fetch(grant, version, person, at)
    provision = Provision.objects.get(grant=grant)
    assert (provision.status, provision.measured_by, provision.provided_at) == ("PROVIDED", "file", at)
    fetch(grant, version, person, at + timedelta(minutes=3))
    line = UseRecord.objects.get(grant=grant, channel="file")
    assert (line.person, line.purposes, line.matter, line.times, line.rows) == (
        str(person), ["verification"], "乌市监2026-0117", 2, 24,
    )  # fmt: skip
    record = EvidenceRecord.objects.get(kind=files.FETCH, subject_id=str(fact.fetch_id))
    assert set(record.concerns) >= {grant.provider_id, grant.consumer_id}
    assert record.after["digest"] == "sm3:11", "the digest of what was given is the receipt"
    shown = [calls.view_of(row) for row in calls.calls_of(grant.pk, actor=banner.provider.officer)]
    assert [(one.channel, one.rows, one.matter) for one in shown] == [("file", 12, "乌市监2026-0117")] * 2


@pytest.mark.article("wushen-2021-60:20")
def test_the_provider_takes_a_version_back(banner: Banner, grant: Grant) -> None:
    at = banner.at + timedelta(days=1)
    version = deposit(opened(grant, banner.at), at)
    act = {"file_id": version.file_id, "reason": "导出有误。", "at": at}
    for person in (banner.consumer.clerk, banner.authority_officer, banner.auditor):
        with pytest.raises(NotPermitted):
            files.withdraw_version(**act, by=person)
    with pytest.raises(errors.ReasonMissing):
        files.withdraw_version(**{**act, "reason": " x "}, by=banner.provider.clerk)
    with pytest.raises(NotFound):
        files.withdraw_version(**{**act, "file_id": uuid4()}, by=banner.provider.clerk)
    files.withdraw_version(**act, by=banner.provider.clerk)
    assert [(one["file_id"], one["reason"]) for one in orders("withdraw_file")] == [(str(version.file_id), "withdrawn")]
    with pytest.raises(errors.FileGone):
        files.withdraw_version(**act, by=banner.provider.reviewer)
    gone = FileDestroyed(
        file_id=version.file_id, resource_id=grant.resource_id, version=1, why="withdrawn", at=at + timedelta(seconds=1)
    )
    intake.take(gone, at=gone.at)
    row = FileVersion.objects.get(pk=version.file_id)
    assert (row.why, row.destroyed_at, row.reason) == ("withdrawn", gone.at, "导出有误。")


@pytest.mark.article("wushen-2021-60:20", "wushen-2021-60:23")
def test_who_fetched_a_version_is_told_that_it_is_withdrawn(banner: Banner, grant: Grant) -> None:
    at = banner.at + timedelta(days=1)
    row = opened(grant, at)
    fetched, other = deposit(row, at), deposit(row, at, version=2)
    office = banner.consumer
    handlers.name_handler(grant_id=grant.pk, person_id=office.clerk.id, duty="核验", by=office.officer, at=at)
    for minute in range(2):
        fetch(grant, fetched, office.clerk.id, at + timedelta(minutes=minute))
    for version in (fetched, other):
        files.withdraw_version(file_id=version.file_id, reason="导出有误。", by=banner.provider.clerk, at=at)
    acts = EvidenceRecord.objects.filter(kind="file_delivery:version_withdrawn").order_by("id")
    assert [office.id in act.concerns for act in acts] == [True, False], "the second was fetched by nobody"
    for act in acts:
        notices.tell_of(news=evidence.as_news(act), by=System(name=WRITER), at=at)
    (told,) = (one for one in inbox(office.clerk) if one.kind == "file_delivery:version_withdrawn")
    assert (told.title, place_of(told)) == (row.resource_name, reverse("delivery:files", args=[grant.resource_id]))
    assert client_of(office.clerk).get(place_of(told)).status_code == 200
    for person in (banner.provider.clerk, banner.stranger.clerk, banner.authority_officer):
        assert [one for one in inbox(person) if one.kind == "file_delivery:version_withdrawn"] == []


@pytest.mark.article("cn-809:27.3")
def test_what_is_delivered_no_more_is_closed_and_a_node_that_waited_opens(banner: Banner, grant: Grant) -> None:
    at, row = banner.at + timedelta(days=1), opened(grant, banner.at)
    node = row.node_id
    delivery_actions.suspend_node(node_id=node, reason="检修。", by=banner.authority_officer, at=at)
    files.close_files(grant.resource_id, reason="withdrawn", at=at)
    files.close_files(grant.resource_id, reason="withdrawn", at=at)
    assert len(orders("close_files")) == 1
    assert opened(grant, at).node is None, "a node that may not exchange is not asked"
    delivery_actions.readmit_node(node_id=node, by=banner.authority_officer, at=at)
    assert FileDelivery.objects.get().closed_at is None
    assert [one["node_id"] for one in orders("accept_files")] == [str(node), None, str(node)]


@pytest.mark.django_db(transaction=True)
def test_publication_opens_it_by_itself(banner: Banner, grant: Grant) -> None:
    FileDelivery.objects.all().delete()
    while tasks.on_news():
        pass
    assert files.is_delivered(grant.resource_id)


@pytest.mark.article("wushen-2021-60:14")
def test_who_sees_it_and_what_the_page_says(banner: Banner, grant: Grant) -> None:
    at = banner.at + timedelta(days=1)
    version = deposit(opened(grant, banner.at), at)
    fetch(grant, version, banner.consumer.clerk.id, at)
    address = reverse("delivery:files", args=[grant.resource_id])
    provider, consumer, stranger = (
        client_of(banner.provider.clerk), client_of(banner.consumer.clerk), client_of(banner.stranger.clerk)
    )  # fmt: skip
    assert stranger.get(address).status_code == 404
    assert "gongxiang file deposit" in provider.get(address).content.decode()
    seen = consumer.get(address).content.decode()
    assert "sm3:00" in seen
    assert "gongxiang file deposit" not in seen
    assert "sm3:00" in provider.get(f"{address}?export=csv").content.decode()
    assert str(grant.pk) in consumer.get(reverse("grants:detail", args=[grant.pk])).content.decode()
    assert "乌市监2026-0117" in provider.get(reverse("use:calls", args=[grant.pk])).content.decode()
    withdraw = reverse("delivery:withdraw_file", args=[grant.resource_id, version.file_id])
    wrong = provider.post(withdraw, {"reason": ""})
    assert wrong.status_code == 422
    assert consumer.post(withdraw, {"reason": "不再需要。"}).status_code == 403
    other = reverse("delivery:withdraw_file", args=[grant.resource_id, uuid4()])
    assert provider.post(other, {"reason": "不再需要。"}).status_code == 404
    assert provider.post(withdraw, {"reason": "导出有误。"}).status_code == 302
    assert "导出有误。" in provider.get(address).content.decode()
