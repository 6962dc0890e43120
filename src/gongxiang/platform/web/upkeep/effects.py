"""The effect of a revision on live grants, in words, for the working page and the form."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from gongxiang.platform.grants.effects import Consequence, Effect
from gongxiang.platform.web import labels


@dataclass(frozen=True)
class Shown:
    """One consequence in words."""

    text: str
    what: str
    refused: bool


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
