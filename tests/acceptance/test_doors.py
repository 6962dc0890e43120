"""Roles and doors, the whole matrix: every address and command has an expectation here, or the test fails.

`doors.yaml` says, door by door, who may pass; it is written by hand and compared with what the site does to real requests of
real people holding one role each.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import yaml
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from gongxiang.cli import COMMANDS
from gongxiang.platform.kernel.actors import Person, Role
from tests.factories.parties import make_banner
from tests.support.calling import everybody_of
from tests.support.signing_in import signed_in

EXPECTED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("doors.yaml").read_text("utf-8"))
#: Words for sets of roles, so that the table can be read.
SETS: dict[str, frozenset[str]] = {
    "everybody": frozenset(Role),
    **{name: frozenset(roles) for name, roles in EXPECTED["sets"].items()},
}
#: Addresses that answer programs, not people: nobody is sent to the sign-in page. `test_doors_api.py` holds their matrix.
CALLED_BY_PROGRAMS = ("dcat", "dcat_as", "dcat_dataset", "dcat_dataset_as", "ckan", "ckan_unversioned")
NOBODY = UUID("00000000-0000-7000-8000-000000000000")
_SAMPLES = {"uuid": NOBODY, "int": 1, "code": "307001/000001"}


def doors(patterns: Any = None, namespace: str = "") -> Iterator[tuple[str, URLPattern]]:
    """(name, pattern) of every address of the site; the operations of `/api/v1/` have a matrix of their own."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(entry, URLResolver) and entry.namespace == "api":
            continue
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from doors(entry.url_patterns, inner)
        elif entry.name not in CALLED_BY_PROGRAMS:
            yield f"{namespace}{entry.name}", entry


@cache
def every_door() -> dict[str, URLPattern]:
    return dict(doors())


def allowed(name: str) -> frozenset[str]:
    """The roles that the table lets through."""
    who = EXPECTED["doors"][name]
    return frozenset().union(*(SETS.get(one, frozenset({one})) for one in ([who] if isinstance(who, str) else who)))


def test_every_address_has_an_expectation_and_every_expectation_an_address():
    assert set(EXPECTED["doors"]) == set(every_door())


def test_every_command_has_an_expectation():
    assert set(EXPECTED["commands"]) == set(COMMANDS)


def test_every_role_of_the_table_is_a_role():
    for name in EXPECTED["doors"]:
        if EXPECTED["doors"][name] != "anybody":
            assert allowed(name) <= frozenset(Role), name


@cache
def address(name: str) -> str:
    converters = every_door()[name].pattern.converters
    kinds = {key: type(converter).__name__.removesuffix("Converter").lower() for key, converter in converters.items()}
    return reverse(name, kwargs={key: _SAMPLES.get(kind, "x") for key, kind in kinds.items()})


def in_order() -> list[str]:
    """Every door, those of signing in and out last: they end the session that knocks at the others."""
    return sorted(every_door(), key=lambda name: EXPECTED["doors"][name] == "anybody")


@pytest.mark.django_db
@pytest.mark.slow
class TestRealRequests:
    """Each role knocks at each door, with GET and with POST."""

    @pytest.fixture
    def people(self) -> dict[Role, Person]:
        found = everybody_of(make_banner())
        assert set(found) == set(Role)
        return found

    def test_only_those_pass_whom_the_table_lets(self, people):
        wrong = []
        for role, person in people.items():
            client = signed_in(person)
            for name in in_order():
                who = EXPECTED["doors"][name]
                for method in ("get", "post"):
                    response = getattr(client, method)(address(name))
                    refused = response.status_code == 403
                    if who == "anybody" or role in allowed(name):
                        if refused and method == "get":
                            wrong.append(f"{role} is refused at {name} ({method})")
                        if response.status_code >= 500:
                            wrong.append(f"{role} at {name} ({method}): {response.status_code}")
                    elif not refused:
                        wrong.append(f"{role} passes {name} ({method}): {response.status_code}")
        assert not wrong, "\n".join(wrong)

    def test_nobody_passes_without_signing_in(self):
        client, login = Client(), reverse("accounts:login")
        wrong = []
        for name in every_door():
            if EXPECTED["doors"][name] == "anybody":
                continue
            for method in ("get", "post"):
                response = getattr(client, method)(address(name))
                if response.status_code != 302 or not response["Location"].startswith(login):
                    wrong.append(f"{name} ({method}): {response.status_code}")
        assert not wrong, "\n".join(wrong)
