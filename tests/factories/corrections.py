"""Corrections for tests, brought to any state by the real acts."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from gongxiang.platform.corrections import actions, following, states
from gongxiang.platform.corrections.models import Correction
from gongxiang.platform.corrections.permissions import FOLLOWER, SWEEPER
from gongxiang.platform.delivery import opening
from gongxiang.platform.delivery.models import Flow
from gongxiang.platform.kernel.actors import System
from tests.factories.catalogue import make_published
from tests.factories.contents import conditional_content
from tests.factories.kept import kept
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_grant, make_node

TEXT = "两处登记不一致，请核实"
THE_FOLLOWER = System(name=FOLLOWER)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A banner with a running flow of granted rows."""

    banner: Banner
    resource_id: UUID
    grant_id: UUID
    flow: Flow
    at: datetime


@kept()
def make_scene(banner: Banner | None = None) -> Scene:
    """A published table, granted, and its flow open."""
    banner = banner or make_banner()
    node = make_node(banner=banner, office=banner.provider)
    resource = make_published(banner=banner, content=conditional_content(node_id=node.pk))
    make_node(banner=banner, office=banner.consumer)
    opening.open_stream(resource.id, at=banner.at)
    grant_id = make_grant(banner=banner, resource_id=resource.id)
    opening.request_flow(grant_id, at=banner.at + timedelta(hours=1))
    flow = Flow.objects.get(grant_id=grant_id)
    return Scene(banner=banner, resource_id=resource.id, grant_id=grant_id, flow=flow, at=banner.at + timedelta(hours=2))


@kept()
def report(scene: Scene, **changes: Any) -> Correction:
    """A doubt about one name; each further one in words of its own, for the same words at once are the same report."""
    before = Correction.objects.filter(grant_id=scene.grant_id).count()
    text = f"{TEXT}（第{before + 1}条）" if before else TEXT
    fields: dict[str, Any] = {
        "grant_id": scene.grant_id, "kind": states.DOUBT, "origin": states.ROW, "elements": ["name"], "description": text,
        "by": scene.banner.consumer.clerk, "at": scene.at, **changes,
    }  # fmt: skip
    return actions.report_correction(**fields)


def deposit(scene: Scene, row: Correction) -> Correction:
    """What the gateway tells when key and values were deposited."""
    found = following.note_claim(
        correction_id=row.pk, grant_id=scene.grant_id, digest="sm3:aa", key_digest="hmac-sm3:bb", size=99, by=THE_FOLLOWER,
        at=scene.at,
    )  # fmt: skip
    assert found is not None
    row.refresh_from_db()
    return row


@kept()
def bring(scene: Scene, status: str, *, claimed: bool = False) -> Correction:
    """A correction in a state, by real acts."""
    banner, at = scene.banner, scene.at
    if status == states.PROPOSED:
        from uuid import uuid4

        figures = {"missing": 1, "surplus": 0, "different": 2}
        row = actions.propose_correction(
            grant_id=scene.grant_id, reconciliation_id=uuid4(), figures=figures, by=THE_FOLLOWER, at=at
        )
        assert row is not None
        return row
    row = report(scene)
    if claimed:
        deposit(scene, row)
    key: dict[str, Any] = {"correction_id": row.pk, "at": at}
    match status:
        case states.REPORTED:
            pass
        case states.ASSIGNED:
            actions.assign_correction(person_id=banner.provider.clerk.id, by=banner.provider.reviewer, **key)
        case states.OVERDUE:
            assert row.due_at is not None
            actions.lapse_correction(correction_id=row.pk, by=System(name=SWEEPER), at=row.due_at)
        case states.WITHDRAWN:
            actions.withdraw_correction(reason="已自行核实", by=banner.consumer.clerk, **key)
        case states.CORRECTED | states.CLOSED:
            actions.give_verdict(outcome=states.AS_BELIEVED, text="已在业务库更正", by=banner.provider.reviewer, **key)
            if status == states.CLOSED:
                actions.accept_verdict(by=banner.consumer.clerk, **key)
        case states.REFUTED | states.OBJECTED:
            actions.give_verdict(outcome=states.REFUSED, text="与登记档案一致", by=banner.provider.reviewer, **key)
            if status == states.OBJECTED:
                actions.object_to_verdict(reason="当事人持有原件", by=banner.consumer.clerk, **key)
        case states.UNDETERMINED:
            actions.give_verdict(outcome=states.CANNOT_TELL, text="档案缺失", by=banner.provider.reviewer, **key)
    row.refresh_from_db()
    return row
