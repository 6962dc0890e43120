"""What the page of a request shows: possible acts with their reasons, the prepared reply in words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from gongxiang.platform.access import ban, errors, permissions, policies, queries_dispute, states
from gongxiang.platform.access.attaching import materials_of
from gongxiang.platform.access.errors_dispute import MediationNotOver
from gongxiang.platform.access.queries import AccessRequestView
from gongxiang.platform.access.queries_extension import ExtensionView
from gongxiang.platform.access.records import staff_of
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotPermitted
from gongxiang.platform.kernel.permissions import Permission
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.web.grants import words
from gongxiang.platform.web.possible import Possible, possible
from gongxiang.protocol.terms import Volume


def acts_of(
    access_request: AccessRequestView, actor: Person, extension: ExtensionView | None = None, *, at: datetime
) -> dict[str, Possible]:
    """What may be done now, judged by the functions that refuse."""
    status = access_request.status

    def arrow(act: str) -> None:
        states.ACCESS_REQUEST.find(act, status)

    def own(permission: Permission) -> None:
        permissions.check_of_department(permission, actor, access_request.consumer_id)

    def consents() -> None:
        own(permissions.CONSENT)
        if actor.is_hand_of(access_request.drafted_by_id):
            raise errors.OwnDraft()

    def notifies() -> None:
        permissions.check_of_department(permissions.RECEIVE, actor, access_request.provider_id)
        arrow("notify_incomplete")
        if access_request.notified_at is not None:
            raise errors.AlreadyNotified()

    def answers() -> str:
        permissions.PREPARE.check(actor)
        side = permissions.answering_side(actor, access_request.provider_id)
        if actor.department_id == access_request.consumer_id:
            raise NotPermitted()
        if status not in (states.ANSWERABLE if side == "provider" else states.DECIDABLE):
            raise WrongState(state=status, subject="access_request")
        running = [one for one in queries_dispute.disputes_of(access_request.id, actor=actor) if one.is_open]
        if side == "authority" and status == states.IN_MEDIATION and running:
            raise MediationNotOver(number=running[0].number)
        return side

    def gives() -> None:
        permissions.REPLY.check(actor)
        permissions.check_actor_can_give(actor, answers())
        if access_request.prepared is None:
            raise errors.NoReplyPrepared()
        if access_request.prepared_by_id == actor.id:
            raise errors.OwnReply()

    def consults() -> None:
        own(permissions.CONSENT)
        arrow("open_consultation")

    def runs() -> None:
        policies.check_can_extend(
            status=status, unconditional=access_request.unconditional, due_at=access_request.due_at, at=at
        )

    def extends() -> None:
        permissions.check_of_department(permissions.ASK_EXTENSION, actor, access_request.provider_id)
        runs()
        if extension is not None:
            raise errors.ExtendedBefore()

    def answers_extension() -> None:
        permissions.DECIDE_EXTENSION.check(actor)
        if extension is None or extension.status != states.ASKED:
            raise errors.NoExtensionAsked()
        if extension.asked_by_id == actor.id:
            raise NotPermitted()
        runs()

    return {
        "extend": possible(extends),
        "answer_extension": possible(answers_extension),
        "edit": possible(lambda: own(permissions.APPLY), lambda: arrow("present")),
        "consent": possible(consents, lambda: arrow("consent")),
        "submit": possible(lambda: own(permissions.APPLY), lambda: arrow("submit")),
        "complete": possible(lambda: own(permissions.APPLY), lambda: arrow("complete")),
        "notify": possible(notifies),
        "reply": possible(answers),
        "give": possible(gives),
        "copy": possible(lambda: own(permissions.APPLY)),
        "consult": possible(consults),
        "withdraw": possible(
            lambda: permissions.check_actor_can_withdraw(
                actor, access_request.consumer_id, submitted=access_request.submitted_at is not None
            ),
            lambda: arrow("withdraw"),
        ),
    }


def reply_sentences(access_request: AccessRequestView, names: Mapping[str, str]) -> list[str]:
    """The prepared reply's terms in plain words; empty if it refuses or there is none."""
    reply = access_request.reply
    if reply is None or reply.outcome != "grant":
        return []
    return words.sentences(
        elements=reply.elements,
        masks=reply.masks,
        conditions=reply.conditions,
        purposes=reply.purposes,
        names=names,
        volume=reply.volume,
    )


def asked_facts(access_request: AccessRequestView) -> dict[str, Any]:
    """What stands beside the words of a request: handlers by name, files, volume, the text of the ban that was accepted."""
    names = parties.person_names(str(one) for one in access_request.handlers)
    return {
        "handlers": [names.get(str(one), "—") for one in access_request.handlers],
        "files": materials_of(access_request),
        "volume_sentences": words.volume_sentences(Volume.from_json(access_request.volume)),
        "ban_text": ban.text_of(access_request.ban_version) if access_request.ban_version else None,
    }


def staff_choices(department_id: UUID) -> list[tuple[str, str]]:
    """The people of a department, for the choice of handlers."""
    return [(str(one.id), f"{one.name} · {one.post}" if one.post else one.name) for one in staff_of(department_id)]
