"""The workbench: what changed since the last visit, without what the data plane says all day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.translation import override

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import Role, System
from gongxiang.platform.parties import actions as parties
from gongxiang.platform.web.todos import todos_of
from gongxiang.protocol import clock
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner, make_credit_code, make_site
from tests.factories.procedure import make_request

pytestmark = pytest.mark.django_db


def test_what_changed_since_the_last_visit(as_):
    banner = make_banner()
    office, at = banner.provider, banner.at
    resource = make.make_published(banner=banner, content=conditional_content())
    parties.record_sign_in(person_id=office.clerk.id, at=at)
    first = as_(office.clerk).get("/")
    assert first.context["since"] is None
    assert first.context["recent"], "at the first visit the latest acts stand there"

    made = make_request(banner=banner, resource_id=resource.id, at=at + timedelta(hours=1))
    record_act(
        kind="flow:state_reported", subject=("flow", made.pk), by=System(name="intake"), at=at + timedelta(hours=2),
        concerns=(office.id,),
    )  # fmt: skip
    parties.record_sign_in(person_id=office.clerk.id, at=at + timedelta(hours=3))
    page = as_(office.clerk).get("/")
    kinds = [one.kind for one in page.context["changed"]]
    assert kinds[0] == "access_request:submitted"
    assert not {"flow:state_reported", "person:signed_in"} & set(kinds)
    assert "上次访问以来" in page.content.decode()
    assert resource.name in page.content.decode().partition("上次访问以来")[2], "each act names its case"

    parties.record_sign_in(person_id=office.clerk.id, at=at + timedelta(hours=4))
    parties.record_sign_in(person_id=office.clerk.id, at=at + timedelta(hours=5))
    quiet = as_(office.clerk).get("/")
    assert quiet.context["changed"] == []
    assert quiet.context["recent"], "where nothing changed, the latest acts"


def test_a_new_installation_says_what_comes_first():
    """No department, no account, no role: the administrators find the first steps on their workbench, in their order."""
    site = make_site()
    one, two, at = site.system_admin, site.security_admin, clock.now()

    def steps(person):
        return [(str(todo.kind), todo.title, todo.url) for todo in todos_of(person, at)]

    new = reverse("parties:new_department")
    with override("en"):
        assert {url for _kind, _title, url in steps(one)} == {new}
        assert next(title for _kind, title, _url in steps(one)) == "The audit office"
        assert steps(two) == []
        office = parties.register_department(
            name="乌审旗民政局", short_name="旗民政局", credit_code=make_credit_code(), by=one, at=at
        )
        account = f"{reverse('parties:new_person')}?department={office.id}"
        assert ("Make accounts", "乌审旗民政局", account) in steps(one)
        assert not any("departments that share" in title for _kind, title, _url in steps(one))
        made, _password = parties.create_account(department_id=office.id, username="first", name="李娜", post="", by=one, at=at)
        assert not any(url == account for _kind, _title, url in steps(one))
        assert steps(two) == [("Give roles", "李娜 · 乌审旗民政局", reverse("parties:person", args=[made.id]))]
        parties.grant_role(person_id=made.id, role=Role.CLERK, by=two, at=at)
        assert steps(two) == []
