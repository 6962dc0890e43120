"""The library of rules of operation and security: issued, replaced by new versions, ended, and read (art. 12(1))."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction

from gongxiang.law.articles import implements
from gongxiang.platform.documents import actions, permissions
from gongxiang.platform.documents.errors import RuleIncomplete, RuleOver, RuleReplaced, RuleTitleTaken, WithdrawalWithoutReason
from gongxiang.platform.documents.models import RuleFile, RuleReceipt, RuleVersion
from gongxiang.platform.evidence import actions as evidence
from gongxiang.platform.kernel.actors import Actor, Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.ids import new_id

KINDS: Final = ("operation", "security", "use", "other")
_BASIS: Final = ("wushen-2021-60:12(1)",)


@implements("wushen-2021-60:12(1)")
@transaction.atomic
def issue_rule(
    *, title: str, kind: str, effective_on: date | None, name: str, content: bytes, by: Actor, at: datetime
) -> RuleVersion:
    """Issue a rule with its file; everybody at work is asked to read it."""
    permissions.KEEP_RULES.check(by)
    title = title.strip()[:200]
    if not title or kind not in KINDS:
        raise RuleIncomplete(field="kind" if title else "title")
    rule = RuleFile(id=new_id(), title=title, kind=kind, issued_at=at)
    try:
        with transaction.atomic():
            rule.save(force_insert=True)
    except IntegrityError as error:
        raise RuleTitleTaken(field="title") from error
    return _version(rule, "issued", effective_on=effective_on, changes="", name=name, content=content, by=by, at=at)


@implements("wushen-2021-60:12(1)")
@transaction.atomic
def replace_rule(
    *, rule_id: UUID, effective_on: date | None, changes: str, name: str, content: bytes, by: Actor, at: datetime
) -> RuleVersion:
    """Issue a new version, which everybody is asked to read anew; the old one and who read it stay."""
    permissions.KEEP_RULES.check(by)
    rule = _in_force(rule_id)
    if not changes.strip():
        raise RuleIncomplete(field="changes")
    rule.version += 1
    rule.save(update_fields=["version"])
    return _version(rule, "replaced", effective_on=effective_on, changes=changes, name=name, content=content, by=by, at=at)


@implements("wushen-2021-60:12(1)")
@transaction.atomic
def end_rule(*, rule_id: UUID, reason: str, by: Actor, at: datetime) -> RuleFile:
    """A rule applies no more; its versions stay to be read."""
    permissions.KEEP_RULES.check(by)
    rule = _in_force(rule_id)
    if not reason.strip():
        raise WithdrawalWithoutReason(field="reason")
    rule.ended_at, rule.end_reason = at, reason.strip()[:500]
    rule.save(update_fields=["ended_at", "end_reason"])
    evidence.record_act(
        kind="rule_file:ended", subject=("rule_file", rule.pk), by=by, at=at, basis=_BASIS, after={"ended_at": at},
        detail={"reason": rule.end_reason},
    )  # fmt: skip
    return rule


@implements("wushen-2021-60:12(1)")
@transaction.atomic
def confirm_read(*, version_id: UUID, by: Actor, at: datetime) -> RuleReceipt:
    """A person has read the version in force; once is enough."""
    permissions.READ_RULES.check(by)
    if not isinstance(by, Person):
        raise NotPermitted()
    version = RuleVersion.objects.select_related("rule").filter(pk=version_id).first()
    if version is None:
        raise NotFound()
    rule = _in_force(version.rule_id)
    if rule.version != version.number:
        raise RuleReplaced()
    given, made = RuleReceipt.objects.get_or_create(
        version=version, person_id=by.id,
        defaults={
            "id": new_id(), "person_name": by.name, "department_id": by.department_id, "department_name": by.department,
            "read_at": at,
        },
    )  # fmt: skip
    if made:
        evidence.record_act(
            kind="rule_file:read", subject=("rule_file", rule.pk), by=by, at=at, basis=_BASIS,
            after={"version": version.number}, concerns=(by.department_id,),
        )  # fmt: skip
    return given


def _in_force(rule_id: UUID) -> RuleFile:
    rule = RuleFile.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise NotFound()
    if rule.ended_at is not None:
        raise RuleOver()
    return rule


def _version(
    rule: RuleFile, event: str, *, effective_on: date | None, changes: str, name: str, content: bytes, by: Actor, at: datetime
) -> RuleVersion:
    if effective_on is None or not 2000 <= effective_on.year <= 2100:
        raise RuleIncomplete(field="effective_on")
    upload = actions.keep_upload(name=name, content=content, trail=(f"rule_file:{rule.pk}",), by=by, at=at)
    version = RuleVersion.objects.create(
        id=new_id(), rule=rule, number=rule.version, upload_id=upload.id, effective_on=effective_on,
        changes=changes.strip()[:2000], issued_at=at, issued_by=by.name,
    )  # fmt: skip
    evidence.record_act(
        kind=f"rule_file:{event}", subject=("rule_file", rule.pk), by=by, at=at, basis=_BASIS,
        after={
            "title": rule.title, "version": version.number, "effective_on": effective_on, "digest": upload.digest,
        },
    )  # fmt: skip
    return version
