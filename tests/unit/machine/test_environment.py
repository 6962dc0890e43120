"""Each program knows its own secrets and no other's."""

import pytest

from gongxiang.machine import environment
from gongxiang.machine.home import Home

EVERYTHING = {**dict.fromkeys(environment.SECRETS, "s"), "GONGXIANG_HOME": "h", "PATH": "p"}


@pytest.mark.parametrize(
    ("program", "known"),
    [
        ("site", {environment.MASTER, environment.SITE_URL, environment.SITE_SECRET}),
        ("worker", {environment.MASTER, environment.SITE_URL, environment.SITE_SECRET}),
        ("gateway", {environment.MASTER, environment.GATEWAY_URL}),
        ("front", set()),
        ("node-civil-affairs", set()),
    ],
)
def test_a_program_is_given_its_own_secrets(program, known):
    assert set(environment.of_program(program, EVERYTHING)) == known | {"GONGXIANG_HOME", "PATH"}


@pytest.mark.parametrize(
    ("command", "filled"),
    [
        ("site", {environment.SITE_URL, environment.SITE_SECRET}),
        ("gateway", {environment.GATEWAY_URL}),
        ("front", set()),
        ("demo", {environment.SITE_URL, environment.GATEWAY_URL, environment.SITE_SECRET}),
    ],
)
def test_a_command_fills_in_its_own_secrets(tmp_path, monkeypatch, command, filled):
    home = Home(path=tmp_path, port=8600)
    home.make()
    for name in ("gx_site.password", "gx_gateway.password"):
        (home.keys / name).write_text("word")
    values: dict[str, str] = {environment.ADMINISTRATOR: "postgresql://a:b@db/gongxiang"}
    monkeypatch.setattr(environment.os, "environ", values)
    environment.settle(home, command)
    assert set(values) & set(environment.SECRETS) == filled | {environment.ADMINISTRATOR}
