"""The life of a batch: one transition table."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

RUNNING = "RUNNING"
FINISHED = "FINISHED"
STOPPED = "STOPPED"

#: What became of one record; before that it is empty.
DONE = "DONE"
REFUSED = "REFUSED"

_ART = ("wushen-2021-60:25",)

BATCH = TransitionTable(
    subject="batch",
    transitions=(
        Transition(act="ask", sources=(), target=RUNNING, event="asked", who="who may do the act to one", basis=_ART),
        Transition(act="finish", sources=(RUNNING,), target=FINISHED, event="finished", who="the product", basis=_ART),
        Transition(act="stop", sources=(RUNNING,), target=STOPPED, event="stopped", who="who asked for it", basis=_ART),
    ),
)
