"""`gongxiang search`: how the side index of the search is, and building it anew; pages answer from the database meanwhile."""

import argparse
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """What to do."""
    parser.add_argument("act", choices=("status", "rebuild"), help="say how the index is; build it anew")


def run(arguments: argparse.Namespace) -> int:
    """0 if the index is as it should be, or was built."""
    from gongxiang.machine.migrate import site_settings

    with site_settings():
        return _rebuild() if arguments.act == "rebuild" else _status()


def _status() -> int:
    from django.conf import settings

    from gongxiang.platform.catalogue import finding, sideindex

    entries, state = finding.entry_count(), sideindex.state()
    if entries < settings.SEARCH_INDEX_FROM:
        print(f"{entries} entries: the database searches alone (a side index from {settings.SEARCH_INDEX_FROM} on)")
        return 0
    if state.generation and sideindex.is_whole(state.generation):
        print(f"{entries} entries; index of {state.entries}, built {state.built_at:%Y-%m-%d %H:%M}")
        return 0
    print(f"{entries} entries, but no index that can be read: the worker builds it; or run: gongxiang search rebuild")
    return 1


def _rebuild() -> int:
    from gongxiang.platform.catalogue import sideindex
    from gongxiang.protocol import clock

    with sideindex.alone() as alone:
        if not alone:
            print("the worker is writing the index at this moment: try again in a minute", file=sys.stderr)
            return 1
        state = sideindex.build(clock.now())
    print(f"index of {state.entries} entries built")
    return 0
