"""Words of the pages of disputes."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "dispute:CONSULTING": (_("In consultation"), "warning"),
    "dispute:IN_MEDIATION": (_("Before the authority"), "warning"),
    "dispute:HEARING": (_("Both sides are heard"), "primary"),
    "dispute:HEARD": (_("Heard, opinion to be given"), "primary"),
    "dispute:OPINION_GIVEN": (_("Opinion given, to be answered"), "primary"),
    "dispute:OPINION_ACCEPTED": (_("Opinion accepted by both"), "success"),
    "dispute:NOT_ACCEPTED": (_("Opinion not accepted, to be submitted"), "warning"),
    "dispute:BEFORE_GOVERNMENT": (_("Before the banner's government"), "warning"),
    "dispute:REFERRED": (_("With the common superior authority"), "warning"),
    "dispute:DECISION_RECORDED": (_("Decided, to be carried out"), "success"),
    "dispute:SETTLED": (_("Settled in consultation"), "success"),
    "dispute:MEDIATED": (_("Settled by mediation"), "success"),
    "dispute:DECIDED": (_("Decided and carried out"), "success"),
    "dispute:WITHDRAWN": (_("Dispute withdrawn"), "secondary"),
}

EVENTS = {
    "access_request:part_granted": _("Agreed part granted; the rest goes before the authority"),
    "access_request:part_upheld": _("The granted part stays, the rest stays refused"),
    "access_request:dispute_ended": _("No longer disputed: the reply stands"),
    "dispute:opened": _("Dispute opened with grounds"),
    "dispute:meeting_recorded": _("Minutes of a meeting written"),
    "dispute:minutes_confirmed": _("Minutes confirmed by one side"),
    "dispute:file_attached": _("File attached to the dispute"),
    "dispute:settled": _("Dispute settled in consultation"),
    "dispute:mediation_asked": _("Dispute brought before the authority"),
    "dispute:consultation_failed": _("Consultation without full result: before the authority"),
    "dispute:consultation_lapsed": _("Period of consultation over: before the authority"),
    "dispute:hearing_opened": _("Handler named, both sides asked for statements"),
    "dispute:statement_made": _("Statement of one side"),
    "dispute:heard": _("Hearing closed"),
    "dispute:opinion_prepared": _("Opinion prepared"),
    "dispute:opinion_given": _("Opinion of the mediation given"),
    "dispute:opinion_answered": _("One side accepts the opinion"),
    "dispute:opinion_accepted": _("Both sides accept the opinion: it binds"),
    "dispute:opinion_rejected": _("One side does not accept the opinion"),
    "dispute:opinion_lapsed": _("Opinion not answered in time: not accepted"),
    "dispute:submitted_to_government": _("Submitted to the banner's government"),
    "dispute:referred": _("Referred to the common superior authority"),
    "dispute:decision_recorded": _("Decision recorded"),
    "dispute:mediated": _("Accepted opinion carried out"),
    "dispute:decided": _("Decision carried out"),
    "dispute:withdrawn": _("Dispute withdrawn"),
    "dispute:deadline_recounted": _("Deadline counted anew after a holiday notice"),
}

CODES: dict[str, Any] = {
    "turn:both": _("both sides"),
    "turn:government": _("the banner's government"),
    "turn:superior": _("the common superior authority"),
    "side:consumer": _("Applicant"),
    "side:provider": _("Provider"),
    "consulted:": _("To be continued"),
    "consulted:AGREED": _("Agreed"),
    "consulted:PARTLY": _("Agreed in part"),
    "consulted:FAILED": _("Without result"),
    "consulted:LAPSED": _("Period over without result"),
    "opinion_answer:": _("Not answered"),
    "opinion_answer:ACCEPTED": _("Opinion accepted"),
    "opinion_answer:REJECTED": _("Opinion not accepted"),
}
