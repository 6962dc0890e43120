"""The one entry point: `gongxiang COMMAND`. Each command's module is imported only when it is called."""

import argparse
import importlib
import os
import select
import sys

from gongxiang.machine.environment import settle
from gongxiang.machine.errors import DatabaseAway, MachineError
from gongxiang.machine.home import Home
from gongxiang.protocol.clock import ClockOffsetRefused
from gongxiang.protocol.keyring import KeyMissing, KeyOpenToOthers
from gongxiang.protocol.signing import SecretDamaged

#: Errors that say what to do by themselves: a traceback would only hide it.
NAMED = (MachineError, KeyMissing, KeyOpenToOthers, SecretDamaged, ClockOffsetRefused)
#: command -> (module with `add_arguments(parser)` and `run(arguments) -> int`, one-line help)
COMMANDS: dict[str, tuple[str, str]] = {
    "up": ("gongxiang.machine.supervisor", "run everything on this machine until Ctrl-C"),
    "migrate": ("gongxiang.machine.migrate", "make or update the database and the keys"),
    "found": ("gongxiang.platform.parties.cli", "make the operator's department and the first three administrators, once"),
    "catalogue": ("gongxiang.platform.http_api.cli", "write what is published into a file: JSON, JSON-LD or Turtle"),
    "evidence": ("gongxiang.platform.evidence.cli", "verify the evidence, prove a record, check a proof"),
    "site": ("gongxiang.machine.programs", "run the site alone"),
    "gateway": ("gongxiang.machine.programs", "run the gateway alone"),
    "worker": ("gongxiang.machine.programs", "run the worker alone"),
    "front": ("gongxiang.machine.front", "run the front door alone"),
    "search": ("gongxiang.platform.catalogue.cli", "look at the side index of the search, or build it anew"),
    "demo": ("gongxiang.demo.cli", "make the demo banner, or tell its accounts and flows"),
    "node": ("gongxiang.node.cli", "enrol, run, look at or reconcile a front-end machine"),
    "call": ("gongxiang.node.calling", "look up or match by interface, as a grant allows"),
    "file": ("gongxiang.node.filing", "deposit a file, list its versions or fetch one, as a grant allows"),
    "doctor": ("gongxiang.machine.doctor", "say what is wrong with this installation and what to do"),
    "reset": ("gongxiang.machine.reset", "remove a demo or test installation with all its data"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the exit status is 0 if it did what it promised."""
    arguments = sys.argv[1:] if argv is None else argv
    parser = argparse.ArgumentParser(prog="gongxiang", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    chosen = next((a for a in arguments if not a.startswith("-")), None)
    for name, (module, text) in COMMANDS.items():
        sub = commands.add_parser(name, help=text)
        if name == chosen:
            importlib.import_module(module).add_arguments(sub)
    parsed = parser.parse_args(arguments)
    try:
        # A node stands alone: it has a configuration file of its own and no installation of the platform beside it.
        if parsed.command not in ("node", "call", "file"):
            settle(Home.from_environment(), parsed.command)
        status = int(importlib.import_module(COMMANDS[parsed.command][0]).run(parsed) or 0)
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        if not _reader_gone():
            raise
        return 1
    except NAMED as error:
        print(f"gongxiang {parsed.command}: {error}", file=sys.stderr)
        return 1
    except Exception as error:
        if type(error).__name__ != "OperationalError" or "connect" not in str(error):
            raise
        print(f"gongxiang {parsed.command}: {DatabaseAway()}", file=sys.stderr)
        return 1


def _reader_gone() -> bool:
    """Whether whoever read our output (`head`, a pager that was left) has gone; what is left unsaid goes nowhere then."""
    watched = select.poll()
    watched.register(sys.stdout.fileno(), select.POLLERR)
    if not any(events & select.POLLERR for _file, events in watched.poll(0)):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


if __name__ == "__main__":
    sys.exit(main())
