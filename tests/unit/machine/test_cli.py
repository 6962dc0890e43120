"""The command line says what is wrong and what to do, in a line and without a traceback."""

import os
import subprocess
import sys

import pytest

from gongxiang.cli import main


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("GONGXIANG_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda home: None, "gongxiang migrate"),
        (lambda home: (home / "keys" / "master.key").unlink(), "master.key is missing"),
        (lambda home: (home / "keys" / "master.key").chmod(0o644), "can be read by other users"),
        (lambda home: (home / "keys" / "master.key").write_text("00" * 32), "cannot be opened"),
    ],
    ids=["not migrated", "key missing", "key open to others", "another master key"],
)
def test_a_program_that_cannot_start_says_why(home, capsys, monkeypatch, prepare, words):
    from gongxiang.protocol.keyring import Keyring

    monkeypatch.setenv("GONGXIANG_GATEWAY_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    monkeypatch.setenv("GONGXIANG_SITE_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    if words != "gongxiang migrate":
        Keyring.from_environment().make()
        prepare(home)
    assert main(["gateway"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("gongxiang gateway: ")
    assert words in said
    assert "Traceback" not in said


def test_a_moved_clock_is_refused_in_production(home, capsys, monkeypatch):
    monkeypatch.setenv("GONGXIANG_PROFILE", "production")
    monkeypatch.setenv("GONGXIANG_CLOCK_OFFSET", "3600")
    assert main(["up"]) == 1
    assert "GONGXIANG_PROFILE=demo" in capsys.readouterr().err


def test_help_names_every_command(capsys):
    from gongxiang.cli import COMMANDS

    with pytest.raises(SystemExit):
        main(["--help"])
    said = capsys.readouterr().out
    assert all(name in said for name in COMMANDS)


def test_a_reader_that_leaves_early_is_no_fault(home):
    reading, writing = os.pipe()
    os.close(reading)
    try:
        ended = subprocess.run(
            [sys.executable, "-m", "gongxiang.cli", "doctor"],
            stdout=writing,
            stderr=subprocess.PIPE,
            env=os.environ,
            check=False,
        )
    finally:
        os.close(writing)
    assert ended.returncode == 1
    assert ended.stderr == b""
