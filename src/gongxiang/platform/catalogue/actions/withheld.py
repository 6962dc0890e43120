"""The yearly re-check of withheld entries: a round opened at publication, reported, confirmed, and opened anew (办法 10)."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.catalogue import permissions_upkeep as permissions
from gongxiang.platform.catalogue import queries_withheld as queries
from gongxiang.platform.catalogue.actions.shared import person
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.errors_upkeep import BasisLapsed, EntryUnderRevision, ReasonNeeded, StatementMissing
from gongxiang.platform.catalogue.models import Resource, ResourceVersion, WithheldCheck
from gongxiang.platform.catalogue.permissions import check_other_person, check_own
from gongxiang.platform.catalogue.states import CHECK_RUNNING, PUBLISHED, WITHDRAWN, WITHHELD_CHECK
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties

#: The shortest statement that says anything; a choice of the product.
SHORTEST = 4


@implements("wushen-2021-60:10", "cn-809:15.2")
@transaction.atomic
def report_still_withheld(*, check_id: UUID, statement: str, by: Actor, at: datetime) -> queries.CheckView:
    """The accountable officer reports that the entry is still withheld and that its basis is unchanged."""
    permissions.REPORT_WITHHELD.check(by)
    row = queries.check_for_update(check_id)
    check_own(by, row.resource.provider_id)
    WITHHELD_CHECK.find("report", row.status)
    if row.resource.status != PUBLISHED:
        raise EntryUnderRevision()
    content = _content(row)
    if queries.why_lapsed(content, row.resource.exception, beijing_date(at)):
        raise BasisLapsed(title=queries.check_views([row])[0].citation or content.withholding.statute)
    if len(statement.strip()) < SHORTEST:
        raise StatementMissing(field="statement")
    changes = {"statement": statement.strip(), "reported_at": at, "reported_by": by.name, "reporter": person(by).id}
    evidence.transition(row, table=WITHHELD_CHECK, act="report", by=by, at=at, changes=changes, **_context(row))
    return queries.check_views([row])[0]


@implements("wushen-2021-60:10", "cn-809:14(3)")
@transaction.atomic
def confirm_still_withheld(*, check_id: UUID, opinion: str, by: Actor, at: datetime) -> queries.CheckView:
    """The authority confirms the withholding for another round, which is opened in the same act; gives the new round."""
    permissions.CONFIRM_WITHHELD.check(by)
    row = queries.check_for_update(check_id)
    check_other_person(by, *hands_in(row.reporter, of=[("withheld_check", row.pk)], acts=["withheld_check:reported"]))
    WITHHELD_CHECK.find("confirm", row.status)
    content = _content(row)
    if queries.why_lapsed(content, row.resource.exception, beijing_date(at)):
        raise BasisLapsed(title=queries.check_views([row])[0].citation or content.withholding.statute)
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name}
    detail = {"in_time": (row.reported_at or at) < row.due_at, "due_at": row.due_at, "basis": content.withholding}
    evidence.transition(
        row, table=WITHHELD_CHECK, act="confirm", by=by, at=at, changes=changes, detail=detail, rule_version=row.due_rule,
        **_context(row),
    )  # fmt: skip
    return queries.check_views([_open(row.resource, row.version, start=at, by=by, at=at)])[0]


@implements("wushen-2021-60:10", "cn-809:15.2")
@transaction.atomic
def return_withheld_check(*, check_id: UUID, opinion: str, by: Actor, at: datetime) -> queries.CheckView:
    """The authority does not confirm: with its reason the round goes back to the department, to revise or report anew."""
    permissions.CONFIRM_WITHHELD.check(by)
    row = queries.check_for_update(check_id)
    check_other_person(by, *hands_in(row.reporter, of=[("withheld_check", row.pk)], acts=["withheld_check:reported"]))
    WITHHELD_CHECK.find("return", row.status)
    if not opinion.strip():
        raise ReasonNeeded(field="opinion")
    changes = {"opinion": opinion.strip(), "decided_at": at, "decided_by": by.name}
    evidence.transition(row, table=WITHHELD_CHECK, act="return", by=by, at=at, changes=changes, **_context(row))
    return queries.check_views([row])[0]


# ---- by the product itself ----------------------------------------------------------------------------------------------


@implements("wushen-2021-60:10")
@transaction.atomic
def keep_withheld_round(*, resource_id: UUID, by: Actor, at: datetime) -> int:
    """Bring the rounds of one entry into line with what is published; gives how many were opened or closed."""
    permissions.SWEEP_UPKEEP.check(by)
    resource = Resource.objects.select_for_update().filter(pk=resource_id).first()
    if resource is None or resource.version is None:
        return 0
    version = ResourceVersion.objects.get(resource_id=resource_id, number=resource.version)
    withheld = resource.status != WITHDRAWN and Content.from_json(version.content).sharing_type == "WITHHELD"
    done = 0
    running = WithheldCheck.objects.select_for_update(of=("self",)).select_related("resource")
    row = running.filter(resource_id=resource_id, status__in=CHECK_RUNNING).first()
    if row is not None and (not withheld or row.version != resource.version):
        why = "WITHDRAWN" if resource.status == WITHDRAWN else "REVISED" if withheld else "SHARED"
        changes = {"closed_at": at, "closed_why": why}
        evidence.transition(row, table=WITHHELD_CHECK, act="close", by=by, at=at, changes=changes, **_context(row))
        row, done = None, 1
    if row is None and withheld:
        _open(resource, version.number, start=version.published_at, by=by, at=at)
        done += 1
    return done


@implements("wushen-2021-60:10", "cn-809:14(3)", "cn-809:15.2")
@transaction.atomic
def note_withheld_round(*, check_id: UUID, by: Actor, at: datetime) -> int:
    """Note that a basis has lapsed or holds again, that a round is due soon or overdue: notices are sent from this evidence."""
    permissions.SWEEP_UPKEEP.check(by)
    row = queries.check_for_update(check_id)
    if row.status not in CHECK_RUNNING:
        return 0
    why, done = queries.why_lapsed(_content(row), row.resource.exception, beijing_date(at)), 0
    if why != row.lapsed_why:
        row.lapsed_why, row.lapsed_at = why, at if why else None
        row.save(update_fields=["lapsed_why", "lapsed_at"])
        _record(row, "basis_lapsed" if why else "basis_restored", by=by, at=at, basis=("cn-809:14(3)", "cn-809:15.2"),
                after={"why": why})  # fmt: skip
        done = 1
    for told, since in (("due_soon", row.due_at - queries.pointed_out()), ("overdue", row.due_at)):
        if at < since or told in row.told or (told == "due_soon" and row.status != "DUE"):
            continue
        row.told = [*row.told, told]
        row.save(update_fields=["told"])
        _record(row, told, by=by, at=since, basis=(row.due_basis,), after={"due_at": row.due_at})
        done += 1
    return done


def _open(resource: Resource, version: int, *, start: datetime, by: Actor, at: datetime) -> WithheldCheck:
    due_at, basis, rule = queries.due_of(start)
    row = WithheldCheck(
        id=new_id(), resource=resource, version=version, opened_at=start, due_at=due_at, due_basis=basis, due_rule=rule
    )
    evidence.open_record(
        row, table=WITHHELD_CHECK, act="open", by=by, at=at, rule_version=rule, after={"due_at": due_at, "version": version},
        **_context(row),
    )  # fmt: skip
    return row


def _content(row: WithheldCheck) -> Content:
    return Content.from_json(ResourceVersion.objects.get(resource_id=row.resource_id, number=row.version).content)


def _record(row: WithheldCheck, event: str, *, by: Actor, at: datetime, **rest: Any) -> None:
    evidence.record_act(
        kind=f"withheld_check:{event}", subject=("withheld_check", row.pk), by=by, at=at, rule_version=row.due_rule,
        **_context(row), **rest,
    )  # fmt: skip


def _context(row: WithheldCheck) -> dict[str, Any]:
    return {
        "concerns": (row.resource.provider_id, parties.authority().id),
        "trail": (f"resource:{row.resource_id}",),
    }
