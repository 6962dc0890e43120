"""States of an access request; turn = whose move it is afterwards."""

from typing import Final

from gongxiang.platform.access.states_dispute import ABSENCE as ABSENCE
from gongxiang.platform.access.states_dispute import COLLECTION_PLAN as COLLECTION_PLAN
from gongxiang.platform.access.states_dispute import DISPUTE as DISPUTE
from gongxiang.platform.access.states_superior import SUPERIOR_REQUEST as SUPERIOR_REQUEST
from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DRAFT: Final = "DRAFT"
PRESENTED: Final = "PRESENTED"
CONSENTED: Final = "CONSENTED"
SUBMITTED: Final = "SUBMITTED"
INCOMPLETE: Final = "INCOMPLETE"
REPLY_OVERDUE: Final = "REPLY_OVERDUE"
GRANTED: Final = "GRANTED"
PARTLY_GRANTED: Final = "PARTLY_GRANTED"
REFUSED: Final = "REFUSED"
IN_CONSULTATION: Final = "IN_CONSULTATION"
IN_MEDIATION: Final = "IN_MEDIATION"
WITHDRAWN: Final = "WITHDRAWN"

#: Not yet answered for good.
OPEN: Final = (DRAFT, PRESENTED, CONSENTED, SUBMITTED, INCOMPLETE, REPLY_OVERDUE, IN_CONSULTATION, IN_MEDIATION)
#: Answered, and nothing is disputed: the reply that stands with the request is the one that was given.
ANSWERED: Final = (GRANTED, PARTLY_GRANTED, REFUSED)
#: The provider may answer.
ANSWERABLE: Final = (SUBMITTED, REPLY_OVERDUE, IN_CONSULTATION)
#: The authority may decide.
DECIDABLE: Final = (REPLY_OVERDUE, IN_MEDIATION)

_REPLY: Final = ("wushen-2021-60:21(2)", "cn-809:20.3", "cn-809:21.1")
_OFFICER: Final = "provider's accountable officer; the standing consent (unconditional); the authority's leader deciding"

ACCESS_REQUEST: Final = TransitionTable(
    subject="access_request",
    transitions=(
        Transition(
            act="draft", sources=(), target=DRAFT, event="drafted", turn="consumer",
            who="consumer's clerk", basis=("wushen-2021-60:22.1",),
        ),
        Transition(
            act="present", sources=(DRAFT,), target=PRESENTED, event="presented", turn="consumer",
            who="consumer's clerk", basis=("cn-809:20.2",),
        ),
        Transition(
            act="send_back", sources=(PRESENTED,), target=DRAFT, event="sent_back", turn="consumer",
            who="consumer's accountable officer", basis=("cn-809:20.2",),
        ),
        Transition(
            act="consent", sources=(PRESENTED,), target=CONSENTED, event="consented", turn="consumer",
            who="consumer's accountable officer, not who drafted it", basis=("cn-809:20.2",),
        ),
        Transition(
            act="submit", sources=(CONSENTED,), target=SUBMITTED, event="submitted", turn="provider",
            who="consumer's clerk or accountable officer", basis=("wushen-2021-60:21(2)", "wushen-2021-60:18", "cn-809:20.2"),
        ),
        # 条例 20.2 asks for the consent of the applicant's officer whatever the type; the grant follows in the same act.
        Transition(
            act="submit_unconditional", sources=(CONSENTED,), target=SUBMITTED, event="submitted", turn="provider",
            who="consumer's clerk or accountable officer",
            basis=("wushen-2021-60:21(1)", "wushen-2021-60:18", "cn-809:20.2", "cn-809:21.1"),
        ),
        Transition(
            act="notify_incomplete", sources=(SUBMITTED,), target=INCOMPLETE, event="incomplete_notified", turn="consumer",
            who="provider's clerk, reviewer or accountable officer, once", basis=("cn-809:21.2",),
        ),
        Transition(
            act="complete", sources=(INCOMPLETE,), target=SUBMITTED, event="completed", turn="provider",
            who="consumer's clerk", basis=("cn-809:21.2",),
        ),
        Transition(
            act="lapse_reply", sources=(SUBMITTED,), target=REPLY_OVERDUE, event="reply_overdue", turn="authority",
            who="the product, at the instant the period ended", basis=("wushen-2021-60:21(2)", "wushen-2021-60:24"),
        ),
        Transition(
            act="grant", sources=(SUBMITTED, REPLY_OVERDUE, IN_CONSULTATION, IN_MEDIATION), target=GRANTED, event="granted",
            who=_OFFICER, basis=_REPLY,
        ),
        Transition(
            act="grant_partly", sources=(SUBMITTED, REPLY_OVERDUE, IN_CONSULTATION, IN_MEDIATION), target=PARTLY_GRANTED,
            event="partly_granted", who=_OFFICER, basis=_REPLY,
        ),
        Transition(
            act="refuse", sources=(SUBMITTED, REPLY_OVERDUE, IN_MEDIATION), target=REFUSED, event="refused",
            who="provider's accountable officer; the authority's leader deciding", basis=_REPLY,
        ),
        # 协商未果: whoever refuses again while both consult ends the consultation, not the request.
        Transition(
            act="refuse_in_consultation", sources=(IN_CONSULTATION,), target=IN_MEDIATION, event="consultation_failed",
            turn="authority", who="provider's accountable officer", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="open_consultation", sources=(REFUSED, PARTLY_GRANTED), target=IN_CONSULTATION, event="consultation_opened",
            turn="both", who="consumer's accountable officer", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="grant_part", sources=(IN_CONSULTATION,), target=IN_MEDIATION, event="part_granted", turn="authority",
            who="provider's accountable officer, who grants the agreed part", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        # What a part of was granted before stays granted when the rest is refused, or no longer disputed.
        Transition(
            act="uphold_part", sources=(IN_MEDIATION,), target=PARTLY_GRANTED, event="part_upheld",
            who="the authority's leader carrying out an opinion or decision", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="end_dispute", sources=(IN_CONSULTATION, IN_MEDIATION), target=REFUSED, event="dispute_ended",
            who="consumer's accountable officer, who no longer disputes", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="end_dispute_of_part", sources=(IN_CONSULTATION, IN_MEDIATION), target=PARTLY_GRANTED, event="dispute_ended",
            who="consumer's accountable officer, who no longer disputes the rest",
            basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="ask_mediation", sources=(IN_CONSULTATION,), target=IN_MEDIATION, event="mediation_asked", turn="authority",
            who="consumer's or provider's accountable officer", basis=("wushen-2021-60:21(2)", "cn-809:28.2"),
        ),
        Transition(
            act="lapse_consultation", sources=(IN_CONSULTATION,), target=IN_MEDIATION, event="consultation_lapsed",
            turn="authority", who="the product, at the instant the period ended",
            basis=("wushen-2021-60:21(2)", "wushen-2021-60:24"),
        ),
        Transition(
            act="withdraw", sources=OPEN, target=WITHDRAWN, event="withdrawn",
            who="consumer's clerk (draft) or accountable officer", basis=("wushen-2021-60:22.1",),
        ),
    ),
)  # fmt: skip

# ---- the extension of a reply (条例 21) -------------------------------------------------------------------------

ASKED: Final = "ASKED"
ALLOWED: Final = "ALLOWED"
DECLINED: Final = "DECLINED"
OVERTAKEN: Final = "OVERTAKEN"

REPLY_EXTENSION: Final = TransitionTable(
    subject="reply_extension",
    transitions=(
        Transition(
            act="ask", sources=(), target=ASKED, event="asked", turn="authority",
            who="provider's accountable officer, before the period ends, once", basis=("cn-809:21.1",),
        ),
        Transition(
            act="allow", sources=(ASKED,), target=ALLOWED, event="allowed", turn="provider",
            who="the authority's leader, not who asked", basis=("cn-809:21.1",),
        ),
        Transition(
            act="decline", sources=(ASKED,), target=DECLINED, event="declined", turn="provider",
            who="the authority's leader, not who asked", basis=("cn-809:21.1",),
        ),
        Transition(
            act="lapse", sources=(ASKED,), target=OVERTAKEN, event="lapsed",
            who="whoever replies, gives notice or withdraws meanwhile; the product at the end of the period",
            basis=("cn-809:21.1",),
        ),
    ),
)  # fmt: skip
