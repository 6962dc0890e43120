"""`gongxiang catalogue export`: what is published, as JSON, JSON-LD or Turtle; for whoever runs the machine."""

import argparse
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gongxiang.protocol import clock

if TYPE_CHECKING:
    from gongxiang.platform.catalogue.harvest import PublishedEntry

#: The form of exchange files that the catalogue reads.
FORMAT = "gongxiang-catalogue/1"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The one act."""
    acts = parser.add_subparsers(dest="act", required=True)
    export = acts.add_parser("export", help="write every published entry to standard output")
    export.add_argument("--format", choices=("json", "jsonld", "ttl"), default="json")
    export.add_argument("--origin", default="", metavar="URL", help="the site's address in linked data")


def run(arguments: argparse.Namespace) -> int:
    """0 once everything is written."""
    from gongxiang.machine.home import Home
    from gongxiang.machine.migrate import site_settings

    home = Home.from_environment()
    with site_settings():
        _export(arguments.format, arguments.origin or f"http://127.0.0.1:{home.port}")
    return 0


def _export(form: str, origin: str) -> None:
    if form == "json":
        entries = [
            {
                "id": str(one.id),
                "code": one.code,
                "provider": one.provider_name,
                "provider_code": one.provider_credit_code,
                "version": one.version,
                "content": one.content.to_json(),
            }
            for one in _everything()
        ]
        whole = {"format": FORMAT, "exported_at": clock.now().isoformat(), "entries": entries}
        sys.stdout.write(json.dumps(whole, ensure_ascii=False, indent=1) + "\n")
        return
    from gongxiang.platform.http_api.dcat.graph import Describer
    from gongxiang.platform.http_api.dcat.views import serialise

    sys.stdout.write(serialise(Describer(origin).describe_catalogue(_everything()), form))


def _everything() -> "Iterator[PublishedEntry]":
    from gongxiang.platform.catalogue.harvest import harvest
    from gongxiang.platform.kernel.actors import System

    after = None
    while True:
        page = harvest(actor=System(name="catalogue-export"), after=after, size=500)
        yield from page.entries
        after = page.following
        if after is None:
            return
