"""Many entries at once: each is judged and recorded for itself, and one that is refused stops none of the others."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import permissions, queries
from gongxiang.platform.catalogue.actions import compiling, deciding
from gongxiang.platform.catalogue.errors import ResourceNotFound
from gongxiang.platform.catalogue.errors_upkeep import NothingTicked, PersonalNotInBatch, TooManyAtOnce
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.errors import NotPermitted, Refusal, Shortfalls

#: More than anybody has looked at in one sitting; a choice of the product.
MOST: Final = 200
#: What can be done to many; ratifying a withholding is not among them.
ACTS: Final = ("send", "pass", "consent", "submit", "publish", "return")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one entry."""

    resource_id: UUID
    name: str
    #: Why it was refused; empty if it was done.
    refusals: tuple[Refusal, ...] = ()

    @property
    def done(self) -> bool:
        """Whether it was done."""
        return not self.refusals


@implements("wushen-2021-60:7", "cn-809:13.1", "cn-809:16.1")
def act_on_many(
    *,
    resource_ids: Sequence[UUID],
    act: str,
    remark: str = "",
    secrecy_statement: str = "",
    standing: bool = False,
    by: Actor,
    at: datetime,
) -> tuple[Outcome, ...]:
    """Do one act to each of the entries; gives what became of each.

    A consent records its statement for every entry; what holds personal information is left to a consent of its own.
    """
    permissions.QUEUES.check(by)
    wanted = tuple(dict.fromkeys(resource_ids))
    if not wanted:
        raise NothingTicked()
    if len(wanted) > MOST:
        raise TooManyAtOnce(most=MOST)
    if act not in ACTS:
        raise NotPermitted()
    who: dict[str, Any] = {"by": by, "at": at}
    acts: dict[str, Callable[[UUID], object]] = {
        "send": lambda key: compiling.send_for_review(resource_id=key, **who),
        "pass": lambda key: compiling.pass_review(resource_id=key, **who),
        "consent": lambda key: _consent(key, secrecy_statement=secrecy_statement, standing=standing, **who),
        "submit": lambda key: compiling.submit_resource(resource_id=key, **who),
        "publish": lambda key: deciding.publish_resource(resource_id=key, **who),
        "return": lambda key: compiling.return_resource(
            resource_id=key, remarks=[{"field": "", "text": remark}], **who
        ),
    }  # fmt: skip
    return tuple(_one(key, acts[act], by=by) for key in wanted)


def _one(resource_id: UUID, act: Callable[[UUID], object], *, by: Actor) -> Outcome:
    draft = queries.drafts_visible_to(by).filter(pk=resource_id).values_list("name", flat=True).first()
    if draft is None:
        return Outcome(resource_id=resource_id, name="", refusals=(ResourceNotFound(),))
    try:
        act(resource_id)
    except Shortfalls as refusal:
        return Outcome(resource_id=resource_id, name=draft, refusals=refusal.shortfalls)
    except Refusal as refusal:
        return Outcome(resource_id=resource_id, name=draft, refusals=(refusal,))
    return Outcome(resource_id=resource_id, name=draft)


def _consent(resource_id: UUID, *, secrecy_statement: str, standing: bool, by: Actor, at: datetime) -> object:
    content = queries.get_draft(resource_id).content
    if content.personal:
        raise PersonalNotInBatch()
    return compiling.consent_to_resource(
        resource_id=resource_id, secrecy_statement=secrecy_statement,
        standing=standing and content.sharing_type == "UNCONDITIONAL", by=by, at=at,
    )  # fmt: skip
