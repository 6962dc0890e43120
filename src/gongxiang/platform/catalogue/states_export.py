"""States of a file that is made in the background for one person."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

ASKED = "ASKED"
READY = "READY"
FAILED = "FAILED"
GONE = "GONE"

_ART = ("wushen-2021-60:6",)

CATALOGUE_EXPORT = TransitionTable(
    subject="catalogue_export",
    transitions=(
        Transition(act="ask", sources=(), target=ASKED, event="asked", who="who may see the entries", basis=_ART),
        Transition(act="make", sources=(ASKED,), target=READY, event="made", who="the product", basis=_ART),
        Transition(act="fail", sources=(ASKED,), target=FAILED, event="failed", who="the product", basis=_ART),
        Transition(act="let_go", sources=(READY,), target=GONE, event="let_go", who="the product", basis=_ART),
    ),
)
