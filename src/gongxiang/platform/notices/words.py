"""What a notice says, made when it is shown: from its kind and values, in the reader's language."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.notices.models import Notice

#: Kind -> what happened.
WORDS: dict[str, str | Promise] = {
    "resource:sent_for_review": _("Sent for review"),
    "resource:reviewed": _("Reviewed in the department"),
    "resource:consented": _("Accountable officer consented"),
    "resource:submitted": _("Submitted to the authority"),
    "resource:returned": _("Returned with remarks"),
    "resource:published": _("New resource published: all departments are told"),
    "resource:withdrawn": _("Resource withdrawn from the catalogue"),
    "access_request:presented": _("Presented to the accountable officer"),
    "access_request:sent_back": _("Sent back to the clerk"),
    "access_request:submitted": _("Request submitted"),
    "access_request:incomplete_notified": _("Notice of missing material, once; the clock stands"),
    "access_request:completed": _("Completed; the period begins anew"),
    "access_request:granted": _("Granted"),
    "access_request:partly_granted": _("Granted in part"),
    "access_request:refused": _("Refused"),
    "access_request:reply_overdue": _("Period of reply over: the turn passes to the authority"),
    "access_request:consultation_opened": _("Consultation opened"),
    "access_request:consultation_failed": _("Refused in consultation: before the authority"),
    "access_request:consultation_lapsed": _("Consultation without result: before the authority"),
    "access_request:mediation_asked": _("Brought before the authority"),
    "access_request:deadline_recomputed": _("Deadline counted anew after a holiday notice"),
    "access_request:withdrawn": _("Request withdrawn"),
    "demand:stated": _("Demand stated"),
    "demand:assigned": _("Demand assigned to a likely provider"),
    "demand:returned": _("Demand handed back to the authority"),
    "demand:answered": _("Demand answered"),
    "demand:contested": _("Answer to a demand contested"),
    "demand:overdue": _("Period of answer to a demand is over"),
    "demand:closed": _("Demand closed"),
    "demand:withdrawn": _("Demand withdrawn"),
    "grant:revised": _("Terms revised"),
    "grant:suspended": _("Grant suspended"),
    "grant:resumed": _("Grant resumed"),
    "grant:ended": _("Grant ended"),
    "grant:expired": _("Period over, grant ended"),
    "disposal_duty:opened": _("Disposal duty opened"),
    "agreement:signed_by_department": _("Agreement signed for the department"),
    "agreement:in_force": _("Agreement signed for the authority: in force"),
    "agreement:returned": _("Agreement returned"),
    "agreement:expired": _("Agreement ran out"),
    "agreement:terminated": _("Agreement ended"),
    "agreement_template:issued": _("Text of the agreement issued"),
    "node:enrolled": _("Node enrolled with its key"),
    "node:admitted": _("Node admitted"),
    "node:suspended": _("Node suspended"),
    "node:revoked": _("Node revoked"),
    "flow:started": _("Flow opened"),
    "alarm:raised": _("Alarm"),
    "calendar:notice_entered": _("Holiday notice entered"),
    "rule:chosen": _("Rule chosen"),
    "saved_search:new_entries": _("New entries for a search you keep"),
    "period:half_time": _("Half of the period is over"),
    "period:last_day": _("Last day of the period"),
}

TOPICS: dict[str, str | Promise] = {
    "resource": _("Catalogue entries"),
    "access_request": _("Access requests"),
    "demand": _("Demands"),
    "grant": _("Grants"),
    "disposal_duty": _("Disposal"),
    "agreement": _("Agreements"),
    "agreement_template": _("Text of the agreement"),
    "node": _("Exchange nodes"),
    "flow": _("Table exchange"),
    "alarm": _("Alarms"),
    "calendar": _("Working calendar"),
    "rule": _("Instruments and periods"),
    "saved_search": _("My searches"),
    "period": _("Reminders of periods"),
}


def said(notice: Notice) -> str:
    """What happened, in words."""
    return str(WORDS.get(notice.kind, notice.kind))


def line(notice: Notice) -> str:
    """One line of the digest: what happened, to what."""
    return f"{said(notice)}: {notice.title}" if notice.title else said(notice)
