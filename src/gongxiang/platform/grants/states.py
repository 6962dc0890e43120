"""States of a grant and of the disposal duty it leaves behind."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

ACTIVE: Final = "ACTIVE"
SUSPENDED: Final = "SUSPENDED"
ENDED: Final = "ENDED"

OPEN: Final = "OPEN"
OVERDUE: Final = "OVERDUE"
ACKNOWLEDGED: Final = "ACKNOWLEDGED"
DISCHARGED: Final = "DISCHARGED"

GRANT: Final = TransitionTable(
    subject="grant",
    transitions=(
        Transition(
            act="issue", sources=(), target=ACTIVE, event="issued", turn="consumer",
            who="provider's accountable officer, the authority's leader deciding, or the standing consent",
            basis=("wushen-2021-60:21(2)", "wushen-2021-60:22.1"),
        ),
        Transition(
            act="revise", sources=(ACTIVE,), target=ACTIVE, event="revised",
            who="provider's accountable officer on a new request or to protect, the product as filed",
            basis=("wushen-2021-60:22.3", "cn-809:27.3"),
        ),
        Transition(
            act="revise", sources=(SUSPENDED,), target=SUSPENDED, event="revised",
            who="provider's accountable officer on a new request or to protect, the product as filed",
            basis=("wushen-2021-60:22.3", "cn-809:27.3"),
        ),
        Transition(
            act="suspend", sources=(ACTIVE,), target=SUSPENDED, event="suspended", turn="consumer",
            who="provider's accountable officer or the authority", basis=("cn-809:27.2",),
        ),
        # What rests for want of an agreement is suspended for a reason of its own all the same (`policies.check_can_suspend`).
        Transition(
            act="suspend", sources=(SUSPENDED,), target=SUSPENDED, event="suspended", turn="consumer",
            who="provider's accountable officer or the authority, while it rests without an agreement", basis=("cn-809:27.2",),
        ),
        Transition(
            act="resume", sources=(SUSPENDED,), target=ACTIVE, event="resumed",
            who="who suspended it, or the authority", basis=("cn-809:27.2",),
        ),
        Transition(
            act="hold", sources=(ACTIVE,), target=SUSPENDED, event="suspended", turn="authority",
            who="the product, while a side has no agreement in force", basis=("wushen-2021-60:18",),
        ),
        Transition(
            act="release", sources=(SUSPENDED,), target=ACTIVE, event="resumed",
            who="the product, once both sides have an agreement in force again", basis=("wushen-2021-60:18",),
        ),
        Transition(
            act="end", sources=(ACTIVE, SUSPENDED), target=ENDED, event="ended", turn="consumer",
            who="provider's or consumer's accountable officer, or the authority", basis=("cn-809:27",),
        ),
        Transition(
            act="expire", sources=(ACTIVE, SUSPENDED), target=ENDED, event="expired", turn="consumer",
            who="the product, when the period is over", basis=("wushen-2021-60:22.3", "cn-809:20.2"),
        ),
    ),
)  # fmt: skip

DISPOSAL: Final = TransitionTable(
    subject="disposal_duty",
    transitions=(
        Transition(
            act="open", sources=(), target=OPEN, event="opened", turn="consumer",
            who="the end of the grant", basis=("cn-809:27.1",),
        ),
        Transition(
            act="discharge", sources=(OPEN, OVERDUE), target=DISCHARGED, event="discharged", turn="provider",
            who="consumer's accountable officer", basis=("cn-809:27.1", "cn-809:29.2"),
        ),
        Transition(
            act="lapse", sources=(OPEN,), target=OVERDUE, event="overdue", turn="consumer",
            who="the product, when the day has passed", basis=("cn-809:27.1",),
        ),
        Transition(
            act="reopen", sources=(OVERDUE,), target=OPEN, event="reopened", turn="consumer",
            who="the product, when a holiday notice moves a day that was provisional to one still to come",
            basis=("cn-809:27.1",),
        ),
        Transition(
            act="acknowledge", sources=(DISCHARGED,), target=ACKNOWLEDGED, event="acknowledged",
            who="provider's accountable officer", basis=("cn-809:27.1",),
        ),
    ),
)  # fmt: skip

# ---- the end of sharing, negotiated and filed (条例 27) ---------------------------------------------------------------------

ANNOUNCED: Final = "ANNOUNCED"
FILED: Final = "FILED"
REJECTED: Final = "REJECTED"
CANCELLED: Final = "CANCELLED"
CARRIED_OUT: Final = "CARRIED_OUT"

#: A notice that is not over.
STOP_RUNNING: Final = (ANNOUNCED, FILED)

STOP_NOTICE: Final = TransitionTable(
    subject="stop_notice",
    transitions=(
        Transition(
            act="announce", sources=(), target=ANNOUNCED, event="announced", turn="consumer",
            who="provider's accountable officer", basis=("cn-809:27.3",),
        ),
        Transition(
            act="file", sources=(ANNOUNCED,), target=FILED, event="filed", turn="provider",
            who="the authority, after the consumers were heard", basis=("cn-809:27.3",),
        ),
        Transition(
            act="confirm", sources=(ANNOUNCED,), target=CARRIED_OUT, event="confirmed",
            who="the authority, of a narrowing that held at once", basis=("cn-809:27.3",),
        ),
        Transition(
            act="reject", sources=(ANNOUNCED,), target=REJECTED, event="rejected", turn="provider",
            who="the authority, which upholds an objection", basis=("cn-809:27.3", "cn-809:28.2"),
        ),
        Transition(
            act="cancel", sources=STOP_RUNNING, target=CANCELLED, event="cancelled",
            who="provider's accountable officer", basis=("cn-809:27.3",),
        ),
        Transition(
            act="carry_out", sources=(FILED,), target=CARRIED_OUT, event="carried_out", turn="provider",
            who="the product, on the day that was filed", basis=("cn-809:27.3",),
        ),
    ),
)  # fmt: skip

# ---- suspended, to be put right, else ended (条例 27.2) ---------------------------------------------------------------------

DEMANDED: Final = "DEMANDED"
REPORTED: Final = "REPORTED"
DECLINED: Final = "DECLINED"
ACCEPTED: Final = "ACCEPTED"
CLOSED: Final = "CLOSED"

#: A rectification that is not over.
RECTIFYING: Final = (DEMANDED, REPORTED, OVERDUE, DECLINED)
#: The consumer did not put it right: the grant may be ended.
RECTIFICATION_FAILED: Final = (OVERDUE, DECLINED)

RECTIFICATION: Final = TransitionTable(
    subject="rectification",
    transitions=(
        Transition(
            act="demand", sources=(), target=DEMANDED, event="demanded", turn="consumer",
            who="who suspends the grant", basis=("cn-809:27.2",),
        ),
        Transition(
            act="report", sources=(DEMANDED, OVERDUE), target=REPORTED, event="reported", turn="provider",
            who="consumer's accountable officer", basis=("cn-809:27.2",),
        ),
        Transition(
            act="lapse", sources=(DEMANDED,), target=OVERDUE, event="overdue", turn="provider",
            who="the product, when the day has passed", basis=("cn-809:27.2",),
        ),
        Transition(
            act="reopen", sources=(OVERDUE,), target=DEMANDED, event="reopened", turn="consumer",
            who="the product, when a holiday notice moves a day that was provisional to one still to come",
            basis=("cn-809:27.2",),
        ),
        Transition(
            act="accept", sources=(REPORTED,), target=ACCEPTED, event="accepted",
            who="who suspended the grant, or the authority", basis=("cn-809:27.2",),
        ),
        Transition(
            act="decline", sources=(REPORTED,), target=DECLINED, event="declined", turn="provider",
            who="who suspended the grant, or the authority", basis=("cn-809:27.2",),
        ),
        Transition(
            act="demand_again", sources=(OVERDUE, DECLINED), target=DEMANDED, event="demanded_again", turn="consumer",
            who="who suspended the grant, or the authority", basis=("cn-809:27.2",),
        ),
        Transition(
            act="close", sources=RECTIFYING, target=CLOSED, event="closed",
            who="the end of the suspension or of the grant", basis=("cn-809:27.2",),
        ),
    ),
)  # fmt: skip
