"""Agreements: read, drafted, revised, given back, terminated; they are signed on their page, with password and code."""

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

from gongxiang.platform.agreements import actions, permissions, queries
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.agreements.states import AGREEMENT
from gongxiang.platform.http_api.acts import Act, Area, enter_acts
from gongxiang.platform.http_api.lists import Narrowed, enter_reads, words
from gongxiang.platform.http_api.schemas import schema_of
from gongxiang.protocol.canonical import plain
from gongxiang.protocol.terms import Purpose

_Text = Annotated[str, Field(max_length=4000)]
_Name = Annotated[str, Field(max_length=100)]


class AgreementSent(Schema):
    """What the department fills in."""

    role: Literal["provider", "consumer", "both"]
    scope: _Text
    purposes: Annotated[list[Purpose], Field(max_length=10)]
    modes: Annotated[list[Literal["table", "api", "file"]], Field(max_length=3)]
    contact: _Name
    telephone: _Name
    valid_from: date
    valid_until: date
    supplement: _Text = ""


class AgreementsWanted(Narrowed):
    """Which agreements."""

    sort: Literal["new", "until", "from", "number"] = "new"


def _draft(given: dict[str, Any]) -> dict[str, Any]:
    return {**given, "draft": actions.Draft(**given["draft"])}


_AGREEMENT = Area(
    tag="Terms", path="/agreements", key="agreement_id", answer=schema_of(AgreementRef, sent=False), door=permissions.READ,
    see=lambda key, actor: queries.agreement_ref(key, actor=actor), body=plain, table=AGREEMENT, name="agreement",
)  # fmt: skip
enter_reads(
    _AGREEMENT, many="agreements", said="Agreements between departments and the authority, the latest first.",
    find=lambda actor, asked: queries.agreements(actor, search=words(asked), status=asked.status, sort=asked.sort),
    wanted=AgreementsWanted,
)  # fmt: skip
enter_acts(
    _AGREEMENT,
    (
        Act(
            name="draft_agreement", path="", action=actions.draft_agreement, door=permissions.DRAFT, makes=True,
            kinds={"draft": AgreementSent}, given=_draft,
        ),
        Act(
            name="revise_agreement", path="", action=actions.revise_agreement, door=permissions.DRAFT, method="PUT",
            kinds={"draft": AgreementSent}, given=_draft, side="department_id", arrow="revise",
        ),
        Act(name="return_agreement", path="/return", action=actions.return_agreement, door=permissions.RETURN, arrow="return"),
        Act(
            name="terminate_agreement", path="/terminate", action=actions.terminate_agreement, door=permissions.TERMINATE,
            arrow="terminate",
        ),
    ),
)  # fmt: skip
