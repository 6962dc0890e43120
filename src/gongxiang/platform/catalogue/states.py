"""The life of a catalogue entry: one transition table, from which checks and diagrams are made.

A published entry under revision runs through the same states again; its last published version stays in force meanwhile.
"""

from gongxiang.platform.catalogue.states_import import CATALOGUE_IMPORT as CATALOGUE_IMPORT
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
            basis=("cn-809:13.2",),
            turn="provider",
        ),
        Transition(
            act="submit",
            sources=(CONSENTED,),
            target=SUBMITTED,
            event="submitted",
            who="clerk",
            basis=("wushen-2021-60:7", "cn-809:16.1"),
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
            basis=("cn-809:16.1",),
            turn="provider",
        ),
        Transition(
            act="publish",
            sources=(SUBMITTED, RATIFIED),
            target=PUBLISHED,
            event="published",
            who="authority_officer",
            basis=("wushen-2021-60:7", "cn-809:16.1"),
        ),
        Transition(
            act="revise",
            sources=(PUBLISHED,),
            target=DRAFT,
            event="revision_started",
            who="clerk",
            basis=("wushen-2021-60:7", "cn-809:17.2"),
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
            basis=("cn-809:27.3",),
        ),
    ),
)

# ---- change of remit (wushen-2021-60:7, cn-809:17) -------------------------------------------------------------------------

OPEN = "OPEN"
EXTENSION_ASKED = "EXTENSION_ASKED"
OVERDUE = "OVERDUE"
COMPLETED = "COMPLETED"
CANCELLED = "CANCELLED"

#: A change of remit whose entries have not all been dealt with.
REMIT_RUNNING = (OPEN, EXTENSION_ASKED, OVERDUE)

REMIT_CHANGE = TransitionTable(
    subject="remit_change",
    transitions=(
        Transition(
            act="register", sources=(), target=OPEN, event="registered", turn="provider",
            who="the department, or the authority for it", basis=("wushen-2021-60:7", "cn-809:17.2"),
        ),
        Transition(
            act="ask_extension", sources=(OPEN,), target=EXTENSION_ASKED, event="extension_asked", turn="authority",
            who="accountable_officer", basis=("cn-809:17.2",),
        ),
        Transition(
            act="consent_extension", sources=(EXTENSION_ASKED,), target=OPEN, event="extension_consented", turn="provider",
            who="authority_officer", basis=("cn-809:17.2",),
        ),
        Transition(
            act="decline_extension", sources=(EXTENSION_ASKED,), target=OPEN, event="extension_declined", turn="provider",
            who="authority_officer", basis=("cn-809:17.2",),
        ),
        Transition(
            act="fall_overdue", sources=(OPEN, EXTENSION_ASKED), target=OVERDUE, event="overdue", turn="provider",
            who="the product, when the period is over", basis=("wushen-2021-60:7",),
        ),
        Transition(
            act="complete", sources=REMIT_RUNNING, target=COMPLETED, event="completed",
            who="who deals with the last entry", basis=("wushen-2021-60:7", "cn-809:17.2"),
        ),
        Transition(
            act="cancel", sources=REMIT_RUNNING, target=CANCELLED, event="cancelled",
            who="authority_officer", basis=("wushen-2021-60:24",),
        ),
    ),
)  # fmt: skip

# ---- withheld entries gone through again each year (wushen-2021-60:10, cn-809:14, 15) ------------------------------------

DUE = "DUE"
REPORTED = "REPORTED"
CONFIRMED = "CONFIRMED"
CLOSED = "CLOSED"

#: A round that is not over.
CHECK_RUNNING = (DUE, REPORTED)

WITHHELD_CHECK = TransitionTable(
    subject="withheld_check",
    transitions=(
        Transition(
            act="open", sources=(), target=DUE, event="opened", turn="provider",
            who="the product, at publication and after each confirmation", basis=("wushen-2021-60:10",),
        ),
        Transition(
            act="report", sources=(DUE,), target=REPORTED, event="reported", turn="authority",
            who="accountable_officer", basis=("wushen-2021-60:10", "cn-809:15.2"),
        ),
        Transition(
            act="confirm", sources=(REPORTED,), target=CONFIRMED, event="confirmed",
            who="authority_officer, authority_leader", basis=("wushen-2021-60:10", "cn-809:14(3)"),
        ),
        Transition(
            act="return", sources=(REPORTED,), target=DUE, event="returned", turn="provider",
            who="authority_officer, authority_leader", basis=("wushen-2021-60:10", "cn-809:15.2"),
        ),
        Transition(
            act="close", sources=CHECK_RUNNING, target=CLOSED, event="closed",
            who="the product, when the entry is shared, revised or withdrawn", basis=("wushen-2021-60:10",),
        ),
    ),
)  # fmt: skip
