"""Instruments, their articles and texts, and which rule was chosen."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gongxiang.law import articles as law
from gongxiang.law.articles import UnknownArticle
from gongxiang.law.deadlines import beijing_date
from gongxiang.law.instruments import Article, Instrument, Period, Rank, standings
from gongxiang.law.instruments import instruments as shipped
from gongxiang.law.rules import WITHHOLDING_RANKS, Rules
from gongxiang.law.texts import lines_of
from gongxiang.platform.kernel.errors import NotFound, Refusal
from gongxiang.platform.kernel.permissions import SIGNED_IN
from gongxiang.platform.rulebook import actions, permissions, policies, queries
from gongxiang.platform.web.doors import ActingRequest, door
from gongxiang.platform.web.rules.forms import ChooseForm, TextForm
from gongxiang.protocol import clock


@door(SIGNED_IN)
@require_safe
def instruments(request: ActingRequest) -> HttpResponse:
    """The instruments, and for every rule the period chosen now."""
    on = beijing_date(clock.now())
    rules, texts = queries.rules(), queries.texts()
    return render(
        request,
        "rules/instruments.html",
        {
            "instruments": [(one, texts.get(one.id)) for one in shipped().values()],
            "rules": [_rule_row(rules, name, on) for name in rules.info if rules_in_force(rules, name, on)],
            "today": on,
            "may_import": permissions.IMPORT_TEXT.allows(request.actor),
        },
    )


def rules_in_force(rules: Rules, name: str, on: Any) -> bool:
    """Whether any selection of the rule has begun."""
    return any(s.rule == name and s.since <= on for s in rules.selections)


def _rule_row(rules: Rules, name: str, on: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"info": rules.info[name], "selection": rules.selection(name, on)}
    if name == WITHHOLDING_RANKS:
        chosen = rules.withholding_ranks(on)
        lists = [r for r in rules.rank_lists if r.since <= on]
        row |= {
            "ranks": [rank for rank in Rank if rank in chosen.ranks],
            "article": chosen.article,
            "others": [
                {"article": r.article, "ranks": [rank for rank in Rank if rank in r.ranks]} for r in lists if r != chosen
            ],
        }
    else:
        period = rules.period(name, on)
        row |= {"period": period, "article": period.article, "others": [p for p in rules.candidates(name, on) if p != period]}
    return row


@door(SIGNED_IN)
@require_safe
def instrument(request: ActingRequest, instrument_id: str) -> HttpResponse:
    """All articles of one instrument in our summaries."""
    found = _instrument(instrument_id)
    return render(
        request,
        "rules/instrument.html",
        {
            "instrument": found,
            "text": queries.texts().get(found.id),
            "may_import": permissions.IMPORT_TEXT.allows(request.actor),
        },
    )


@door(SIGNED_IN)
@require_safe
def article(request: ActingRequest, identifier: str) -> HttpResponse:
    """One article: what it says, its words where imported, the periods that rest on it, where the product carries it out."""
    try:
        found = law.article(identifier)
    except UnknownArticle as error:
        raise NotFound() from error
    whole = law.article(f"{found.instrument}:{found.article_number}")
    own = law.instrument(found.instrument)
    ids = {whole.id, *(f"{found.instrument}:{part}" for part in whole.parts)} if found == whole else {found.id}
    text = queries.article_text(found.instrument, found.article_number)
    return render(
        request,
        "rules/article.html",
        {
            "article": found,
            "whole": whole,
            "instrument": own,
            "parts": [law.article(f"{found.instrument}:{part}") for part in whole.parts],
            "lines": [(line, line.number == found.number and found.is_part) for line in lines_of(whole, text)],
            "text": queries.texts().get(found.instrument),
            "rules": _rules_on(ids),
            "standings": [standings()[one] for one in sorted(ids) if one in standings()],
            "code": sorted({name for one in ids for name in law.implementations().get(one, ())}),
            "before": _neighbour(own, whole, -1),
            "after": _neighbour(own, whole, 1),
            "may_import": permissions.IMPORT_TEXT.allows(request.actor),
        },
    )


def _rules_on(ids: set[str]) -> list[dict[str, Any]]:
    """The rules that rest on one of the articles, with whether they are the ones in use today."""
    on = beijing_date(clock.now())
    rules = queries.rules()
    resting: dict[str, list[Period]] = defaultdict(list)
    for period in rules.periods:
        if period.article in ids and period.since <= on:
            resting[period.rule].append(period)
    return [
        {"info": rules.info[name], "period": period, "chosen": rules.period(name, on) == period}
        for name, periods in resting.items()
        for period in periods[-1:]
    ]


def _neighbour(own: Instrument, whole: Article, step: int) -> Article | None:
    number = str(whole.article_number + step)
    return own.articles.get(number)


def _instrument(instrument_id: str) -> Instrument:
    try:
        return law.instrument(instrument_id)
    except UnknownArticle as error:
        raise NotFound() from error


@door(permissions.IMPORT_TEXT)
@require_http_methods(["GET", "HEAD", "POST"])
def import_text(request: ActingRequest, instrument_id: str) -> HttpResponse:
    """Import the full text of an instrument from a file or by pasting it."""
    found = _instrument(instrument_id)
    form = TextForm(request.POST or None, request.FILES or None)
    if form.is_bound and form.is_valid():
        try:
            text, name = form.read()
            actions.import_text(instrument_id=found.id, text=text, file_name=name, by=request.actor, at=clock.now())
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("The text was imported and split into its articles."))
            return redirect("rules:instrument", found.id)
    return render(request, "rules/import_text.html", {"form": form, "instrument": found}, status=422 if form.is_bound else 200)


@door(SIGNED_IN)
@require_safe
def rule(request: ActingRequest, rule: str) -> HttpResponse:
    """One rule: what each text gives, what was chosen when and why."""
    return _show_rule(request, rule, None)


@door(permissions.CHOOSE_RULE)
@require_POST
def choose(request: ActingRequest, rule: str) -> HttpResponse:
    """Choose which instrument wins for the rule."""
    now = clock.now()
    rules = queries.rules()
    if rule not in rules.info:
        raise NotFound()
    form = ChooseForm(request.POST, rules=rules, rule=rule, today=beijing_date(now))
    if form.is_valid():
        chosen = form.cleaned_data
        try:
            actions.choose_rule(
                rule=rule,
                instrument_id=chosen["instrument"],
                days=chosen.get("days"),
                since=chosen["since"],
                reason=chosen["reason"],
                by=request.actor,
                at=now,
            )
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, _("Chosen. Cases begun before keep their rule."))
            return redirect("rules:rule", rule)
    return _show_rule(request, rule, form)


def _show_rule(request: ActingRequest, name: str, form: ChooseForm | None) -> HttpResponse:
    on = beijing_date(clock.now())
    rules = queries.rules()
    if name not in rules.info or not rules_in_force(rules, name, on):
        raise NotFound()
    may_choose = permissions.CHOOSE_RULE.allows(request.actor)
    if form is None and may_choose:
        form = ChooseForm(rules=rules, rule=name, today=on, initial={"since": on})
    return render(
        request,
        "rules/rule.html",
        {
            "row": _rule_row(rules, name, on),
            "name": name,
            "choices": queries.choices_of(name),
            "defaults": queries.default_selections(name),
            "longest": policies.longest_lawful(rules, name, on),
            "form": form,
            "may_choose": may_choose,
        },
        status=422 if form is not None and form.is_bound else 200,
    )
