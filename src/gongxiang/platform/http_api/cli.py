"""`gongxiang catalogue export`: what is published, as JSON, JSON-LD or Turtle; for whoever runs the machine."""

import argparse
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

from gongxiang.protocol import clock

if TYPE_CHECKING:
    from gongxiang.platform.catalogue.harvest import PublishedEntry
    from gongxiang.platform.catalogue.workbook.writing import BookRow


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
        from gongxiang.platform.catalogue.workbook.exchange import exchange_parts

        for part in exchange_parts(_rows(), at=clock.now()):
            sys.stdout.write(part)
        return
    from gongxiang.platform.http_api.dcat.graph import Describer
    from gongxiang.platform.http_api.dcat.views import serialise

    sys.stdout.write(serialise(Describer(origin).describe_catalogue(_everything()), form))


def _rows() -> "Iterator[BookRow]":
    """As the catalogue's own files have them, one after the other: what is published may be far more than memory."""
    from gongxiang.platform.catalogue.workbook.writing import BookRow

    for one in _everything():
        yield BookRow(
            id=one.id, code=one.code, provider=one.provider_name, provider_code=one.provider_credit_code, status="",
            version=one.version, published_on=None, content=one.content,
        )  # fmt: skip


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
