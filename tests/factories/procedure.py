"""Access requests, grants and nodes for tests, brought to any state by the real acts."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import states
from gongxiang.platform.access.models import AccessRequest
from gongxiang.platform.delivery import actions as delivery
from gongxiang.platform.delivery import intake
from gongxiang.platform.delivery.models import Node
from gongxiang.platform.kernel.actors import Person, Role
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import messages, signing
from gongxiang.protocol.terms import Comparison, Condition, Mask, MaskKind, Purpose
from tests.factories.kept import kept, registers
from tests.factories.parties import Banner, Office, make_person

MASKED = {
    "id_number": Mask(kind=MaskKind.KEEP, prefix=3, suffix=2),
    "phone": Mask(kind=MaskKind.KEEP, prefix=3, suffix=4),
}
FILTER = (Condition(element="township", operator=Comparison.EQ, values=("嘎鲁图镇",)),)
#: The keys of the nodes made here, to sign their receipts.
NODE_KEYS: dict[UUID, signing.SoftwareKey] = {}
registers.append(NODE_KEYS)


def request_fields(**changes: Any) -> dict[str, Any]:
    """What an applicant fills in, with nothing missing."""
    return {
        "legal_basis": "《企业信息公示暂行条例》第七条",
        "purposes": ["verification"],
        "purpose_note": "",
        "use_case": "办理个体工商户登记时核验经营者身份",
        "scope": "登记注册股，三名经办人",
        "elements": ["id_number", "name", "phone", "township"],
        "mode": "table",
        "until": date(2027, 10, 31),
        "materials": ["三定规定"],
        **changes,
    }


@kept()
def make_request(
    status: str = states.SUBMITTED, *, banner: Banner, resource_id: UUID, consumer: Office | None = None,
    at: datetime | None = None, **changes: Any,
) -> AccessRequest:  # fmt: skip
    """A request by the consumer at DRAFT, PRESENTED, CONSENTED or SUBMITTED; it reaches the last at `at`."""
    at, office = at or banner.at, consumer or banner.consumer
    before = at - timedelta(minutes=3)
    request = access.draft_access_request(resource_id=resource_id, by=office.clerk, at=before)
    key: dict[str, Any] = {"access_request_id": request.pk}
    access.save_draft(fields=request_fields(**changes), ban_accepted=True, by=office.clerk, at=before, **key)
    for reached, act in (
        (states.DRAFT, None),
        (states.PRESENTED, lambda: access.present_access_request(by=office.clerk, at=at - timedelta(minutes=2), **key)),
        (states.CONSENTED, lambda: access.consent_access_request(by=office.officer, at=at - timedelta(minutes=1), **key)),
        (states.SUBMITTED, lambda: access.submit_access_request(by=office.clerk, at=at, **key)),
    ):
        if act is not None:
            act()
        if reached == status:
            break
    request.refresh_from_db()
    return request


def reply_fields(**changes: Any) -> dict[str, Any]:
    """A reply that grants less than was asked: fewer elements, masks, a row filter."""
    return {
        "outcome": "grant",
        "elements": ("id_number", "name", "township"),
        "masks": {"id_number": MASKED["id_number"]},
        "conditions": FILTER,
        "purposes": (Purpose.VERIFICATION,),
        "until": date(2027, 10, 31),
        "text": "仅提供本旗登记所需信息。",
        **changes,
    }


@kept()
def answer(request: AccessRequest, *, banner: Banner, at: datetime, **changes: Any) -> AccessRequest:
    """The provider's reviewer prepares the reply and its accountable officer consents."""
    office = banner.provider
    key: dict[str, Any] = {"access_request_id": request.pk, "at": at}
    access.prepare_reply(by=office.reviewer, **reply_fields(**changes), **key)
    give_reply(by=office.officer, **key)
    request.refresh_from_db()
    return request


def give_reply(*, access_request_id: UUID, by: Person, at: datetime, **changes: Any) -> AccessRequest:
    """Consent to the reply as it stands now: the officer has just read it."""
    read_at = AccessRequest.objects.get(pk=access_request_id).prepared_at
    return access.consent_reply(access_request_id=access_request_id, read_at=read_at, by=by, at=at, **changes)


@kept()
def make_grant(*, banner: Banner, resource_id: UUID, at: datetime | None = None, **changes: Any) -> UUID:
    """A grant of fewer elements, masked and filtered, by the whole procedure."""
    at = at or banner.at
    request = make_request(banner=banner, resource_id=resource_id, at=at)
    answered = answer(request, banner=banner, at=at + timedelta(hours=1), **changes)
    assert answered.grant_id is not None
    return answered.grant_id


def make_operator(banner: Banner) -> Person:
    """Who runs the platform."""
    found = parties.people_with(Role.PLATFORM_OPERATOR)
    if found:
        person = parties.actor_of(found[0].id, banner.at)
        assert person is not None
        return person
    return make_person(banner.site.operator, Role.PLATFORM_OPERATOR, at=banner.at)


@kept()
def make_node(
    status: str = "ADMITTED", *, banner: Banner, office: Office, name: str = "前置机一", at: datetime | None = None
) -> Node:
    """A node of the office at OFFERED, ENROLLED or ADMITTED."""
    at = at or banner.at
    node, _code = delivery.offer_node(department_id=office.id, name=name, by=office.node_operator, at=at)
    if status == "OFFERED":
        return node
    key = NODE_KEYS[node.pk] = signing.generate()
    fact = messages.NodeEnrolled(node_id=node.pk, public_key=key.public_key, host="node-1", software="0.1.0", at=at)
    intake.take(fact, at=at)
    node.refresh_from_db()
    if status == "ADMITTED":
        delivery.admit_node(node_id=node.pk, confirmed_key=key.public_key, by=make_operator(banner), at=at)
        node.refresh_from_db()
    return node
