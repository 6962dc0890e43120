"""States of a node and of a flow."""

from typing import Final

from gongxiang.platform.delivery.states_channels import OUTSIDE_CHANNEL as OUTSIDE_CHANNEL
from gongxiang.platform.kernel.transitions import Transition, TransitionTable

OFFERED: Final = "OFFERED"
ENROLLED: Final = "ENROLLED"
ADMITTED: Final = "ADMITTED"
REVOKED: Final = "REVOKED"

REQUESTED: Final = "REQUESTED"
STARTED: Final = "STARTED"
SUSPENDED: Final = "SUSPENDED"
COMPLETED: Final = "COMPLETED"
TERMINATED: Final = "TERMINATED"

#: A flow that can still carry data.
OPEN_FLOW: Final = (REQUESTED, STARTED, SUSPENDED)

NODE: Final = TransitionTable(
    subject="node",
    transitions=(
        Transition(
            act="offer", sources=(), target=OFFERED, event="offered", turn="provider",
            who="department's node operator or platform operator", basis=("wushen-2021-60:13",),
        ),
        Transition(
            act="renew_code", sources=(OFFERED,), target=OFFERED, event="code_renewed", turn="provider",
            who="department's node operator or platform operator", basis=("wushen-2021-60:13",),
        ),
        Transition(
            act="enrol", sources=(OFFERED,), target=ENROLLED, event="enrolled", turn="authority",
            who="the machine itself, with its one-time code", basis=("wushen-2021-60:16",),
        ),
        Transition(
            act="admit", sources=(ENROLLED,), target=ADMITTED, event="admitted",
            who="platform operator or the authority", basis=("wushen-2021-60:16",),
        ),
        Transition(
            act="suspend", sources=(ADMITTED,), target=SUSPENDED, event="suspended",
            who="platform operator or the authority", basis=("wushen-2021-60:12(2)", "wushen-2021-60:13"),
        ),
        Transition(
            act="readmit", sources=(SUSPENDED,), target=ADMITTED, event="readmitted",
            who="platform operator or the authority", basis=("wushen-2021-60:16",),
        ),
        Transition(
            act="revoke", sources=(OFFERED, ENROLLED, ADMITTED, SUSPENDED), target=REVOKED, event="revoked",
            who="platform operator or the authority", basis=("wushen-2021-60:12(2)", "wushen-2021-60:15"),
        ),
    ),
)  # fmt: skip

_OPEN_BASIS: Final = ("wushen-2021-60:19(1)", "cn-809:22.1")

FLOW: Final = TransitionTable(
    subject="flow",
    transitions=(
        Transition(
            act="request", sources=(), target=REQUESTED, event="requested", turn="provider",
            who="the product, when a grant exists", basis=_OPEN_BASIS,
        ),
        Transition(
            act="start", sources=(REQUESTED,), target=STARTED, event="started",
            who="the product, when both nodes are admitted and the table is captured", basis=_OPEN_BASIS,
        ),
        Transition(
            act="suspend", sources=(STARTED,), target=SUSPENDED, event="suspended",
            who="the suspension of the grant, a drift of the source's schema, or the loss of a node",
            basis=("cn-809:27.2", "wushen-2021-60:20"),
        ),
        Transition(
            act="resume", sources=(SUSPENDED,), target=STARTED, event="resumed",
            who="the product, when nothing holds the flow any longer", basis=("wushen-2021-60:19(1)",),
        ),
        Transition(
            act="complete", sources=OPEN_FLOW, target=COMPLETED, event="completed", turn="consumer",
            who="the end of the grant's period", basis=("cn-809:20.2", "cn-809:27.1"),
        ),
        Transition(
            act="terminate", sources=OPEN_FLOW, target=TERMINATED, event="terminated", turn="consumer",
            who="the end of the grant before its time", basis=("cn-809:27",),
        ),
    ),
)  # fmt: skip
