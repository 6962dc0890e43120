"""The workbench: what changed since the last visit, without what the data plane says all day."""

from datetime import timedelta

import pytest

from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel.actors import System
from gongxiang.platform.parties import actions as parties
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
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
