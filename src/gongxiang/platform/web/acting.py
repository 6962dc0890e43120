"""The page of one act: a form that leads on when the act is done, or shows beside its fields what refuses it.

For the views of every area; it knows no rule: the act it is given decides.
"""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render, resolve_url

from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.forms import Form


def done_or_form(
    request: ActingRequest,
    form: Form,
    *,
    act: Callable[[], object],
    done: Any,
    to: tuple[Any, ...],
    template: str,
    **shown: Any,
) -> HttpResponse:
    """Do the act with a sound form and go to `to` (an address with its arguments); else show the page, with the way `back`."""
    if form.is_bound and form.is_valid():
        try:
            act()
        except Refusal as refusal:
            form.show_refusal(refusal)
        else:
            messages.success(request, done)
            return redirect(*to)
    shown |= {"form": form, "back": resolve_url(*to)}
    return render(request, template, shown, status=422 if form.is_bound else 200)
