"""Four eyes reach through deputyships both ways: a step that a deputy did in somebody's place is that person's step too."""

from dataclasses import dataclass
from datetime import timedelta
from types import SimpleNamespace

import pytest

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import errors as access_errors
from gongxiang.platform.access import errors_dispute, errors_superior, mediating, states, states_dispute, superiors
from gongxiang.platform.agreements import actions as agreements
from gongxiang.platform.agreements import errors as agreement_errors
from gongxiang.platform.catalogue import actions as catalogue
from gongxiang.platform.catalogue import errors as catalogue_errors
from gongxiang.platform.kernel.actors import Role
from gongxiang.platform.parties import actions, queries
from tests.factories import catalogue as make
from tests.factories import disputes
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner, make_draft, make_person, make_template, signing
from tests.factories.procedure import give_reply, make_request, reply_fields, request_fields

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:25")]
HOUR, DAYS = timedelta(hours=1), timedelta(days=3)


@dataclass
class Scene:
    """A department whose officer may draft and review too, and is away: somebody without any role stands in."""

    banner: object
    office: object
    absent: object
    deputy: object

    def stand_in(self):
        at = self.banner.at
        actions.name_deputy(
            person_id=self.absent.id, deputy_id=self.deputy.id, starts_at=at, ends_at=at + DAYS, by=self.absent, at=at
        )
        return self.acting()

    def acting(self):
        """The deputy as of a new request: what one act rested on is not carried into the next."""
        return queries.actor_of(self.deputy.id, self.banner.at)

    def back(self):
        return queries.actor_of(self.absent.id, self.banner.at)


def scene(banner, office, *roles):
    for role in roles:
        actions.grant_role(person_id=office.officer.id, role=role, by=banner.site.security_admin, at=banner.at)
    deputy = make_person(office.department, Role.NODE_OPERATOR, at=banner.at)
    return Scene(banner, office, queries.actor_of(office.officer.id, banner.at), deputy)


def request_of(banner):
    found = scene(banner, banner.consumer, Role.CLERK)
    resource = make.make_published(banner=banner, content=conditional_content())
    drafting = SimpleNamespace(clerk=found.stand_in(), officer=found.absent)
    request = make_request(states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at, consumer=drafting)
    return found, lambda by: access.consent_access_request(access_request_id=request.pk, by=by, at=banner.at)


def reply_of(banner):
    found = scene(banner, banner.provider, Role.REVIEWER)
    resource = make.make_published(banner=banner, content=conditional_content())
    request = make_request(banner=banner, resource_id=resource.id, at=banner.at)
    found.stand_in()
    key = {"access_request_id": request.pk, "at": banner.at}
    access.prepare_reply(by=found.acting(), **reply_fields(), **key)
    return found, lambda by: give_reply(by=by, **key)


def agreement_of(banner):
    found, at = scene(banner, banner.provider, Role.CLERK), banner.at
    make_template(at=at)
    found.stand_in()
    made = agreements.draft_agreement(
        department_id=found.office.id, draft=make_draft(at=at + timedelta(days=1500)), by=found.acting(), at=at
    )

    def sign(by):
        known = {"password": "x", "code": "000000"} if by.id == found.deputy.id else signing(by, at)
        agreements.sign_for_department(agreement_id=made.id, by=by, **known, at=at)

    return found, sign


def entry_of(banner):
    found = scene(banner, banner.provider, Role.CLERK, Role.REVIEWER)
    found.stand_in()
    drafted = catalogue.draft_resource(content=conditional_content(), by=found.acting(), at=banner.at)
    catalogue.send_for_review(resource_id=drafted.id, by=found.office.clerk, at=banner.at)
    return found, lambda by: catalogue.pass_review(resource_id=drafted.id, by=by, at=banner.at)


def reviewed_entry_of(banner):
    found = scene(banner, banner.provider, Role.REVIEWER)
    drafted = make.make_draft_entry(found.office, conditional_content(), at=banner.at)
    catalogue.send_for_review(resource_id=drafted.id, by=found.office.clerk, at=banner.at)
    found.stand_in()
    catalogue.pass_review(resource_id=drafted.id, by=found.acting(), at=banner.at)
    return found, lambda by: catalogue.consent_to_resource(
        resource_id=drafted.id, secrecy_statement=make.SECRECY, impact_assessment=make.ASSESSMENT, by=by, at=banner.at
    )


def letter_of(banner):
    found, at = scene(banner, banner.provider, Role.CLERK), banner.at
    found.stand_in()
    fields = {
        "superior": "鄂尔多斯市民政局", "level": "CITY", "system_name": "社会救助信息系统", "title": "本旗救助对象数据",
        "items": ["姓名", "证件号码"], "reason": "本旗履职需要", "mode": "table", "frequency": "DAILY",
    }  # fmt: skip
    row = superiors.draft_superior_request(by=found.office.clerk, at=at, **fields)
    superiors.save_superior_request(superior_request_id=row.pk, fields={"reason": "本旗核验需要"}, by=found.acting(), at=at)
    return found, lambda by: superiors.issue_letter(superior_request_id=row.pk, by=by, at=at)


CASES = {
    "the draft of a request": (request_of, access_errors.OwnDraft),
    "the reply prepared": (reply_of, access_errors.OwnReply),
    "the draft of an agreement": (agreement_of, agreement_errors.OwnDraft),
    "the draft of an entry": (entry_of, catalogue_errors.SamePerson),
    "the review of an entry": (reviewed_entry_of, catalogue_errors.SamePerson),
    "the draft of a letter": (letter_of, errors_superior.OwnLetter),
}


@pytest.mark.article("cn-809:20")
@pytest.mark.parametrize("case", CASES)
def test_neither_who_did_it_nor_for_whom_it_was_done_decides_on_it(case):
    prepare, refusal = CASES[case]
    found, decide = prepare(make_banner())
    with pytest.raises(refusal):
        decide(found.acting())
    with pytest.raises(refusal):
        decide(found.back())


def test_the_authority_s_leader_does_not_give_the_opinion_a_deputy_prepared_in_the_leader_s_place():
    banner = make_banner()
    leader, at = banner.authority_leader, banner.at
    resource = make.make_published(banner=banner, content=conditional_content())
    request = disputes.refused_request(banner, resource.id)
    dispute = disputes.make_dispute(states_dispute.HEARING, banner=banner, request=request, at=at + HOUR)
    for side in (banner.consumer, banner.provider):
        mediating.make_statement(dispute_id=dispute.pk, text="本部门的意见和理由如下。", by=side.officer, at=at + 4 * HOUR)
    deputy = make_person(queries.department_ref(leader.department_id), Role.CLERK, at=at)
    actions.name_deputy(person_id=leader.id, deputy_id=deputy.id, starts_at=at, ends_at=at + DAYS, by=leader, at=at)
    mediating.prepare_opinion(
        dispute_id=dispute.pk, terms=disputes.terms(elements=("id_number", "name")), reasons="职责明确，应当提供核验信息项。",
        by=queries.actor_of(deputy.id, at), at=at + 5 * HOUR,
    )  # fmt: skip
    with pytest.raises(errors_dispute.OwnOpinion):
        mediating.give_opinion(dispute_id=dispute.pk, by=queries.actor_of(leader.id, at), at=at + 6 * HOUR)


def test_what_a_deputy_did_in_the_own_right_is_nobody_else_s_step():
    banner = make_banner()
    found = scene(banner, banner.consumer)
    resource = make.make_published(banner=banner, content=conditional_content())
    actions.grant_role(person_id=found.deputy.id, role=Role.CLERK, by=banner.site.security_admin, at=banner.at)
    drafting = SimpleNamespace(clerk=found.stand_in(), officer=found.absent)
    request = make_request(
        states.PRESENTED, banner=banner, resource_id=resource.id, at=banner.at, consumer=drafting, **request_fields()
    )
    access.consent_access_request(access_request_id=request.pk, by=found.back(), at=banner.at)
    request.refresh_from_db()
    assert request.status == states.CONSENTED
