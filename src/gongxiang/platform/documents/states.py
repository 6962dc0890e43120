"""The life of an issued document: one transition table."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

VALID = "VALID"
WITHDRAWN = "WITHDRAWN"

DOCUMENT = TransitionTable(
    subject="document",
    transitions=(
        Transition(
            act="issue", sources=(), target=VALID, event="issued", who="the room that issues, on the basis of its own act"
        ),
        Transition(
            act="withdraw", sources=(VALID,), target=WITHDRAWN, event="withdrawn", who="issuer, on the basis it was issued on"
        ),
    ),
)
