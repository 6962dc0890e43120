"""States of what is known of the use of a grant: reports, questions, inspections, third parties, provision."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DUE: Final = "DUE"
OVERDUE: Final = "OVERDUE"
REPORTED: Final = "REPORTED"
ASKED: Final = "ASKED"
ANSWERED: Final = "ANSWERED"
SETTLED: Final = "SETTLED"
ANNOUNCED: Final = "ANNOUNCED"
DEFECTS: Final = "DEFECTS"
REPLIED: Final = "REPLIED"
CLOSED: Final = "CLOSED"
CONSENTED: Final = "CONSENTED"
REFUSED: Final = "REFUSED"
REVOKED: Final = "REVOKED"
WITHDRAWN: Final = "WITHDRAWN"
DECLARED: Final = "DECLARED"
PROVIDED: Final = "PROVIDED"

USE_REPORT: Final = TransitionTable(
    subject="use_report",
    transitions=(
        Transition(
            act="open", sources=(), target=DUE, event="opened", turn="consumer", who="the product, at the end of a period",
            basis=("cn-809:29.2", "wushen-2021-60:22.2"),
        ),
        Transition(
            act="lapse", sources=(DUE,), target=OVERDUE, event="overdue", turn="consumer",
            who="the product, when the day has passed", basis=("cn-809:29.2",),
        ),
        Transition(
            act="report", sources=(DUE, OVERDUE), target=REPORTED, event="reported",
            who="consumer's reviewer or accountable officer", basis=("cn-809:29.2", "wushen-2021-60:22.2"),
        ),
        Transition(
            act="reopen", sources=(OVERDUE,), target=DUE, event="reopened", turn="consumer",
            who="the product, when a holiday notice moves a day that was provisional to one still to come",
            basis=("cn-809:29.2",),
        ),
    ),
)  # fmt: skip

USE_QUESTION: Final = TransitionTable(
    subject="use_question",
    transitions=(
        Transition(
            act="ask", sources=(), target=ASKED, event="asked", turn="consumer",
            who="the product, on a sign of drift; provider's officer; the authority",
            basis=("wushen-2021-60:22.3", "cn-809:25.1"),
        ),
        Transition(
            act="answer", sources=(ASKED,), target=ANSWERED, event="answered", turn="provider",
            who="consumer's reviewer or accountable officer", basis=("wushen-2021-60:22.2",),
        ),
        Transition(
            act="ask_again", sources=(ANSWERED,), target=ASKED, event="asked_again", turn="consumer",
            who="provider's accountable officer or the authority", basis=("wushen-2021-60:22.3",),
        ),
        Transition(
            act="settle", sources=(ASKED, ANSWERED), target=SETTLED, event="settled",
            who="provider's accountable officer or the authority", basis=("wushen-2021-60:22.3",),
        ),
    ),
)  # fmt: skip

INSPECTION: Final = TransitionTable(
    subject="inspection",
    transitions=(
        Transition(
            act="announce", sources=(), target=ANNOUNCED, event="announced", turn="consumer",
            who="provider's accountable officer or the authority", basis=("cn-809:29.1", "cn-809:29.2"),
        ),
        Transition(
            act="pass", sources=(ANNOUNCED,), target=CLOSED, event="passed", who="the department that inspects",
            basis=("cn-809:29.2",),
        ),
        Transition(
            act="find", sources=(ANNOUNCED,), target=DEFECTS, event="defects_found", turn="consumer",
            who="the department that inspects", basis=("cn-809:29.2",),
        ),
        Transition(
            act="reply", sources=(DEFECTS,), target=REPLIED, event="replied", turn="provider",
            who="consumer's accountable officer", basis=("cn-809:29.2",),
        ),
        Transition(
            act="reject", sources=(REPLIED,), target=DEFECTS, event="reply_rejected", turn="consumer",
            who="the department that inspects", basis=("cn-809:29.2",),
        ),
        Transition(
            act="close", sources=(REPLIED,), target=CLOSED, event="closed", who="the department that inspects",
            basis=("cn-809:29.2",),
        ),
    ),
)  # fmt: skip

THIRD_PARTY: Final = TransitionTable(
    subject="third_party_consent",
    transitions=(
        Transition(
            act="ask", sources=(), target=ASKED, event="asked", turn="provider", who="consumer's accountable officer",
            basis=("cn-809:25.1", "wushen-2021-60:22.4"),
        ),
        Transition(
            act="consent", sources=(ASKED,), target=CONSENTED, event="consented", who="provider's accountable officer",
            basis=("cn-809:25.1",),
        ),
        Transition(
            act="refuse", sources=(ASKED,), target=REFUSED, event="refused", who="provider's accountable officer",
            basis=("cn-809:25.1", "wushen-2021-60:22.4"),
        ),
        Transition(
            act="withdraw", sources=(ASKED, CONSENTED), target=WITHDRAWN, event="withdrawn",
            who="consumer's accountable officer", basis=("cn-809:25.1",),
        ),
        Transition(
            act="revoke", sources=(CONSENTED,), target=REVOKED, event="revoked", turn="consumer",
            who="provider's accountable officer or the authority", basis=("cn-809:25.1",),
        ),
        Transition(
            act="end", sources=(ASKED, CONSENTED), target=CLOSED, event="ended", who="the end of the grant",
            basis=("cn-809:25.1", "cn-809:27.1"),
        ),
    ),
)  # fmt: skip

PROVISION: Final = TransitionTable(
    subject="provision",
    transitions=(
        Transition(
            act="open", sources=(), target=DUE, event="opened", turn="provider", who="the consenting reply",
            basis=("cn-809:22.1",),
        ),
        Transition(
            act="declare", sources=(DUE, OVERDUE), target=DECLARED, event="declared", turn="consumer",
            who="provider's desk or node operator, where no data pass here", basis=("cn-809:22.2",),
        ),
        Transition(
            act="deny", sources=(DECLARED,), target=DUE, event="denied", turn="provider", who="consumer's desk",
            basis=("cn-809:22.1",),
        ),
        Transition(
            act="provide", sources=(DUE, OVERDUE, DECLARED), target=PROVIDED, event="provided",
            who="the first receipt, call or file; or the consumer's desk", basis=("cn-809:22.1", "cn-809:22.2"),
        ),
        Transition(
            act="lapse", sources=(DUE,), target=OVERDUE, event="overdue", turn="provider",
            who="the product, when the day has passed", basis=("cn-809:22.1", "cn-809:39(4)"),
        ),
        Transition(
            act="reopen", sources=(OVERDUE,), target=DUE, event="reopened", turn="provider",
            who="the product, when a holiday notice moves a day that was provisional to one still to come",
            basis=("cn-809:22.1",),
        ),
        Transition(
            act="close", sources=(DUE, OVERDUE, DECLARED), target=CLOSED, event="closed", who="the end of the grant",
            basis=("cn-809:22.1",),
        ),
    ),
)  # fmt: skip
