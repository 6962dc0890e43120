"""When two people save one draft: the second text is kept and both are shown side by side."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.utils.translation import gettext_lazy as _

from gongxiang.platform.catalogue import actions, permissions, queries, queries_editing
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.queries_editing import CopyView
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.kernel.errors import Refusal
from gongxiang.platform.web.catalogue.editing import Editor
from gongxiang.platform.web.catalogue.present import ShownDifference, differences_in_words
from gongxiang.platform.web.doors import ActingRequest
from gongxiang.platform.web.numbers import whole
from gongxiang.protocol import clock


@dataclass(frozen=True)
class Conflict:
    """The two texts."""

    refusal: Refusal
    copy: CopyView
    differences: tuple[ShownDifference, ...]


def revision_in(request: ActingRequest) -> int:
    """The revision that the form was shown with; 0 for nonsense."""
    typed = request.POST.get("revision", "")
    return whole(typed)


def conflict_of(request: ActingRequest, draft: DraftRef, typed: Content, refusal: Refusal) -> Conflict:
    """Keep what was typed, and compare it with what stands there now."""
    seen = revision_in(request)
    key = actions.keep_copy(resource_id=draft.id, content=typed, seen=seen, by=request.actor, at=clock.now())
    copy = queries_editing.get_copy(key, actor=request.actor)
    return Conflict(refusal=refusal, copy=copy, differences=compared(copy))


def compared(copy: CopyView) -> tuple[ShownDifference, ...]:
    """Theirs and the kept text, field by field in words."""
    theirs = queries.get_draft(copy.resource_id).content
    return differences_in_words(queries_editing.against_draft(copy), theirs, copy.content)


def keep_what_was_typed(request: ActingRequest, resource_id: UUID) -> None:
    """The draft went on while somebody was typing: the text is kept for the next time it can be changed."""
    draft = queries.get_draft(resource_id, actor=request.actor)
    permissions.check_own(request.actor, draft.provider_id)
    editor = Editor(before=draft.content, provider_id=draft.provider_id, actor=request.actor, data=request.POST)
    typed = editor.content()
    if typed == draft.content or "elements-count" not in request.POST:
        return
    actions.keep_copy(resource_id=resource_id, content=typed, seen=revision_in(request), by=request.actor, at=clock.now())
    messages.warning(request, _("The entry was handed on while you were typing. What you typed is kept on this page."))
