"""What every command of one installation agrees on, derived from `GONGXIANG_HOME`: profile, clock, databases, secrets.

So that `gongxiang demo info` or `gongxiang evidence verify`, typed beside a running `gongxiang up`, speak to the same thing.
"""

import os
from urllib.parse import quote, urlsplit, urlunsplit

from gongxiang.machine.errors import MachineError
from gongxiang.machine.home import Home, secret
from gongxiang.protocol.keyring import write_private

DATABASE_NAME = "gongxiang"
PROFILES = ("production", "demo", "test")


class OtherProfile(MachineError):
    """This installation was made for another profile: demo data never become a production installation, nor the reverse."""

    advice = "Choose another GONGXIANG_HOME."


def administrator_url(home: Home) -> str:
    """The product's database as its administrator: `GONGXIANG_DATABASE_URL`, else on our own server."""
    from gongxiang.machine.postgres import own_server

    return os.environ.get("GONGXIANG_DATABASE_URL") or own_server(home).url(DATABASE_NAME)


def role_url(home: Home, url: str, role: str) -> str:
    """`url` for the program's role `gx_site` or `gx_gateway`, with the password kept in this installation."""
    parts = urlsplit(url)
    address = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(secret(home, f'{role}.password'), safe='')}@{address}"))


def profile(home: Home) -> str:
    """The profile the installation was made for; empty before its first start."""
    path = home.path / "profile"
    return path.read_text("ascii").strip() if path.exists() else ""


def choose_profile(home: Home, name: str) -> None:
    """Note at the first start what the installation is for; raises OtherProfile later."""
    home.make()
    if not profile(home):
        write_private(home.path / "profile", name.encode("ascii"))
    if profile(home) != name:
        raise OtherProfile(f"{home.path} is a {profile(home)} installation. {OtherProfile.__doc__}")


def settle(home: Home) -> None:
    """Fill in what the environment leaves open; what is set stays."""
    if not home.keys.exists():
        return
    values = {"GONGXIANG_HOME": str(home.path), "GONGXIANG_PORT": str(home.port)}
    if (chosen := profile(home)) in ("demo", "test"):
        values["GONGXIANG_PROFILE"] = chosen
        values["GONGXIANG_CLOCK_OFFSET"] = f"@{home.path / 'clock.offset'}"
    for role, name in (("gx_site", "GONGXIANG_SITE_DATABASE_URL"), ("gx_gateway", "GONGXIANG_GATEWAY_DATABASE_URL")):
        if (home.keys / f"{role}.password").exists() and name not in os.environ:
            values[name] = role_url(home, administrator_url(home), role)
    values["GONGXIANG_SITE_SECRET"] = secret(home, "site.secret")
    for name, value in values.items():
        os.environ.setdefault(name, value)
