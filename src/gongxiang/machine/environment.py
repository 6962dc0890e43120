"""What every command of one installation agrees on, derived from `GONGXIANG_HOME`: profile, clock, databases, secrets.

So that `gongxiang demo info` or `gongxiang evidence verify`, typed beside a running `gongxiang up`, speak to the same thing.
"""

import os
from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

from gongxiang.machine.errors import MachineError
from gongxiang.machine.home import Home, secret
from gongxiang.protocol.keyring import write_private

DATABASE_NAME = "gongxiang"
#: The administrator's address is for migrations; the rest are a program's own each.
ADMINISTRATOR, MASTER = "GONGXIANG_DATABASE_URL", "GONGXIANG_MASTER_KEY_FILE"
SITE_URL, GATEWAY_URL, SITE_SECRET = "GONGXIANG_SITE_DATABASE_URL", "GONGXIANG_GATEWAY_DATABASE_URL", "GONGXIANG_SITE_SECRET"
SECRETS = (ADMINISTRATOR, MASTER, SITE_URL, GATEWAY_URL, SITE_SECRET)
#: What each program may know; a front-end machine is a department's own and knows nothing of the platform's.
OWN = {
    "site": (MASTER, SITE_URL, SITE_SECRET),
    "worker": (MASTER, SITE_URL, SITE_SECRET),
    "gateway": (MASTER, GATEWAY_URL),
    "front": (),
    "node": (),
}


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


def of_program(program: str, variables: Mapping[str, str]) -> dict[str, str]:
    """`variables` without the secrets of others; `program` is a command, or `node-…`."""
    hidden = set(SECRETS) - set(OWN["node" if program.startswith("node-") else program])
    return {name: value for name, value in variables.items() if name not in hidden}


def settle(home: Home, command: str = "") -> None:
    """Fill in what the environment leaves open and `command` may know; what is set stays."""
    if not home.keys.exists():
        return
    values = {"GONGXIANG_HOME": str(home.path), "GONGXIANG_PORT": str(home.port)}
    if (chosen := profile(home)) in ("demo", "test"):
        values["GONGXIANG_PROFILE"] = chosen
        values["GONGXIANG_CLOCK_OFFSET"] = f"@{home.path / 'clock.offset'}"
    wanted = OWN.get(command, SECRETS)
    for role, name in (("gx_site", SITE_URL), ("gx_gateway", GATEWAY_URL)):
        if name in wanted and name not in os.environ and (home.keys / f"{role}.password").exists():
            values[name] = role_url(home, administrator_url(home), role)
    if SITE_SECRET in wanted:
        values[SITE_SECRET] = secret(home, "site.secret")
    for name, value in values.items():
        os.environ.setdefault(name, value)
