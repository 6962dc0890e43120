"""Words of the pages of requests to superiors."""

from typing import Any

from django.utils.translation import gettext_lazy as _

STATES = {
    "superior_request:DRAFT": (_("Letter being drafted"), "secondary"),
    "superior_request:ISSUED": (_("Letter issued, to be sent"), "info"),
    "superior_request:SENT": (_("Before the superior"), "primary"),
    "superior_request:OVERDUE": (_("No answer yet: to be reminded"), "danger"),
    "superior_request:AGREED": (_("Superior agreed, data to come"), "success"),
    "superior_request:REFUSED": (_("Superior refused"), "danger"),
    "superior_request:NO_ANSWER": (_("Noted as unanswered"), "warning"),
    "superior_request:RETURNING": (_("Data come back"), "success"),
    "superior_request:CLOSED": (_("Request to the superior closed"), "secondary"),
    "superior_request:DISCARDED": (_("Letter discarded"), "secondary"),
}

EVENTS = {
    "superior_request:drafted": _("Letter to the superior drafted"),
    "superior_request:letter_issued": _("Letter to the superior issued"),
    "superior_request:sent": _("Letter to the superior sent"),
    "superior_request:overdue": _("No answer of the superior within the period"),
    "superior_request:reminded": _("Superior reminded"),
    "superior_request:agreed": _("Superior agreed to return the data"),
    "superior_request:refused": _("Superior refused to return the data"),
    "superior_request:unanswered": _("Noted that the superior does not answer"),
    "superior_request:returned": _("Data came back from above"),
    "superior_request:returned_again": _("Data came back from above again"),
    "superior_request:deadline_recounted": _("Deadline counted anew after a holiday notice"),
    "superior_request:closed": _("Request to the superior closed"),
    "superior_request:discarded": _("Letter discarded"),
}

CODES: dict[str, Any] = {
    "actor:return-watcher": _("Watch over returned data (automatic)"),
    "superior_level:NATIONAL": _("National"),
    "superior_level:REGIONAL": _("Regional"),
    "superior_level:CITY": _("City"),
    "superior_outcome:GRANTED": _("Granted in full"),
    "superior_outcome:PARTLY": _("Granted in part or with limits"),
    "superior_outcome:REFUSED": _("Refused by the superior"),
    "superior_outcome:NONE": _("No answer came"),
    "letter_way:oa": _("Office system (OA)"),
    "letter_way:exchange": _("Document exchange"),
    "letter_way:post": _("By post"),
    "letter_way:courier": _("Confidential courier"),
    "letter_way:hand": _("By hand"),
    "letter_way:fax": _("Fax"),
    "return_way:table": _("Table exchange with the superior"),
    "return_way:api": _("Interface of the superior"),
    "return_way:file": _("File"),
    "return_way:flow": _("Seen flowing by the platform"),
    "to_ask:access_request": _("Refused request"),
    "to_ask:resource": _("Entry not mounted"),
    "document_kind:superior_request": _("Letter to a line superior"),
    "document_kind:superior_reminder": _("Reminder to a line superior"),
}
