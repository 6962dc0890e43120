"""The page of one act: a form that leads on when the act is done, or shows beside its fields what refuses it.

For the views of every area; it knows no rule: the act it is given decides.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.forms import Form
from gongxiang.platform.web.possible import Possible


def done_or_form(
    request: ActingRequest,
    form: Form,
    *,
    act: Callable[[], object],
    done: Any,
    to: tuple[Any, ...],
    template: str,
    offered: Mapping[str, Possible] | None = None,
    offer: str = "",
    **shown: Any,
) -> HttpResponse:
    """Do the act with a sound form and go to `to` (an address with its arguments); else show the page, with the way `back`.

    `offered` are the acts of the record's page; the one of this form (`offer`, else the address' name) closes it when opened.
    """
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect(*to)
    close_if_impossible(request, form, offered, to=to, offer=offer)
    shown |= {"form": form, "back": resolve_url(*to)}
    return render(request, template, shown, status=422 if form.is_bound else 200)


def close_if_impossible(
    request: ActingRequest, form: Form, offered: Mapping[str, Possible] | None, *, to: tuple[Any, ...], offer: str = ""
) -> None:
    """A form that is only opened says at once if its act is not possible now; one that was sent is answered by the act."""
    match = request.resolver_match
    found = (offered or {}).get(offer or (match.url_name or "" if match else ""))
    if not form.is_bound and found is not None and not found.yes and found.refusal is not None:
        form.close(found.refusal, back=resolve_url(*to))
