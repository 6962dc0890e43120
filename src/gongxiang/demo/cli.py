"""`gongxiang demo seed | info`: makes the demo banner beside a running `gongxiang up`, and tells its accounts."""

import argparse
import json

from gongxiang.machine.home import Home
from gongxiang.machine.migrate import site_settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The two acts."""
    acts = parser.add_subparsers(dest="act", required=True)
    acts.add_parser("seed", help="make the demo banner by public acts")
    told = acts.add_parser("info", help="addresses, accounts and flows of the demo; prints passwords")
    told.add_argument("--json", action="store_true", help="as JSON")


def run(arguments: argparse.Namespace) -> int:
    """0 if the demo stands, 1 if there is none."""
    home = Home.from_environment()
    with site_settings():
        from gongxiang.demo.info import info
        from gongxiang.demo.seed import seed

        if arguments.act == "seed":
            if not seed(home, print):
                print("the demo is there already")
            return 0
        value = info(home)
        if arguments.json:
            print(json.dumps(value, ensure_ascii=False))
            return 0 if value["accounts"] else 1
        print(f"site     {value['site']}\ngateway  {value['gateway']}")
        for account in value["accounts"]:
            print("  ".join(account[name] for name in ("name", "password", "totp_secret", "role", "department")))
        for flow in value["flows"]:
            print(f"{flow['state']:10} {flow['resource']}: {flow['source_table']} -> {flow['exchange_table']}")
    return 0 if value["accounts"] else 1
