"""The life of an issued document: one transition table."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

VALID = "VALID"
WITHDRAWN = "WITHDRAWN"

DOCUMENT = TransitionTable(
    subject="document",
    transitions=(
        Transition(
            act="issue", sources=(), target=VALID, event="issued", who="the room that issues", basis=("wushen-2021-60:22",)
        ),
        Transition(
            act="withdraw", sources=(VALID,), target=WITHDRAWN, event="withdrawn", who="issuer", basis=("wushen-2021-60:22",)
        ),
    ),
)
