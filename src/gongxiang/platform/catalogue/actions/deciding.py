"""Acts of the authority: ratify a withholding, allow a basis of lower rank, publish."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import elements, permissions, policies, queries, search
from gongxiang.platform.catalogue.actions.remit import note_entry_moved
from gongxiang.platform.catalogue.actions.shared import context, mounting, move, person, reviewers
from gongxiang.platform.catalogue.codes import DEFAULT_SCHEME, get_scheme
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import CodeCounter, DepartmentNumber, Distribution, Resource, ResourceVersion
from gongxiang.platform.catalogue.states import RESOURCE, WITHDRAWN
from gongxiang.platform.catalogue.values import DraftRef, ResourceRef
from gongxiang.platform.catalogue.vocabulary import SharingType
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.evidence.queries import hands_in
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.platform.parties import queries as parties
from gongxiang.platform.rulebook import queries as rulebook
from gongxiang.protocol.clock import BEIJING


@implements("wushen-2021-60:10", "cn-809:14(3)")
@transaction.atomic
def ratify_withholding(*, resource_id: UUID, opinion: str, by: Actor, at: datetime) -> DraftRef:
    """The authority ratifies that the entry is withheld, on the basis it names; only then it can be published."""
    permissions.RATIFY.check(by)
    row = queries.get_for_update(resource_id)
    _check_uninvolved(row, by)
    RESOURCE.find("ratify_withholding", row.status)
    case = queries.case_of(row, at=at)
    policies.check_can_ratify(case)
    changes = {"ratified_by": person(by).id, "ratified_at": at}
    detail = {
        "opinion": opinion.strip(),
        "basis": case.content.withholding,
        "statute": case.statute.title if case.statute else "",
        "exception": row.exception if case.exception else None,
    }
    version = rulebook.withholding_version(at.astimezone(BEIJING).date())
    move(row, "ratify_withholding", by=by, at=at, changes=changes, detail=detail, rule_version=version)
    return queries.draft_ref(row)


@implements("cn-809:14(3)", "wushen-2021-60:10")
@transaction.atomic
def allow_lower_basis(*, resource_id: UUID, statute: str, reason: str, by: Actor, at: datetime) -> None:
    """The authority's leader lets this entry rest on a basis that satisfies the Measures but not the Regulation.

    The exception holds for this entry and this statute, and stands in the evidence with its reason.
    """
    permissions.EXCEPT.check(by)
    row = queries.get_for_update(resource_id)
    _check_uninvolved(row, by)
    if row.status == WITHDRAWN:
        raise WrongState(state=row.status)
    policies.check_reason(reason)
    leader = person(by)
    row.exception = {
        "statute": statute, "reason": reason.strip(), "by": str(leader.id), "by_name": leader.name, "at": at.isoformat(),
    }  # fmt: skip
    row.save(update_fields=["exception"])
    evidence.record_act(
        kind="resource:lower_basis_allowed",
        subject=("resource", row.pk),
        by=by,
        at=at,
        basis=("cn-809:14(3)", "wushen-2021-60:10"),
        after={"statute": statute},
        detail={"reason": reason.strip()},
        **context(row),
    )


@implements("wushen-2021-60:7", "wushen-2021-60:21(1)", "wushen-2021-60:21(2)", "cn-809:12.1", "cn-809:16.1", "cn-809:17.3")
@transaction.atomic
def publish_resource(*, resource_id: UUID, by: Actor, at: datetime) -> ResourceRef:
    """The authority publishes the entry: a new frozen version is in force, found by search, open to requests.

    An unconditional resource's standing consent is recorded with it: under it requests are granted at once (cn-809:20, 21).
    """
    permissions.DECIDE.check(by)
    row = queries.get_for_update(resource_id)
    _check_uninvolved(row, by)
    RESOURCE.find("publish", row.status)
    case = queries.case_of(row, at=at)
    policies.check_can_publish(case)
    version = _freeze(row, case, by=by, at=at)
    changes = {
        "code": version.code, "code_scheme": row.code_scheme or DEFAULT_SCHEME, "version": version.number, "published_at": at,
        "due_at": None, "due_basis": "", "due_rule": "",
    }  # fmt: skip
    detail = {"in_time": row.due_at is None or at < row.due_at, "due_at": row.due_at, "rule": row.due_rule}
    after = {"content_digest": version.content_digest, "name": case.content.name, "sharing_type": case.content.sharing_type}
    move(row, "publish", by=by, at=at, changes=changes, after=after, detail=detail)
    if case.content.sharing_type == SharingType.UNCONDITIONAL:
        _record_standing_consent(row, version, by=by, at=at)
    _put_in_force(row, case.content)
    search.index_version(version)
    note_entry_moved(row, act="publish", by=by, at=at)
    elements.index_version(version)
    return queries.get_resource(row.pk)


@implements("cn-809:17.3")
@transaction.atomic
def recount_review(*, resource_id: UUID, by: Actor, at: datetime) -> bool:
    """Count a running period of review again on the calendar now in force; gives whether it moved."""
    permissions.RECOUNT.check(by)
    row = queries.get_for_update(resource_id)
    running = queries.running_clock(row)
    if running is None:
        return False
    deadline = rulebook.recount_open(running, at=at)
    if deadline.due_at == row.due_at:
        return False
    before, row.due_at = row.due_at, deadline.due_at
    row.save(update_fields=["due_at"])
    evidence.record_act(
        kind="resource:review_recounted",
        subject=("resource", row.pk),
        by=by,
        at=at,
        basis=(row.due_basis,),
        rule_version=row.due_rule,
        before={"due_at": before},
        after={"due_at": row.due_at},
        **context(row),
    )
    return True


def _check_uninvolved(row: Resource, by: Actor) -> None:
    """The authority compiles entries too: whoever drafted, reviewed or consented to one does not decide on it."""
    consented_by = row.consent.given_by if row.consent_id and row.consent else None
    consenting = hands_in(consented_by, of=[("resource", row.pk)], acts=["resource:consented"])
    permissions.check_other_person(by, *row.drafters, *reviewers(row), *consenting)


def _freeze(row: Resource, case: policies.Case, *, by: Actor, at: datetime) -> ResourceVersion:
    provider = parties.department_ref(row.provider_id)
    officer = person(by)
    assert row.consent is not None
    return ResourceVersion.objects.create(
        id=new_id(),
        resource=row,
        number=(row.version or 0) + 1,
        code=row.code or _next_code(row, case.content),
        provider_name=provider.name,
        provider_credit_code=provider.credit_code,
        content=case.content.to_json(),
        content_digest=case.content_digest,
        consent=row.consent,
        published_at=at,
        published_by=officer.id,
        published_by_name=officer.name,
    )


def _next_code(row: Resource, content: Content) -> str:
    """The next code of the scheme: counters are locked, so that no code comes twice and none is typed."""
    scheme = get_scheme()
    number = DepartmentNumber.objects.filter(department_id=row.provider_id).values_list("number", flat=True).first()
    if number is None:
        # One lock for all departments' numbers; taken once per department's life.
        top, _ = CodeCounter.objects.get_or_create(scheme=scheme.name, prefix="department")
        top = CodeCounter.objects.select_for_update().get(pk=top.pk)
        top.last += 1
        top.save(update_fields=["last"])
        number = DepartmentNumber.objects.create(department_id=row.provider_id, number=top.last).number
    prefix = scheme.prefix(classification=content.classification, department_number=number)
    counter, _ = CodeCounter.objects.select_for_update().get_or_create(scheme=scheme.name, prefix=prefix)
    counter.last += 1
    counter.save(update_fields=["last"])
    return scheme.code(prefix=prefix, number=counter.last)


@implements("cn-809:20.3", "cn-809:21.1")
def _record_standing_consent(row: Resource, version: ResourceVersion, *, by: Actor, at: datetime) -> None:
    consent = version.consent
    evidence.record_act(
        kind="resource:standing_consent_recorded",
        subject=("resource", row.pk),
        by=by,
        at=at,
        basis=("cn-809:20.3", "cn-809:21.1"),
        after={"version": version.number, "consent": consent.pk},
        detail={"given_by": consent.given_by, "given_by_name": consent.given_by_name, "given_at": consent.given_at},
        **context(row),
    )


def _put_in_force(row: Resource, content: Content) -> None:
    """The lines of the published distributions say what is published; others are no longer in force."""
    Distribution.objects.filter(resource_id=row.pk).update(in_force=False)
    for item in content.distributions:
        assert item.id is not None
        Distribution.objects.filter(pk=item.id).update(in_force=True, **mounting(item))
