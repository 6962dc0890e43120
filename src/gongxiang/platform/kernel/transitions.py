"""Transition tables: the states of a record and the acts that move it; the only source of diagrams and checks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext

from gongxiang.platform.kernel.errors import Refusal

#: (subject, state) -> its words in the reader's language; the pages set it at start, without them the code stands.
SPOKEN: list[Callable[[str, str], str]] = []


class WrongState(Refusal):
    """The record is in the state "{state}", in which this act is not possible."""

    # Its basis is that of the act which is not possible now; see `TransitionTable.find`.

    next_step: ClassVar[str] = "Reload the page: somebody may have acted before you."

    @property
    def message(self) -> str:
        """The reason, with the state in words."""
        state, subject = str(self.values.get("state", "")), str(self.values.get("subject", ""))
        return gettext(self.template).format(state=SPOKEN[0](subject, state) if SPOKEN and subject else state)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """One arrow: act `submit` moves any of `sources` (empty: the record is made by it) to `target`, event `submitted`."""

    act: str
    sources: tuple[str, ...]
    target: str
    event: str
    who: str
    basis: tuple[str, ...] = ()
    #: Whose turn it is afterwards: "provider", "consumer", "authority" or "".
    turn: str = ""


@dataclass(frozen=True, kw_only=True)
class TransitionTable:
    """All arrows of one kind of record, e.g. subject `access_request`."""

    subject: str
    transitions: tuple[Transition, ...]

    def find(self, act: str, state: str | None) -> Transition:
        """The arrow of `act` out of `state` (None: creation); raises WrongState."""
        for arrow in self.transitions:
            if arrow.act == act and (state in arrow.sources if state is not None else not arrow.sources):
                return arrow
        cited = dict.fromkeys(basis for arrow in self.transitions if arrow.act == act for basis in arrow.basis)
        raise WrongState(state=state or "", subject=self.subject, basis=cited)

    def can(self, act: str, state: str) -> bool:
        """Whether `act` is possible in `state`."""
        return any(arrow.act == act and state in arrow.sources for arrow in self.transitions)

    @property
    def states(self) -> tuple[str, ...]:
        """Every state, in order of first appearance."""
        seen = dict.fromkeys(s for t in self.transitions for s in (*t.sources, t.target))
        return tuple(seen)
