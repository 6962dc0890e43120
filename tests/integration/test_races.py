"""Two people, two tabs or two machines at the same moment, on connections of their own: one wins, the other is told by name."""

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from gongxiang.platform.access import actions as access
from gongxiang.platform.access import collecting, disputing
from gongxiang.platform.access.models import CollectionPlan, Dispute
from gongxiang.platform.agreements import actions as agreements
from gongxiang.platform.agreements.models import Agreement
from gongxiang.platform.catalogue import actions, queries
from gongxiang.platform.catalogue.actions.remit import Document
from gongxiang.platform.catalogue.models import CatalogueImport, RemitChange, SavedSearch
from gongxiang.platform.catalogue.permissions import IMPORTER
from gongxiang.platform.corrections import actions as corrections
from gongxiang.platform.corrections import complaints
from gongxiang.platform.corrections.models import CounterComplaint
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.actors import Role, System
from gongxiang.platform.parties import actions as parties
from gongxiang.platform.parties import queries as party_queries
from gongxiang.platform.projects import actions as projects
from tests.factories import disputes
from tests.factories.catalogue import make_entry_at
from tests.factories.contents import complete_content, conditional_content
from tests.factories.corrections import Scene, make_scene, report
from tests.factories.parties import make_agreement, make_draft, make_office, make_person, signing
from tests.factories.procedure import make_request
from tests.factories.projects import make_project_at
from tests.integration.access.test_at_once import run
from tests.integration.catalogue.test_import import book_of

HOUR = timedelta(hours=1)
Act = Callable[[], object]
Race = tuple[Callable[[], Any], set[int], list[Act]]
_NUMBERS = itertools.count(1)


def entry(scene: Scene, status: str, **changes: Any) -> UUID:
    content = replace(conditional_content(f"特困供养信息{next(_NUMBERS)}"), **changes)
    return make_entry_at(status, banner=scene.banner, content=content).id


def kinds(subject: object) -> list[str]:
    """The acts on the evidence of one subject, in order."""
    return list(EvidenceRecord.objects.filter(subject_id=str(subject)).order_by("id").values_list("kind", flat=True))


def once(subject: object, *names: str) -> bool:
    """Whether exactly one of the acts stands in the evidence, once."""
    return sum(kinds(subject).count(name) for name in names) == 1


def published_and_returned(scene: Scene) -> Race:
    key: dict[str, Any] = {"resource_id": entry(scene, "SUBMITTED"), "at": scene.at}
    second = make_person(scene.banner.authority, Role.AUTHORITY_OFFICER)
    publishes = [lambda by=by: actions.publish_resource(by=by, **key) for by in (scene.banner.authority_officer, second)]
    returns: Act = lambda: actions.return_resource(remarks=[{"field": "name", "text": "不一致"}], by=second, **key)  # noqa: E731
    return (lambda: once(key["resource_id"], "resource:published", "resource:returned")), {1}, [*publishes, returns]


def withdrawn_and_revised(scene: Scene) -> Race:
    key: dict[str, Any] = {"resource_id": entry(scene, "PUBLISHED"), "at": scene.at}
    office = scene.banner.provider
    withdraws: Act = lambda: actions.withdraw_resource(reason="职能已划转。", by=office.officer, **key)  # noqa: E731
    revises: Act = lambda: actions.revise_resource(by=office.clerk, **key)  # noqa: E731
    return (
        (lambda: once(key["resource_id"], "resource:withdrawn", "resource:revision_started")),
        {1},
        [withdraws, revises, withdraws],
    )


def edited_twice(scene: Scene) -> Race:
    draft = queries.get_draft(entry(scene, "DRAFT"))
    key: dict[str, Any] = {"resource_id": draft.id, "by": scene.banner.provider.clerk, "at": scene.at}
    saves = [
        lambda text=text: actions.save_draft(content=replace(draft.content, summary=text), seen=draft.revision, **key)
        for text in ("甲的摘要", "乙的摘要")
    ]
    return (lambda: kinds(draft.id).count("resource:draft_saved") == 1), {1}, saves


def reviewed_twice(scene: Scene) -> Race:
    key: dict[str, Any] = {"resource_id": entry(scene, "IN_REVIEW"), "at": scene.at}
    second = make_person(scene.banner.provider.department, Role.REVIEWER)
    acts = [lambda by=by: actions.pass_review(by=by, **key) for by in (scene.banner.provider.reviewer, second)]
    returns: Act = lambda: actions.return_resource(remarks=[{"field": "name", "text": "不一致"}], by=second, **key)  # noqa: E731
    return (lambda: once(key["resource_id"], "resource:reviewed", "resource:returned")), {1}, [*acts, returns]


def import_confirmed_twice(scene: Scene) -> Race:
    by, job = scene.banner.provider.clerk, System(name=IMPORTER)
    made = actions.send_import(file_name="目录.xlsx", content=book_of(complete_content("导入一")), by=by, at=scene.at)
    assert run(*[lambda: actions.run_next_import(by=job, at=scene.at)] * 2) == ["done", "done"]
    key: dict[str, Any] = {"import_id": made, "by": by, "at": scene.at}
    acts: list[Act] = [lambda: actions.confirm_import(**key), lambda: actions.confirm_import(**key)]

    def imported_once() -> bool:
        run(*[lambda: actions.run_next_import(by=job, at=scene.at)] * 2)
        names = [one.name for one in queries.own_entries(by)]
        return CatalogueImport.objects.get(pk=made).status == "IMPORTED" and names.count("导入一") == 1

    return imported_once, {1}, acts


def same_workbook_twice(scene: Scene) -> Race:
    by, job = scene.banner.provider.clerk, System(name=IMPORTER)
    book = book_of(complete_content("导入二"))
    send: Act = lambda: actions.send_import(file_name="目录.xlsx", content=book, by=by, at=scene.at)  # noqa: E731

    def no_twins() -> bool:
        for _step in range(4):
            run(*[lambda: actions.run_next_import(by=job, at=scene.at)] * 2)
            for row in CatalogueImport.objects.filter(status="CHECKED"):
                actions.confirm_import(import_id=row.pk, by=by, at=scene.at)
        names = [one.name for one in queries.own_entries(by)]
        return names.count("导入二") == 1

    return no_twins, {2}, [send, send]


def searches_of_one_name(scene: Scene) -> Race:
    by = scene.banner.consumer.clerk
    acts: list[Act] = [lambda: actions.save_search(name="救助", query="q=救助", by=by, at=scene.at)] * 3
    return (lambda: SavedSearch.objects.filter(person_id=by.id, name="救助").count() == 1), {1}, acts


def remit_paper(number: str) -> Document:
    day = date(2026, 10, 1)
    return Document(kind="DUTY", title="关于调整职责的通知", number=number, dated=day, changed_on=day)


def remit_change_registered_twice(scene: Scene) -> Race:

    resource = entry(scene, "PUBLISHED")
    paper = remit_paper("乌编发〔2026〕7号")
    register: Act = lambda: actions.register_remit_change(  # noqa: E731
        department_id=scene.banner.provider.id, document=paper, update=[resource], by=scene.banner.provider.clerk, at=scene.at
    )
    return (lambda: RemitChange.objects.filter(document_number=paper.number).count() == 1), {1}, [register, register]


def remit_completed_twice(scene: Scene) -> Race:

    resource = entry(scene, "PUBLISHED")
    paper = remit_paper("乌编发〔2026〕8号")
    view = actions.register_remit_change(
        department_id=scene.banner.provider.id, document=paper, update=[resource], by=scene.banner.provider.clerk, at=scene.at
    )
    second = make_person(scene.banner.provider.department, Role.ACCOUNTABLE_OFFICER)
    acts = [
        lambda by=by: actions.confirm_unchanged(
            change_id=view.id, entry_id=view.tasks[0].id, reason="仍然适用。", by=by, at=scene.at
        )
        for by in (scene.banner.provider.officer, second)
    ]
    return (lambda: once(view.id, "remit_change:completed")), {1}, acts


def signed_twice_and_revised(scene: Scene) -> Race:

    waits = make_agreement(scene.banner.stranger, status="DRAFTED", at=scene.at)
    known = signing(scene.banner.stranger.officer, scene.at)
    signs: Act = lambda: agreements.sign_for_department(  # noqa: E731
        agreement_id=waits.id, by=scene.banner.stranger.officer, at=scene.at, **known
    )
    revises: Act = lambda: agreements.revise_agreement(  # noqa: E731
        agreement_id=waits.id,
        draft=make_draft(at=scene.at, scope="仅限目录内公开资源"),
        by=scene.banner.stranger.clerk,
        at=scene.at,
    )
    return (lambda: True), {1, 2}, [signs, signs, revises]


def two_drafts_of_an_agreement(scene: Scene) -> Race:

    office = make_office("乌审旗水利局", at=scene.at)
    drafts: Act = lambda: agreements.draft_agreement(  # noqa: E731
        department_id=office.id, draft=make_draft(at=scene.at), by=office.clerk, at=scene.at
    )

    return (lambda: Agreement.objects.filter(department_id=office.id).count() == 1), {1}, [drafts, drafts]


def refused(scene: Scene, **changes: Any) -> Any:
    return disputes.refused_request(scene.banner, entry(scene, "PUBLISHED"), **changes)


def dispute_opened_twice(scene: Scene) -> Race:
    request = refused(scene)
    opens: Act = lambda: disputing.open_dispute(  # noqa: E731
        access_request_id=request.pk, grounds=disputes.GROUNDS, by=scene.banner.consumer.officer, at=scene.banner.at
    )
    return (lambda: Dispute.objects.filter(access_request_id=request.pk).count() == 1), {1}, [opens, opens]


def plan_drafted_twice(scene: Scene) -> Race:

    request = refused(scene, **disputes.ABSENT)
    absence = disputes.make_absence("FILED", banner=scene.banner, request=request)
    act: Act = lambda: collecting.draft_plan(  # noqa: E731
        absence_id=absence.id, by=scene.banner.consumer.clerk, at=scene.banner.at, **disputes.plan_fields()
    )
    return (lambda: CollectionPlan.objects.filter(absence_id=absence.id).count() == 1), {1}, [act, act]


def verdict_given_twice(scene: Scene) -> Race:
    row = report(scene)
    acts = [
        lambda by=by, outcome=outcome: corrections.give_verdict(
            correction_id=row.pk, outcome=outcome, text="已核实登记档案", by=by, at=scene.at
        )
        for by, outcome in ((scene.banner.provider.reviewer, "AS_BELIEVED"), (scene.banner.provider.officer, "REFUTED"))
    ]
    return (lambda: once(row.pk, "correction:corrected", "correction:refuted")), {1}, acts


def complaint_recorded_twice(scene: Scene) -> Race:
    row = report(scene)
    act: Act = lambda: complaints.record_complaint(  # noqa: E731
        correction_id=row.pk, department_id=scene.banner.consumer.id, matter_number="", statement="窗口拒绝受理。",
        by=scene.banner.consumer.clerk, at=scene.at,
    )  # fmt: skip
    return (lambda: CounterComplaint.objects.filter(correction_id=row.pk).count() == 1), {1}, [act, act]


def project_passed_and_returned(scene: Scene) -> Race:
    view = make_project_at("IN_REVIEW", banner=scene.banner)
    second = make_person(scene.banner.authority, Role.AUTHORITY_OFFICER)
    acts = [
        lambda by=by: projects.pass_catalogue(project_id=view.id, opinion="完整", by=by, at=scene.at)
        for by in (scene.banner.authority_officer, second)
    ]
    returns: Act = lambda: projects.return_catalogue(  # noqa: E731
        project_id=view.id, remarks=[{"field": "", "text": "补充"}], by=second, at=scene.at
    )
    return (lambda: sum(k in ("project:passed", "project:returned") for k in kinds(view.id)) <= 1), {1}, [*acts, returns]


def account_closed_while_the_deputy_acts(scene: Scene) -> Race:
    office = scene.banner.consumer
    request = make_request("PRESENTED", banner=scene.banner, resource_id=entry(scene, "PUBLISHED"))
    helper = make_person(office.department, Role.REVIEWER)
    row = parties.name_deputy(
        person_id=office.officer.id, deputy_id=helper.id, starts_at=scene.at, ends_at=scene.at + timedelta(days=2),
        by=office.officer, at=scene.at,
    )  # fmt: skip
    deputy = party_queries.actor_of(helper.id, scene.at + HOUR)
    acts: list[Act] = [
        lambda: access.consent_access_request(access_request_id=request.pk, by=deputy, at=scene.at + HOUR),
        lambda: parties.end_deputy(deputy_row_id=row, by=office.officer, at=scene.at + HOUR),
        lambda: parties.close_account(
            person_id=helper.id, reason="调离", by=scene.banner.site.system_admin, at=scene.at + HOUR
        ),
        lambda: parties.close_account(
            person_id=helper.id, reason="调离", by=scene.banner.site.system_admin, at=scene.at + HOUR
        ),
    ]
    return (lambda: once(helper.id, "person:account_closed")), {1, 2, 3}, acts


RACES = (
    published_and_returned, withdrawn_and_revised, edited_twice, reviewed_twice, import_confirmed_twice,
    same_workbook_twice, searches_of_one_name, remit_change_registered_twice, remit_completed_twice, signed_twice_and_revised,
    two_drafts_of_an_agreement, dispute_opened_twice, plan_drafted_twice, verdict_given_twice, complaint_recorded_twice,
    project_passed_and_returned, account_closed_while_the_deputy_acts,
)  # fmt: skip


@pytest.mark.article("wushen-2021-60:7", "wushen-2021-60:18", "wushen-2021-60:23", "wushen-2021-60:25")
def test_one_wins_and_the_other_is_told_by_name(site_database: Any) -> None:
    scene = make_scene()
    wrong = {}
    for race in RACES:
        holds, may, acts = race(scene)
        told = run(*acts)
        named = not any(one.startswith("!") or not one for one in told)
        if not (named and told.count("done") in may and holds()):
            wrong[race.__name__] = told
    assert wrong == {}
