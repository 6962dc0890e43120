"""Transition tables of the room: departments, accounts, filings of accountable officers."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DEPARTMENT = TransitionTable(
    subject="department",
    transitions=(
        Transition(
            act="register", sources=(), target="ACTIVE", event="registered", who="authority", basis=("wushen-2021-60:2.2",)
        ),
        Transition(act="rename", sources=("ACTIVE",), target="ACTIVE", event="renamed", who="authority"),
        Transition(act="merge", sources=("ACTIVE",), target="MERGED", event="merged", who="authority"),
    ),
)

PERSON = TransitionTable(
    subject="person",
    transitions=(
        Transition(act="create", sources=(), target="ACTIVE", event="account_created", who="system_admin"),
        Transition(act="lock", sources=("ACTIVE",), target="LOCKED", event="account_locked", who="system_admin"),
        Transition(act="unlock", sources=("LOCKED",), target="ACTIVE", event="account_unlocked", who="system_admin"),
        Transition(act="leave", sources=("ACTIVE", "LOCKED"), target="LEFT", event="account_closed", who="system_admin"),
    ),
)

#: Art. 25: the department reports its accountable officer and responsible unit, the authority files them.
OFFICER_FILING = TransitionTable(
    subject="officer_filing",
    transitions=(
        Transition(
            act="report", sources=(), target="REPORTED", event="reported", who="department", basis=("wushen-2021-60:25",),
            turn="authority",
        ),
        Transition(
            act="file", sources=("REPORTED",), target="FILED", event="filed", who="authority", basis=("wushen-2021-60:25",)
        ),
        Transition(
            act="supersede", sources=("REPORTED", "FILED"), target="SUPERSEDED", event="superseded", who="authority",
            basis=("wushen-2021-60:25",),
        ),
    ),
)  # fmt: skip
