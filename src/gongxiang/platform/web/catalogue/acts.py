"""Which acts a person sees on an entry's working page, and why one is not possible now.

The reasons come from the same checks that the acts themselves make.
"""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import permissions, policies, queries
from gongxiang.platform.catalogue.states import EDITABLE, RESOURCE
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.web.catalogue.labels import field_label


@dataclass(frozen=True)
class Offer:
    """An act on the page: `reasons` say why it is greyed out; empty if it is possible."""

    name: str
    reasons: tuple[Refusal, ...] = ()

    @property
    def points(self) -> list[tuple[str, Refusal]]:
        """Each reason once, with the fields it is about in words: thirty elements without a level are one point."""
        fields: dict[str, list[str]] = {}
        for reason in self.reasons:
            path = reason.field or ""
            head, _dot, rest = path.partition(".")
            whole = f"{head}..{rest.partition('.')[2]}" if head in ("elements", "distributions") and rest else path
            name = field_label(whole)
            fields.setdefault(reason.message, [])
            if name != whole:
                fields[reason.message].append(name)
        first = {reason.message: reason for reason in reversed(self.reasons)}
        return [
            (f"{_(', ').join(dict.fromkeys(names))}{_(': ')}{message}" if names else message, first[message])
            for message, names in fields.items()
        ]


def offers_for(actor: Person, draft: DraftRef, *, at: datetime) -> dict[str, Offer]:
    """The acts that this person's roles and the entry's state bring up, by name."""
    own = actor.department_id == draft.provider_id
    case = queries.case(draft.id, at=at)
    found: dict[str, Offer] = {}

    def offer(name: str, permission: Permission, *checks: object, mine: bool = True, act: str = "") -> None:
        if not permission.allows(actor) or (mine and not own) or not RESOURCE.can(act or name, draft.status):
            return
        reasons = [reason for check in checks for reason in policies.reasons_against(check)]  # type: ignore[arg-type]
        found[name] = Offer(name, tuple(reasons))

    def other_than(*involved: object) -> object:
        return lambda: permissions.check_other_person(actor, *involved)  # type: ignore[arg-type]

    drafters = draft.drafters
    if draft.status in EDITABLE and own and permissions.COMPILE.allows(actor):
        found["edit"] = Offer("edit")
    offer("send_for_review", permissions.COMPILE, lambda: policies.check_can_send_for_review(case))
    offer("pass_review", permissions.REVIEW, other_than(*drafters), lambda: policies.check_can_send_for_review(case))
    offer("consent", permissions.CONSENT, other_than(*drafters, draft.reviewed_by))
    offer("submit", permissions.SUBMIT, lambda: policies.check_can_submit(case))
    everyone = (*drafters, draft.reviewed_by, draft.consented_by)
    offer("ratify_withholding", permissions.RATIFY, other_than(*everyone), lambda: policies.check_can_ratify(case), mine=False)
    if draft.content.sharing_type != "WITHHELD":
        found.pop("ratify_withholding", None)
    offer("publish", permissions.DECIDE, other_than(*everyone), lambda: policies.check_can_publish(case), mine=False)
    if permissions.EXCEPT.allows(actor) and _needs_exception(case):
        found["allow_lower_basis"] = Offer("allow_lower_basis", policies.reasons_against(other_than(*everyone)))  # type: ignore[arg-type]
    if permissions.RETURN.allows(actor) and permissions.allows(
        permissions.RETURN,
        actor,
        lambda: permissions.check_may_return(actor, status=draft.status, provider_id=draft.provider_id),
    ):
        found["return"] = Offer("return")
    offer("revise", permissions.COMPILE)
    if draft.version:
        offer("discard_revision", permissions.COMPILE)
    offer("withdraw", permissions.WITHDRAW, lambda: policies.check_can_withdraw(granted_until=case.granted_until, at=at))
    return found


def _needs_exception(case: policies.Case) -> bool:
    """Whether the basis is one that only a recorded exception lets through."""
    if case.content.sharing_type != "WITHHELD" or case.exception or case.statute is None:
        return False
    return case.statute.rank not in case.ranks and case.statute.rank in case.ranks_of_measures
