"""The trace on rows that a browser shows (办法 22.4): who looks, when, and the number that leads to the evidence of it."""

from typing import Any

from gongxiang.platform.kernel.actors import Person
from gongxiang.protocol import clock
from gongxiang.protocol.tickets import number_of

#: How often the words stand across the rows.
_TIMES = 24


def trace_of(ticket: str, person: Person) -> dict[str, Any]:
    """What `web/parts/trace.html` and `web/parts/traced.html` put over and under the rows of a ticket."""
    number = str(number_of(ticket))
    who = f"{person.department} {person.name}"
    words = {"trace_who": who, "trace_at": clock.now(), "trace_number": number, "trace_end": number[-12:]}
    return {**words, "traces": range(_TIMES)}
