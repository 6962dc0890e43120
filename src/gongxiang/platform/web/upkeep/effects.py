"""The effect of a revision on live grants, in words, for the working page and the form."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.states import PUBLISHED, WITHDRAWN
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.grants.effects import Consequence, Effect, effects_of
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.web import labels


@dataclass(frozen=True)
class Shown:
    """One consequence in words."""

    text: str
    what: str
    refused: bool


def effects_for(actor: Person, draft: DraftRef, *, at: datetime) -> tuple[Effect, ...]:
    """What the revision would do to each live grant; empty where nothing is published or nobody uses it."""
    if not draft.version or draft.status in (PUBLISHED, WITHDRAWN):
        return ()
    before = catalogue.published_version(draft.id).content
    return effects_of(draft.id, before=before, after=draft.content, actor=actor, at=at)


def in_words(effects: tuple[Effect, ...]) -> list[tuple[Effect, list[Shown]]]:
    """Each effect with its consequences in the reader's language."""
    return [(effect, [_words(one) for one in effect.consequences]) for effect in effects]


def _words(one: Consequence) -> Shown:
    what = one.what
    if one.kind == "purpose_gone":
        what = tuple(str(labels.code("purpose", value)) for value in what)
    if one.kind == "cycle_changed":
        return Shown(
            text=str(labels.code("effect", one.kind)),
            what=" → ".join(str(labels.code("update_cycle", value)) for value in what),
            refused=False,
        )
    return Shown(text=str(labels.code("effect", one.kind)), what=_(", ").join(what), refused=one.refused)
