"""The transition tables of requests, grants, flows and nodes: every arrow says who and on which article."""

import pytest

from gongxiang.law.articles import article
from gongxiang.platform.access.states import ACCESS_REQUEST
from gongxiang.platform.delivery.states import FLOW, NODE
from gongxiang.platform.grants.states import DISPOSAL, GRANT
from gongxiang.platform.kernel.transitions import TransitionTable

TABLES = (ACCESS_REQUEST, GRANT, DISPOSAL, FLOW, NODE)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.subject)
def test_every_arrow_has_who_basis_and_event(table: TransitionTable) -> None:
    for arrow in table.transitions:
        assert arrow.who
        assert arrow.basis
        assert arrow.event
        for cited in arrow.basis:
            article(cited)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.subject)
def test_every_state_is_reached_and_no_arrow_is_doubled(table: TransitionTable) -> None:
    reached = {arrow.target for arrow in table.transitions}
    assert reached == set(table.states)
    pairs = [(arrow.act, source) for arrow in table.transitions for source in arrow.sources or (None,)]
    assert len(pairs) == len(set(pairs))


ENDS = {
    "access_request": {"GRANTED", "WITHDRAWN"},
    "grant": {"ENDED"},
    "flow": {"COMPLETED", "TERMINATED"},
    "node": {"REVOKED"},
}


@pytest.mark.parametrize("table", [t for t in TABLES if t.subject in ENDS], ids=lambda table: table.subject)
def test_what_is_over_stays_over(table: TransitionTable) -> None:
    left = {source for arrow in table.transitions for source in arrow.sources}
    assert set(table.states) - left == ENDS[table.subject]
