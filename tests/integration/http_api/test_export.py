"""`gongxiang catalogue export`: everything published, in each form, and nothing else."""

import json

import pytest
from rdflib import Graph
from rdflib.namespace import DCAT

from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.http_api import cli
from gongxiang.protocol import clock
from tests.factories.catalogue import make_entry_at, make_published
from tests.factories.contents import complete_content
from tests.factories.parties import make_banner


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("form", ["json", "jsonld", "ttl"])
def test_what_is_published_is_written(capsys, form):
    banner = make_banner(at=clock.now())
    made = make_published(banner=banner)
    make_entry_at("SUBMITTED", banner=banner, content=complete_content("未发布"))
    cli._export(form, "https://share.example")
    written = capsys.readouterr().out
    assert "未发布" not in written
    if form == "json":
        (entry,) = json.loads(written)["entries"]
        assert entry["code"] == made.code
        assert Content.from_json(entry["content"]) == made.content.without_mapping()
    else:
        graph = Graph().parse(data=written, format={"ttl": "turtle", "jsonld": "json-ld"}[form])
        (dataset,) = graph.objects(None, DCAT.dataset)
        assert str(dataset) == f"https://share.example/catalog/datasets/{made.id}"
