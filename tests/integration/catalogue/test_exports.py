"""Long exports: made by the worker, for one person, for a day, and never more than that person may see."""

from datetime import timedelta

import pytest
from django.urls import reverse

from gongxiang.platform.catalogue import actions, exports, tasks
from gongxiang.platform.catalogue import errors_export as errors
from gongxiang.platform.catalogue.models import CatalogueExport
from gongxiang.platform.catalogue.permissions import EXPORTER
from gongxiang.platform.catalogue.states_export import CATALOGUE_EXPORT
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.parties.models import Person, RoleGrant
from gongxiang.platform.web.catalogue import exporting
from gongxiang.platform.web.catalogue.tasks import run_exports
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db
JOB = System(name=EXPORTER)
BEGINNING = {"book": b"PK", "json": b"{", "pdf": b"%PDF", "docx": b"PK", "csv": b"\xef\xbb\xbf", "xlsx": b"PK"}


@pytest.fixture
def banner(monkeypatch):
    """A banner in which every export is too long to be answered at once."""
    for kind in exporting.DIRECT:
        monkeypatch.setitem(exporting.DIRECT, kind, 0)
    made = make_banner()
    make_published(banner=made, content=conditional_content())
    return made


def asked(person, scope="search", kind="book", **more):
    values = {"query": "", "total": 1, "language": "zh-hans", **more}
    return actions.ask_export(scope=scope, kind=kind, by=person, at=clock.now(), **values)


@pytest.mark.parametrize("scope", ["own", "search"])
def test_a_long_export_is_offered_made_and_fetched(banner, scope):
    client = client_of(banner.provider.clerk)
    for kind, beginning in BEGINNING.items():
        if scope == "search":
            address = f"{reverse('catalogue:search')}?q=特困&export={kind}"
        elif kind in exporting.FORMATS:
            address = f"{reverse('catalogue:export_own', args=[kind])}?q=特困"
        else:
            continue
        offered = client.get(address)
        assert "Content-Disposition" not in offered
        assert "生成文件" in offered.content.decode()
        sent = client.post(reverse("catalogue:export_ask"), {"scope": scope, "kind": kind, "query": "q=特困"})
        address = sent["Location"]
        assert "hx-get" in client.get(address).content.decode()
        assert "0 / 1" in client.get(f"{address}progress/").content.decode()
        assert client.get(f"{address}file/").status_code == 409
        assert run_exports() == 1
        assert client.get(f"{address}progress/")["HX-Refresh"] == "true"
        assert "下载文件" in client.get(address).content.decode()
        got = client.get(f"{address}file/")
        assert got.content.startswith(beginning)
        assert got["Content-Disposition"].startswith("attachment")
    assert run_exports() == 0
    assert "可下载" in client.get(reverse("catalogue:exports")).content.decode()


def test_a_file_is_its_askers_alone(banner):
    export_id = asked(banner.provider.clerk)
    run_exports()
    for other in (banner.provider.officer, banner.consumer.clerk, banner.authority_officer, banner.auditor):
        with pytest.raises(errors.ExportNotFound):
            exports.fetch_export(export_id, actor=other, at=clock.now())
        assert client_of(other).get(reverse("catalogue:export_file", args=[export_id])).status_code == 404
    assert exports.fetch_export(export_id, actor=banner.provider.clerk, at=clock.now()).content


def test_it_is_given_only_while_the_person_may_see_what_it_holds(banner):
    clerk = banner.provider.clerk
    own, found = asked(clerk, "own"), asked(clerk, "search")
    while run_exports():
        continue
    assert CatalogueExport.objects.get(pk=found).mapped, "the provider's own file says how the table is mapped"
    Person.objects.filter(pk=clerk.id).update(department=banner.consumer.id)
    client = client_of(clerk)
    for export_id in (own, found):
        answer = client.get(reverse("catalogue:export_file", args=[export_id]))
        assert answer.status_code == 403
        assert "重新导出" in answer.content.decode()
    RoleGrant.objects.filter(person_id=clerk.id).update(ended_at=clock.now())
    assert client.get(reverse("catalogue:export_file", args=[own])).status_code == 403


def test_a_file_is_made_with_the_rights_held_then(banner):
    export_id = asked(banner.provider.clerk, "own")
    RoleGrant.objects.filter(person_id=banner.provider.clerk.id).update(ended_at=clock.now())
    run_exports()
    assert CatalogueExport.objects.get(pk=export_id).status == "FAILED"


def test_a_file_is_let_go_after_a_day(banner):
    clerk, export_id = banner.provider.clerk, asked(banner.provider.clerk)
    run_exports()
    later = clock.now() + timedelta(hours=24)
    with pytest.raises(errors.ExportNotReady):
        exports.fetch_export(export_id, actor=clerk, at=later)
    assert tasks.forget_exports(at=later - timedelta(minutes=1)) == 0
    assert tasks.forget_exports(at=later) == 1
    row = CatalogueExport.objects.get(pk=export_id)
    assert (row.status, row.content, row.entries) == ("GONE", None, [])


def test_what_cannot_be_asked_for(banner):
    clerk = banner.provider.clerk
    with pytest.raises(errors.NothingToExport):
        asked(clerk, total=0)
    with pytest.raises(NotPermitted):
        asked(banner.authority_officer, "own")
    with pytest.raises(NotPermitted):
        asked(banner.site.system_admin, "search")
    for _ in range(5):
        asked(clerk)
    with pytest.raises(errors.TooManyExports):
        asked(clerk)
    client = client_of(clerk)
    for wrong in ({"scope": "all", "kind": "book"}, {"scope": "own", "kind": "exe"}):
        assert client.post(reverse("catalogue:export_ask"), wrong).status_code == 404


def test_what_breaks_is_said(banner):
    export_id = asked(banner.provider.clerk)

    def broken(*_args):
        raise ValueError

    assert actions.run_next_export(write=broken, by=JOB, at=clock.now())
    assert CatalogueExport.objects.get(pk=export_id).status == "FAILED"
    assert "未能生成" in client_of(banner.provider.clerk).get(reverse("catalogue:export", args=[export_id])).content.decode()


def test_only_the_product_moves_a_file_on(banner):
    moved = {arrow.act for arrow in CATALOGUE_EXPORT.transitions if arrow.who == "the product"}
    assert moved == {"make", "fail", "let_go"}
    for person in (banner.provider.clerk, banner.authority_officer, banner.site.system_admin):
        with pytest.raises(NotPermitted):
            actions.forget_exports(by=person, at=clock.now())
        with pytest.raises(NotPermitted):
            actions.run_next_export(write=lambda *_: None, by=person, at=clock.now())


def test_a_short_list_is_answered_at_once(banner, monkeypatch):
    monkeypatch.setitem(exporting.DIRECT, "csv", 1)
    answer = client_of(banner.consumer.clerk).get(reverse("catalogue:search") + "?export=csv")
    assert answer.content.startswith(BEGINNING["csv"])
    make_published(banner=banner, content=complete_content())
    assert "生成文件" in client_of(banner.consumer.clerk).get(reverse("catalogue:search") + "?export=csv").content.decode()


@pytest.mark.parametrize("kind", ["book", "json", "pdf", "docx"])
def test_a_short_export_is_answered_at_once(kind):
    banner = make_banner()
    make_published(content=conditional_content(), banner=banner)
    client = client_of(banner.provider.clerk)
    for answer in (
        client.get(reverse("catalogue:export_own", args=[kind])),
        client_of(banner.consumer.clerk).get(reverse("catalogue:search") + f"?export={kind}"),
    ):
        assert answer.status_code == 200
        assert answer.content.startswith(BEGINNING[kind])
        assert answer["Content-Disposition"].startswith("attachment")
    assert client.get(reverse("catalogue:export_own", args=["exe"])).status_code == 404
