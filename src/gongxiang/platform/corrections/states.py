"""States of a correction and of a counter's complaint; turn = whose move it is afterwards."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

PROPOSED: Final = "PROPOSED"
REPORTED: Final = "REPORTED"
ASSIGNED: Final = "ASSIGNED"
OVERDUE: Final = "OVERDUE"
CORRECTED: Final = "CORRECTED"
ARRIVED: Final = "ARRIVED"
REFUTED: Final = "REFUTED"
UNDETERMINED: Final = "UNDETERMINED"
OBJECTED: Final = "OBJECTED"
CLOSED: Final = "CLOSED"
WITHDRAWN: Final = "WITHDRAWN"

#: Still somebody's move, or the corrected row still on its way.
OPEN: Final = (PROPOSED, REPORTED, ASSIGNED, OVERDUE, CORRECTED, REFUTED, UNDETERMINED, OBJECTED)
#: For good: nobody verifies, follows or reads any more.
ENDED: Final = (ARRIVED, CLOSED, WITHDRAWN)
#: Before the provider, with a running period.
VERIFYING: Final = (REPORTED, ASSIGNED)

DOUBT: Final = "DOUBT"
ERROR: Final = "ERROR"
KINDS: Final = (DOUBT, ERROR)

ROW: Final = "ROW"
CALL: Final = "CALL"
RECONCILIATION: Final = "RECONCILIATION"
HAND: Final = "HAND"
ORIGINS: Final = (ROW, CALL, RECONCILIATION, HAND)

#: Verdicts.
AS_BELIEVED: Final = "AS_BELIEVED"
OTHERWISE: Final = "OTHERWISE"
REFUSED: Final = "REFUTED"
CANNOT_TELL: Final = "CANNOT_TELL"
OUTCOMES: Final = (AS_BELIEVED, OTHERWISE, REFUSED, CANNOT_TELL)
#: Verdicts that change the record.
CONFIRMED: Final = (AS_BELIEVED, OTHERWISE)

#: What the consumer does with the record meanwhile (条例 26.1).
USAGES: Final = ("PAUSED", "CHECKED_ELSEWHERE", "ON_PROOF", "USED_BEFORE", "NOT_NEEDED")

RECORDED: Final = "RECORDED"
ANSWERED: Final = "ANSWERED"

_REPORT: Final = ("wushen-2021-60:23", "cn-809:26.2")
_VERIFY: Final = ("wushen-2021-60:23", "cn-809:26.2")
_SETTLE: Final = ("wushen-2021-60:24", "cn-809:26.2")

CORRECTION: Final = TransitionTable(
    subject="correction",
    transitions=(
        Transition(
            act="report", sources=(), target=REPORTED, event="reported", turn="provider",
            who="consumer's clerk, reviewer or accountable officer, or its system", basis=_REPORT,
        ),
        Transition(
            act="propose", sources=(), target=PROPOSED, event="proposed", turn="consumer",
            who="the product, when two tables differ in a reconciliation", basis=("wushen-2021-60:20",),
        ),
        Transition(
            act="adopt", sources=(PROPOSED,), target=REPORTED, event="adopted", turn="provider",
            who="consumer's desk, with elements and words", basis=_REPORT,
        ),
        Transition(
            act="assign", sources=(REPORTED, ASSIGNED), target=ASSIGNED, event="assigned", turn="provider",
            who="provider's reviewer or accountable officer", basis=("wushen-2021-60:25", "cn-809:26.2"),
        ),
        # Who verifies may still be named; the period is over all the same, and the turn stays with the authority.
        Transition(
            act="assign", sources=(OVERDUE,), target=OVERDUE, event="assigned", turn="authority",
            who="provider's reviewer or accountable officer", basis=("wushen-2021-60:25", "cn-809:26.2"),
        ),
        Transition(
            act="forward", sources=(REPORTED, ASSIGNED, OVERDUE), target=REPORTED, event="forwarded", turn="provider",
            who="provider's reviewer or accountable officer once, the authority any time", basis=("cn-809:26.2",),
        ),
        Transition(
            act="correct", sources=(REPORTED, ASSIGNED, OVERDUE), target=CORRECTED, event="corrected",
            who="provider's reviewer or accountable officer, or its system", basis=("wushen-2021-60:20", *_VERIFY),
        ),
        Transition(
            act="refute", sources=(REPORTED, ASSIGNED, OVERDUE), target=REFUTED, event="refuted", turn="consumer",
            who="provider's reviewer or accountable officer, or its system, with reasons", basis=_VERIFY,
        ),
        Transition(
            act="leave_open", sources=(REPORTED, ASSIGNED, OVERDUE), target=UNDETERMINED, event="undetermined", turn="consumer",
            who="provider's reviewer or accountable officer, or its system, with reasons", basis=_VERIFY,
        ),
        Transition(
            act="lapse", sources=(REPORTED, ASSIGNED, CORRECTED), target=OVERDUE, event="overdue", turn="authority",
            who="the sweeper, when the period is over and no corrected row was seen",
            basis=("cn-809:26.2", "cn-809:39(6)", "wushen-2021-60:30(3)"),
        ),
        Transition(
            act="arrive", sources=(CORRECTED, OVERDUE), target=ARRIVED, event="arrived",
            who="the product, when every copy has the corrected row", basis=("wushen-2021-60:20", "cn-809:26.2"),
        ),
        Transition(
            act="accept", sources=(CORRECTED, REFUTED, UNDETERMINED), target=CLOSED, event="accepted",
            who="consumer's desk", basis=("wushen-2021-60:23",),
        ),
        Transition(
            act="object", sources=(REFUTED, UNDETERMINED), target=OBJECTED, event="objected", turn="authority",
            who="consumer's desk, once, with reasons", basis=_SETTLE,
        ),
        Transition(
            act="uphold", sources=(OBJECTED, OVERDUE), target=ASSIGNED, event="upheld", turn="provider",
            who="authority's officer or leader: the provider verifies again, with a new period", basis=_SETTLE,
        ),
        Transition(
            act="dismiss", sources=(OBJECTED,), target=CLOSED, event="dismissed",
            who="authority's officer or leader, with an opinion", basis=_SETTLE,
        ),
        Transition(
            act="withdraw", sources=(PROPOSED, REPORTED, ASSIGNED, OVERDUE), target=WITHDRAWN, event="withdrawn",
            who="consumer's desk, with reasons", basis=("wushen-2021-60:23",),
        ),
    ),
)  # fmt: skip

COMPLAINT: Final = TransitionTable(
    subject="counter_complaint",
    transitions=(
        Transition(
            act="record", sources=(), target=RECORDED, event="recorded", turn="authority",
            who="any department's desk, for a person who was refused", basis=("wushen-2021-60:23", "wushen-2021-60:24"),
        ),
        Transition(
            act="answer", sources=(RECORDED,), target=ANSWERED, event="answered",
            who="authority's officer or leader", basis=("wushen-2021-60:23", "wushen-2021-60:24"),
        ),
    ),
)  # fmt: skip

#: The arrow of each verdict.
ACT_OF: Final = {AS_BELIEVED: "correct", OTHERWISE: "correct", REFUSED: "refute", CANNOT_TELL: "leave_open"}
