"""`gongxiang found`: a real installation gets its first three administrators, who can sign in; once."""

import argparse
import contextlib
import io

import pytest

from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.parties import cli, queries
from gongxiang.platform.parties.actions import check_password
from gongxiang.protocol import clock
from tests.factories.parties import make_credit_code

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command works on the test's database."""
    monkeypatch.setattr("gongxiang.machine.migrate.site_settings", contextlib.nullcontext)


def found(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    cli.add_arguments(parser)
    return cli.run(parser.parse_args(arguments))


GIVEN = ("--name", "乌审旗大数据中心", "--short-name", "旗大数据中心")
PEOPLE = ("--system", "sysadmin:韩雪", "--security", "secadmin:乌云", "--audit", "audadmin:石磊")


def test_the_first_administrators_are_made_and_can_begin_to_sign_in(capsys):
    assert found(*GIVEN, *PEOPLE, "--credit-code", make_credit_code(), "--no-is-authority") == 0
    lines = [line.split() for line in capsys.readouterr().out.splitlines() if line.split()[0] in list(Role)]
    assert [(role, username) for role, username, _ in lines] == [
        ("system_admin", "sysadmin"), ("security_admin", "secadmin"), ("audit_admin", "audadmin"),
    ]  # fmt: skip
    for _, username, password in lines:
        assert check_password(username=username, password=password, at=clock.now()).must_change_password
    assert found(*GIVEN, *PEOPLE, "--credit-code", make_credit_code(), "--is-authority") == 1
    assert "made only once" in capsys.readouterr().err


def test_what_is_not_given_is_asked(capsys, monkeypatch):
    answers = f"乌审旗政务服务局\n旗政务服务局\n{make_credit_code()}\ny\nsysadmin: 韩雪\nsecadmin:乌云\naudadmin:石磊\n"
    monkeypatch.setattr("sys.stdin", io.StringIO(answers))
    assert found() == 0
    assert "social credit code" in capsys.readouterr().err
    assert queries.authority().name == "乌审旗政务服务局"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("--credit-code", "111506260000000000"), "Position 18"),
        (("--system", "Sys Admin:韩雪"), "A user name has"),
        (("--system", "secadmin:韩雪"), "already in use"),
        (("--audit", "audadmin"), "name Please fill this in."),
    ],
    ids=["credit code", "user name", "twice", "no name"],
)
def test_a_mistake_is_named_and_nothing_is_made(capsys, change, words):
    assert found(*GIVEN, *PEOPLE, "--credit-code", make_credit_code(), "--no-is-authority", *change) == 1
    said = capsys.readouterr()
    assert words in said.err
    assert not said.out
