"""The published catalogue as DCAT-AP 3: valid by shapes, the same in both forms, paged, and only what the caller may see."""

import warnings
from dataclasses import replace
from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.test import Client
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.http_api.dcat import views
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_entry_at, make_published
from tests.factories.contents import complete_content, conditional_content
from tests.factories.parties import make_banner
from tests.support.calling import bearer, system_token

pytestmark = pytest.mark.django_db
SHAPES = Path(__file__).with_name("shapes.ttl")


@pytest.fixture
def banner():
    return make_banner(at=clock.now())


@pytest.fixture
def reader(banner):
    return bearer(system_token(banner.consumer, Scope.READ))


def read(address, head, form="turtle"):
    answer = Client().get(address, **head)
    assert answer.status_code == 200, answer.content
    return Graph().parse(data=answer.content.decode(), format=form)


def publish_all_kinds(banner):
    made = complete_content()
    api = replace(
        complete_content("婚姻登记核验", open_to_society=True, open_conditions="依申请开放", keywords=("婚姻",)),
        distributions=(DistributionContent(kind="API", title="核验接口", description="按身份证号核验"),),
        area="乌审旗", period_from=date(2020, 1, 1), period_to=date(2026, 1, 1),
    )  # fmt: skip
    file = replace(
        complete_content("低保标准", format_class="DOCUMENT", format_type="PDF"),
        distributions=(DistributionContent(kind="FILE", description="年度文件"),),
    )
    return [make_published(banner=banner, content=one) for one in (made, api, file, conditional_content())]


def test_it_fits_the_shapes(banner, reader):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyshacl
    publish_all_kinds(banner)
    graph = read("/catalog.ttl", reader)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fits, _, said = pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES), inference="none")
    assert fits, said
    assert len(set(graph.subjects(RDF.type, DCAT.Dataset))) == 4
    graph.remove((None, DCTERMS.title, None))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert not pyshacl.validate(graph, shacl_graph=Graph().parse(SHAPES))[0], "the shapes can refuse"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_both_forms_say_the_same(banner, reader):
    entries = publish_all_kinds(banner)
    for address in ("/catalog", f"/catalog/datasets/{entries[1].id}"):
        assert isomorphic(read(f"{address}.ttl", reader), read(f"{address}.jsonld", reader, "json-ld"))


@pytest.mark.parametrize(
    ("accept", "status", "kind"),
    [
        ("text/turtle", 200, "text/turtle"),
        ("application/ld+json", 200, "application/ld+json"),
        ("*/*", 200, "application/ld+json"),
        ("text/html, text/turtle;q=0.5", 200, "text/turtle"),
        ("image/png", 406, "application/json"),
    ],
)
def test_the_form_follows_accept(banner, reader, accept, status, kind):
    answer = Client().get("/catalog", headers={**reader["headers"], "accept": accept})
    assert (answer.status_code, answer.headers["Content-Type"].split(";")[0]) == (status, kind)


def test_it_is_paged(banner, reader, monkeypatch):
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    entries = [*publish_all_kinds(banner), make_published(banner=banner, content=complete_content("第五条"))]
    seen, address, pages = set(), "/catalog.ttl", 0
    while address:
        graph = read(address, reader)
        seen |= {UUID(str(one).rpartition("/")[2]) for one in graph.objects(None, DCAT.dataset)}
        following = list(graph.objects(None, URIRef("http://www.w3.org/ns/hydra/core#next")))
        address = f"/catalog.ttl?{str(following[0]).rpartition('?')[2]}" if following else ""
        pages += 1
    assert seen == {one.id for one in entries}
    assert pages == 3


def test_access_rights_follow_the_sharing_type(banner, reader):
    _plain, opened, _file, conditional = publish_all_kinds(banner)
    graph = read("/catalog.ttl", reader)

    def right(entry):
        dataset = URIRef(f"http://testserver/catalog/datasets/{entry.id}")
        return str(graph.value(dataset, DCTERMS.accessRights)).rpartition("/")[2]

    assert (right(opened), right(conditional)) == ("PUBLIC", "RESTRICTED")


def test_drafts_withdrawn_entries_and_mappings_are_not_told(banner, reader):
    draft = make_entry_at("SUBMITTED", banner=banner)
    gone = make_published(banner=banner, content=complete_content("撤下的"))
    actions.withdraw_resource(resource_id=gone.id, reason="职能已划转。", by=banner.provider.officer, at=clock.now())
    make_published(banner=banner, content=complete_content("在册的", source_table="secret.table"))
    said = Client().get("/catalog.ttl", **reader).content.decode()
    assert "在册的" in said
    assert "撤下的" not in said
    assert "secret" not in said
    assert Client().get(f"/catalog/datasets/{draft.id}.ttl", **reader).status_code == 404


def test_nobody_sees_anything_unless_the_catalogue_is_opened_and_then_only_what_is_open(banner, settings):
    _plain, opened, _file, _conditional = publish_all_kinds(banner)
    assert Client().get("/catalog.ttl").status_code == 401
    settings.PUBLIC_CATALOGUE = "open"
    graph = read("/catalog.ttl", {})
    assert [str(one).rpartition("/")[2] for one in graph.objects(None, DCAT.dataset)] == [str(opened.id)]
