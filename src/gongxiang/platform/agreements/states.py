"""The transition table of the sharing agreement (art. 18)."""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

_ART = ("wushen-2021-60:18",)

AGREEMENT = TransitionTable(
    subject="agreement",
    transitions=(
        Transition(act="draft", sources=(), target="DRAFTED", event="drafted", who="department", basis=_ART, turn="provider"),
        Transition(
            act="revise", sources=("DRAFTED", "RETURNED"), target="DRAFTED", event="revised", who="department", basis=_ART
        ),
        Transition(
            act="sign_for_department", sources=("DRAFTED",), target="SIGNED_BY_DEPARTMENT", event="signed_by_department",
            who="accountable_officer", basis=_ART, turn="authority",
        ),
        Transition(
            act="sign_for_authority", sources=("SIGNED_BY_DEPARTMENT",), target="IN_FORCE", event="in_force",
            who="authority_leader", basis=_ART,
        ),
        Transition(
            act="seal_for_department", sources=("DRAFTED",), target="SIGNED_BY_DEPARTMENT", event="sealed_by_department",
            who="accountable_officer", basis=_ART, turn="authority",
        ),
        Transition(
            act="seal_for_authority", sources=("SIGNED_BY_DEPARTMENT",), target="IN_FORCE", event="in_force",
            who="authority_leader", basis=_ART,
        ),
        Transition(
            act="return", sources=("SIGNED_BY_DEPARTMENT",), target="RETURNED", event="returned", who="authority", basis=_ART
        ),
        Transition(act="expire", sources=("IN_FORCE",), target="EXPIRED", event="expired", who="system", basis=_ART),
        Transition(
            act="terminate", sources=("IN_FORCE",), target="TERMINATED", event="terminated", who="authority_leader", basis=_ART
        ),
    ),
)  # fmt: skip
