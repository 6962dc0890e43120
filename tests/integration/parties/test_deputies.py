"""Deputies: both names stand in the evidence, four eyes stay four, it ends by itself, notices reach who stands in."""

from datetime import timedelta

import pytest

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import errors as access_errors
from gongxiang.platform.access import states
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.notices import queries as notices
from gongxiang.platform.notices import tasks
from gongxiang.platform.parties import actions, errors, queries
from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_request
from tests.integration.notices.test_telling import tell_all

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:25")]
DAYS = timedelta(days=3)


@pytest.fixture
def banner():
    return make_banner()


def stand_in(banner, absent, deputy, *, by=None, first=timedelta(0), last=DAYS):
    return actions.name_deputy(
        person_id=absent.id, deputy_id=deputy.id, starts_at=banner.at + first, ends_at=banner.at + last, by=by or absent,
        at=banner.at,
    )  # fmt: skip


def present(banner, **changes):
    resource = make.make_published(banner=banner, content=conditional_content())
    return make_request(states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at, **changes)


def consent(request, by, at):
    return access.consent_access_request(access_request_id=request.pk, by=by, at=at)


@pytest.mark.article("cn-809:20")
def test_a_deputy_consents_for_the_officer_and_the_evidence_names_both(banner):
    office, at = banner.consumer, banner.at + timedelta(hours=1)
    request = present(banner)
    with pytest.raises(NotPermitted):
        consent(request, queries.actor_of(office.reviewer.id, at), at)
    stand_in(banner, office.officer, office.reviewer)
    deputy = queries.actor_of(office.reviewer.id, at)
    assert (deputy.own_roles, deputy.lent) == ({Role.REVIEWER}, {Role.ACCOUNTABLE_OFFICER})
    consent(request, deputy, at)
    record = EvidenceRecord.objects.get(kind="access_request:consented", subject_id=str(request.pk))
    assert (record.actor_id, record.actor_name) == (str(office.reviewer.id), office.reviewer.name)
    assert record.detail["acting_for"] == [{"id": str(office.officer.id), "name": office.officer.name}]


def test_what_needs_no_lent_role_is_ones_own_act(banner):
    office = banner.consumer
    stand_in(banner, office.officer, office.clerk)
    clerk = queries.actor_of(office.clerk.id, banner.at)
    resource = make.make_published(banner=banner, content=conditional_content())
    request = access.draft_access_request(resource_id=resource.id, by=clerk, at=banner.at)
    record = EvidenceRecord.objects.get(subject_type="access_request", subject_id=str(request.pk))
    assert "acting_for" not in record.detail
    assert clerk.acting_for == []


@pytest.mark.article("cn-809:20")
@pytest.mark.parametrize("case", ["who drafted stands in for the officer", "the officer's own draft comes back by the deputy"])
def test_nobody_decides_on_their_own_matter_by_way_of_a_deputyship(banner, case):
    office, at = banner.consumer, banner.at + timedelta(hours=1)
    if case.startswith("who drafted"):
        request = present(banner)
        stand_in(banner, office.officer, office.clerk)
        deputy = queries.actor_of(office.clerk.id, at)
    else:
        actions.grant_role(person_id=office.officer.id, role=Role.CLERK, by=banner.site.security_admin, at=banner.at)
        both = queries.actor_of(office.officer.id, banner.at)
        resource = make.make_published(banner=banner, content=conditional_content())
        drafting = type("Office", (), {"clerk": both, "officer": both})
        request = make_request(states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at, consumer=drafting)
        stand_in(banner, office.officer, office.reviewer)
        deputy = queries.actor_of(office.reviewer.id, at)
    with pytest.raises(access_errors.OwnDraft):
        consent(request, deputy, at)
    request.refresh_from_db()
    assert request.status == states.PRESENTED


REFUSED = {
    "two for the same days": (
        [("officer", "reviewer", 0, 3)], ("officer", "clerk", 2, 5), errors.DeputyTwice,
    ),
    "one who is away too": ([("reviewer", "clerk", 0, 3)], ("officer", "reviewer", 1, 2), errors.DeputyAway),
    "half a year and more": ([], ("officer", "reviewer", 0, 185), errors.DeputyTooLong),
    "days that only touch": ([("officer", "reviewer", 0, 3)], ("officer", "clerk", 3, 5), None),
    "days of one that was called off": ([("officer", "reviewer", 0, 3, "ended")], ("officer", "clerk", 0, 3), None),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_which_deputyships_can_stand_beside_each_other(banner, case):
    office = banner.provider
    standing, wanted, refusal = REFUSED[case]

    def name(who, deputy, first, last, *ended):
        row = stand_in(
            banner, getattr(office, who), getattr(office, deputy), by=office.officer, first=timedelta(days=first),
            last=timedelta(days=last),
        )  # fmt: skip
        if ended:
            actions.end_deputy(deputy_row_id=row, by=office.officer, at=banner.at)

    for one in standing:
        name(*one)
    if refusal is None:
        name(*wanted)
        return
    with pytest.raises(refusal):
        name(*wanted)


def test_a_deputy_names_nobody_and_is_not_ended_by_bystanders(banner):
    office = banner.provider
    row = stand_in(banner, office.officer, office.reviewer)
    deputy = queries.actor_of(office.reviewer.id, banner.at)
    with pytest.raises(errors.DeputyRefused):
        actions.name_deputy(
            person_id=office.officer.id, deputy_id=office.clerk.id, starts_at=banner.at, ends_at=banner.at + DAYS, by=deputy,
            at=banner.at,
        )  # fmt: skip
    with pytest.raises(errors.DeputyRefused):
        actions.end_deputy(deputy_row_id=row, by=office.clerk, at=banner.at)
    with pytest.raises(errors.NotYourDepartment):
        actions.end_deputy(deputy_row_id=row, by=banner.consumer.officer, at=banner.at)
    actions.end_deputy(deputy_row_id=row, by=deputy, at=banner.at)
    assert [one.ends_at for one in queries.deputyships(office.clerk, banner.at)] == [banner.at]


def test_one_that_has_not_begun_is_ended_once(banner):
    office = banner.provider
    row = stand_in(banner, office.officer, office.reviewer, first=timedelta(days=3), last=timedelta(days=5))
    actions.end_deputy(deputy_row_id=row, by=office.officer, at=banner.at)
    with pytest.raises(NotFound):
        actions.end_deputy(deputy_row_id=row, by=office.officer, at=banner.at)
    assert [len(queries.deputyships(office.clerk, banner.at, which=which)) for which in ("now", "later", "over")] == [0, 0, 1]
    assert queries.deputyships_of(office.officer.id, banner.at) == []


def test_notices_and_reminders_reach_who_stands_in_and_only_for_the_time(banner):
    office = banner.provider
    stand_in(banner, office.reviewer, office.node_operator)
    resource = make.make_published(banner=banner, content=conditional_content())
    request = make_request(states.SUBMITTED, banner=banner, resource_id=resource.id, at=banner.at)
    tell_all(banner)
    told = [one.kind for one in notices.inbox(office.node_operator)]
    assert "access_request:submitted" in told
    assert tasks.remind(request.due_at - timedelta(hours=2)) > 0
    assert "period:last_day" not in [one.kind for one in notices.inbox(office.node_operator)], "it has ended by then"
    assert "period:last_day" in [one.kind for one in notices.inbox(office.reviewer)]


def test_closing_an_account_ends_what_it_lends_and_what_is_lent_to_it(banner):
    office = banner.provider
    stand_in(banner, office.officer, office.reviewer)
    stand_in(banner, office.clerk, office.node_operator, first=timedelta(days=1), last=timedelta(days=2))
    for person in (office.officer, office.clerk):
        actions.close_account(
            person_id=person.id, reason="调离", by=banner.site.system_admin, at=banner.at + timedelta(hours=1)
        )
    later = banner.at + timedelta(days=1, hours=1)
    assert queries.actor_of(office.reviewer.id, later).lent == set()
    assert queries.actor_of(office.node_operator.id, later).lent == set()


ENDS = {"password": "reset_password", "factor": "reset_factor", "left": "close_account", "role withdrawn": ""}


@pytest.mark.parametrize("case", ENDS)
def test_tokens_end_with_the_password_or_factor_they_rest_on(banner, case):
    from gongxiang.platform.parties import tokens

    officer, at = banner.provider.officer, banner.at
    _ref, secret = actions.issue_own_token(label="脚本", scopes=["catalogue:read"], days=30, by=officer, at=at)
    assert tokens.caller_of(secret, at=at).actor.id == officer.id
    by = banner.site.security_admin if case in ("factor", "role withdrawn") else banner.site.system_admin
    if case == "role withdrawn":
        actions.withdraw_role(person_id=officer.id, role=Role.ACCOUNTABLE_OFFICER, by=by, at=at)
        assert tokens.caller_of(secret, at=at).actor.roles == set()
        return
    reason = {"reason": "调离"} if case == "left" else {}
    getattr(actions, ENDS[case])(person_id=officer.id, by=by, at=at, **reason)
    with pytest.raises(errors.TokenUnknown):
        tokens.caller_of(secret, at=at)
    assert EvidenceRecord.objects.filter(kind="access_token:revoked").count() == 1


def test_a_token_never_stands_in_for_anybody(banner):
    from gongxiang.platform.parties import tokens

    office = banner.provider
    stand_in(banner, office.officer, office.clerk)
    clerk = queries.actor_of(office.clerk.id, banner.at)
    _ref, secret = actions.issue_own_token(label="脚本", scopes=["catalogue:act"], days=30, by=clerk, at=banner.at)
    assert tokens.caller_of(secret, at=banner.at).actor.roles == {Role.CLERK}
