"""Acts of the authority on a pre-compiled catalogue: pass it with a certificate, or return it; the clock between."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.vocabulary import SharingType, SourceKind
from gongxiang.platform.kernel.actors import Actor
from gongxiang.platform.projects import permissions, policies, queries, states
from gongxiang.platform.projects.actions.compiling import freeze
from gongxiang.platform.projects.actions.shared import STOPPED_CLOCK, context, issue_certificate, kept_remarks, move
from gongxiang.platform.projects.models import HitAnswer, Project
from gongxiang.platform.projects.planned import Planned
from gongxiang.platform.projects.values import ProjectView
from gongxiang.platform.projects.vocabulary import Answer, CertificateKind
from gongxiang.platform.rulebook.recounting import recount_row

#: Words of the certificate, which is a Chinese document whatever language the site shows.
_SHARING = {SharingType.UNCONDITIONAL: "无条件共享", SharingType.CONDITIONAL: "有条件共享", SharingType.WITHHELD: "不予共享"}
_SOURCES = {
    SourceKind.COLLECTED: "直接采集", SourceKind.THIRD_PARTY: "第三方采集", SourceKind.AUTHORISED: "授权管理",
    SourceKind.SYSTEM: "系统形成", SourceKind.DERIVED: "次生",
}  # fmt: skip
KINDS = {"NEW": "新建", "UPGRADE": "升级改造", "OPERATION": "运行维护"}


@implements("wushen-2021-60:8")
@transaction.atomic
def return_catalogue(*, project_id: UUID, remarks: Sequence[Mapping[str, str]], by: Actor, at: datetime) -> ProjectView:
    """The authority returns the pre-compiled catalogue with remarks; the field of each names an entry or is empty."""
    permissions.REVIEW.check(by)
    row = queries.get_for_update(project_id)
    _check_uninvolved(row, by)
    states.PROJECT.find("return", row.status)
    policies.check_remarks(remarks)
    kept = kept_remarks(remarks)
    changes = {"remarks": kept, "returned_by": by.name, "consented_at": None, "consented_by": "", "consented_by_id": None,
               "consent_digest": "", **STOPPED_CLOCK}  # fmt: skip
    move(row, "return", by=by, at=at, changes=changes, detail={"remarks": kept, "in_time": _in_time(row, at)})
    return queries.view_of(row)


@implements("wushen-2021-60:8", "cn-809:19.1")
@transaction.atomic
def pass_catalogue(*, project_id: UUID, opinion: str = "", by: Actor, at: datetime) -> ProjectView:
    """The authority passes the pre-compiled catalogue: it is frozen as a version, and the certificate is issued."""
    permissions.REVIEW.check(by)
    row = queries.get_for_update(project_id)
    _check_uninvolved(row, by)
    act = "pass_building" if row.approval_number else "pass"
    states.PROJECT.find(act, row.status)
    entries = queries.planned_of(row.pk)
    number = (row.version or 0) + 1
    version = freeze(row, number=number, entries=entries, amendment=False, by=by, at=at)
    changes = {"version": number, "remarks": [], "returned_by": "", **STOPPED_CLOCK}
    detail = {"opinion": opinion.strip(), "in_time": _in_time(row, at), "rule": row.due_rule}
    move(row, act, by=by, at=at, changes=changes, after={"digest": version.digest, "version": number}, detail=detail)
    issue_certificate(
        row, CertificateKind.APPROVAL, title="预编目录审核通过证明", version=number, catalogue_digest=version.digest,
        rows=_facts(row, entries, number, version.digest),
        paragraphs=_sentences(row, entries, opinion), basis=("wushen-2021-60:8",), by=by, at=at,
    )  # fmt: skip
    return queries.view_of(row)


@implements("wushen-2021-60:8")
@transaction.atomic
def recount_deadline(*, project_id: UUID, by: Actor, at: datetime) -> bool:
    """Count a running period again on the calendar now in force; gives whether it moved."""
    permissions.RECOUNT.check(by)
    row = queries.get_for_update(project_id)
    running = queries.running_clock(row)
    return recount_row(row=row, running=running, subject="project", by=by, at=at, seen=context(row))


def _check_uninvolved(row: Project, by: Actor) -> None:
    """The authority has projects too: whoever worked on one or consented to it does not pass it."""
    permissions.check_other_person(by, *queries.involved_in(row))


def _in_time(row: Project, at: datetime) -> bool:
    return row.due_at is None or at < row.due_at


def _facts(row: Project, entries: Mapping[UUID, Planned], number: int, digest: str) -> list[tuple[str, str]]:
    answers = list(HitAnswer.objects.filter(entry_id__in=entries))
    reused = sum(one.answer == Answer.REUSE for one in answers)
    return [
        ("项目名称", row.name),
        ("项目编号", row.number),
        ("建设单位", row.department_name),
        ("项目类别", KINDS.get(row.kind, row.kind)),
        ("审批部门", row.approving_body),
        ("预编目录", f"第{number}版，共{len(entries)}条资源、{sum(len(p.elements) for p in entries.values())}个信息项"),
        ("重复采集核查", f"相近资源{len(answers)}处，其中{reused}处通过共享获取、{len(answers) - reused}处说明理由后采集"),
        ("目录摘要值（SM3）", digest),
    ]


def _sentences(row: Project, entries: Mapping[UUID, Planned], opinion: str) -> list[str]:
    lines = [
        "根据《乌审旗政务信息资源共享管理办法》（乌政办发〔2021〕60号）第八条，下列项目的预编项目信息资源目录已经审核通过，"
        "可作为项目审批的要件。",
        "预编目录如下：",
    ]
    for n, planned in enumerate(entries.values(), 1):
        sharing = _SHARING.get(SharingType(planned.sharing_type), planned.sharing_type)
        source = _SOURCES.get(SourceKind(planned.source_kind), planned.source_kind)
        lines.append(f"{n}. {planned.name}（{sharing}，{source}，{len(planned.elements)}个信息项）")
    if opinion.strip():
        lines.append(f"审核意见：{opinion.strip()}")
    lines.append("预编目录发生实质变更的，本证明失效，须重新审核。")
    return lines
