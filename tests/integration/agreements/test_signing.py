"""From draft to force and out of it: who may, in which state, on what conditions; state and evidence together."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from gongxiang.platform.agreements import actions, errors, policies, queries, tasks
from gongxiang.platform.agreements.models import Agreement, AgreementSignature
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Person, Role, System
from gongxiang.platform.kernel.errors import NotFound, NotPermitted, Shortfalls
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import errors as parties_errors
from tests.factories.parties import (
    Banner,
    Office,
    file_officer,
    make_agreement,
    make_banner,
    make_draft,
    make_office,
    make_person,
    make_template,
    signing,
)

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def banner() -> Banner:
    made = make_banner(agreements=False)
    make_template(at=made.at - timedelta(hours=12))
    return made


def at_status(banner: Banner, status: str) -> queries.AgreementRef:
    office, at = banner.provider, banner.at
    if status == "RETURNED":
        made = make_agreement(office, status="SIGNED_BY_DEPARTMENT", at=at)
        return actions.return_agreement(agreement_id=made.id, reason="范围不明", by=banner.authority_officer, at=at)
    made = make_agreement(office, status=status if status not in ("EXPIRED", "TERMINATED") else "IN_FORCE", at=at)
    if status == "TERMINATED":
        return actions.terminate_agreement(agreement_id=made.id, reason="违规", by=banner.authority_leader, at=at)
    if status == "EXPIRED":
        assert tasks.expire_agreements(at + timedelta(days=365 * 4)) == 1
    return queries.agreement_ref(made.id, actor=office.officer)


def act(banner: Banner, name: str, agreement: queries.AgreementRef, by: Person | System) -> object:
    at = banner.at + HOUR
    call: Callable[..., object] = getattr(actions, name)
    values: dict[str, object] = {"agreement_id": agreement.id, "by": by, "at": at}
    if name == "revise_agreement":
        values["draft"] = make_draft(at=banner.at)
    elif name.startswith("sign_"):
        values |= signing(by, at) if isinstance(by, Person) else {"password": "", "code": ""}
    elif name in ("return_agreement", "terminate_agreement"):
        values["reason"] = "理由"
    return call(**values)


#: act -> (who, from which states)
TABLE = {
    "revise_agreement": ({"provider.clerk", "provider.reviewer"}, {"DRAFTED", "RETURNED"}),
    "sign_for_department": ({"provider.officer"}, {"DRAFTED"}),
    "sign_for_authority": ({"authority_leader"}, {"SIGNED_BY_DEPARTMENT"}),
    "return_agreement": ({"authority_officer", "authority_leader"}, {"SIGNED_BY_DEPARTMENT"}),
    "terminate_agreement": ({"authority_leader"}, {"IN_FORCE"}),
}
STATES = ["DRAFTED", "SIGNED_BY_DEPARTMENT", "RETURNED", "IN_FORCE", "EXPIRED", "TERMINATED"]
PEOPLE = [
    "provider.clerk", "provider.reviewer", "provider.officer", "provider.node_operator", "consumer.clerk", "consumer.officer",
    "authority_officer", "authority_leader", "auditor", "site.system_admin",
]  # fmt: skip


def person_at(banner: Banner, name: str) -> Person:
    found = banner
    for part in name.split("."):
        found = getattr(found, part)
    return found


@pytest.mark.parametrize("status", STATES)
def test_each_act_in_each_state(banner: Banner, status: str) -> None:
    agreement = at_status(banner, status)
    for name, (who, states) in TABLE.items():
        by = person_at(banner, sorted(who)[0])
        sid = transaction.savepoint()
        if status in states:
            act(banner, name, agreement, by)
        else:
            with pytest.raises((WrongState, errors.PeriodOverlaps)):
                act(banner, name, agreement, by)
        transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("name", TABLE)
def test_who_may_and_who_may_not(banner: Banner, name: str) -> None:
    who, states = TABLE[name]
    agreement = at_status(banner, sorted(states)[0])
    for other in PEOPLE:
        if other not in who:
            with pytest.raises(NotPermitted):
                act(banner, name, agreement, person_at(banner, other))
    with pytest.raises(NotPermitted):
        act(banner, name, agreement, System(name="job"))
    act(banner, name, agreement, person_at(banner, sorted(who)[0]))


@pytest.mark.parametrize("name", TABLE)
def test_without_evidence_the_state_stays(banner: Banner, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    who, states = TABLE[name]
    agreement = at_status(banner, sorted(states)[0])
    by = person_at(banner, sorted(who)[0])
    signing(by, banner.at)
    save = EvidenceRecord.save

    def broken(self: EvidenceRecord, **kwargs: object) -> None:
        if self.kind.startswith("agreement:"):
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1/0")
        save(self, **kwargs)

    monkeypatch.setattr(EvidenceRecord, "save", broken)
    with pytest.raises(Exception, match="division by zero"):
        act(banner, name, agreement, by)
    assert queries.agreement_ref(agreement.id, actor=banner.provider.officer) == agreement


def test_signing_is_recorded_with_the_signature(banner: Banner) -> None:
    agreement = at_status(banner, "IN_FORCE")
    kinds = [one.kind for one in evidence.trail_of(f"agreement:{agreement.id}", by=banner.provider.clerk)]
    assert kinds == ["agreement:drafted", "agreement:signed_by_department", "agreement:in_force"]
    last = evidence.trail_of(f"agreement:{agreement.id}", by=banner.auditor)[-1]
    assert last.basis == ("wushen-2021-60:18",)
    assert last.detail["text_digest"] == agreement.text_digest
    assert last.detail["signature"] == agreement.signatures[1].signature
    assert evidence.trail_of(f"agreement:{agreement.id}", by=banner.consumer.clerk) == []


def test_a_wrong_factor_signs_nothing(banner: Banner) -> None:
    agreement = at_status(banner, "DRAFTED")
    officer = banner.provider.officer
    right = signing(officer, banner.at)
    for wrong in ({**right, "password": "wrong"}, {**right, "code": "000000"}):
        with pytest.raises((parties_errors.SignInRefused, parties_errors.FactorWrong)):
            actions.sign_for_department(agreement_id=agreement.id, by=officer, at=banner.at, **wrong)
    assert queries.agreement_ref(agreement.id, actor=officer).status == "DRAFTED"


def test_nobody_signs_what_they_drafted(banner: Banner) -> None:
    both = make_person(banner.provider.department, Role.CLERK, Role.ACCOUNTABLE_OFFICER, at=banner.at - 12 * HOUR)
    made = actions.draft_agreement(department_id=banner.provider.id, draft=make_draft(at=banner.at), by=both, at=banner.at)
    assert isinstance(queries.why_not_sign(made.id, actor=both, at=banner.at), errors.OwnDraft)
    with pytest.raises(errors.OwnDraft):
        actions.sign_for_department(agreement_id=made.id, by=both, at=banner.at, **signing(both, banner.at))


def test_an_officer_not_on_file_cannot_sign(banner: Banner) -> None:
    office = make_office("乌审旗教育体育局", at=banner.at - 12 * HOUR, filed=False)
    made = make_agreement(office, status="DRAFTED", at=banner.at)
    with pytest.raises(errors.OfficerNotOnFile):
        actions.sign_for_department(agreement_id=made.id, by=office.officer, at=banner.at, **signing(office.officer, banner.at))
    file_officer(office, at=banner.at)
    actions.sign_for_department(agreement_id=made.id, by=office.officer, at=banner.at, **signing(office.officer, banner.at))


def test_a_returned_text_is_signed_anew(banner: Banner) -> None:
    agreement = at_status(banner, "RETURNED")
    assert agreement.reason == "范围不明"
    assert agreement.signatures == ()
    draft = make_draft(at=banner.at, scope="全部资源")
    revised = actions.revise_agreement(agreement_id=agreement.id, draft=draft, by=banner.provider.clerk, at=banner.at)
    assert revised.status == "DRAFTED"
    assert revised.number == agreement.number
    assert "全部资源" in revised.text
    assert revised.text_digest != agreement.text_digest
    actions.sign_for_department(
        agreement_id=agreement.id,
        by=banner.provider.officer,
        at=banner.at + HOUR,
        **signing(banner.provider.officer, banner.at + HOUR),
    )


def test_an_altered_text_shows_in_its_signatures(banner: Banner) -> None:
    agreement = at_status(banner, "IN_FORCE")
    assert all(one.good for one in agreement.signatures)
    Agreement.objects.filter(pk=agreement.id).update(text=agreement.text + "附加条款")
    assert not any(one.good for one in queries.agreement_ref(agreement.id, actor=banner.auditor).signatures)
    Agreement.objects.filter(pk=agreement.id).update(text=agreement.text)
    AgreementSignature.objects.filter(agreement_id=agreement.id, party="authority").update(statement="{}")
    assert [one.good for one in queries.agreement_ref(agreement.id, actor=banner.auditor).signatures] == [True, False]


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        pytest.param({"scope": " "}, {"scope"}, id="no scope"),
        pytest.param({"purposes": [], "modes": []}, {"purposes", "modes"}, id="nothing chosen"),
        pytest.param({"purposes": ["fun"]}, {"purposes"}, id="unknown purpose"),
        pytest.param({"modes": ["pigeon"]}, {"modes"}, id="unknown way"),
        pytest.param({"role": "spectator"}, {"role"}, id="unknown role"),
        pytest.param({"valid_until": date(2026, 1, 1)}, {"valid_until"}, id="ends before it begins"),
        pytest.param({"valid_from": date(2020, 1, 1), "valid_until": date(2021, 1, 1)}, {"valid_until"}, id="in the past"),
        pytest.param({"contact": "", "telephone": "", "scope": ""}, {"contact", "telephone", "scope"}, id="several"),
    ],
)
def test_a_wrong_draft_shows_every_shortfall(banner: Banner, changes: dict[str, object], wrong: set[str]) -> None:
    values = {"department_id": banner.provider.id, "by": banner.provider.clerk, "at": banner.at}
    with pytest.raises(Shortfalls) as refused:
        actions.draft_agreement(draft=make_draft(at=banner.at, **changes), **values)
    assert {one.field for one in refused.value.shortfalls} == wrong
    assert actions.draft_agreement(draft=make_draft(at=banner.at), **values).status == "DRAFTED"


def test_one_agreement_at_a_time(banner: Banner) -> None:
    first = at_status(banner, "DRAFTED")
    values = {"department_id": banner.provider.id, "by": banner.provider.clerk, "at": banner.at}
    with pytest.raises(errors.AgreementOpenAlready, match=first.number):
        actions.draft_agreement(draft=make_draft(at=banner.at), **values)


def test_a_renewal_begins_when_the_old_one_ends(banner: Banner) -> None:
    standing = at_status(banner, "IN_FORCE")
    values = {"department_id": banner.provider.id, "by": banner.provider.clerk, "at": banner.at}
    with pytest.raises(Shortfalls) as refused:
        actions.draft_agreement(draft=make_draft(at=banner.at), **values)
    assert isinstance(refused.value.shortfalls[0], errors.PeriodOverlaps)
    day_after = standing.valid_until + timedelta(days=1)
    renewal = make_draft(at=banner.at, valid_from=day_after, valid_until=day_after + timedelta(days=365))
    assert actions.draft_agreement(draft=renewal, **values).number != standing.number


def test_the_authority_needs_none(banner: Banner) -> None:
    clerk = make_person(banner.authority, Role.CLERK, at=banner.at - HOUR)
    with pytest.raises(errors.AuthorityNeedsNone):
        actions.draft_agreement(department_id=banner.authority.id, draft=make_draft(at=banner.at), by=clerk, at=banner.at)
    policies.check_in_force(banner.authority.id, banner.at)


def test_the_gate_looks_at_the_dates(banner: Banner) -> None:
    office: Office = banner.provider
    assert not policies.can_share(office.id, banner.at)
    agreement = at_status(banner, "IN_FORCE")
    last_day = banner.at.replace(year=2029, month=11, day=2, hour=15, minute=59)
    assert agreement.valid_until == date(2029, 11, 2)
    for at, open_ in (
        (banner.at - timedelta(minutes=1), False), (banner.at, True), (last_day, True), (last_day + timedelta(hours=1), False),
    ):  # fmt: skip
        assert policies.can_share(office.id, at) is open_, at
    # Ended today, it was in force yesterday all the same.
    actions.terminate_agreement(agreement_id=agreement.id, reason="违规", by=banner.authority_leader, at=banner.at + HOUR)
    assert policies.can_share(office.id, banner.at + HOUR / 2)
    with pytest.raises(errors.NoAgreementInForce) as refused:
        policies.check_in_force(office.id, banner.at + HOUR)
    assert refused.value.articles == ("wushen-2021-60:18",)
    assert office.department.name in refused.value.message


def test_agreements_run_out_once(banner: Banner) -> None:
    agreement = at_status(banner, "IN_FORCE")
    after = banner.at + timedelta(days=365 * 4)
    assert tasks.expire_agreements(banner.at) == 0
    assert tasks.expire_agreements(after) == 1
    assert tasks.expire_agreements(after) == 0
    actions.expire_agreement(agreement_id=agreement.id, by=tasks.JOB, at=after)
    assert queries.agreement_ref(agreement.id, actor=banner.auditor).status == "EXPIRED"
    with pytest.raises(NotPermitted):
        actions.expire_agreement(agreement_id=agreement.id, by=banner.authority_leader, at=after)


def test_texts_are_issued_in_versions(banner: Banner) -> None:
    made = at_status(banner, "DRAFTED")
    values = {"title": "协议书", "by": banner.authority_officer, "at": banner.at}
    for body, refusal in (("", Shortfalls), ("{nonsense}", errors.TemplateBroken), ("{", errors.TemplateBroken)):
        with pytest.raises(refusal):
            actions.issue_template(body=body, **values)
    with pytest.raises(NotPermitted):
        actions.issue_template(body="x", **{**values, "by": banner.provider.officer})
    assert actions.issue_template(body="甲方{authority}乙方{department}", **values).version == 2
    assert queries.agreement_ref(made.id, actor=banner.auditor).text == made.text
    revised = actions.revise_agreement(
        agreement_id=made.id, draft=make_draft(at=banner.at), by=banner.provider.clerk, at=banner.at
    )
    assert revised.text.startswith("甲方乌审旗政务服务局乙方乌审旗民政局\n\n附：条款清单")
    assert revised.template_version == 2
    with pytest.raises(errors.TemplateUnchanged):
        actions.issue_template(body="甲方{authority}乙方{department}\r\n", **values)
    with pytest.raises(errors.TemplateBroken, match=r"\{oops\}、\{ach\}"):
        actions.issue_template(body="{authority}{oops}{ach}", **values)


def test_without_a_text_nothing_is_drafted() -> None:
    banner = make_banner(agreements=False)
    with pytest.raises(errors.NoTemplate):
        actions.draft_agreement(
            department_id=banner.provider.id, draft=make_draft(at=banner.at), by=banner.provider.clerk, at=banner.at
        )


def test_who_sees_which_agreements(banner: Banner) -> None:
    made = at_status(banner, "IN_FORCE")
    for name, sees in (("provider.clerk", 1), ("consumer.officer", 0), ("auditor", 1), ("authority_leader", 1)):
        by = person_at(banner, name)
        assert len(queries.agreements(by, search="民政")) == sees
        assert len(queries.agreements(by, search=made.number, status="IN_FORCE")) == sees
    assert queries.agreements(None) == []
    assert queries.agreements(banner.auditor, search="没有") == []
    with pytest.raises(NotFound):
        queries.agreement_ref(made.id, actor=banner.consumer.clerk)
