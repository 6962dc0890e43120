"""Who is told of what: one table, kind of act → whom, on which article."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from gongxiang.platform.kernel.actors import Role

DESK = frozenset({Role.CLERK, Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})
OFFICER = frozenset({Role.ACCOUNTABLE_OFFICER})
REVIEWER = frozenset({Role.REVIEWER})
CLERKS = frozenset({Role.CLERK, Role.REVIEWER})
NODES = frozenset({Role.NODE_OPERATOR})
AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_LEADER})
LEADER = frozenset({Role.AUTHORITY_LEADER})
OPERATORS = frozenset({Role.PLATFORM_OPERATOR})


class Where(enum.Enum):
    """Which departments: all; those the act concerns; those but the actor's; the actor's own; the authority; the operator."""

    EVERYWHERE = "everywhere"
    CONCERNED = "concerned"
    OTHERS = "others"
    OWN = "own"
    AUTHORITY = "authority"
    OPERATOR = "operator"


@dataclass(frozen=True, kw_only=True)
class Whom:
    """People with one of the roles in these departments."""

    where: Where
    roles: frozenset[Role]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Whom to tell; `basis` is shown where the act itself names none."""

    whom: tuple[Whom, ...]
    basis: tuple[str, ...] = ()
    #: Cannot be switched off by the person.
    binding: bool = False


def _rule(*whom: tuple[Where, frozenset[Role]], basis: tuple[str, ...] = (), binding: bool = False) -> Rule:
    return Rule(whom=tuple(Whom(where=where, roles=roles) for where, roles in whom), basis=basis, binding=binding)


_ALL, _CONCERNED, _OTHERS, _OWN = Where.EVERYWHERE, Where.CONCERNED, Where.OTHERS, Where.OWN
_TO_AUTHORITY = (Where.AUTHORITY, AUTHORITY)

RULES: Mapping[str, Rule] = {
    # The catalogue.
    "resource:sent_for_review": _rule((_OWN, REVIEWER), basis=("wushen-2021-60:25",)),
    "resource:reviewed": _rule((_OWN, OFFICER), basis=("cn-809:13.1",)),
    "resource:consented": _rule((_OWN, CLERKS), basis=("cn-809:16.1",)),
    "resource:withholding_ratified": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:10",)),
    "resource:submitted": _rule(_TO_AUTHORITY, basis=("cn-809:16.1",)),
    "resource:returned": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:7",)),
    "resource:published": _rule((_ALL, DESK), basis=("cn-809:16.1",), binding=True),
    "resource:withdrawn": _rule((_ALL, DESK), basis=("cn-809:27.3",), binding=True),
    # Requests.
    "access_request:presented": _rule((_OWN, OFFICER), basis=("cn-809:20.2",)),
    "access_request:consented": _rule((_OWN, CLERKS), basis=("cn-809:20.2",)),
    "access_request:sent_back": _rule((_OWN, CLERKS), basis=("cn-809:20.2",)),
    "access_request:submitted": _rule((_OTHERS, DESK), basis=("wushen-2021-60:21(2)",)),
    "access_request:incomplete_notified": _rule((_OTHERS, DESK), basis=("cn-809:21.2",)),
    "access_request:completed": _rule((_OTHERS, DESK), basis=("cn-809:21.2",)),
    "access_request:granted": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:21(2)",)),
    "access_request:partly_granted": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:21(2)",)),
    "access_request:refused": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:21(2)",)),
    "access_request:reply_overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:24",), binding=True),
    "access_request:consultation_opened": _rule((_OTHERS, DESK), basis=("cn-809:28.2",)),
    "access_request:consultation_failed": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "access_request:consultation_lapsed": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "access_request:mediation_asked": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "access_request:deadline_recomputed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:21(2)",)),
    "access_request:message_sent": _rule((_OTHERS, DESK), basis=("cn-809:20.1",)),
    "reply_extension:asked": _rule((Where.AUTHORITY, LEADER), basis=("cn-809:21.1",)),
    "reply_extension:allowed": _rule((_CONCERNED, DESK), basis=("cn-809:21.1",), binding=True),
    "reply_extension:declined": _rule((_CONCERNED, DESK), basis=("cn-809:21.1",)),
    "access_request:withdrawn": _rule((_OTHERS, DESK), basis=("wushen-2021-60:22.1",)),
    # What a provider asks of its line superior.
    "superior_request:drafted": _rule((_OWN, OFFICER), basis=("wushen-2021-60:21(3)",)),
    "superior_request:letter_issued": _rule((_OWN, CLERKS), basis=("wushen-2021-60:21(3)",)),
    "superior_request:sent": _rule((_OTHERS, DESK), basis=("wushen-2021-60:21(3)",)),
    "superior_request:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:21(3)",)),
    "superior_request:agreed": _rule((_OWN, DESK), _TO_AUTHORITY, basis=("cn-809:24.1",)),
    "superior_request:refused": _rule((_OWN, DESK), _TO_AUTHORITY, basis=("cn-809:24.1",)),
    "superior_request:unanswered": _rule((_OWN, DESK), _TO_AUTHORITY, basis=("cn-809:24.1",)),
    "superior_request:returned": _rule((_CONCERNED, DESK), basis=("cn-809:24.1",)),
    "superior_request:closed": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:21(3)",)),
    "access_request:part_granted": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "access_request:part_upheld": _rule((_CONCERNED, DESK), basis=("cn-809:28.2",)),
    "access_request:dispute_ended": _rule((_OTHERS, DESK), basis=("cn-809:28.2",)),
    # Disputes; what goes hand in hand with an act on the request is told by that.
    "dispute:meeting_recorded": _rule((_CONCERNED, OFFICER), basis=("cn-809:28.2",)),
    "dispute:minutes_confirmed": _rule((_OTHERS, OFFICER), basis=("cn-809:28.2",)),
    "dispute:hearing_opened": _rule((_CONCERNED, DESK), basis=("cn-809:28.2",), binding=True),
    "dispute:heard": _rule(_TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:opinion_prepared": _rule((Where.AUTHORITY, LEADER), basis=("cn-809:28.2",)),
    "dispute:opinion_given": _rule((_CONCERNED, DESK), basis=("cn-809:28.2",), binding=True),
    "dispute:opinion_answered": _rule((_OTHERS, DESK), basis=("cn-809:28.2",)),
    "dispute:opinion_accepted": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:opinion_rejected": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:opinion_lapsed": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:submitted_to_government": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:referred": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",)),
    "dispute:decision_recorded": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:28.2",), binding=True),
    "dispute:mediated": _rule((_CONCERNED, DESK), basis=("cn-809:28.2",), binding=True),
    "dispute:decided": _rule((_CONCERNED, DESK), basis=("cn-809:28.2",), binding=True),
    # What does not exist, and what is collected because of it.
    "absence:stated": _rule((_OTHERS, OFFICER), basis=("wushen-2021-60:21(2)",)),
    "absence:reported": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:21(2)",)),
    "absence:confirmed": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:21(2)",)),
    "absence:disputed": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:21(2)",)),
    "absence:unanswered": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:24",)),
    "absence:filed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:21(2)",)),
    "absence:found": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:6",)),
    "collection_plan:drafted": _rule((_OWN, OFFICER), basis=("wushen-2021-60:21(2)",)),
    "collection_plan:proposed": _rule(_TO_AUTHORITY, basis=("cn-809:19.1",)),
    "collection_plan:returned": _rule((_CONCERNED, DESK), basis=("cn-809:19.1",)),
    "collection_plan:approved": _rule((_CONCERNED, DESK), basis=("cn-809:19.1",)),
    "collection_plan:done": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:7",)),
    # Demands for what the catalogue lacks.
    "demand:stated": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:4(2)",)),
    "demand:assigned": _rule((_OTHERS, DESK), basis=("cn-809:20.1",)),
    "demand:returned": _rule((_OTHERS, CLERKS), _TO_AUTHORITY, basis=("cn-809:20.1",)),
    "demand:answered": _rule((_OTHERS, DESK), basis=("wushen-2021-60:4(2)",)),
    "demand:entry_published": _rule((_OTHERS, DESK), basis=("wushen-2021-60:4(2)",)),
    "demand:contested": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:4(2)",)),
    "demand:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:24",), binding=True),
    "demand:closed": _rule((_OTHERS, DESK), basis=("wushen-2021-60:4(2)",)),
    "demand:withdrawn": _rule((_OTHERS, DESK), basis=("wushen-2021-60:4(2)",)),
    # Grants.
    "grant:revised": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:22.3",)),
    "grant:suspended": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27.2",), binding=True),
    "grant:resumed": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27.2",)),
    "grant:ended": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27",), binding=True),
    "grant:expired": _rule((_CONCERNED, DESK | NODES), basis=("wushen-2021-60:22.3",), binding=True),
    # Putting right what a grant was suspended for.
    "rectification:demanded": _rule((_OTHERS, DESK), basis=("cn-809:27.2",), binding=True),
    "rectification:demanded_again": _rule((_OTHERS, DESK), basis=("cn-809:27.2",), binding=True),
    "rectification:reported": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:27.2",)),
    "rectification:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:27.2",), binding=True),
    "rectification:reopened": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:27.2",)),
    "rectification:accepted": _rule((_CONCERNED, DESK), basis=("cn-809:27.2",)),
    "rectification:declined": _rule((_OTHERS, DESK), basis=("cn-809:27.2",), binding=True),
    "rectification:deadline_recounted": _rule((_CONCERNED, DESK), basis=("cn-809:27.2",)),
    "stop_notice:confirmed": _rule((_CONCERNED, DESK), basis=("cn-809:27.3",), binding=True),
    "stop_notice:deadline_recounted": _rule((_CONCERNED, DESK), basis=("cn-809:27.3",)),
    # The use of what was granted.
    "use_report:opened": _rule((_CONCERNED, frozenset({Role.REVIEWER, Role.ACCOUNTABLE_OFFICER})), basis=("cn-809:29.2",)),
    "use_report:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:29.2",), binding=True),
    "use_report:reopened": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:29.2",)),
    "use_report:reported": _rule((_OTHERS, OFFICER), basis=("cn-809:29.2",)),
    "use_question:asked": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:22.3",), binding=True),
    "use_question:asked_again": _rule((_OTHERS, DESK), basis=("wushen-2021-60:22.3",)),
    "use_question:answered": _rule((_OTHERS, OFFICER), _TO_AUTHORITY, basis=("wushen-2021-60:22.3",)),
    "use_question:settled": _rule((_OTHERS, DESK), basis=("wushen-2021-60:22.3",)),
    "inspection:announced": _rule((_OTHERS, DESK), basis=("cn-809:29.2",), binding=True),
    "inspection:passed": _rule((_OTHERS, DESK), basis=("cn-809:29.2",)),
    "inspection:defects_found": _rule((_OTHERS, DESK), basis=("cn-809:29.2",), binding=True),
    "inspection:replied": _rule((_OTHERS, OFFICER), _TO_AUTHORITY, basis=("cn-809:29.2",)),
    "inspection:reply_rejected": _rule((_OTHERS, DESK), basis=("cn-809:29.2",), binding=True),
    "inspection:closed": _rule((_OTHERS, DESK), basis=("cn-809:29.2",)),
    "third_party_consent:asked": _rule((_OTHERS, DESK), basis=("cn-809:25.1",)),
    "third_party_consent:consented": _rule((_OTHERS, DESK), basis=("cn-809:25.1",)),
    "third_party_consent:refused": _rule((_OTHERS, DESK), basis=("cn-809:25.1",)),
    "third_party_consent:withdrawn": _rule((_OTHERS, OFFICER), basis=("cn-809:25.1",)),
    "third_party_consent:revoked": _rule((_CONCERNED, DESK), basis=("cn-809:25.1",), binding=True),
    "provision:declared": _rule((_OTHERS, DESK | NODES), basis=("cn-809:22.2",)),
    "provision:denied": _rule((_OTHERS, DESK | NODES), basis=("cn-809:22.1",)),
    "provision:reopened": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:22.1",)),
    "provision:overdue": _rule((_CONCERNED, DESK | NODES), _TO_AUTHORITY, basis=("cn-809:22.1",), binding=True),
    "disposal_duty:destroyed_by_node": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27.1",)),
    "disposal_duty:destruction_failed": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27.1",)),
    "disposal_duty:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:27.1",), binding=True),
    "disposal_duty:reopened": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:27.1",)),
    "disposal_duty:discharged": _rule((_OTHERS, OFFICER), basis=("cn-809:27.1",)),
    "disposal_duty:acknowledged": _rule((_OTHERS, OFFICER), basis=("cn-809:27.1",)),
    "disposal_duty:opened": _rule((_CONCERNED, DESK), basis=("cn-809:27.1",), binding=True),
    # Doubts and errors about what was delivered.
    "correction:proposed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:20",)),
    "correction:reported": _rule((_OTHERS, DESK), basis=("wushen-2021-60:23",)),
    "correction:adopted": _rule((_OTHERS, DESK), basis=("wushen-2021-60:23",)),
    "correction:assigned": _rule((_OWN, DESK), basis=("cn-809:26.2",)),
    "correction:forwarded": _rule((_CONCERNED, DESK), basis=("cn-809:26.2",)),
    "correction:corrected": _rule((_OTHERS, DESK), basis=("wushen-2021-60:20",), binding=True),
    "correction:refuted": _rule((_OTHERS, DESK), basis=("cn-809:26.2",)),
    "correction:undetermined": _rule((_OTHERS, DESK), basis=("cn-809:26.2",)),
    "correction:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("cn-809:39(6)",), binding=True),
    "correction:way_ended": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:20",)),
    "correction:arrived": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:20",)),
    "correction:objected": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:24",)),
    "correction:upheld": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:24",)),
    "correction:dismissed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:24",)),
    "correction:reminded": _rule((_OTHERS, DESK), basis=("wushen-2021-60:24",), binding=True),
    "correction:accepted": _rule((_OTHERS, DESK), basis=("wushen-2021-60:23",)),
    "correction:withdrawn": _rule((_OTHERS, DESK), basis=("wushen-2021-60:23",)),
    "counter_complaint:recorded": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:23",), binding=True),
    "counter_complaint:answered": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:23",)),
    # Agreements.
    "agreement:drafted": _rule((_OWN, OFFICER), basis=("wushen-2021-60:18",)),
    "agreement:signed_by_department": _rule((Where.AUTHORITY, LEADER), basis=("wushen-2021-60:18",)),
    "agreement:sealed_by_department": _rule((Where.AUTHORITY, LEADER), basis=("wushen-2021-60:18",)),
    "agreement:in_force": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:18",)),
    "agreement:returned": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:18",)),
    "agreement:expired": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:18",), binding=True),
    "agreement:terminated": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:18",), binding=True),
    "rule_file:issued": _rule((_ALL, DESK | NODES), basis=("wushen-2021-60:12(1)",)),
    "rule_file:replaced": _rule((_ALL, DESK | NODES), basis=("wushen-2021-60:12(1)",)),
    "agreement_template:issued": _rule((_ALL, DESK), basis=("wushen-2021-60:18",)),
    # Nodes and flows.
    "node:enrolled": _rule((Where.OPERATOR, OPERATORS), basis=("wushen-2021-60:16",)),
    "node:admitted": _rule((_CONCERNED, NODES), basis=("wushen-2021-60:16",)),
    "node:suspended": _rule((_CONCERNED, NODES | OFFICER), basis=("wushen-2021-60:13",)),
    "node:revoked": _rule((_CONCERNED, NODES | OFFICER), basis=("wushen-2021-60:13",)),
    "flow:started": _rule((_CONCERNED, NODES), basis=("cn-809:22.1",)),
    "alarm:raised": _rule((_CONCERNED, NODES), (Where.OPERATOR, OPERATORS), basis=("wushen-2021-60:13",)),
    "officer_filing:reported": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:25",)),
    "system:plan_changed": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:17",)),
    "system:moved": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:17",)),
    # Exchanges outside the platform.
    "outside_channel:declared": _rule(_TO_AUTHORITY, (_OTHERS, DESK), basis=("wushen-2021-60:17",)),
    "outside_channel:confirmed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:17",)),
    "outside_channel:dismissed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:17",)),
    "outside_channel:planned": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:17",)),
    "outside_channel:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:17",), binding=True),
    "outside_channel:exemption_asked": _rule((Where.AUTHORITY, LEADER), basis=("wushen-2021-60:17",)),
    "outside_channel:exempted": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:17",)),
    "outside_channel:exemption_declined": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:17",)),
    "outside_channel:migrated": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:17",)),
    "outside_channel:closed": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:17",)),
    "outside_channel:reopened": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:17",), binding=True),
    # Projects.
    "project:presented": _rule((_OWN, OFFICER), basis=("wushen-2021-60:8",)),
    "project:consented": _rule((_OWN, CLERKS), basis=("wushen-2021-60:8",)),
    "project:sent_back": _rule((_OWN, CLERKS), basis=("wushen-2021-60:8",)),
    "project:submitted": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:8",)),
    "project:returned": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:8",)),
    "project:passed": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:8",)),
    "project:acceptance_requested": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:8",)),
    "project:acceptance_returned": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:8",)),
    "project:accepted": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:8",)),
    # Changes of remit, the yearly look at what is withheld, the end of sharing.
    "remit_change:registered": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:7",)),
    "remit_change:extension_asked": _rule(_TO_AUTHORITY, basis=("cn-809:17.2",)),
    "remit_change:extension_consented": _rule((_CONCERNED, DESK), basis=("cn-809:17.2",)),
    "remit_change:extension_declined": _rule((_CONCERNED, DESK), basis=("cn-809:17.2",)),
    "remit_change:reminded_half_time": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:7",)),
    "remit_change:reminded_last_day": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:7",)),
    "remit_change:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:7",), binding=True),
    "remit_change:outer_limit_passed": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:30(1)",), binding=True),
    "remit_change:completed": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:7",)),
    "withheld_check:opened": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:10",)),
    "withheld_check:reported": _rule(_TO_AUTHORITY, basis=("wushen-2021-60:10",)),
    "withheld_check:returned": _rule((_CONCERNED, DESK), basis=("wushen-2021-60:10",)),
    "withheld_check:overdue": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:10",), binding=True),
    "withheld_check:basis_lapsed": _rule((_CONCERNED, DESK), _TO_AUTHORITY, basis=("wushen-2021-60:10",), binding=True),
    "stop_notice:announced": _rule((_OTHERS, DESK | NODES), basis=("cn-809:27.3",), binding=True),
    "stop_notice:agreed": _rule((_OTHERS, DESK), basis=("cn-809:27.3",)),
    "stop_notice:objected": _rule((_OTHERS, DESK), _TO_AUTHORITY, basis=("cn-809:27.3",)),
    "stop_notice:filed": _rule((_CONCERNED, DESK), basis=("cn-809:27.3",), binding=True),
    "stop_notice:rejected": _rule((_CONCERNED, DESK), basis=("cn-809:27.3",)),
    "stop_notice:cancelled": _rule((_OTHERS, DESK | NODES), basis=("cn-809:27.3",)),
    "stop_notice:carried_out": _rule((_CONCERNED, DESK | NODES), basis=("cn-809:27.3",), binding=True),
    # Who was given a version of a file that is withdrawn.
    "file_delivery:version_withdrawn": _rule(
        (_OTHERS, DESK | NODES), basis=("wushen-2021-60:20", "wushen-2021-60:23"), binding=True
    ),
    # Everybody's calendar and rules.
    "calendar:notice_entered": _rule((_ALL, DESK), basis=("wushen-2021-60:24",)),
    "rule:chosen": _rule((_ALL, OFFICER), basis=("wushen-2021-60:24", "wushen-2021-60:32")),
}

#: Acts that one person is told of, whatever roles there are -> the notice.
OF_DEPUTIES: Mapping[str, str] = {"person:deputy_named": "deputy:named", "person:deputy_ended": "deputy:ended"}

#: The end of a batch, of which the person who asked is told -> the notice, and the one where something was refused.
OF_BATCHES: Mapping[str, tuple[str, str]] = {"batch:finished": ("batch:finished", "batch:partly_done")}

#: Notices of the room's own making, and whether they can be switched off.
OWN_KINDS: Mapping[str, Rule] = {
    "saved_search:new_entries": _rule(basis=("wushen-2021-60:6",)),
    "webhook:stopped": _rule(basis=("wushen-2021-60:25",)),
    "deputy:named": _rule(basis=("wushen-2021-60:25",)),
    "deputy:ended": _rule(basis=("wushen-2021-60:25",)),
    "batch:finished": _rule(basis=("wushen-2021-60:25",)),
    "batch:partly_done": _rule(basis=("wushen-2021-60:25",)),
    "period:half_time": _rule(basis=("wushen-2021-60:21(2)",)),
    "period:last_day": _rule(basis=("wushen-2021-60:21(2)",)),
}


def topic_of(kind: str) -> str:
    """What a kind belongs to."""
    return kind.partition(":")[0]


def topics() -> dict[str, bool]:
    """Every topic, and whether all of it can be switched off."""
    found: dict[str, bool] = {}
    for kind, rule in {**RULES, **OWN_KINDS}.items():
        found[topic_of(kind)] = found.get(topic_of(kind), False) or not rule.binding
    return found


def is_binding(kind: str) -> bool:
    """Whether a person is told whatever they chose."""
    rule = RULES.get(kind)
    return rule is not None and rule.binding
