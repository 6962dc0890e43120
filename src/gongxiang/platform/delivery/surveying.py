"""Reverse compilation (反向编目): a node tells its source's tables in parts, and chosen ones become drafts."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue import actions as catalogue_actions
from gongxiang.platform.catalogue import permissions as catalogue_permissions
from gongxiang.platform.catalogue import queries as catalogue
from gongxiang.platform.catalogue.values import DraftRef
from gongxiang.platform.delivery import errors, permissions, policies, queries, surveys
from gongxiang.platform.delivery.models import Node, SourceSurvey, SourceTable
from gongxiang.platform.evidence.actions import record_act
from gongxiang.platform.kernel import link
from gongxiang.platform.kernel.actors import Actor, System
from gongxiang.platform.kernel.ids import new_id
from gongxiang.platform.parties import queries as parties
from gongxiang.protocol import messages
from gongxiang.protocol.canonical import plain

#: Tables kept of one survey, whatever a node tells.
MOST_TABLES = 3000


@implements("wushen-2021-60:7", "wushen-2021-60:19(1)")
@transaction.atomic
def ask_for_tables(*, node_id: UUID, by: Actor, at: datetime) -> SourceSurvey:
    """Ask a node which tables its source database has; the answer arrives as facts within seconds."""
    node = queries.node_for_update(node_id)
    permissions.check_for_department(permissions.SURVEY, by, node.department_id)
    recent = SourceSurvey.objects.filter(node=node, answered_at=None, asked_at__gt=at - policies.SURVEY_PATIENCE)
    policies.check_can_survey(node, pending=recent.exists())
    survey = SourceSurvey.objects.create(id=new_id(), node=node, asked_at=at, asked_by=by.name)
    record_act(
        kind="node:tables_asked", subject=("node", node.pk), by=by, at=at, basis=("wushen-2021-60:19(1)",),
        after={"survey": survey.pk}, concerns=_concerns(node),
    )  # fmt: skip
    link.issue_order(messages.SurveySource(request_id=survey.pk, node_id=node.pk), node_ids=[node.pk], at=at)
    return survey


@implements("wushen-2021-60:7")
@transaction.atomic
def take_part(fact: messages.TablesSurveyed, *, by: System) -> None:
    """One part of a node's answer; the last one makes it whole and lets earlier surveys of the node go."""
    survey = SourceSurvey.objects.select_for_update().filter(pk=fact.request_id, node_id=fact.node_id, answered_at=None).first()
    if survey is None or fact.part in survey.parts or not 1 <= fact.part <= fact.parts:
        return
    room = max(0, MOST_TABLES - SourceTable.objects.filter(survey=survey).count())
    rows = [
        SourceTable(
            id=new_id(), survey=survey, table=one.table[:200], comment=one.comment[:400], rows=one.rows,
            keyed=any(column.key for column in one.columns), columns=plain(one.columns),
            columns_left_out=one.columns_left_out, problem=one.problem, words=plain(one.words),
        )
        for one in fact.tables[:room]
    ]  # fmt: skip
    SourceTable.objects.bulk_create(rows, ignore_conflicts=True)
    survey.parts = [*survey.parts, fact.part]
    survey.total, survey.problem, survey.words = fact.total, fact.problem, plain(fact.words)
    if len(survey.parts) == fact.parts:
        survey.answered_at = fact.at
        if not fact.problem:
            SourceSurvey.objects.filter(node_id=survey.node_id, asked_at__lt=survey.asked_at).delete()
        record_act(
            kind="node:tables_told", subject=("node", survey.node_id), by=by, at=fact.at, basis=("wushen-2021-60:19(1)",),
            after={"survey": survey.pk, "tables": fact.total, "problem": fact.problem},
            concerns=_concerns(Node.objects.get(pk=survey.node_id)),
        )  # fmt: skip
    survey.save()


@implements("wushen-2021-60:7", "cn-809:13.2")
@transaction.atomic
def draft_from_tables(*, node_id: UUID, table_ids: Collection[UUID], by: Actor, at: datetime) -> tuple[DraftRef, ...]:
    """Make a draft of each chosen table that no entry delivers yet; nothing is sent anywhere, a person completes it."""
    catalogue_permissions.COMPILE.check(by)
    node = queries.node_for_update(node_id)
    permissions.check_for_department(permissions.SURVEY, by, node.department_id)
    policies.check_chosen(len(set(table_ids)))
    chosen = [surveys.table(table_id, node_id=node_id) for table_id in dict.fromkeys(table_ids)]
    free = [table for table in chosen if table.free]
    if not free:
        raise errors.TablesMountedAlready(field="table")
    taken = set(catalogue.own_names(by))
    drafts = []
    for table in free:
        proposed = surveys.proposal(table, node_id=node_id, taken=frozenset(taken))
        taken.add(proposed.content.name)
        drafts.append(catalogue_actions.draft_resource(content=proposed.content, by=by, at=at))
    return tuple(drafts)


def _concerns(node: Node) -> tuple[UUID, ...]:
    return (node.department_id, parties.authority().id)
