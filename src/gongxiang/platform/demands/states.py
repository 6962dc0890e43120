"""States of a demand; turn = whose move it is afterwards."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

STATED: Final = "STATED"
ASSIGNED: Final = "ASSIGNED"
OVERDUE: Final = "OVERDUE"
ANSWERED: Final = "ANSWERED"
CLOSED: Final = "CLOSED"
WITHDRAWN: Final = "WITHDRAWN"

OPEN: Final = (STATED, ASSIGNED, OVERDUE, ANSWERED)
#: Outcomes of an answer.
EXISTS: Final = "EXISTS"
WILL_BE_COMPILED: Final = "WILL_BE_COMPILED"
DOES_NOT_EXIST: Final = "DOES_NOT_EXIST"
OUTCOMES: Final = (EXISTS, WILL_BE_COMPILED, DOES_NOT_EXIST)

_NEED: Final = ("wushen-2021-60:4(2)",)

DEMAND: Final = TransitionTable(
    subject="demand",
    transitions=(
        Transition(
            act="state", sources=(), target=STATED, event="stated", turn="authority",
            who="consumer's clerk, reviewer or accountable officer", basis=("wushen-2021-60:4(2)", "wushen-2021-60:6"),
        ),
        Transition(
            act="assign", sources=(STATED, OVERDUE), target=ASSIGNED, event="assigned", turn="provider",
            who="authority's officer", basis=("wushen-2021-60:4(2)", "cn-809:20.1"),
        ),
        Transition(
            act="hand_back", sources=(ASSIGNED, OVERDUE), target=STATED, event="returned", turn="authority",
            who="provider's reviewer or accountable officer, with reasons", basis=_NEED,
        ),
        Transition(
            act="answer", sources=(STATED, ASSIGNED, OVERDUE), target=ANSWERED, event="answered", turn="consumer",
            who="provider's reviewer or accountable officer (not existing: the officer); the authority, naming an entry",
            basis=_NEED,
        ),
        Transition(
            act="lapse", sources=(ASSIGNED,), target=OVERDUE, event="overdue", turn="authority",
            who="the sweeper, when the period of answer is over", basis=("wushen-2021-60:4(2)", "wushen-2021-60:24"),
        ),
        Transition(
            act="contest", sources=(ANSWERED,), target=STATED, event="contested", turn="authority",
            who="consumer's desk, with reasons", basis=_NEED,
        ),
        Transition(
            act="close", sources=(ANSWERED,), target=CLOSED, event="closed", who="consumer's desk", basis=_NEED,
        ),
        Transition(
            act="withdraw", sources=OPEN, target=WITHDRAWN, event="withdrawn", who="consumer's desk", basis=_NEED,
        ),
    ),
)  # fmt: skip
