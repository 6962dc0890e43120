"""Words of access requests."""

from django.utils.translation import gettext_lazy as _

STATES = {
    "access_request:DRAFT": (_("Draft"), "secondary"),
    "access_request:PRESENTED": (_("Before the accountable officer"), "info"),
    "access_request:CONSENTED": (_("Consented, ready to submit"), "info"),
    "access_request:SUBMITTED": (_("Waits for the reply"), "primary"),
    "access_request:INCOMPLETE": (_("To be completed"), "warning"),
    "access_request:REPLY_OVERDUE": (_("Reply overdue"), "danger"),
    "access_request:GRANTED": (_("Granted"), "success"),
    "access_request:PARTLY_GRANTED": (_("Granted in part"), "success"),
    "access_request:REFUSED": (_("Refused"), "danger"),
    "access_request:IN_CONSULTATION": (_("In consultation"), "warning"),
    "access_request:IN_MEDIATION": (_("In mediation by the authority"), "warning"),
    "reply_extension:ASKED": (_("Asked, awaiting the answer"), "warning"),
    "reply_extension:ALLOWED": (_("Consented"), "success"),
    "reply_extension:DECLINED": (_("Not consented"), "danger"),
    "reply_extension:OVERTAKEN": (_("Overtaken"), "secondary"),
    "access_request:WITHDRAWN": (_("Withdrawn"), "secondary"),
}
EVENTS = {
    "access_request:drafted": _("Request drafted"),
    "access_request:presented": _("Presented to the accountable officer"),
    "access_request:sent_back": _("Sent back to the clerk"),
    "access_request:consented": _("Accountable officer consented"),
    "access_request:submitted": _("Request submitted"),
    "access_request:incomplete_notified": _("Notice of missing material, once; the clock stands"),
    "access_request:completed": _("Completed; the period begins anew"),
    "access_request:reply_prepared": _("Reply prepared"),
    "access_request:reply_returned": _("Prepared reply returned"),
    "access_request:reply_overdue": _("Period of reply over: the turn passes to the authority"),
    "access_request:granted": _("Granted"),
    "access_request:partly_granted": _("Granted in part"),
    "access_request:refused": _("Refused"),
    "access_request:consultation_opened": _("Consultation opened"),
    "access_request:consultation_lapsed": _("Consultation without result: before the authority"),
    "access_request:consultation_failed": _("Refused in consultation: before the authority"),
    "access_request:mediation_asked": _("Brought before the authority"),
    "access_request:withdrawn": _("Request withdrawn"),
    "access_request:extended": _("Period of reply extended with the authority's consent"),
    "reply_extension:asked": _("Extension of the reply asked for"),
    "reply_extension:allowed": _("Authority consented to the extension"),
    "reply_extension:declined": _("Authority did not consent to the extension"),
    "reply_extension:lapsed": _("Asking for an extension overtaken"),
    "access_request:message_sent": _("Message sent"),
    "sensitive_combination:added": _("Sensitive combination added"),
    "sensitive_combination:ended": _("Sensitive combination ended"),
    "access_request:deadline_recomputed": _("Deadline counted anew after a holiday notice"),
}
CODES = {
    "request_kind:new": _("a new request"),
    "request_kind:change": _("change of a grant"),
    "request_kind:renewal": _("renewal of a grant"),
    "request_field:legal_basis": _("Legal basis of the duty"),
    "request_field:purposes": _("Purposes"),
    "request_field:purpose_note": _("Note on the purposes"),
    "request_field:use_case": _("Use case"),
    "request_field:scope": _("Scope of use"),
    "request_field:elements": _("Elements"),
    "request_field:mode": _("Way of sharing"),
    "request_field:until": _("Needed until (last day)"),
    "request_field:handlers": _("Handlers"),
    "circumstance:resource_withdrawn": _(
        "The resource is published no more: nothing is granted of it; a refusal or withdrawal closes the request"
    ),
    "circumstance:resource_renamed": _("The resource has a new name; the request goes on"),
    "circumstance:consumer_gone": _(
        "The applicant is no department in service any more: nothing is granted to it; whoever took over applies anew"
    ),
    "circumstance:provider_gone": _(
        "The provider is no department in service any more: ask the authority who took over and apply there anew"
    ),
    "circumstance:consumer_renamed": _("The applicant has a new name; the request goes on under its number"),
    "circumstance:provider_renamed": _("The provider has a new name; the request goes on under its number"),
    "circumstance:consumer_agreement": _(
        "The applicant's agreement is not in force: the request may be answered only when it is again"
    ),
    "circumstance:provider_agreement": _(
        "The provider's agreement is not in force: nothing is granted until it is again; a refusal is possible"
    ),
    "circumstance:consumer_officer": _("The applicant has no accountable officer: nothing is consented to until one is named"),
    "circumstance:provider_officer": _(
        "The provider has no accountable officer: the period runs on, and passes to the authority"
    ),
    "circumstance:preparer_left": _(
        "Who prepared the reply has left; the officer may give it as it stands, or have it prepared anew"
    ),
    "circumstance:drafter_left": _("Who drafted this has left; anybody of the department's office carries on"),
    "circumstance:handler_left": _(
        "A handler named here has left or moved: name others before presenting, or with the completion"
    ),
    "circumstance:ban_changed": _("The text of the third-party ban is new: accept it anew"),
    "circumstance:grant_ended": _("The grant to be changed has ended: withdraw this and apply anew"),
    "circumstance:grant_ran_out": _("The grant to be renewed has run out: a granting reply makes a new grant"),
    "turn:consumer": _("the applicant"),
    "turn:provider": _("the provider"),
    "turn:authority": _("the authority"),
    "ground:outside_remit": _("Outside the applicant's duties"),
    "ground:purpose_unfit": _("Purpose does not fit the declared purposes"),
    "ground:no_legal_basis": _("The stated basis does not carry the request"),
    "ground:security_risk": _("Security conditions are not met"),
    "ground:held_above": _("The data lie in a superior's system"),
    "ground:does_not_exist": _("The data do not exist"),
    "actor:standing-consent": _("Standing consent of the provider's officer"),
    "actor:deadline-sweeper": _("Deadline watch (automatic)"),
    "actor:calendar-recalculator": _("Calendar (automatic)"),
    "actor:grant-expirer": _("End of period (automatic)"),
    "actor:flow-opener": _("Opening of flows (automatic)"),
    "actor:fact-intake": _("Data plane (report)"),
    "actor:grants": _("Grants (automatic)"),
    "actor:delivery": _("Delivery (automatic)"),
}
