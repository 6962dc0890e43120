"""States of a dispute over a request, of a filing that data do not exist, and of a collection plan."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

# ---- dispute (办法 21(2), 条例 28) ------------------------------------------------------------------------------------------

CONSULTING: Final = "CONSULTING"
IN_MEDIATION: Final = "IN_MEDIATION"
HEARING: Final = "HEARING"
HEARD: Final = "HEARD"
OPINION_GIVEN: Final = "OPINION_GIVEN"
OPINION_ACCEPTED: Final = "OPINION_ACCEPTED"
NOT_ACCEPTED: Final = "NOT_ACCEPTED"
BEFORE_GOVERNMENT: Final = "BEFORE_GOVERNMENT"
REFERRED: Final = "REFERRED"
DECISION_RECORDED: Final = "DECISION_RECORDED"
SETTLED: Final = "SETTLED"
MEDIATED: Final = "MEDIATED"
DECIDED: Final = "DECIDED"
WITHDRAWN: Final = "WITHDRAWN"

#: The authority works towards an opinion.
MEDIATING: Final = (IN_MEDIATION, HEARING, HEARD)
#: Not over yet.
OPEN: Final = (
    CONSULTING, *MEDIATING, OPINION_GIVEN, OPINION_ACCEPTED, NOT_ACCEPTED, BEFORE_GOVERNMENT, REFERRED, DECISION_RECORDED,
)  # fmt: skip
#: What binds both sides waits to be carried out by the authority's leader.
BINDING: Final = (OPINION_ACCEPTED, DECISION_RECORDED)
#: After these nothing may be disputed again on the same facts.
FINAL: Final = (MEDIATED, DECIDED)

_BOTH: Final = ("wushen-2021-60:21(2)", "cn-809:28.2")
_REGULATION: Final = ("cn-809:28.2",)
_OFFICERS: Final = "consumer's or provider's accountable officer"
_AUTHORITY: Final = "authority's officer or leader, of neither side"

DISPUTE: Final = TransitionTable(
    subject="dispute",
    transitions=(
        Transition(
            act="open", sources=(), target=CONSULTING, event="opened", turn="both",
            who="consumer's accountable officer, with grounds", basis=_BOTH,
        ),
        Transition(
            act="settle", sources=(CONSULTING,), target=SETTLED, event="settled",
            who="provider's accountable officer, whose reply grants what was agreed", basis=_BOTH,
        ),
        Transition(
            act="ask_mediation", sources=(CONSULTING,), target=IN_MEDIATION, event="mediation_asked", turn="authority",
            who=_OFFICERS, basis=_BOTH,
        ),
        Transition(
            act="fail", sources=(CONSULTING,), target=IN_MEDIATION, event="consultation_failed", turn="authority",
            who="provider's accountable officer, who refuses again or grants the agreed part only", basis=_BOTH,
        ),
        Transition(
            act="lapse", sources=(CONSULTING,), target=IN_MEDIATION, event="consultation_lapsed", turn="authority",
            who="the product, at the instant the period ended", basis=(*_BOTH, "wushen-2021-60:24"),
        ),
        Transition(
            act="hear", sources=(IN_MEDIATION,), target=HEARING, event="hearing_opened", turn="both",
            who=_AUTHORITY, basis=_BOTH,
        ),
        Transition(
            act="close_hearing", sources=(HEARING,), target=HEARD, event="heard", turn="authority",
            who="the second statement, or the product when the day for statements is over", basis=_BOTH,
        ),
        Transition(
            act="give_opinion", sources=(HEARD,), target=OPINION_GIVEN, event="opinion_given", turn="both",
            who="authority's leader, not who prepared it", basis=_BOTH,
        ),
        Transition(
            act="accept_opinion", sources=(OPINION_GIVEN,), target=OPINION_ACCEPTED, event="opinion_accepted", turn="authority",
            who="the second of both accountable officers who accepts", basis=_BOTH,
        ),
        Transition(
            act="reject_opinion", sources=(OPINION_GIVEN,), target=NOT_ACCEPTED, event="opinion_rejected", turn="authority",
            who=_OFFICERS, basis=_REGULATION,
        ),
        Transition(
            act="lapse_opinion", sources=(OPINION_GIVEN,), target=NOT_ACCEPTED, event="opinion_lapsed", turn="authority",
            who="the product: silence accepts nothing", basis=_REGULATION,
        ),
        Transition(
            act="submit", sources=(NOT_ACCEPTED,), target=BEFORE_GOVERNMENT, event="submitted_to_government",
            turn="government", who="authority's leader", basis=_REGULATION,
        ),
        Transition(
            act="refer", sources=(*MEDIATING, NOT_ACCEPTED), target=REFERRED, event="referred", turn="superior",
            who="authority's leader, where a department of another level or area is party", basis=_REGULATION,
        ),
        Transition(
            act="record_decision", sources=(BEFORE_GOVERNMENT, REFERRED), target=DECISION_RECORDED, event="decision_recorded",
            turn="authority", who=_AUTHORITY, basis=_REGULATION,
        ),
        Transition(
            act="carry_out_opinion", sources=(OPINION_ACCEPTED,), target=MEDIATED, event="mediated",
            who="authority's leader", basis=_BOTH,
        ),
        Transition(
            act="carry_out_decision", sources=(DECISION_RECORDED,), target=DECIDED, event="decided",
            who="authority's leader, not who recorded it", basis=_REGULATION,
        ),
        Transition(
            act="withdraw", sources=OPEN, target=WITHDRAWN, event="withdrawn",
            who="consumer's accountable officer, until a decision is recorded or an opinion binds", basis=_BOTH,
        ),
    ),
)  # fmt: skip

# ---- the data do not exist: stated, confirmed, filed (办法 21(2), last sentence) --------------------------------------------

STATED: Final = "STATED"
CONFIRMED: Final = "CONFIRMED"
DISPUTED: Final = "DISPUTED"
FILED: Final = "FILED"
FOUND: Final = "FOUND"
DROPPED: Final = "DROPPED"

#: Before the authority.
TO_FILE: Final = (CONFIRMED, DISPUTED)
ABSENCE_OPEN: Final = (STATED, *TO_FILE)
_LAST: Final = ("wushen-2021-60:21(2)",)

ABSENCE: Final = TransitionTable(
    subject="absence",
    transitions=(
        Transition(
            act="state", sources=(), target=STATED, event="stated", turn="consumer",
            who="provider's reviewer or accountable officer, naming the search made", basis=_LAST,
        ),
        Transition(
            act="report", sources=(), target=CONFIRMED, event="reported", turn="authority",
            who="consumer's accountable officer, where the provider gave no answer or named no search", basis=_LAST,
        ),
        Transition(
            act="confirm", sources=(STATED,), target=CONFIRMED, event="confirmed", turn="authority",
            who="consumer's accountable officer", basis=_LAST,
        ),
        Transition(
            act="dispute", sources=(STATED,), target=DISPUTED, event="disputed", turn="authority",
            who="consumer's accountable officer, with reasons", basis=_LAST,
        ),
        Transition(
            act="lapse", sources=(STATED,), target=DISPUTED, event="unanswered", turn="authority",
            who="the product, when the time to answer is over", basis=(*_LAST, "wushen-2021-60:24"),
        ),
        Transition(
            act="file", sources=TO_FILE, target=FILED, event="filed", turn="consumer",
            who=_AUTHORITY, basis=_LAST,
        ),
        Transition(
            act="find", sources=TO_FILE, target=FOUND, event="found", turn="consumer",
            who="authority's officer or leader, naming the entry that has the data", basis=(*_LAST, "wushen-2021-60:6"),
        ),
        Transition(
            act="drop", sources=ABSENCE_OPEN, target=DROPPED, event="dropped",
            who="consumer's accountable officer", basis=_LAST,
        ),
    ),
)  # fmt: skip

# ---- the collection plan (办法 21(2), 22; 条例 19) --------------------------------------------------------------------------

DRAFT: Final = "DRAFT"
PROPOSED: Final = "PROPOSED"
RETURNED: Final = "RETURNED"
APPROVED: Final = "APPROVED"
DONE: Final = "DONE"
CANCELLED: Final = "CANCELLED"

#: The department may still write.
EDITABLE: Final = (DRAFT, RETURNED)
#: Counts against the plans of others: what is, or will be, collected.
PLANNED: Final = (PROPOSED, APPROVED)
_PLAN: Final = ("wushen-2021-60:21(2)", "wushen-2021-60:22.5", "cn-809:19.1")

COLLECTION_PLAN: Final = TransitionTable(
    subject="collection_plan",
    transitions=(
        Transition(
            act="draft", sources=(), target=DRAFT, event="drafted", turn="consumer",
            who="consumer's clerk, reviewer or accountable officer, under a filing of its own", basis=_PLAN,
        ),
        Transition(
            act="propose", sources=EDITABLE, target=PROPOSED, event="proposed", turn="authority",
            who="consumer's accountable officer, not who drafted it", basis=_PLAN,
        ),
        Transition(
            act="return", sources=(PROPOSED,), target=RETURNED, event="returned", turn="consumer",
            who=_AUTHORITY, basis=_PLAN,
        ),
        Transition(
            act="approve", sources=(PROPOSED,), target=APPROVED, event="approved", turn="consumer",
            who=_AUTHORITY, basis=_PLAN,
        ),
        Transition(
            act="finish", sources=(APPROVED,), target=DONE, event="done",
            who="consumer's desk, naming the own published entry; the product when it is published",
            basis=("wushen-2021-60:7", "wushen-2021-60:21(2)"),
        ),
        Transition(
            act="cancel", sources=(*EDITABLE, *PLANNED), target=CANCELLED, event="cancelled",
            who="consumer's accountable officer", basis=_PLAN,
        ),
    ),
)  # fmt: skip
