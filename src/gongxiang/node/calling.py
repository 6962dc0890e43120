"""`gongxiang call lookup | match`: one call by interface, with the key of an admitted node of the consumer's department.

For the department's own systems on or behind its front-end machine; prints the answer as JSON and keeps nothing of it.
"""

import argparse
import json
import sys
from pathlib import Path
from uuid import UUID

from gongxiang.node import config as configuration
from gongxiang.node import errors, identity
from gongxiang.node.client import GatewayClient
from gongxiang.protocol.services import Channel
from gongxiang.protocol.terms import Purpose


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What a call must say."""
    parser.add_argument("how", choices=[channel.value for channel in Channel], help="look up granted elements, or only compare")
    parser.add_argument("--config", required=True, type=Path, metavar="FILE", help="the node's TOML file: gateway and key")
    parser.add_argument("--grant", required=True, type=UUID, help="the grant's id, from its page")
    parser.add_argument("--person", required=True, type=UUID, help="the handler's number, from the grant's page")
    parser.add_argument(
        "--purpose", default="", metavar="PURPOSE", help=f"one of the grant's purposes: {', '.join(p.value for p in Purpose)}"
    )
    parser.add_argument("--matter", default="", metavar="NUMBER", help="number of the matter at hand")
    parser.add_argument(
        "--key", action="append", default=[], metavar="ELEMENT=VALUE",
        help="which record is meant; without it, such lines are read from standard input, where no other user sees them",
    )  # fmt: skip
    parser.add_argument(
        "--value", action="append", default=[], metavar="ELEMENT=VALUE", help="match: what the record is compared with"
    )
    parser.add_argument("--element", action="append", default=[], metavar="ELEMENT", help="lookup: only these elements")


def run(arguments: argparse.Namespace) -> int:
    """Ask; 0 if a record was found (and, for a match, agrees), 1 if not; a refusal stands on standard error and gives 2."""
    keys = arguments.key or [line for line in sys.stdin.read().splitlines() if line.strip()]
    body = {
        "person": str(arguments.person),
        "purpose": arguments.purpose,
        "matter": arguments.matter,
        "key": _pairs(keys),
        "values": _pairs(arguments.value),
        "elements": arguments.element,
    }
    try:
        config = configuration.load(arguments.config)
        known, key = identity.load(config)
        client = GatewayClient(config.gateway_url, config.fingerprint, node_id=known.node_id, key=key)
        try:
            answer = client.post_json(f"grants/{arguments.grant}/{arguments.how}", body)
        finally:
            client.hang_up()
    except errors.DataPlaneError as error:
        print(f"{error.code()}: {errors.in_words(error)}", file=sys.stderr)
        return 2
    print(json.dumps(answer, ensure_ascii=False, indent=1))
    good = answer.get("equal") if arguments.how == Channel.MATCH else answer.get("rows")
    return 0 if good else 1


def _pairs(lines: list[str]) -> dict[str, str]:
    return {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
