"""`gongxiang reset`: removes a demo or test installation with all its data; a production installation is never removed."""

import argparse
import shutil
import sys

from gongxiang.machine.environment import profile
from gongxiang.machine.errors import MachineError
from gongxiang.machine.home import Home
from gongxiang.machine.postgres import place
from gongxiang.machine.supervisor import only_one


class NotRemovable(MachineError):
    """This is a production installation: its data are not removed by a command."""

    advice = "If they really must go, end the programs and remove the folder and the database by hand, with a backup kept."


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """`--yes` asks nothing."""
    parser.add_argument("--yes", action="store_true", help="do not ask")


def run(arguments: argparse.Namespace) -> int:
    """Remove the installation unless it runs."""
    home = Home.from_environment()
    if not home.path.exists():
        print(f"nothing to remove: {home.path} does not exist")
        return 0
    if profile(home) == "production":
        raise NotRemovable()
    with only_one(home):
        database = place(home)
        if not arguments.yes:
            if not sys.stdin.isatty():
                raise MachineError("Nobody can be asked here: give --yes.")
            answer = input(f"Remove {home.path} and {database} with all data? [y/N] ")
            if answer.strip().lower() not in ("y", "yes"):
                return 1
        shutil.rmtree(database, ignore_errors=True)
        shutil.rmtree(home.path)
    print(f"removed {home.path}")
    return 0
