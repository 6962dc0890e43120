"""Access tokens: shown once, kept as a digest, bound to scopes, revoked, run out; nobody makes one for another department."""

import time
from datetime import timedelta

import pytest
from django.test import Client

from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import CallingSystem, Scope
from gongxiang.platform.kernel.errors import NotPermitted, Refusal
from gongxiang.platform.parties import actions, tokens
from gongxiang.platform.parties.errors import TokenLifeWrong, TokenScopeWrong, TokensEnough, TokenUnknown, TooManyCalls
from gongxiang.platform.parties.models import AccessToken
from gongxiang.protocol import clock
from tests.factories.parties import AT, make_banner
from tests.support.calling import bearer, own_token, system_token
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


def register(office, name="一网通办"):
    return actions.register_system(department_id=office.id, name=name, tier="own", network="extranet", by=office.clerk, at=AT)


def issue(office, system, *, by=None, at=AT, **changes):
    values = {"label": "目录同步", "scopes": ["catalogue:read"], "days": 30, **changes}
    return actions.issue_system_token(system_id=system.id, **values, by=by or office.officer, at=at)


@pytest.mark.article("wushen-2021-60:25")
def test_a_systems_token_names_the_system_its_department_and_its_scopes():
    office = make_banner().provider
    system = register(office)
    ref, secret = issue(office, system)
    caller = tokens.caller_of(secret, at=AT)
    assert caller.actor == CallingSystem(
        id=system.id, name="一网通办", department_id=office.id, department=office.department.name,
        scopes=frozenset({Scope.READ}),
    )  # fmt: skip
    assert ref.owner == "一网通办"
    assert secret.startswith(ref.prefix)


def test_the_token_stands_nowhere_but_on_the_one_page():
    office = make_banner().provider
    ref, secret = issue(office, register(office))
    row = AccessToken.objects.get(pk=ref.id)
    assert secret not in str(vars(row))
    record = evidence.visible_to(office.officer).get(kind="access_token:issued")
    assert secret not in str(vars(record))
    assert record.after["scopes"] == ["catalogue:read"]


def test_only_officer_and_node_operator_of_the_department_make_one():
    banner = make_banner()
    office, system = banner.provider, register(banner.provider)
    issue(office, system, by=office.node_operator)
    strangers = (office.clerk, office.reviewer, banner.consumer.officer, banner.authority_officer, banner.site.system_admin)
    for stranger in strangers:
        with pytest.raises(NotPermitted):
            issue(office, system, by=stranger)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"scopes": ["catalogue:act"]}, TokenScopeWrong),
        ({"scopes": []}, TokenScopeWrong),
        ({"scopes": ["everything"]}, TokenScopeWrong),
        ({"days": 0}, TokenLifeWrong),
        ({"days": 367}, TokenLifeWrong),
    ],
    ids=["acts for a person", "no scope", "unknown scope", "no life", "too long a life"],
)
def test_a_token_that_may_not_be(changes, refusal):
    office = make_banner().provider
    with pytest.raises(Refusal) as raised:
        issue(office, register(office), **changes)
    assert refusal in {type(one) for one in getattr(raised.value, "shortfalls", (raised.value,))}


def test_not_more_tokens_than_the_setting_allows(settings):
    settings.INTERFACES = {**settings.INTERFACES, "tokens": 1}
    office = make_banner().provider
    system = register(office)
    first, _ = issue(office, system)
    with pytest.raises(TokensEnough):
        issue(office, system)
    actions.revoke_token(token_id=first.id, by=office.officer, at=AT)
    issue(office, system)


def test_a_revoked_token_opens_nothing_and_says_no_more_than_an_unknown_one():
    banner = make_banner()
    office = banner.provider
    ref, secret = issue(office, register(office))
    for stranger in (banner.consumer.officer, office.clerk):
        with pytest.raises(NotPermitted):
            actions.revoke_token(token_id=ref.id, by=stranger, at=AT)
    actions.revoke_token(token_id=ref.id, by=banner.site.security_admin, at=AT)
    for token in (secret, "gx_never", ""):
        with pytest.raises(TokenUnknown):
            tokens.caller_of(token, at=AT)


def test_a_token_ends_with_its_days_its_system_and_its_person():
    banner = make_banner()
    office, system = banner.provider, register(banner.provider)
    _, secret = issue(office, system, days=1)
    with pytest.raises(TokenUnknown):
        tokens.caller_of(secret, at=AT + timedelta(days=1))
    assert tokens.caller_of(secret, at=AT + timedelta(hours=23))
    actions.end_system(system_id=system.id, by=office.clerk, at=AT)
    with pytest.raises(TokenUnknown):
        tokens.caller_of(secret, at=AT)
    own = own_token(office.clerk, Scope.READ, at=AT)
    actions.close_account(person_id=office.clerk.id, reason="调离", by=banner.site.system_admin, at=AT)
    with pytest.raises(TokenUnknown):
        tokens.caller_of(own, at=AT)


def test_last_use_is_noted():
    office = make_banner().provider
    ref, secret = issue(office, register(office))
    assert tokens.token_ref(ref.id).last_used_at is None
    tokens.caller_of(secret, at=AT + timedelta(hours=1))
    assert tokens.token_ref(ref.id).last_used_at == AT + timedelta(hours=1)


def test_calls_are_counted_by_the_minute(settings):
    settings.INTERFACES = {**settings.INTERFACES, "calls_per_minute": 2}
    for _ in range(2):
        tokens.count_call("system:x", at=AT)
    with pytest.raises(TooManyCalls):
        tokens.count_call("system:x", at=AT)
    tokens.count_call("system:y", at=AT)
    tokens.count_call("system:x", at=AT + timedelta(minutes=1))


def test_too_many_calls_are_told_when_to_come_again(settings):
    settings.INTERFACES = {**settings.INTERFACES, "calls_per_minute": 1}
    head = bearer(system_token(make_banner().provider, Scope.READ))
    answers = [Client().get("/api/v1/me", **head) for _ in range(4)]
    last = answers[-1]
    assert (last.status_code, last.headers["Retry-After"], last.json()["error"]["code"]) == (429, "60", "too_many_calls")


class TestPages:
    """As the officer goes through it."""

    def test_the_officer_makes_a_token_sees_it_once_and_revokes_it(self):
        office = make_banner(at=clock.now()).provider
        system = register(office)
        client = signed_in(office.officer)
        form = {"system": str(system.id), "label": "目录同步", "scopes": ["catalogue:read"], "days": "30"}
        asked = client.post("/interfaces/tokens/system/", form)
        assert asked.status_code == 302, "the second factor is asked first"
        session = client.session
        session["second_factor_confirmed"] = time.time()
        session.save()
        slip = client.post("/interfaces/tokens/system/", form)
        secret = slip.content.decode().split('id="token">')[1].split("<")[0]
        assert Client().get("/api/v1/me", **bearer(secret)).json()["name"] == "一网通办"
        page = client.get("/interfaces/").content.decode()
        assert secret not in page
        assert secret[:9] in page
        token = tokens.find(office.officer)[0]
        client.post(f"/interfaces/tokens/{token.id}/revoke/")
        assert Client().get("/api/v1/me", **bearer(secret)).status_code == 401

    def test_wrong_fields_are_said_beside_them(self):
        office = make_banner(at=clock.now()).provider
        client = signed_in(office.officer)
        session = client.session
        session["second_factor_confirmed"] = time.time()
        session.save()
        answer = client.post("/interfaces/tokens/own/", {"label": "", "scopes": ["catalogue:read"], "days": "9999"})
        assert answer.status_code == 422

    def test_a_clerk_sees_own_tokens_only(self):
        office = make_banner(at=clock.now()).provider
        system_token(office, Scope.READ)
        own_token(office.clerk, Scope.READ)
        assert [one.kind for one in tokens.find(office.clerk)] == ["person"]
        assert {one.kind for one in tokens.find(office.officer)} == {"system"}
        assert tokens.find(None) == []
