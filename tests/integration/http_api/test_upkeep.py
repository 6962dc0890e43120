"""Changes of remit and projects through the JSON interface: a department's own, by list and one by one."""

import pytest
from django.test import Client

from gongxiang.platform.catalogue import actions
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.http_api.endpoints import ROUTER
from gongxiang.platform.kernel.actors import Scope
from gongxiang.protocol import clock
from tests.factories.catalogue import make_published
from tests.factories.parties import make_banner
from tests.factories.projects import make_project_at
from tests.support.calling import bearer, own_token, system_token

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "address", ["remit-changes", "projects", "demands", "superior-requests", "outside-channels", "channel-findings"]
)
def test_an_empty_list_is_a_page(address):
    banner = make_banner(at=clock.now())
    for head in (bearer(system_token(banner.provider, Scope.READ)), bearer(own_token(banner.authority_officer, Scope.READ))):
        answer = Client().get(f"/api/v1/{address}", **head)
        assert answer.json() == {address.replace("-", "_"): [], "total": 0, "page": 1, "pages": 1}


def test_a_departments_own_are_read_and_no_others():
    banner = make_banner(at=clock.now())
    entry = make_published(banner=banner)
    today = clock.now().date()
    change = actions.register_remit_change(
        department_id=banner.provider.id,
        document=Document(kind="DUTY", title="职能规定", number="1号", dated=today, changed_on=today),
        update=[entry.id],
        by=banner.provider.clerk,
        at=clock.now(),
    )
    project = make_project_at("REGISTERED", banner=banner, at=clock.now())
    own = bearer(system_token(banner.provider, Scope.READ))
    other = bearer(system_token(banner.consumer, Scope.READ))
    for address, name, found in (("remit-changes", "remit_changes", change), ("projects", "projects", project)):
        (listed,) = Client().get(f"/api/v1/{address}", **own).json()[name]
        assert listed["id"] == str(found.id)
        assert Client().get(f"/api/v1/{address}/{found.id}", **own).json()["number"] == found.number
        assert Client().get(f"/api/v1/{address}", **other).json()[name] == []
        assert Client().get(f"/api/v1/{address}/{found.id}", **other).status_code == 404


def test_a_clerk_states_a_demand_with_a_token_of_ones_own_and_a_system_does_not():
    banner = make_banner(at=clock.now())
    sent = {"title": "殡葬信息", "items": ["死亡日期"], "duty": "社会保险待遇核查"}
    system = bearer(system_token(banner.consumer, *(Scope.READ, Scope.COMPILE)))
    assert Client().post("/api/v1/demands", sent, "application/json", **system).json()["error"]["code"] == "needs_person"
    clerk = bearer(own_token(banner.consumer.clerk, Scope.ACT))
    made = Client().post("/api/v1/demands", sent, "application/json", **clerk)
    assert made.status_code == 201, made.content
    assert Client().get(f"/api/v1/demands/{made.json()['id']}", **system).json() == made.json()


def test_no_two_answers_share_a_name_in_the_description():
    """Schemas stand in the description by name: a second one of the same name would replace the first."""
    found: dict[str, str] = {}
    for operations in ROUTER.path_operations.values():
        for operation in operations.operations:
            model = next(iter(operation.response_models.values()))
            answer = model.model_fields["response"].annotation
            assert found.setdefault(answer.__name__, answer.__module__) == answer.__module__ or answer.__name__ == "Changes"
