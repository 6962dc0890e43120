"""Tags every page uses: icons, articles, times, deadlines, state badges, paging, forms."""

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils import translation
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gongxiang.law.articles import UnknownArticle
from gongxiang.law.articles import article as cited
from gongxiang.platform.web import labels
from gongxiang.platform.web.dates import day_in_words
from gongxiang.platform.web.declared import box
from gongxiang.platform.web.templatetags.law import citation, words
from gongxiang.protocol import clock
from gongxiang.protocol.clock import BEIJING

register = template.Library()


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """`{% icon "database" %}`: decorative unless a label is given."""
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"></use></svg>', label, _shape(name))
    return _decoration(name)


@cache
def _shape(name: str) -> str:
    """Where a shape is; the sheet does not change while the site runs."""
    return f"{static('built/icons.svg')}#{name}"


@cache
def _decoration(name: str) -> SafeString:
    # Every entry of the menu has one, on every page.
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"></use></svg>', _shape(name))


@register.simple_tag
def article(identifier: str) -> SafeString:
    """`{% article "wushen-2021-60:21(2)" %}`: a link to the article, in words: 办法第二十一条第（二）项."""
    try:
        found, text = cited(identifier), citation(identifier)
    except UnknownArticle:
        return format_html('<span class="article">{}</span>', identifier)
    url = reverse("rules:article", args=[identifier])
    return format_html('<a class="article" href="{}" title="{}">{}</a>', url, words(found.summary), text)


@register.filter
def listed(words_: Any) -> str:
    """Several words in a row, separated as the language does: 姓名、住址."""
    return _(", ").join(str(one) for one in words_ or ())


@register.simple_tag
def declared(name: str) -> SafeString:
    """The statement that a file holds no secrets, with its box, for a file field written out by hand."""
    return box(name)


@register.simple_tag
def secrecy() -> SafeString:
    """What sending states about secrets, for beside the button."""
    said = _("By sending you state: it holds no state secret and no work secret.")
    return format_html("{} {}", said, article("wushen-2021-60:4(1)"))


@register.simple_tag
def articles(identifiers: Any) -> SafeString:
    """Several articles, separated."""
    return format_html_join(" ", "{}", ((article(one),) for one in identifiers))


def _local(at: datetime) -> datetime:
    return at.astimezone(BEIJING)


@register.filter
def moment(at: datetime | None) -> str:
    """2026年11月22日 14:05, or 22 Nov 2026 14:05."""
    if at is None:
        return "—"
    local = _local(at)
    if translation.get_language() == "zh-hans":
        return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"
    return f"{local.day} {local:%b %Y %H:%M}"


@register.filter
def end_of(at: datetime | None) -> str:
    """The end of a period: the exclusive instant 00:00 is 24:00 of the day before, as deadlines are said."""
    if at is None:
        return "—"
    if (local := _local(at)).strftime("%H:%M:%S") != "00:00:00":
        return moment(at)
    return f"{day_in_words((local - timedelta(microseconds=1)).date())} 24:00"


@register.filter
def day(at: Any) -> str:
    """2026年11月22日, or 22 Nov 2026; takes dates and datetimes."""
    if at is None:
        return "—"
    return day_in_words(_local(at) if isinstance(at, datetime) else at)


@register.simple_tag
def due(due_at: datetime | None, at: datetime | None = None) -> SafeString | str:
    """剩余 3 个工作日（11月25日 24:00 到期）: the exclusive instant is shown as 24:00 of the day before."""
    if due_at is None:
        return ""
    from gongxiang.platform.rulebook import queries as rulebook

    now = at or clock.now()
    last = _local(due_at) - timedelta(microseconds=1)
    chinese = translation.get_language() == "zh-hans"
    whole_day = _local(due_at).strftime("%H:%M") == "00:00"
    date = f"{last.month}月{last.day}日" if chinese else f"{last.day} {last:%b}"
    time = "24:00" if whole_day else f"{_local(due_at):%H:%M}"
    if now >= due_at:
        text, colour = _("Overdue since %(date)s %(time)s") % {"date": date, "time": time}, "danger"
    else:
        left = rulebook.working_days_left(due_at, now)
        text = ngettext(
            "%(left)d working day left (due %(date)s %(time)s)", "%(left)d working days left (due %(date)s %(time)s)", left
        ) % {"left": left, "date": date, "time": time}
        colour = "danger" if rulebook.is_urgent(due_at, now) else "warning" if left <= 3 else "secondary"
        if rulebook.is_provisional(due_at, now):
            why = _("A holiday notice that is not entered yet may move it.")
            badge = format_html(' <span class="badge badge-warning" title="{}">{}</span>', why, _("Date provisional"))
            return format_html('<span class="due due-{}">{}</span>{}', colour, text, badge)
    return format_html('<span class="due due-{}">{}</span>', colour, text)


@register.simple_tag
def state(subject: str, status: str) -> SafeString:
    """A badge: the state in words and colour."""
    word, colour = labels.state(subject, status)
    return format_html('<span class="badge badge-{}">{}</span>', colour, word)


@register.simple_tag
def event(kind: str) -> str:
    """The words of an event."""
    return str(labels.event(kind))


@register.simple_tag
def code(table: str, value: str) -> str:
    """The words of a code."""
    return str(labels.code(table, value))


@register.filter
def role_name(role: str) -> str:
    """The words of a role."""
    return str(labels.ROLES.get(role, role))


@register.filter
def grouped(number: int | None) -> str:
    """1,234,567."""
    return "—" if number is None else f"{number:,}"


@register.simple_tag(takes_context=True)
def here_with(context: dict[str, Any], **changes: Any) -> str:
    """The present address with some of its query changed; None takes a parameter out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}" if query else "?"


@register.simple_tag
def fields(form: Any, *names: str) -> SafeString:
    """The form's fields (all, or those named), each with label, help and errors beside it."""
    chosen = [form[name] for name in names] if names else form.visible_fields()
    return SafeString("".join(render_to_string("web/parts/field.html", {"field": field}) for field in chosen))


@register.simple_tag
def timeline(news: Any, titles: Any = None) -> SafeString:
    """Acts: who, when, what, on which article; with `titles` (by the act's number) also on which case."""
    rows = [(one, (titles or {}).get(one.id, "")) for one in news]
    return render_to_string("web/parts/timeline.html", {"news": rows})
