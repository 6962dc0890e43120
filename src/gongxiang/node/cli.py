"""`gongxiang node enroll | run | status | reconcile | find`: the commands of a front-end machine, which stands alone."""

import argparse
import json
import logging
import sys
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from gongxiang.node import config as configuration
from gongxiang.node import errors, identity
from gongxiang.protocol.canonical import parse_instant
from gongxiang.protocol.signing import Algorithm


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The sub-commands."""
    commands = parser.add_subparsers(dest="node_command", metavar="ACTION", required=True)
    enroll = commands.add_parser("enroll", help="make this machine's key pair and use the one-time code of its page")
    enroll.add_argument("--code", required=True, help="the enrolment code; `-` reads it from standard input")
    enroll.add_argument("--algorithm", choices=[a.value for a in Algorithm], default=Algorithm.SM2.value)
    run_ = commands.add_parser("run", help="work until SIGTERM or Ctrl-C")
    status = commands.add_parser("status", help="say how the node stands")
    status.add_argument("--json", action="store_true", help="as JSON")
    reconcile = commands.add_parser(
        "reconcile", help="compare source and exchange tables, and what was received with its cursor"
    )
    reconcile.add_argument("--json", action="store_true", help="as JSON")
    find = commands.add_parser("find", help="find the source row behind a key as a consumer knows it, for a doubt")
    find.add_argument("--grant", required=True, type=UUID, help="the grant's id, from the page of the correction")
    find.add_argument(
        "--key", action="append", default=[], metavar="ELEMENT=VALUE",
        help="the key as the claim shows it, e.g. gx_key=...; without it, lines of this form are read from standard input",
    )  # fmt: skip
    for command in (enroll, run_, status, reconcile, find):
        command.add_argument("--config", required=True, type=Path, metavar="FILE", help="the node's TOML file")


def run(arguments: argparse.Namespace) -> int:
    """Run the action; 0 if it did what it promised, else the named error is on standard error."""
    try:
        config = configuration.load(arguments.config)
        match arguments.node_command:
            case "enroll":
                return _enroll(config, arguments)
            case "run":
                return _run(config)
            case "status":
                return _status(config, as_json=arguments.json)
            case "find":
                return _find(config, arguments)
            case _:
                return _reconcile(config, as_json=arguments.json)
    except errors.DataPlaneError as error:
        print(f"{error.code()}: {errors.in_words(error)}", file=sys.stderr)
        return 1


def _enroll(config: configuration.NodeConfig, arguments: argparse.Namespace) -> int:
    code = sys.stdin.readline() if arguments.code == "-" else arguments.code
    found = identity.enrol(config, code, algorithm=Algorithm(arguments.algorithm))
    _, key = identity.load(config)
    print(f"{found.node_name} ({found.node_id}) is enrolled; its key is {config.home / 'node.key'}.")
    print(f"Name of the key: {in_groups(key.key_id)}. Read it out to the platform operator, who compares it.")
    print("It may exchange as soon as the platform operator has admitted it. Next: gongxiang node run --config FILE")
    return 0


def _run(config: configuration.NodeConfig) -> int:
    from gongxiang.node.agent import Agent

    logging.basicConfig(
        level=config.log_level, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    return Agent(config).run()


def in_groups(name: str) -> str:
    """A key's name in groups of four, to be read out."""
    return " ".join(name[i : i + 4] for i in range(0, len(name), 4))


def _status(config: configuration.NodeConfig, *, as_json: bool) -> int:
    running = identity.is_held(config.home)
    _, key = identity.load(config)
    try:
        value: dict[str, Any] = json.loads((config.home / "status.json").read_text("utf-8"))
    except FileNotFoundError:
        value = {"node": config.name, "gateway": "never started", "checks": {}, "streams": [], "flows": []}
    except ValueError as error:
        raise errors.StateDamaged("{path} cannot be read.", path=config.home / "status.json") from error
    value |= {"running": running, "key": key.key_id}
    healthy = running and value["gateway"] == "ok" and all(word == "ok" for word in value["checks"].values())
    if as_json:
        print(json.dumps({**value, "healthy": healthy}, ensure_ascii=False, indent=1))
        return 0 if healthy else 1
    print(f"{value['node']}: {'running' if running else 'not running'}, as of {_age(value.get('at'))}")
    print(f"  key: {in_groups(key.key_id)}")
    print(f"  gateway: {value['gateway']}")
    for name, word in sorted(value["checks"].items()):
        print(f"  {name}: {word}")
    for stream in value["streams"]:
        print(f"  stream {stream.get('resource')}: {stream.get('state')} epoch {stream.get('epoch')} seq {stream.get('seq')}"
              f" {stream.get('detail') or ''}".rstrip())  # fmt: skip
    for flow in value["flows"]:
        print(f"  flow {flow['resource']} -> {flow['table']}: {flow['state']}, {flow['rows']} rows, seq {flow['seq']},"
              f" lag {flow['lag_ms']} ms {flow['detail']}".rstrip())  # fmt: skip
    return 0 if healthy else 1


def _age(at: str | None) -> str:
    if at is None:
        return "never"
    said: datetime = parse_instant(at)
    return said.astimezone().isoformat(sep=" ", timespec="seconds")


def _find(config: configuration.NodeConfig, arguments: argparse.Namespace) -> int:
    from gongxiang.node.finding import find_row

    lines = arguments.key or [line for line in sys.stdin.read().splitlines() if line.strip()]
    key = {name.strip(): value.strip() for name, _, value in (line.partition("=") for line in lines)}
    found = find_row(config, arguments.grant, key)
    for row in found.rows:
        print(f"{found.table}: " + ", ".join(f"{column} = {value}" for column, value in zip(found.columns, row, strict=True)))
    if not found.rows:
        print(f"{found.table}: no row with this key passes the grant; it may have been deleted or left the grant's filter.")
    return 0 if found.rows else 1


def _reconcile(config: configuration.NodeConfig, *, as_json: bool) -> int:
    from gongxiang.node.reconcile import check_here

    found = check_here(config)
    if as_json:
        print(json.dumps([one.to_json() for one in found], ensure_ascii=False, indent=1))
    else:
        for one in found:
            print(one.in_words())
        if not found:
            print("Nothing is shared or received here yet.")
    return 0 if all(one.equal for one in found) else 1
