"""The inbox: list, filter, mark read, open the case; and the settings."""

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings as site
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.notices import actions, queries, rules, words
from gongxiang.platform.notices.permissions import READ
from gongxiang.platform.web import lists
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.templatetags.law import citations
from gongxiang.protocol import clock
from gongxiang.protocol.canonical import instant

#: Subject -> the page that shows it.
PAGES = {
    "resource": "catalogue:resource",
    "rule_file": "documents:rule",
    "access_request": "access:detail",
    "dispute": "disputes:detail",
    "absence": "collection:absence",
    "collection_plan": "collection:plan",
    "superior_request": "superiors:detail",
    "outside_channel": "channels:detail",
    "demand": "demands:detail",
    "correction": "corrections:detail",
    "counter_complaint": "corrections:complaint",
    "grant": "grants:detail",
    "flow": "delivery:flow",
    "file_delivery": "delivery:files",
    "batch": "batches:one",
    "agreement": "agreements:agreement",
    "node": "delivery:node",
    "project": "projects:detail",
    "remit_change": "upkeep:remit",
    "withheld_check": "upkeep:check",
    "stop_notice": "upkeep:stop",
    "reply_extension": "access:extension",
    "rectification": "use:rectification",
    "use_report": "use:report",
    "use_question": "use:question",
    "inspection": "use:inspection",
    "third_party_consent": "use:third_party",
    "provision": "use:provision",
}
#: Subjects whose page needs no key.
LISTS = {
    "officer_filing": "parties:filings",
    "system": "parties:systems",
    "alarm": "delivery:alarms",
    "disposal_duty": "grants:disposals",
    "calendar": "rules:calendar",
    "rule": "rules:instruments",
    "stop_notice": "upkeep:stops",
    "withheld_check": "upkeep:withheld",
    "agreement_template": "agreements:template",
    "deputy": "agenda:deputies",
    "webhook": "agenda:office",
}
_EXPORT = 10_000


def place_of(notice: Any) -> str:
    """The address of the case; empty where it has no page of its own."""
    if notice.kind == "saved_search:new_entries":
        query = notice.values.get("query", "")
        return f"{reverse('catalogue:search')}?{query}&sort=newest"
    try:
        if notice.subject_type in PAGES:
            return reverse(PAGES[notice.subject_type], args=[UUID(notice.subject_id)])
        if notice.subject_type in LISTS:
            return reverse(LISTS[notice.subject_type])
    except (NoReverseMatch, ValueError):
        return ""
    return ""


_COLUMNS: list[tuple[Any, Any]] = [
    (gettext_lazy("Time"), lambda one: instant(one.at)),
    (gettext_lazy("What happened"), words.said),
    (gettext_lazy("Case"), lambda one: one.title),
    (gettext_lazy("Basis"), lambda one: citations(one.basis)),
    (gettext_lazy("Read"), lambda one: instant(one.read_at) if one.read_at else ""),
]


@door(READ)
@require_safe
def inbox(request: ActingRequest) -> HttpResponse:
    """My notices; as CSV with `export=csv`."""
    topic = request.GET.get("topic", "")
    unread = request.GET.get("unread") == "1"
    text = request.GET.get("q", "").replace("\x00", "").strip()[:200]
    rows = queries.inbox(request.actor, text=text, topic=topic if topic in words.TOPICS else "", unread=unread)
    if request.GET.get("export") == "csv":
        return lists.export_csv("notices", _COLUMNS, rows[:_EXPORT])
    page = lists.paginate(request, rows, filters=("topic", "unread"))
    page.rows = [(one, words.said(one), place_of(one)) for one in page.rows]
    context = {"page": page, "topics": words.TOPICS.items(), "unread_only": unread}
    return render(request, "notices/list.html", context)


@door(READ)
@require_POST
def open_notice(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Read it and go to its case."""
    notice = actions.mark_read(notice_id=notice_id, by=request.actor, at=clock.now())
    return redirect(place_of(notice) or "notices:list")


@door(READ)
@require_POST
def read(request: ActingRequest, notice_id: UUID) -> HttpResponse:
    """Mark one as read."""
    actions.mark_read(notice_id=notice_id, by=request.actor, at=clock.now())
    return redirect("notices:list")


@door(READ)
@require_POST
def read_all(request: ActingRequest) -> HttpResponse:
    """Mark all as read, or all of one topic."""
    topic = request.POST.get("topic", "")
    number = actions.mark_all_read(topic=topic if topic in words.TOPICS else "", by=request.actor, at=clock.now())
    messages.success(request, ngettext("%(n)d notice marked as read.", "%(n)d notices marked as read.", number) % {"n": number})
    return redirect("notices:list")


class TopicsForm(Form):
    """Which topics to hear of."""

    wanted = forms.MultipleChoiceField(
        label=gettext_lazy("Tell me of"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        choices=list(words.TOPICS.items()),
    )


class MailForm(Form):
    """The daily digest."""

    asked = forms.BooleanField(label=gettext_lazy("Send me by e-mail what I have not read"), required=False)
    rhythm = forms.ChoiceField(
        label=gettext_lazy("How often letters come"),
        choices=[
            ("daily", gettext_lazy("Once a day, at eight in the morning")),
            ("immediate", gettext_lazy("At once")),
            ("binding", gettext_lazy("Only what must be told, once a day")),
        ],
        initial="daily",
        required=False,
    )
    address = forms.EmailField(label=gettext_lazy("Address of my office"), required=False)


def _show(
    request: ActingRequest, *, topics: TopicsForm | None = None, mail: MailForm | None = None, status: int = 200
) -> HttpResponse:
    wishes = queries.wishes_of(request.actor.id)
    context = {
        "topics_form": topics or TopicsForm(initial={"wanted": [one for one in words.TOPICS if one not in wishes.muted]}),
        "mail_form": mail or MailForm(initial={"asked": wishes.mail_asked, "address": wishes.mail, "rhythm": wishes.rhythm}),
        "firm": [words.TOPICS[topic] for topic, may in rules.topics().items() if not may],
        "mail_on": bool(site.SMTP_URL),
        "failing": wishes if wishes.mail_failures else None,
    }
    return render(request, "notices/settings.html", context, status=status)


@door(READ)
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: ActingRequest) -> HttpResponse:
    """What I wish to hear of."""
    if request.method != "POST":
        return _show(request)
    form = TopicsForm(request.POST)
    if form.is_valid():
        muted = [topic for topic in words.TOPICS if topic not in form.cleaned_data["wanted"]]
        try:
            actions.choose_topics(muted=muted, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Your choice is kept."))
            return redirect("notices:settings")
    return _show(request, topics=form, status=422)


@door(READ)
@require_POST
def settings_mail(request: ActingRequest) -> HttpResponse:
    """Whether and where the digest goes."""
    form = MailForm(request.POST)
    if form.is_valid():
        try:
            sent = {**form.cleaned_data, "rhythm": form.cleaned_data["rhythm"] or "daily"}
            actions.choose_mail(**sent, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Your choice is kept."))
            return redirect("notices:settings")
    return _show(request, mail=form, status=422)
