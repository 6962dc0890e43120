"""A sample on the grant's page: a ticket for the browser, for a granted purpose, to the two departments only."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from gongxiang.platform.delivery import opening
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.grants import actions as grants
from gongxiang.platform.grants import handlers
from gongxiang.protocol import clock
from gongxiang.protocol.keyring import Keyring
from gongxiang.protocol.tickets import read_ticket
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant, make_node
from tests.support.pages import client_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def banner() -> Banner:
    return make_banner(at=clock.now() - timedelta(hours=6))


@pytest.fixture
def grant_id(banner):
    """A grant whose flow runs."""
    node = make_node(banner=banner, office=banner.provider)
    resource = make_published(banner=banner, content=conditional_content(node_id=node.pk))
    make_node(banner=banner, office=banner.consumer)
    opening.open_stream(resource.id, at=banner.at)
    made = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(made, at=banner.at + timedelta(hours=1))
    handlers.name_handler(
        grant_id=made, person_id=banner.consumer.clerk.id, duty="登记核验", by=banner.consumer.officer,
        at=banner.at + timedelta(hours=2),
    )  # fmt: skip
    return made


def ask(person, grant_id, purpose="verification"):
    return client_of(person).post(reverse("grants:sample", args=[grant_id]), {"purpose": purpose, "matter": "SJ-DJ-01/1"})


@pytest.mark.article("wushen-2021-60:14", "wushen-2021-60:22.2")
def test_the_browser_gets_a_ticket_that_shows_what_the_grant_lets_flow(banner, grant_id):
    clerk = banner.consumer.clerk
    assert reverse("grants:sample", args=[grant_id]) in client_of(clerk).get(
        reverse("grants:detail", args=[grant_id])
    ).content.decode()  # fmt: skip
    text = ask(clerk, grant_id).content.decode()
    found = re.search(r'data-sample="/x/v1/tickets/([A-Za-z0-9_.-]+)"', text)
    assert found is not None, text
    assert f'data-doubt="{reverse("corrections:report")}?grant={grant_id}&amp;origin=ROW"' in text, "each row leads to a doubt"
    ticket = read_ticket(found[1], public_key=Keyring.from_environment().public_key("platform"), at=clock.now())
    assert (ticket.grant_id, ticket.person, ticket.purpose.value) == (grant_id, str(clerk.id), "verification")
    assert (ticket.terms.elements, "id_number" in ticket.terms.masks) == (("id_number", "name", "township"), True)
    asked = evidence.trail_of(f"grant:{grant_id}", by=banner.auditor)[-1]
    assert (asked.kind, asked.actor_name) == ("data:sample_asked", clerk.name)


@pytest.mark.article("wushen-2021-60:22")
def test_not_for_another_purpose_and_not_while_suspended(banner, grant_id):
    assert "data-sample" not in ask(banner.consumer.clerk, grant_id, "reference").content.decode()
    grants.suspend_grant(
        grant_id=grant_id, reason="misuse", statement="发现超范围使用。", by=banner.provider.officer, at=clock.now()
    )
    opening.hold_flow(grant_id, reason="grant", at=clock.now())
    assert "data-sample" not in ask(banner.consumer.clerk, grant_id).content.decode()


def test_only_the_two_departments_desks_see_rows(banner, grant_id):
    assert "data-sample" in ask(banner.provider.reviewer, grant_id).content.decode()
    assert ask(banner.authority_officer, grant_id).status_code == 403
    assert ask(banner.auditor, grant_id).status_code == 403
    assert ask(banner.stranger.clerk, grant_id).status_code == 404
