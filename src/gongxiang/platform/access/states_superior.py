"""States of a request to a line superior; turn = whose move it is in the banner ("" while the superior has it)."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DRAFT: Final = "DRAFT"
ISSUED: Final = "ISSUED"
SENT: Final = "SENT"
OVERDUE: Final = "OVERDUE"
AGREED: Final = "AGREED"
REFUSED: Final = "REFUSED"
NO_ANSWER: Final = "NO_ANSWER"
RETURNING: Final = "RETURNING"
CLOSED: Final = "CLOSED"
DISCARDED: Final = "DISCARDED"

#: Not ended.
OPEN: Final = (DRAFT, ISSUED, SENT, OVERDUE, AGREED, REFUSED, NO_ANSWER, RETURNING)
#: The department may write down the superior's answer.
ANSWERABLE: Final = (SENT, OVERDUE, NO_ANSWER, REFUSED)
#: Data is to come, or comes.
COMING: Final = (AGREED, RETURNING)
#: Outcomes of an answer.
GRANTED: Final = "GRANTED"
PARTLY: Final = "PARTLY"
TURNED_DOWN: Final = "REFUSED"
NONE: Final = "NONE"
OUTCOMES: Final = (GRANTED, PARTLY, TURNED_DOWN, NONE)

_ASK: Final = ("wushen-2021-60:21(3)",)
_RETURN: Final = ("wushen-2021-60:21(3)", "cn-809:24.1")

SUPERIOR_REQUEST: Final = TransitionTable(
    subject="superior_request",
    transitions=(
        Transition(
            act="draft", sources=(), target=DRAFT, event="drafted", turn="provider",
            who="provider's clerk, reviewer or accountable officer", basis=_ASK,
        ),
        Transition(
            act="issue", sources=(DRAFT,), target=ISSUED, event="letter_issued", turn="provider",
            who="provider's accountable officer, not who drafted it", basis=_ASK,
        ),
        Transition(
            act="send", sources=(ISSUED,), target=SENT, event="sent",
            who="provider's clerk, reviewer or accountable officer", basis=_ASK,
        ),
        Transition(
            act="lapse", sources=(SENT,), target=OVERDUE, event="overdue", turn="provider",
            who="the product, when the period for an answer is over", basis=("wushen-2021-60:21(3)", "wushen-2021-60:24"),
        ),
        Transition(
            act="remind", sources=(SENT, OVERDUE, NO_ANSWER), target=SENT, event="reminded",
            who="provider's clerk, reviewer or accountable officer", basis=_ASK,
        ),
        Transition(
            act="agree", sources=ANSWERABLE, target=AGREED, event="agreed", turn="provider",
            who="provider's clerk, reviewer or accountable officer, writing down the answer", basis=_RETURN,
        ),
        Transition(
            act="refuse", sources=(SENT, OVERDUE, NO_ANSWER), target=REFUSED, event="refused", turn="provider",
            who="provider's clerk, reviewer or accountable officer, writing down the answer", basis=_RETURN,
        ),
        Transition(
            act="note_silence", sources=(OVERDUE,), target=NO_ANSWER, event="unanswered", turn="provider",
            who="provider's accountable officer, after a reminder at least", basis=_RETURN,
        ),
        Transition(
            act="receive", sources=(AGREED,), target=RETURNING, event="returned",
            who="provider's desk writing down what came; the product when it sees the entry's data flow", basis=_RETURN,
        ),
        Transition(
            act="close", sources=(SENT, OVERDUE, AGREED, REFUSED, NO_ANSWER, RETURNING), target=CLOSED, event="closed",
            who="provider's accountable officer, with the reason", basis=_ASK,
        ),
        Transition(
            act="discard", sources=(DRAFT, ISSUED), target=DISCARDED, event="discarded",
            who="provider's clerk (draft) or accountable officer (letter issued)", basis=_ASK,
        ),
    ),
)  # fmt: skip
