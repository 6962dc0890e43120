"""The life of an imported file: one transition table."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

RECEIVED = "RECEIVED"
REFUSED = "REFUSED"
CHECKED = "CHECKED"
CONFIRMED = "CONFIRMED"
IMPORTED = "IMPORTED"
UNDONE = "UNDONE"
CANCELLED = "CANCELLED"
FAILED = "FAILED"

#: In which a job is at work, or will be in a moment.
RUNNING = (RECEIVED, CONFIRMED)
_ART = ("wushen-2021-60:7",)

CATALOGUE_IMPORT = TransitionTable(
    subject="catalogue_import",
    transitions=(
        Transition(act="send", sources=(), target=RECEIVED, event="received", who="clerk", basis=_ART, turn="provider"),
        Transition(act="refuse", sources=(RECEIVED,), target=REFUSED, event="refused", who="the product", basis=_ART),
        Transition(act="check", sources=(RECEIVED,), target=CHECKED, event="checked", who="the product", basis=_ART),
        Transition(act="confirm", sources=(CHECKED,), target=CONFIRMED, event="confirmed", who="clerk", basis=_ART),
        Transition(act="carry_out", sources=(CONFIRMED,), target=IMPORTED, event="carried_out", who="the product", basis=_ART),
        Transition(
            act="check_again", sources=(CONFIRMED,), target=RECEIVED, event="checked_again", who="the product", basis=_ART
        ),
        Transition(act="fail", sources=(RECEIVED, CONFIRMED), target=FAILED, event="failed", who="the product", basis=_ART),
        Transition(act="cancel", sources=(RECEIVED, CHECKED), target=CANCELLED, event="cancelled", who="clerk", basis=_ART),
        Transition(act="lapse", sources=(CHECKED,), target=CANCELLED, event="lapsed", who="the product", basis=_ART),
        Transition(act="undo", sources=(IMPORTED,), target=UNDONE, event="undone", who="clerk", basis=_ART),
    ),
)
