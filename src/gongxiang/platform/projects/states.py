"""The life of a project; `turn` = whose move it is afterwards, the department's or the authority's."""

from typing import Final

from gongxiang.platform.kernel.transitions import Transition, TransitionTable

REGISTERED: Final = "REGISTERED"
PRECOMPILING: Final = "PRECOMPILING"
PRESENTED: Final = "PRESENTED"
CONSENTED: Final = "CONSENTED"
IN_REVIEW: Final = "IN_REVIEW"
RETURNED: Final = "RETURNED"
PASSED: Final = "PASSED"
BUILDING: Final = "BUILDING"
ACCEPTANCE_REQUESTED: Final = "ACCEPTANCE_REQUESTED"
ACCEPTANCE_RETURNED: Final = "ACCEPTANCE_RETURNED"
ACCEPTED: Final = "ACCEPTED"
CANCELLED: Final = "CANCELLED"

#: The department may change its pre-compiled catalogue.
EDITABLE: Final = (REGISTERED, PRECOMPILING, RETURNED)
#: A certificate may be in force, and the catalogue behind it may be revised.
REVISABLE: Final = (PASSED, BUILDING, ACCEPTANCE_RETURNED)
#: The interface may be tested.
TESTABLE: Final = (BUILDING, ACCEPTANCE_REQUESTED, ACCEPTANCE_RETURNED)
#: Nothing more happens to it.
ENDED: Final = (ACCEPTED, CANCELLED)
#: Everything before the end.
OPEN: Final = (
    REGISTERED, PRECOMPILING, PRESENTED, CONSENTED, IN_REVIEW, RETURNED, PASSED, BUILDING, ACCEPTANCE_REQUESTED,
    ACCEPTANCE_RETURNED,
)  # fmt: skip

_EIGHT: Final = ("wushen-2021-60:8",)

PROJECT: Final = TransitionTable(
    subject="project",
    transitions=(
        Transition(
            act="register", sources=(), target=REGISTERED, event="registered", turn="department",
            who="department's clerk or reviewer", basis=("wushen-2021-60:8", "wushen-2021-60:28"),
        ),
        Transition(
            act="begin_catalogue", sources=(REGISTERED,), target=PRECOMPILING, event="catalogue_begun", turn="department",
            who="department's clerk or reviewer", basis=_EIGHT,
        ),
        Transition(
            act="present", sources=(PRECOMPILING, RETURNED), target=PRESENTED, event="presented", turn="department",
            who="department's clerk or reviewer", basis=("wushen-2021-60:8", "wushen-2021-60:22.5", "cn-809:19.1"),
        ),
        Transition(
            act="send_back", sources=(PRESENTED, CONSENTED), target=PRECOMPILING, event="sent_back", turn="department",
            who="department's accountable officer", basis=_EIGHT,
        ),
        Transition(
            act="consent", sources=(PRESENTED,), target=CONSENTED, event="consented", turn="department",
            who="department's accountable officer, not who drafted it", basis=("wushen-2021-60:8", "wushen-2021-60:25"),
        ),
        # Wording only, under a certificate that stays: nothing goes to the authority.
        Transition(
            act="amend", sources=(PRESENTED,), target=PASSED, event="amended", turn="department",
            who="department's accountable officer, not who drafted it", basis=_EIGHT,
        ),
        Transition(
            act="amend_building", sources=(PRESENTED,), target=BUILDING, event="amended", turn="department",
            who="department's accountable officer, not who drafted it", basis=_EIGHT,
        ),
        Transition(
            act="submit", sources=(CONSENTED,), target=IN_REVIEW, event="submitted", turn="authority",
            who="department's clerk, reviewer or accountable officer", basis=_EIGHT,
        ),
        Transition(
            act="return", sources=(IN_REVIEW,), target=RETURNED, event="returned", turn="department",
            who="authority's officer", basis=_EIGHT,
        ),
        Transition(
            act="pass", sources=(IN_REVIEW,), target=PASSED, event="passed", turn="department",
            who="authority's officer, not of those who drafted or consented", basis=_EIGHT,
        ),
        # The project had its approval already: it goes on being built.
        Transition(
            act="pass_building", sources=(IN_REVIEW,), target=BUILDING, event="passed", turn="department",
            who="authority's officer, not of those who drafted or consented", basis=_EIGHT,
        ),
        Transition(
            act="revise", sources=REVISABLE, target=PRECOMPILING, event="revision_started", turn="department",
            who="department's clerk or reviewer", basis=_EIGHT,
        ),
        Transition(
            act="discard_revision", sources=(PRECOMPILING, RETURNED), target=PASSED, event="revision_discarded",
            turn="department", who="department's clerk or reviewer", basis=_EIGHT,
        ),
        Transition(
            act="discard_revision_building", sources=(PRECOMPILING, RETURNED), target=BUILDING, event="revision_discarded",
            turn="department", who="department's clerk or reviewer", basis=_EIGHT,
        ),
        Transition(
            act="start_building", sources=(PASSED,), target=BUILDING, event="approved", turn="department",
            who="department's clerk or reviewer, with the approval's number", basis=_EIGHT,
        ),
        Transition(
            act="start_operation", sources=(REGISTERED,), target=BUILDING, event="approved", turn="department",
            who="department's clerk or reviewer; operation and maintenance only", basis=("wushen-2021-60:28",),
        ),
        Transition(
            act="request_acceptance", sources=(BUILDING, ACCEPTANCE_RETURNED), target=ACCEPTANCE_REQUESTED,
            event="acceptance_requested", turn="authority", who="department's clerk, reviewer or accountable officer",
            basis=_EIGHT,
        ),
        Transition(
            act="return_acceptance", sources=(ACCEPTANCE_REQUESTED,), target=ACCEPTANCE_RETURNED, event="acceptance_returned",
            turn="department", who="authority's officer", basis=_EIGHT,
        ),
        Transition(
            act="accept", sources=(ACCEPTANCE_REQUESTED,), target=ACCEPTED, event="accepted",
            who="authority's officer, once every point of the interface check has passed",
            basis=("wushen-2021-60:8", "wushen-2021-60:7"),
        ),
        Transition(
            act="cancel", sources=OPEN, target=CANCELLED, event="cancelled", who="department's accountable officer",
            basis=("wushen-2021-60:8", "wushen-2021-60:28"),
        ),
    ),
)  # fmt: skip
