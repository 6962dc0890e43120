"""One of many: the acts that a person does to each of the entries that were ticked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import permissions, queries
from gongxiang.platform.catalogue.actions import compiling, deciding
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.catalogue.errors_upkeep import PersonalNotInBatch
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotPermitted

#: What can be done to many; ratifying a withholding is not among them.
ACTS: Final = ("send", "pass", "consent", "submit", "publish", "return")


@implements("wushen-2021-60:7", "cn-809:13.1", "cn-809:16.1")
def act_on_one(*, resource_id: UUID, act: str, said: Mapping[str, Any], by: Actor, at: datetime) -> None:
    """Do the act to one of many; `said` is what was said to all: a remark, or a secrecy statement and whether it is standing.

    A consent records its statement for every entry; what holds personal information is left to a consent of its own.
    """
    permissions.QUEUES.check(by)
    if act not in ACTS:
        raise NotPermitted()
    if not queries.drafts_visible_to(by).filter(pk=resource_id).exists():
        raise ResourceNotFound()
    who: dict[str, Any] = {"resource_id": resource_id, "by": by, "at": at}
    match act:
        case "send":
            compiling.send_for_review(**who)
        case "pass":
            compiling.pass_review(**who)
        case "consent":
            _consent(
                secrecy_statement=str(said.get("secrecy_statement", "")), standing=bool(said.get("standing", False)), **who
            )
        case "submit":
            compiling.submit_resource(**who)
        case "publish":
            deciding.publish_resource(**who)
        case "return":
            compiling.return_resource(remarks=[{"field": "", "text": str(said.get("remark", ""))}], **who)


def _consent(resource_id: UUID, *, secrecy_statement: str, standing: bool, by: Actor, at: datetime) -> object:
    content = queries.get_draft(resource_id).content
    if content.personal:
        raise PersonalNotInBatch()
    return compiling.consent_to_resource(
        resource_id=resource_id, secrecy_statement=secrecy_statement,
        standing=standing and content.sharing_type == "UNCONDITIONAL", by=by, at=at,
    )  # fmt: skip
