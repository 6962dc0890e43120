"""`gongxiang site`, `gongxiang gateway`, `gongxiang worker`: one program each, in the foreground, as systemd wants them."""

import argparse
import importlib
import os

from gongxiang.machine.errors import NotMigrated
from gongxiang.machine.home import SITE, Home

#: Threads that answer pages; each keeps a connection to the database.
SITE_THREADS = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No arguments: everything comes from the settings."""


def run(arguments: argparse.Namespace) -> int:
    """Run the program until it is told to end."""
    home = Home.from_environment()
    if not (home.keys / "platform.key").exists():
        raise NotMigrated()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gongxiang.platform.wiring.settings")
    match arguments.command:
        case "site":
            return _site(home)
        case "worker":
            import django

            django.setup()
            return int(importlib.import_module("gongxiang.platform.wiring.worker").main())
        case _:
            return int(importlib.import_module("gongxiang.gateway.app").main() or 0)


#: Bytes of the largest request: an import of 30 MB and its form. Anybody can send a file to the page that verifies documents.
LARGEST_REQUEST = 40 * 1024 * 1024


def _site(home: Home) -> int:
    import waitress

    application = importlib.import_module("gongxiang.platform.wiring.wsgi").application
    waitress.serve(
        application,
        host="127.0.0.1",
        port=home.port + SITE,
        threads=SITE_THREADS,
        ident=None,
        # Without a web server in front, a hundred callers who send half a form would be all that is let in.
        connection_limit=800,
        channel_timeout=60,
        asyncore_use_poll=True,
        max_request_body_size=LARGEST_REQUEST,
        trusted_proxy="127.0.0.1",
        trusted_proxy_count=1,
        trusted_proxy_headers={"x-forwarded-for", "x-forwarded-proto", "x-forwarded-host"},
        clear_untrusted_proxy_headers=True,
    )
    return 0
