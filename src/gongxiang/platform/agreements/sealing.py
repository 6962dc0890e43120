"""The other way to sign: the paper is sealed by hand and its scan uploaded, first by the department, then by the authority.

Either side may sign or seal; the agreement is in force when both have. The authority confirms that paper and text agree.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from gongxiang.law.articles import implements
from gongxiang.platform.agreements import permissions, policies, queries
from gongxiang.platform.agreements.actions import concerned, move
from gongxiang.platform.agreements.errors import ScanKind, ScanNotCompared, ScanOfOtherText
from gongxiang.platform.agreements.models import Agreement, AgreementScan
from gongxiang.platform.agreements.queries import AgreementRef
from gongxiang.platform.agreements.states import AGREEMENT
from gongxiang.platform.documents import actions as documents
from gongxiang.platform.kernel.actors import Actor, Person

_KINDS = ("pdf", "ofd", "jpg", "jpeg", "png")
#: So many figures of the digest are copied from the paper: they tell apart any two drafts.
FIGURES = 8


@implements("wushen-2021-60:18")
@transaction.atomic
def seal_for_department(
    *, agreement_id: UUID, name: str, content: bytes, figures: str, by: Actor, at: datetime
) -> AgreementRef:
    """The accountable officer hands in the scan of the paper that the department sealed."""
    row = queries.get_for_update(agreement_id)
    person = permissions.check_actor_can_sign(by, row)
    AGREEMENT.find("seal_for_department", row.status)
    policies.check_can_sign(row, at)
    scan = _keep(row, "department", name=name, content=content, figures=figures, by=person, at=at)
    move(row=row, act="seal_for_department", by=by, at=at, said={"scan": scan.digest})
    return queries.agreement_ref(agreement_id, actor=by)


@implements("wushen-2021-60:18")
@transaction.atomic
def seal_for_authority(
    *, agreement_id: UUID, name: str, content: bytes, figures: str, compared: bool, by: Actor, at: datetime
) -> AgreementRef:
    """The authority's leader hands in the scan of the copy that both sealed, and confirms that it says what the text says."""
    person = permissions.check_actor_can_countersign(by)
    row = queries.get_for_update(agreement_id)
    AGREEMENT.find("seal_for_authority", row.status)
    policies.check_can_sign(row, at)
    if not compared:
        raise ScanNotCompared(field="compared")
    scan = _keep(row, "authority", name=name, content=content, figures=figures, by=person, at=at)
    move(
        row=row, act="seal_for_authority", by=by, at=at, changes={"in_force_at": at},
        said={"scan": scan.digest, "compared": True},
    )  # fmt: skip
    return queries.agreement_ref(agreement_id, actor=by)


def _keep(row: Agreement, party: str, *, name: str, content: bytes, figures: str, by: Person, at: datetime) -> AgreementScan:
    typed = "".join(figures.split()).lower()
    if len(typed) < FIGURES or not row.text_digest.startswith(typed):
        raise ScanOfOtherText(field="figures")
    if name.rpartition(".")[2].lower() not in _KINDS:
        raise ScanKind(field="file")
    kept = documents.keep_upload(
        name=name, content=content, concerns=concerned(row), trail=(f"agreement:{row.pk}",), by=by, at=at
    )  # fmt: skip
    return AgreementScan.objects.create(
        agreement=row, party=party, upload_id=kept.id, name=kept.name, size=kept.size, digest=kept.digest,
        text_digest=row.text_digest, kept_at=at, kept_by=by.id, kept_by_name=by.name,
    )  # fmt: skip
