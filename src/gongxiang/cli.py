"""The one entry point: `gongxiang COMMAND`. Each command's module is imported only when it is called."""

import argparse
import importlib
import sys

#: command -> (module with `add_arguments(parser)` and `run(arguments) -> int`, one-line help)
COMMANDS: dict[str, tuple[str, str]] = {
    "migrate": ("gongxiang.machine.migrate", "make or update the database and the keys"),
    "evidence": ("gongxiang.platform.evidence.cli", "verify the evidence, prove a record, check a proof"),
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
    return int(importlib.import_module(COMMANDS[parsed.command][0]).run(parsed) or 0)


if __name__ == "__main__":
    sys.exit(main())
