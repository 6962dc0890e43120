"""May this be done now? Names that fit the data plane, and what a flow still waits for."""

import hashlib
import re
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.content import ElementContent
from gongxiang.platform.delivery import errors, states
from gongxiang.platform.delivery.models import Flow, Node
from gongxiang.protocol.terms import MASK_FITS, ElementSpec, Mask, MaskKind, Purpose

#: A one-time code is good for so long; our choice.
CODE_LIFETIME: Final = timedelta(hours=24)
#: Exchange tables are named in ASCII, short enough for the loader's own suffixes.
LONGEST_NAME: Final = 48
#: A node that said nothing for so long is silent; it reports every few seconds.
SILENCE: Final = timedelta(seconds=90)
#: Signs of the number of a matter.
LONGEST_MATTER: Final = 60
#: Receipts of one flow stand in evidence at most this often; the last one always does.
RECEIPT_INTERVAL: Final = timedelta(seconds=10)
#: How far ahead of the platform a report's date may be, as the gateway allows its callers' clocks.
AHEAD: Final = timedelta(minutes=2)
#: A node that did not answer a survey for so long may be asked again.
SURVEY_PATIENCE: Final = timedelta(minutes=3)
#: A trial at mounting that was not answered for so long may be asked for again.
TRIAL_PATIENCE: Final = timedelta(seconds=45)
#: Rows of a trial are kept for a look; the gateway keeps to the same.
TRIAL_ROWS_KEPT: Final = timedelta(minutes=10)
#: Drafts made at once from a survey.
MOST_DRAFTS: Final = 50
#: A comparison that was not answered for so long may be asked again.
RECONCILE_PATIENCE: Final = timedelta(minutes=10)

_TABLE = re.compile(r"[^\s.\"';]{1,63}\.[^\s.\"';]{1,63}")


def exchange_table_name(code: str, *, copy: int = 1) -> str:
    """`r_307015_000001` for the resource's code; `copy` numbers further grants of one consumer."""
    suffix = f"_g{copy}" if copy > 1 else ""
    name = "r_" + re.sub(r"[^a-z0-9]+", "_", code.lower()).strip("_")
    if len(name) + len(suffix) > LONGEST_NAME:
        short = hashlib.sha256(code.encode("utf-8")).hexdigest()[:8]
        name = f"{name[: LONGEST_NAME - len(suffix) - 9].rstrip('_')}_{short}"
    return name + suffix


def check_can_survey(node: Node, *, pending: bool) -> None:
    """An admitted node is asked, one question at a time."""
    check_admitted(node)
    if pending:
        raise errors.SurveyPending()


def check_chosen(chosen: int) -> None:
    """Something was chosen, and no more than one person can look through."""
    if not chosen:
        raise errors.NoTableChosen(field="table")
    if chosen > MOST_DRAFTS:
        raise errors.TooManyTablesChosen(field="table", most=MOST_DRAFTS)


def check_table_name(table: str) -> None:
    """`schema.table`, nothing that needs quoting twice."""
    if not _TABLE.fullmatch(table):
        raise errors.TableNameUnfit(field="table", table=table)


def check_place(kind: str, place: str) -> None:
    """A table as `schema.table`; an API or a file as a path below what the node's configuration names."""
    if kind == "TABLE":
        check_table_name(place)
        return
    steps = place.partition("?")[0].split("/")
    fits = place.isprintable() and not any(sign in place for sign in "\\#: ") and not place.startswith("/")
    if not fits or any(step in ("", ".", "..") for step in steps):
        raise errors.PlaceUnfit(field="table", place=place)


def check_admitted(node: Node) -> None:
    """The node may exchange."""
    if node.status != states.ADMITTED:
        raise errors.NodeNotAdmitted(node=node.name)


@implements("wushen-2021-60:13", "wushen-2021-60:19(1)")
def check_own_node(node: Node, provider_id: UUID) -> None:
    """Only the provider's own node captures its tables."""
    if node.department_id != provider_id:
        raise errors.NotYourNode()


@implements("wushen-2021-60:22.3")
def check_can_sample(status: str, purposes: Collection[Purpose], purpose: str) -> None:
    """Rows are shown while the flow runs, for a purpose of the grant."""
    if status != states.STARTED:
        raise errors.SampleNotPossible()
    check_purpose(purposes, purpose)


@implements("wushen-2021-60:22.3")
def check_purpose(purposes: Collection[Purpose], purpose: str) -> None:
    """Data are used for a purpose of the grant."""
    if purpose not in {one.value for one in purposes}:
        raise errors.PurposeNotGranted(field="purpose")


def check_can_reconcile(flow: Flow, *, pending: bool) -> None:
    """A flow is compared while it runs, one comparison at a time."""
    if flow.status != states.STARTED:
        raise errors.FlowNotRunning()
    if pending:
        raise errors.ReconciliationPending()


@implements("wushen-2021-60:15", "wushen-2021-60:21(1)", "cn-809:35.2", "cn-809:37.1")
def mask_at_mounting(element: ElementContent, spec: ElementSpec) -> Mask | None:
    """How an element's values are shown when its table is tried; our choice, by its level and how sensitive it is.

    General data is shown as it is. What has no level yet counts as the highest.
    """
    if element.data_class == "CORE" or not element.data_class or not element.sensitivity:
        return Mask(kind=MaskKind.BLANK)
    if element.data_class == "GENERAL" and element.sensitivity == "GENERAL":
        return None
    for mask in (Mask(kind=MaskKind.YEAR), Mask(kind=MaskKind.KEEP, prefix=1 if element.sensitivity == "PERSONAL" else 0)):
        if spec.type in MASK_FITS[mask.kind]:
            return mask
    return Mask(kind=MaskKind.BLANK)


def check_can_try(node: Node, *, pending: bool) -> None:
    """An admitted node tries a table, one trial of an entry at a time."""
    check_admitted(node)
    if pending:
        raise errors.TrialPending()


def check_rows_kept(*, answered_at: datetime | None, rows: int, at: datetime) -> None:
    """Rows were given and are not too old."""
    if answered_at is None or not rows or at - answered_at > TRIAL_ROWS_KEPT:
        raise errors.NoRowsToShow()


@implements("wushen-2021-60:22.2", "cn-809:29.2")
def check_matter(matter: str) -> None:
    """Raise MatterMissing unless the number of the matter is given: every use names what it is for."""
    if not 1 <= len(matter.strip()) <= LONGEST_MATTER or any(not sign.isprintable() for sign in matter.strip()):
        raise errors.MatterMissing(field="matter")
