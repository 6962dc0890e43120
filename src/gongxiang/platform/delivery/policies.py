"""May this be done now? Names that fit the data plane, and what a flow still waits for."""

import hashlib
import re
from collections.abc import Collection
from datetime import timedelta
from typing import Final
from uuid import UUID

from gongxiang.law.articles import implements
from gongxiang.platform.delivery import errors, states
from gongxiang.platform.delivery.models import Flow, Node
from gongxiang.protocol.terms import Purpose

#: A one-time code is good for so long; our choice.
CODE_LIFETIME: Final = timedelta(hours=24)
#: Exchange tables are named in ASCII, short enough for the loader's own suffixes.
LONGEST_NAME: Final = 48
#: A node that said nothing for so long is silent; it reports every few seconds.
SILENCE: Final = timedelta(seconds=90)
#: Receipts of one flow stand in evidence at most this often; the last one always does.
RECEIPT_INTERVAL: Final = timedelta(seconds=10)
#: How far ahead of the platform a report's date may be, as the gateway allows its callers' clocks.
AHEAD: Final = timedelta(minutes=2)
#: A node that did not answer a survey for so long may be asked again.
SURVEY_PATIENCE: Final = timedelta(minutes=3)
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


def check_admitted(node: Node) -> None:
    """The node may exchange."""
    if node.status != states.ADMITTED:
        raise errors.NodeNotAdmitted(node=node.name)


@implements("wushen-2021-60:13", "wushen-2021-60:19(1)")
def check_own_node(node: Node, provider_id: UUID) -> None:
    """Only the provider's own node captures its tables."""
    if node.department_id != provider_id:
        raise errors.NotYourNode()


@implements("wushen-2021-60:22")
def check_can_sample(status: str, purposes: Collection[Purpose], purpose: str) -> None:
    """Rows are shown while the flow runs, for a purpose of the grant."""
    if status != states.STARTED:
        raise errors.SampleNotPossible()
    if purpose not in {one.value for one in purposes}:
        raise errors.PurposeNotGranted(field="purpose")


def check_can_reconcile(flow: Flow, *, pending: bool) -> None:
    """A flow is compared while it runs, one comparison at a time."""
    if flow.status != states.STARTED:
        raise errors.FlowNotRunning()
    if pending:
        raise errors.ReconciliationPending()
