"""Measures art. 33, Regulation art. 44: each counts from its own day; what began before keeps its rule."""

from datetime import date, datetime

import pytest

from gongxiang.law.rules import SITE
from gongxiang.platform.kernel.errors import Shortfalls
from gongxiang.platform.rulebook import actions, queries
from gongxiang.protocol.clock import BEIJING
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_request

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:33", "cn-809:44")]


@pytest.mark.parametrize(
    ("began", "rule", "days", "basis"),
    [
        (datetime(2025, 7, 31, 23, 59, tzinfo=BEIJING), "catalogue_update", 15, "wushen-2021-60:7"),
        (datetime(2025, 8, 1, 0, 0, tzinfo=BEIJING), "catalogue_update", 10, "cn-809:17.2"),
        (datetime(2025, 7, 31, 9, tzinfo=BEIJING), "reply_conditional", 5, "wushen-2021-60:21(2)"),
        (datetime(2025, 8, 1, 9, tzinfo=BEIJING), "reply_conditional", 5, "wushen-2021-60:21(2)"),
    ],
)
def test_a_case_is_judged_by_what_was_in_force_when_it_began(began, rule, days, basis):
    deadline = queries.deadline(rule, start=began)
    assert (deadline.working_days, deadline.basis) == (days, basis)


@pytest.mark.article("wushen-2021-60:32", "cn-809:23")
def test_a_rule_chosen_later_leaves_open_cases_alone():
    banner = make_banner()
    resource = make.make_published(banner=banner, content=conditional_content())
    request = make_request(banner=banner, resource_id=resource.id)
    before = (request.due_at, request.due_rule)
    actions.choose_rule(
        rule="reply_conditional", instrument_id=SITE, days=3, since=date(2026, 11, 3), reason="提速",
        by=banner.authority_leader, at=datetime(2026, 11, 3, 9, tzinfo=BEIJING),
    )  # fmt: skip
    request.refresh_from_db()
    assert (request.due_at, request.due_rule) == before
    assert request.due_rule == "reply_conditional=5@2021-10-12"
    after = queries.deadline("reply_conditional", start=datetime(2026, 11, 3, 10, tzinfo=BEIJING))
    assert (after.working_days, after.rule) == (3, "reply_conditional=3@2026-11-03")


def test_no_rule_is_chosen_for_the_past():
    banner = make_banner()
    with pytest.raises(Shortfalls) as refusal:
        actions.choose_rule(
            rule="reply_conditional", instrument_id="cn-809", since=date(2026, 11, 2), reason="补登",
            by=banner.authority_leader, at=datetime(2026, 11, 3, 9, tzinfo=BEIJING),
        )  # fmt: skip
    assert refusal.value.shortfalls[0].articles == ("wushen-2021-60:33",)
