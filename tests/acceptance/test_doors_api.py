"""Operations and callers, the whole matrix: every operation of the OpenAPI has an expectation in doors_api.yaml.

Each role calls with a session, each scope with a token of a system and of a person, and nobody at all.
"""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client

from gongxiang.platform.http_api import api
from gongxiang.platform.http_api.ckan.actions import ACTIONS
from gongxiang.platform.http_api.endpoints import DOORS
from gongxiang.platform.kernel.actors import Role, Scope
from tests.acceptance.test_doors import NOBODY, SETS
from tests.factories.parties import make_banner
from tests.support.calling import everybody_of, own_token, system_token
from tests.support.signing_in import signed_in

EXPECTED: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("doors_api.yaml").read_text("utf-8"))


def operations() -> dict[str, tuple[str, str]]:
    """Operation -> method and an address of it."""
    found = {}
    for path, said in api.description()["paths"].items():
        for method, one in said.items():
            address = re.sub(r"\{\w+_id\}", str(NOBODY), path)
            found[one["operationId"]] = (method, address.replace("{number}", "1").replace("{name}", "sharing_type"))
    return found


def people_of(name: str) -> frozenset[str]:
    who = EXPECTED[name]["people"]
    return frozenset().union(*(SETS.get(one, frozenset({one})) for one in ([who] if isinstance(who, str) else who)))


def call(client: Client, name: str, **headers: str) -> tuple[int, str]:
    """The status of a call without a body, and the code of its error."""
    method, address = operations()[name]
    answer = getattr(client, method)(address, **({"headers": headers} if headers else {}))
    return answer.status_code, "" if answer.status_code < 400 else answer.json()["error"]["code"]


REFUSED = (401, 403)


def one_of_each_door() -> list[str]:
    """One operation that reads and one that changes for each door: what stands behind a door cannot open it."""
    found: dict[tuple[str, bool], str] = {}
    for name, (method, _address) in operations().items():
        found.setdefault((DOORS[name].name, method == "get"), name)
    return list(found.values())


def test_every_operation_has_an_expectation_and_every_expectation_an_operation():
    assert set(EXPECTED) == set(operations())


def test_every_expectation_is_the_door_of_its_operation():
    wrong = []
    for name in operations():
        door, expected = DOORS[name], EXPECTED[name]
        everybody = door.signed_in or people_of(name) == frozenset(Role)
        if people_of(name) != (frozenset(Role) if everybody else door.roles):
            wrong.append(f"{name}: {sorted(door.roles)}")
        if expected.get("scope") != (None if door.second_factor else door.scope):
            wrong.append(f"{name}: {door.scope}")
        if "scope" in expected and expected.get("system", True) != door.opens_to_systems:
            wrong.append(f"{name}: system")
    assert not wrong, "\n".join(wrong)


def test_every_address_left_in_the_table_is_an_operation_with_all_its_parts_known():
    assert not [address for _method, address in operations().values() if "{" in address]


@pytest.mark.django_db
@pytest.mark.slow
class TestRealCalls:
    """Everybody calls everything."""

    def test_only_those_roles_pass_whom_the_table_lets(self):
        wrong = []
        for role, person in everybody_of(make_banner()).items():
            client = signed_in(person)
            for name in one_of_each_door():
                status, code = call(client, name)
                if role not in people_of(name) and (status, code) != (403, "not_permitted"):
                    wrong.append(f"{role} passes {name}: {status} {code}")
                if role in people_of(name) and (code == "not_permitted" or status >= 500):
                    wrong.append(f"{role} is refused at {name}: {status} {code}")
        assert not wrong, "\n".join(wrong)

    def test_a_systems_token_passes_with_the_scope_named_and_nowhere_else(self):
        office, wrong = make_banner().provider, []
        for scope in (Scope.READ, Scope.COMPILE):
            bearer = f"Bearer {system_token(office, scope)}"
            for name in one_of_each_door():
                expected = EXPECTED[name]
                status, code = call(Client(), name, authorization=bearer)
                if "scope" not in expected or not expected.get("system", True):
                    good = (status, code) == (403, "needs_person")
                elif expected["scope"] == scope:
                    good = status not in REFUSED and status < 500
                else:
                    good = (status, code) == (403, "scope_missing")
                if not good:
                    wrong.append(f"system with {scope} at {name}: {status} {code}")
        assert not wrong, "\n".join(wrong)

    def test_a_persons_token_opens_what_role_and_scope_open_together(self, settings):
        settings.INTERFACES = {**settings.INTERFACES, "calls_per_minute": 1_000_000}
        banner, wrong = make_banner(), []
        people = everybody_of(banner)
        for role in (Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER, Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER):
            for scope in Scope:
                bearer = f"Bearer {own_token(people[role], scope)}"
                for name in one_of_each_door():
                    expected = EXPECTED[name]
                    status, code = call(Client(), name, authorization=bearer)
                    if role in people_of(name) and expected.get("scope") == scope:
                        good = code not in ("scope_missing", "needs_second_factor") and status < 500 and status != 401
                    else:
                        good = status == 403
                    if not good:
                        wrong.append(f"{role} with {scope} at {name}: {status} {code}")
        assert not wrong, "\n".join(wrong)

    def test_nobody_passes_without_a_token_or_a_session(self):
        assert {call(Client(), name) for name in operations()} == {(401, "sign_in_needed")}

    def test_a_token_that_is_none_passes_nowhere(self):
        for bearer in ("Bearer gx_wrong", "Bearer ", "Basic abc", "gx_bare", "Bearer \x7f\xff"):
            assert call(Client(), "search", authorization=bearer) == (401, "token_unknown")


#: Linked data and CKAN's actions: readers of the catalogue, tokens that read, and nobody else unless the setting opens it.
READING = [
    "/catalog", "/catalog.ttl", "/catalog.jsonld", f"/catalog/datasets/{NOBODY}", f"/catalog/datasets/{NOBODY}.ttl",
    *(f"/api/3/action/{name}" for name in ACTIONS), "/api/action/package_list",
]  # fmt: skip


@pytest.mark.django_db
@pytest.mark.slow
class TestReading:
    """Who reads the catalogue in other catalogues' forms."""

    def test_only_readers_with_a_session_pass(self):
        wrong = []
        for role, person in everybody_of(make_banner()).items():
            client = signed_in(person)
            for address in READING:
                status = client.get(address).status_code
                if (status == 403) != (role not in SETS["readers"]) or status >= 500:
                    wrong.append(f"{role} at {address}: {status}")
        assert not wrong, "\n".join(wrong)

    def test_a_token_needs_the_scope_of_reading(self):
        office = make_banner().provider
        for scope in (Scope.READ, Scope.COMPILE):
            head = {"authorization": f"Bearer {system_token(office, scope)}"}
            for address in READING:
                assert (Client().get(address, headers=head).status_code == 403) == (scope is not Scope.READ), address

    def test_nobody_passes_unless_the_setting_opens_the_catalogue(self, settings):
        make_banner()
        assert {Client().get(address).status_code for address in READING} <= set(REFUSED)
        settings.PUBLIC_CATALOGUE = "open"
        assert not {Client().get(address).status_code for address in READING} & set(REFUSED)
