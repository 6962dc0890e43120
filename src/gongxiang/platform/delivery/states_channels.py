"""States of an exchange outside the platform; turn = whose move it is (provider: the two departments)."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DECLARED: Final = "DECLARED"
CONFIRMED: Final = "CONFIRMED"
PLANNED: Final = "PLANNED"
OVERDUE: Final = "OVERDUE"
EXEMPTION_ASKED: Final = "EXEMPTION_ASKED"
EXEMPT: Final = "EXEMPT"
MIGRATED: Final = "MIGRATED"
CLOSED: Final = "CLOSED"

#: Still exchanged outside.
OPEN: Final = (DECLARED, CONFIRMED, PLANNED, OVERDUE, EXEMPTION_ASKED)
#: The departments have to act.
MOVABLE: Final = (CONFIRMED, PLANNED, OVERDUE)
#: With a period that the product watches.
TIMED: Final = (CONFIRMED, PLANNED)

SELF: Final = "SELF"
AUTHORITY: Final = "AUTHORITY"
AUTOMATIC: Final = "AUTOMATIC"
FINDERS: Final = (SELF, AUTHORITY, AUTOMATIC)

FOUND: Final = "FOUND"
UNPLANNED: Final = "UNPLANNED"
LATE: Final = "LATE"

_ART: Final = ("wushen-2021-60:17",)
_SIDES: Final = "either department's"

OUTSIDE_CHANNEL: Final = TransitionTable(
    subject="outside_channel",
    transitions=(
        Transition(
            act="declare", sources=(), target=DECLARED, event="declared", turn="authority",
            who="either department's clerk, reviewer or accountable officer; the authority's officer; the product", basis=_ART,
        ),
        Transition(
            act="confirm", sources=(DECLARED,), target=CONFIRMED, event="confirmed", turn="provider",
            who="authority's officer", basis=("wushen-2021-60:17", "wushen-2021-60:24"),
        ),
        Transition(
            act="dismiss", sources=(DECLARED,), target=CLOSED, event="dismissed",
            who="authority's officer, with the reason", basis=("wushen-2021-60:17", "wushen-2021-60:24"),
        ),
        Transition(
            act="plan", sources=MOVABLE, target=PLANNED, event="planned", turn="provider",
            who=f"{_SIDES} accountable officer", basis=_ART,
        ),
        Transition(
            act="lapse", sources=TIMED, target=OVERDUE, event="overdue", turn="provider",
            who="the product, when the period for a plan or the planned day is over",
            basis=("wushen-2021-60:17", "wushen-2021-60:24"),
        ),
        Transition(
            act="migrate", sources=MOVABLE, target=MIGRATED, event="migrated",
            who=f"{_SIDES} clerk, reviewer or accountable officer, naming the grant whose data flow", basis=_ART,
        ),
        Transition(
            act="ask_exemption", sources=MOVABLE, target=EXEMPTION_ASKED, event="exemption_asked", turn="authority",
            who=f"{_SIDES} accountable officer, with the legal basis", basis=("wushen-2021-60:17", "wushen-2021-60:4(1)"),
        ),
        Transition(
            act="exempt", sources=(EXEMPTION_ASKED,), target=EXEMPT, event="exempted",
            who="authority's leader", basis=("wushen-2021-60:17", "wushen-2021-60:4(1)"),
        ),
        Transition(
            act="decline", sources=(EXEMPTION_ASKED,), target=CONFIRMED, event="exemption_declined", turn="provider",
            who="authority's leader, with the reason", basis=_ART,
        ),
        Transition(
            act="close", sources=MOVABLE, target=CLOSED, event="closed",
            who=f"{_SIDES} accountable officer: nothing is exchanged any more", basis=_ART,
        ),
        Transition(
            act="reopen", sources=(EXEMPT, MIGRATED, CLOSED), target=CONFIRMED, event="reopened", turn="provider",
            who="authority's officer, with the reason", basis=("wushen-2021-60:17", "wushen-2021-60:24"),
        ),
    ),
)  # fmt: skip
