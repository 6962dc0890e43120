"""The life of a catalogue entry: one transition table, from which checks and diagrams are made.

A published entry under revision runs through the same states again; its last published version stays in force meanwhile.
"""

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

DRAFT = "DRAFT"
IN_REVIEW = "IN_REVIEW"
REVIEWED = "REVIEWED"
CONSENTED = "CONSENTED"
SUBMITTED = "SUBMITTED"
RATIFIED = "RATIFIED"
RETURNED = "RETURNED"
PUBLISHED = "PUBLISHED"
WITHDRAWN = "WITHDRAWN"

#: States in which the provider may still change the content.
EDITABLE = (DRAFT, RETURNED)

RESOURCE = TransitionTable(
    subject="resource",
    transitions=(
        Transition(
            act="draft", sources=(), target=DRAFT, event="drafted", who="clerk", basis=("wushen-2021-60:7",), turn="provider"
        ),
        Transition(
            act="send_for_review",
            sources=EDITABLE,
            target=IN_REVIEW,
            event="sent_for_review",
            who="clerk",
            basis=("wushen-2021-60:7",),
            turn="provider",
        ),
        Transition(
            act="pass_review",
            sources=(IN_REVIEW,),
            target=REVIEWED,
            event="reviewed",
            who="reviewer",
            basis=("wushen-2021-60:25",),
            turn="provider",
        ),
        Transition(
            act="consent",
            sources=(REVIEWED,),
            target=CONSENTED,
            event="consented",
            who="accountable_officer",
            basis=("cn-809:13",),
            turn="provider",
        ),
        Transition(
            act="submit",
            sources=(CONSENTED,),
            target=SUBMITTED,
            event="submitted",
            who="clerk",
            basis=("wushen-2021-60:7", "cn-809:16"),
            turn="authority",
        ),
        Transition(
            act="ratify_withholding",
            sources=(SUBMITTED,),
            target=RATIFIED,
            event="withholding_ratified",
            who="authority_officer",
            basis=("wushen-2021-60:10",),
            turn="authority",
        ),
        Transition(
            act="return",
            sources=(IN_REVIEW, REVIEWED, CONSENTED, SUBMITTED, RATIFIED),
            target=RETURNED,
            event="returned",
            who="reviewer, accountable_officer, authority_officer",
            basis=("cn-809:16",),
            turn="provider",
        ),
        Transition(
            act="publish",
            sources=(SUBMITTED, RATIFIED),
            target=PUBLISHED,
            event="published",
            who="authority_officer",
            basis=("wushen-2021-60:7", "cn-809:16"),
        ),
        Transition(
            act="revise",
            sources=(PUBLISHED,),
            target=DRAFT,
            event="revision_started",
            who="clerk",
            basis=("wushen-2021-60:7", "cn-809:17"),
            turn="provider",
        ),
        Transition(
            act="discard_revision",
            sources=EDITABLE,
            target=PUBLISHED,
            event="revision_discarded",
            who="clerk",
            basis=("wushen-2021-60:7",),
        ),
        Transition(
            act="withdraw",
            sources=(PUBLISHED,),
            target=WITHDRAWN,
            event="withdrawn",
            who="accountable_officer",
            basis=("cn-809:27",),
        ),
    ),
)
