"""Pages of departments, people, registers and agreements: what they show, whom they let act, every wrong field at once."""

from datetime import timedelta

import pytest
from django.conf import settings

from gongxiang.platform.agreements import queries as agreements
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.parties import queries
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING
from tests.factories.parties import (
    Banner,
    credentials_of,
    make_agreement,
    make_banner,
    make_credit_code,
    make_person,
    make_template,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner()


LISTS = [
    "/parties/departments/", "/parties/people/", "/parties/systems/", "/parties/matters/", "/agreements/", "/account/",
]  # fmt: skip


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_open(banner: Banner, as_, address: str, language: str) -> None:
    client = as_(banner.provider.officer)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    assert client.get(address).status_code == (200)
    if address not in ("/account/",):
        assert client.get(address, {"export": "csv", "q": "x"}).status_code == 200
        assert client.get(address, {"q": "没有的", "page": "99"}).status_code == 200


DOORS = [
    ("/parties/departments/new/", {"site.system_admin", "authority_officer"}),
    ("/parties/filings/", {"authority_officer"}),
    ("/parties/people/new/", {"site.system_admin"}),
    ("/parties/logs/", {"site.audit_admin"}),
    ("/agreements/new/", {"provider.clerk", "provider.reviewer"}),
    ("/agreements/text/", {"authority_officer"}),
    ("/agreements/", {
        "authority_officer", "authority_leader", "auditor", "provider.clerk", "provider.reviewer", "provider.officer",
        "provider.node_operator",
    }),
]  # fmt: skip
PEOPLE = [
    "site.system_admin", "site.security_admin", "site.audit_admin", "authority_officer", "authority_leader", "auditor",
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator",
]  # fmt: skip


def test_who_may_open_which_page(banner: Banner, as_) -> None:
    wrong = []
    for address, allowed in DOORS:
        for name in PEOPLE:
            person = banner
            for part in name.split("."):
                person = getattr(person, part)
            status = as_(person).get(address).status_code
            if status != (200 if name in allowed else 403):
                wrong.append((address, name, status))
    assert not wrong


def test_a_department_with_every_field_wrong_shows_every_error(banner: Banner, as_) -> None:
    client = as_(banner.site.system_admin)
    values = {
        "name": "乌审旗民政局",
        "short_name": "民政",
        "credit_code": "11150626",
        "kind": "department",
        "is_authority": "on",
    }
    answer = client.post("/parties/departments/new/", values)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"name", "credit_code", "is_authority"}
    assert "乌审旗民政局" in answer.content.decode()
    good = {"name": "乌审旗林草局", "short_name": "林草", "credit_code": make_credit_code(), "kind": "department"}
    made = client.post("/parties/departments/new/", good, follow=True)
    assert "乌审旗林草局" in made.content.decode()


def test_accounts_are_made_by_one_and_empowered_by_another(banner: Banner, as_) -> None:
    values = {"department": str(banner.provider.id), "username": "li.si", "name": "李四"}
    slip = as_(banner.site.system_admin).post("/parties/people/new/", values)
    password = slip.context["password"]
    assert password in slip.content.decode()
    assert "no-store" in slip["Cache-Control"]
    person = next(one for one in queries.people(banner.site.system_admin, search="li.si"))
    page = f"/parties/people/{person.id}/"
    # The page of the account never shows it again, and the maker cannot give roles.
    assert password not in as_(banner.site.system_admin).get(page).content.decode()
    assert as_(banner.site.system_admin, factor=True).post(f"{page}roles/", {"role": "clerk"}).status_code == 403
    asked = as_(banner.site.security_admin).post(
        f"{page}roles/", {"role": "clerk"}, headers={"referer": f"http://testserver{page}"}
    )
    assert asked["Location"].startswith("/account/confirm/?next=")
    done = as_(banner.site.security_admin, factor=True).post(f"{page}roles/", {"role": "clerk", "act": "grant"})
    assert done["Location"] == page
    assert queries.person_ref(person.id).roles == {Role.CLERK}
    beyond = as_(banner.site.security_admin, factor=True).post(f"{page}roles/", {"role": "auditor", "act": "grant"})
    assert beyond.status_code == 422
    taken = as_(banner.site.security_admin, factor=True).post(f"{page}roles/", {"role": "clerk", "act": "withdraw"})
    assert taken["Location"] == page
    assert queries.person_ref(person.id).roles == frozenset()
    for act, status in (("lock", "LOCKED"), ("unlock", "ACTIVE"), ("close", "LEFT")):
        as_(banner.site.system_admin, factor=True).post(f"{page}account/", {"act": act, "reason": "调离"})
        assert queries.person_ref(person.id).status == status
    logs = as_(banner.site.audit_admin).get("/parties/logs/").content.decode()
    assert "李四" in logs
    assert as_(banner.site.audit_admin).get("/parties/logs/", {"which": "sign_ins", "export": "csv"}).status_code == 200


def test_officer_is_reported_by_the_department_and_filed_by_the_authority(banner: Banner, as_) -> None:
    second = make_person(banner.provider.department, Role.ACCOUNTABLE_OFFICER, name="新任领导")
    page = f"/parties/departments/{banner.provider.id}/"
    client = as_(banner.provider.clerk)
    wrong = client.post(f"{page}officer/", {"officer": "nobody"})
    assert wrong.status_code == 422
    assert set(wrong.context["officer_form"].errors) == {"officer", "unit", "unit_contact"}
    values = {"officer": str(second.id), "unit": "信息中心", "unit_contact": "赵六"}
    assert client.post(f"{page}officer/", values)["Location"] == page
    assert queries.officer_of(banner.provider.id).id == banner.provider.officer.id
    assert as_(banner.consumer.clerk).post(f"{page}officer/", values).status_code == 422
    waiting = queries.filings(status="REPORTED")[0]
    assert as_(banner.authority_officer).post(f"/parties/filings/{waiting.id}/file/")["Location"] == "/parties/filings/"
    assert queries.officer_of(banner.provider.id).id == second.id
    assert as_(banner.provider.clerk).post(f"{page}head/", {"head_name": "王局长", "head_post": "局长"}).status_code == 302
    assert "王局长" in as_(banner.consumer.clerk).get(page).content.decode()


def test_systems_and_matters_are_entered_by_their_department(banner: Banner, as_) -> None:
    client = as_(banner.provider.clerk)
    system = {"name": "低保系统", "tier": "regional", "network": "extranet"}
    assert client.post("/parties/systems/", {"hosting": "x"}).status_code == 422
    assert client.post("/parties/systems/", system).status_code == 302
    assert client.post("/parties/systems/", system).status_code == 422
    row = queries.systems(banner.provider.id)[0]
    matter = {"name": "低保资格审核", "code": "0001", "systems": [str(row.id)]}
    assert client.post("/parties/matters/", matter).status_code == 302
    assert "低保资格审核" in client.get("/parties/matters/").content.decode()
    assert as_(banner.consumer.clerk).post(f"/parties/systems/{row.id}/end/").status_code == 403
    assert as_(banner.provider.clerk).post(f"/parties/systems/{row.id}/end/").status_code == 302
    assert queries.systems(banner.provider.id)[0].ended_at is not None


def test_an_agreement_goes_through_the_pages(banner: Banner, as_, product_clock) -> None:
    product_clock.freeze(banner.at + timedelta(days=1))
    office = banner.stranger
    client = as_(office.clerk)
    assert client.get("/agreements/").status_code == 200
    # Browsers take dates only in this form, whatever the language.
    assert 'value="2026-11-03"' in client.get("/agreements/new/").content.decode()
    empty = client.post("/agreements/new/", {"role": "both"})
    assert set(empty.context["form"].errors) == {
        "scope", "purposes", "modes", "contact", "telephone", "valid_from", "valid_until",
    }  # fmt: skip
    values = {
        "role": "both", "scope": "能源项目", "purposes": ["decision"], "modes": ["table"], "contact": "办公室",
        "telephone": "0477-1", "valid_from": "2026-11-03", "valid_until": "2026-11-03",
    }  # fmt: skip
    assert set(client.post("/agreements/new/", values).context["form"].errors) == {"valid_until"}
    page = client.post("/agreements/new/", values | {"valid_until": "2028-11-02"})["Location"]
    assert "能源项目" in client.get(page).content.decode()
    officer = credentials_of(office.officer)
    wrong = as_(office.officer).post(f"{page}sign/", {"password": "wrong", "code": "123456"})
    assert wrong.status_code == 422
    signed = as_(office.officer).post(f"{page}sign/", {"password": officer.password, "code": officer.code(clock.now())})
    assert signed["Location"] == page
    returned = as_(banner.authority_officer).post(f"{page}return/", {"reason": "范围不明确"})
    assert returned["Location"] == page
    assert "范围不明确" in as_(office.clerk).get(page).content.decode()
    assert as_(office.clerk).post(f"{page}revise/", values | {"valid_until": "2028-11-02", "scope": "全部"})["Location"] == page
    # The first code is used up: the authenticator shows the next one half a minute later.
    later = officer.code(clock.now() + timedelta(seconds=30))
    as_(office.officer).post(f"{page}sign/", {"password": officer.password, "code": later})
    leader = credentials_of(banner.authority_leader)
    done = as_(banner.authority_leader).post(
        f"{page}countersign/", {"password": leader.password, "code": leader.code(clock.now())}
    )
    assert done["Location"] == page
    assert agreements.in_force(office.id, clock.now()) is not None
    assert as_(banner.authority_leader).post(f"{page}end/", {"reason": "违规"})["Location"].startswith("/account/confirm/")
    as_(banner.authority_leader, factor=True).post(f"{page}end/", {"reason": "违规使用"})
    assert agreements.in_force(office.id, clock.now()) is None
    assert as_(banner.consumer.officer).get(page).status_code == 404


def test_the_officer_sees_why_signing_is_not_possible(banner: Banner, as_) -> None:
    both = make_person(banner.stranger.department, Role.CLERK, Role.ACCOUNTABLE_OFFICER)
    make_template()
    made = make_agreement(banner.stranger, status="DRAFTED")
    page = f"/agreements/{made.id}/"
    assert as_(banner.stranger.officer).get(page).context["why_not"] is None
    assert as_(both).get(page).context["why_not"] is None
    assert b'aria-disabled="true"' not in as_(banner.stranger.officer).get(page).content


def test_a_deputy_is_named_and_dismissed_on_my_own_page(banner: Banner, as_) -> None:
    officer, reviewer = banner.provider.officer, banner.provider.reviewer
    client = as_(officer)
    empty = client.post("/account/deputy/", {"deputy": ""})
    assert set(empty.context["form"].errors) == {"deputy", "starts_on", "ends_on"}
    today = clock.now().astimezone(BEIJING).date()
    values = {"deputy": str(reviewer.id), "starts_on": today, "ends_on": today - timedelta(days=1)}
    assert set(client.post("/account/deputy/", values).context["form"].errors) == {"deputy"}
    assert client.post("/account/deputy/", values | {"ends_on": today})["Location"] == "/account/"
    assert Role.ACCOUNTABLE_OFFICER in queries.actor_of(reviewer.id).roles
    assert reviewer.name in client.get("/account/").content.decode()
    row = queries.deputies_of(officer.id, clock.now())[0]
    assert client.post(f"/account/deputy/{row.id}/end/").status_code == 302
    assert Role.ACCOUNTABLE_OFFICER not in queries.actor_of(reviewer.id).roles


def test_the_code_is_asked_again_and_leads_back(banner: Banner, as_) -> None:
    leader = banner.authority_leader
    known = credentials_of(leader)
    client = as_(leader)
    assert client.post("/account/confirm/", {"next": "/agreements/", "code": "000000"}).status_code == 403
    right = {"next": "/agreements/", "code": known.code(clock.now())}
    assert client.post("/account/confirm/", right)["Location"] == "/agreements/"
    assert client.post("/account/confirm/", right).status_code == 403
    assert client.session["second_factor_confirmed"] > 0


def test_password_and_authenticator_are_given_anew_by_two_hands(banner: Banner, as_) -> None:
    person = banner.provider.clerk
    credentials_of(person)
    page = f"/parties/people/{person.id}/"
    assert as_(banner.site.security_admin, factor=True).post(f"{page}password/").status_code == 403
    assert as_(banner.site.system_admin, factor=True).post(f"{page}authenticator/").status_code == 403
    slip = as_(banner.site.system_admin, factor=True).post(f"{page}password/")
    assert slip.context["password"] in slip.content.decode()
    assert as_(banner.site.security_admin, factor=True).post(f"{page}authenticator/")["Location"] == page
    ref = queries.person_ref(person.id)
    assert (ref.must_change_password, ref.has_factor) == (True, False)


def test_the_authority_issues_the_text(banner: Banner, as_) -> None:
    client = as_(banner.authority_officer)
    assert "1" in client.get("/agreements/text/").content.decode()
    broken = client.post("/agreements/text/", {"title": "协议书", "body": "甲方{nobody}"})
    assert set(broken.context["form"].errors) == {"body"}
    assert client.post("/agreements/text/", {"title": "协议书", "body": "甲方{authority}"}).status_code == 302
    assert agreements.current_template().version == 2


def test_what_waits_stands_on_the_workbench(banner: Banner) -> None:
    from gongxiang.platform.web.agreements.todos import todos

    office, at = banner.stranger, banner.at
    assert [str(one.url) for one in todos(office.clerk, at)] == ["/agreements/new/"]
    made = make_agreement(office, status="SIGNED_BY_DEPARTMENT", at=at)
    assert todos(office.clerk, at) == []
    assert [one.url for one in todos(banner.authority_leader, at)] == [f"/agreements/{made.id}/"]
    assert todos(office.officer, at) == []


def test_accounts_of_others_are_not_there(banner: Banner, as_) -> None:
    assert as_(banner.provider.clerk).get(f"/parties/people/{banner.consumer.clerk.id}/").status_code == 404
    assert as_(banner.provider.clerk).get("/parties/departments/00000000-0000-7000-8000-000000000000/").status_code == 404
