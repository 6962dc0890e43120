"""`gongxiang file deposit | list | fetch`: delivery by file, with the key of an admitted node.

A provider's node deposits a version of a resource, a consumer's fetches one under a grant; what is fetched is on disk whole
and with the digest that was said, or not at all. A deposit whose answer is lost is the same attempt when it is given again
within a day: the gateway takes it once, also when another version came between.
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from uuid import UUID, uuid4

from gongxiang.node import config as configuration
from gongxiang.node import errors, identity
from gongxiang.node.client import GatewayClient
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import canonical, instant, parse_instant
from gongxiang.protocol.files import FORMS, STATEMENT
from gongxiang.protocol.keyring import write_private
from gongxiang.protocol.segments import digest
from gongxiang.protocol.terms import Purpose

#: How long a deposit without an answer is the same attempt; after that giving the file again means a new version.
ATTEMPT = timedelta(days=1)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What each of the three must say."""
    ways = parser.add_subparsers(dest="way", metavar="deposit | list | fetch", required=True)
    deposit = ways.add_parser("deposit", help="give the platform a new version of a resource's file")
    deposit.add_argument("file", type=Path, metavar="FILE", help=f"forms: {', '.join(FORMS)}")
    deposit.add_argument("--resource", required=True, type=UUID, help="the resource's id, from its page")
    deposit.add_argument(
        "--no-state-secrets", action="store_true", help="state that the file holds no state secret; nothing is sent without it"
    )
    listed = ways.add_parser("list", help="the versions that a grant may fetch")
    fetch = ways.add_parser("fetch", help="fetch a version, as far as the grant says")
    fetch.add_argument("--person", required=True, type=UUID, help="the handler's number, from the grant's page")
    fetch.add_argument(
        "--purpose", default="", metavar="PURPOSE", help=f"one of the grant's purposes: {', '.join(p.value for p in Purpose)}"
    )
    fetch.add_argument("--matter", default="", metavar="NUMBER", help="number of the matter at hand")
    fetch.add_argument("--version", type=int, metavar="N", help="the newest without it")
    fetch.add_argument("--to", required=True, type=Path, metavar="FILE", help="where the file goes")
    fetch.add_argument("--replace", action="store_true", help="replace a file that is there")
    for one in (listed, fetch):
        one.add_argument("--grant", required=True, type=UUID, help="the grant's id, from its page")
    for one in (deposit, listed, fetch):
        one.add_argument("--config", required=True, type=Path, metavar="FILE", help="the node's TOML file: gateway and key")


def run(arguments: argparse.Namespace) -> int:
    """Do it and print what was done as JSON; a refusal stands on standard error and gives 2."""
    try:
        config = configuration.load(arguments.config)
        ways: dict[str, Callable[..., object]]
        ways = {"deposit": partial(_deposit, home=config.home), "list": _list, "fetch": _fetch}
        known, key = identity.load(config)
        client = GatewayClient(config.gateway_url, config.fingerprint, node_id=known.node_id, key=key)
        try:
            said = ways[arguments.way](client, arguments)
        finally:
            client.hang_up()
    except errors.DataPlaneError as error:
        print(f"{error.code()}: {errors.in_words(error)}", file=sys.stderr)
        return 2
    print(json.dumps(said, ensure_ascii=False, indent=1))
    return 0


def _deposit(client: GatewayClient, arguments: argparse.Namespace, *, home: Path) -> object:
    if not arguments.no_state_secrets:
        raise errors.FileNotStated
    form = arguments.file.suffix.lower().lstrip(".")
    form = {"jpeg": "jpg", "tiff": "tif"}.get(form, form)
    try:
        body = arguments.file.read_bytes()
    except OSError as error:
        raise errors.FileUnusable(
            "{path}: {said}.", path=arguments.file, said=error.strerror or type(error).__name__
        ) from error
    kind = "application/octet-stream"
    with _attempt(home, arguments.resource, digest(body), form) as number:
        query = {"form": form, "statement": STATEMENT, "deposit": str(number)}
        return client.call("POST", f"resources/{arguments.resource}/files", query=query, body=body, kind=kind).json()


@contextmanager
def _attempt(home: Path, resource_id: UUID, content: str, form: str) -> Iterator[UUID]:
    """The number of the attempt to deposit this content, on disk until the gateway has answered for good."""
    file = home / "deposits" / f"{resource_id}.{content.rpartition(':')[2]}.{form}"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        number = _begun(file)
        if number is None:
            number = uuid4()
            write_private(file, canonical({"deposit": str(number), "at": instant(clock.now())}))
        try:
            yield number
        except errors.Transient:
            raise
        except errors.DataPlaneError:
            file.unlink(missing_ok=True)
            raise
        file.unlink(missing_ok=True)
    except OSError as error:
        raise _unusable(file, error) from error


def _begun(file: Path) -> UUID | None:
    """The attempt that is without an answer yet; what cannot be read or is older than a day is none."""
    try:
        known = json.loads(file.read_bytes())
        return UUID(known["deposit"]) if clock.now() - parse_instant(known["at"]) < ATTEMPT else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _list(client: GatewayClient, arguments: argparse.Namespace) -> object:
    return client.get_json(f"grants/{arguments.grant}/files")["files"]


def _fetch(client: GatewayClient, arguments: argparse.Namespace) -> object:
    # Asked before anything is counted: a fetch is a use.
    if arguments.to.exists() and not arguments.replace:
        raise errors.FileUnusable("{path} is there already.", path=arguments.to)
    if not arguments.to.parent.is_dir():
        raise errors.FileUnusable("{path} is no folder.", path=arguments.to.parent)
    versions = client.get_json(f"grants/{arguments.grant}/files")["files"]
    chosen = next((one for one in versions if arguments.version in (None, one["version"])), None)
    if chosen is None:
        raise errors.FileUnknown
    use = {"person": str(arguments.person), "purpose": arguments.purpose, "matter": arguments.matter}
    answer = client.call("POST", f"grants/{arguments.grant}/files/{UUID(chosen['file'])}", body=canonical(use))
    said = {name: answer.headers.get(f"gx-{name}", "") for name in ("fetch", "version", "form", "digest", "rows", "whole")}
    if digest(answer.body) != said["digest"]:
        raise errors.AnswerUnreadable("The file that arrived has not the digest that was said.")
    try:
        write_private(arguments.to, answer.body)
    except OSError as error:
        raise _unusable(arguments.to, error) from error
    return {**said, "whole": said["whole"] == "1", "size": len(answer.body), "file": str(arguments.to)}


def _unusable(path: Path, error: OSError) -> errors.FileUnusable:
    return errors.FileUnusable("{path}: {said}.", path=path, said=error.strerror or type(error).__name__)
