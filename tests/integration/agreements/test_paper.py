"""The agreement on paper, sealed or issued, and its ODRL policy: they say the same, and anybody can verify the paper."""

import io
import json
from typing import Any

import docx
import pypdf
import pytest

from gongxiang.platform.agreements import errors, paper, queries, sealing
from gongxiang.platform.documents import queries as documents
from gongxiang.platform.documents.errors import UploadTypeUnknown
from gongxiang.platform.evidence import queries as evidence
from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.kernel.transitions import WrongState
from gongxiang.protocol import odrl
from gongxiang.protocol.evidence import sm3
from tests.factories.parties import Banner, make_agreement, make_banner

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:18")]
SCAN = b"%PDF-1.7 scan"


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def words_of(form: str, content: bytes) -> str:
    """The words on a paper, PDF or Word."""
    if form == "pdf":
        return "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    return "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs)


def squeezed(found: dict[str, str]) -> dict[str, str]:
    return {code: "".join(words.split()) for code, words in found.items()}


@pytest.mark.parametrize("role", ["provider", "consumer", "both"])
def test_paper_and_policy_state_the_same_terms(banner: Banner, role: str) -> None:
    made = make_agreement(
        banner.provider, at=banner.at, role=role, scope="婚姻登记、\n社会救助 等目录", supplement="每季度 对账一次"
    )
    stated = squeezed(odrl.described(paper.policy(made)))
    assert len(stated) >= 13
    assert stated == squeezed(odrl.on_paper(made.text))
    for form in ("pdf", "docx"):
        text = words_of(form, paper.print_text(made, form))
        found = odrl.on_paper(text)
        # A page number may stand inside a line that runs over the page.
        assert {code: one for code, one in found.items() if one != stated.get(code)}.keys() <= _across_pages(found, stated)
        assert found.keys() == stated.keys()
        assert made.text_digest in text.replace("\n", "").replace(" ", "")


def _across_pages(found: dict[str, str], stated: dict[str, str]) -> set[str]:
    import re

    return {code for code, one in found.items() if re.sub(r"—\d+—", "", one) == stated.get(code)}


def test_the_policy_is_an_odrl_agreement_with_ban_duties_purpose_and_period(banner: Banner) -> None:
    policy: dict[str, Any] = json.loads(json.dumps(paper.policy(make_agreement(banner.provider, at=banner.at))))
    assert policy["@context"][0] == "http://www.w3.org/ns/odrl.jsonld"
    assert policy["@type"] == "Agreement"
    assert {rule["action"] for rule in policy["permission"]} == {"gx:provide", "use"}
    (ban,) = [rule for rule in policy["prohibition"] if rule["action"] == "distribute"]
    assert ban["dct:source"] == ["wushen-2021-60:22.4"]
    assert {"delete", "gx:recordUse"} <= {rule["action"] for rule in policy["obligation"]}
    constraints = {one["leftOperand"]: one for one in policy["permission"][0]["constraint"]}
    assert constraints["purpose"]["rightOperand"] == ["gx:purpose:decision", "gx:purpose:verification"]
    assert {"purpose", "dateTime", "deliveryChannel", "gx:scope"} == set(constraints)
    every = [*policy["permission"], *policy["prohibition"], *policy["obligation"]]
    assert len({rule["uid"] for rule in every}) == len(every)
    assert {(rule["assigner"], rule["assignee"]) for rule in every} == {(policy["assigner"]["uid"], policy["assignee"]["uid"])}


def test_the_paper_is_issued_once_and_verifiable(banner: Banner) -> None:
    made = make_agreement(banner.provider, at=banner.at)
    document = paper.issue_paper(agreement_id=made.id, by=banner.provider.clerk, at=banner.at)
    again = paper.issue_paper(agreement_id=made.id, by=banner.authority_officer, at=banner.at)
    assert again.id == document.id
    assert queries.agreement_ref(made.id, actor=banner.auditor).document_id == document.id
    public = documents.resolve(document.verification_code)
    assert (public.title, public.issuer) == (made.title, "乌审旗政务服务局")
    for form in ("pdf", "docx"):
        content = documents.content(document.id, form).content
        assert sm3(content).hex() in {digest for _form, digest in public.digests}
        flat = "".join(words_of(form, content).split())
        for words in (made.text_digest, made.number, document.shown_code, "甲方电子签名（SM2）", "乙方电子签名（SM2）"):
            assert "".join(words.split()) in flat
    for by in (banner.consumer.officer, banner.stranger.clerk):
        with pytest.raises(NotFound):
            paper.issue_paper(agreement_id=made.id, by=by, at=banner.at)
    with pytest.raises(NotPermitted):
        paper.issue_paper(agreement_id=made.id, by=banner.auditor, at=banner.at)
    draft = make_agreement(banner.consumer, status="DRAFTED", at=banner.at)
    with pytest.raises(errors.NotInForceYet):
        paper.issue_paper(agreement_id=draft.id, by=banner.consumer.clerk, at=banner.at)


def seal(made: queries.AgreementRef, by: Person, banner: Banner, **changes: Any) -> queries.AgreementRef:
    values: dict[str, Any] = {
        "agreement_id": made.id, "name": "盖章件.pdf", "content": SCAN, "figures": made.text_digest[:8].upper(), "by": by,
        "at": banner.at, **changes,
    }  # fmt: skip
    if made.status == "DRAFTED":
        return sealing.seal_for_department(**values)
    return sealing.seal_for_authority(**{"compared": True, **values})


def test_both_sealed_copies_put_it_in_force(banner: Banner) -> None:
    made = make_agreement(banner.provider, status="DRAFTED", at=banner.at)
    handed = seal(made, banner.provider.officer, banner)
    assert handed.status == "SIGNED_BY_DEPARTMENT"
    held = seal(handed, banner.authority_leader, banner, content=SCAN + b" both")
    assert held.status == "IN_FORCE"
    assert [(one.party, one.digest) for one in held.scans] == [
        ("department", sm3(SCAN).hex()), ("authority", sm3(SCAN + b" both").hex()),
    ]  # fmt: skip
    trail = evidence.trail_of(f"agreement:{made.id}", by=banner.auditor)
    assert [one.kind for one in trail if one.kind.startswith("agreement:")] == [
        "agreement:drafted", "agreement:sealed_by_department", "agreement:in_force",
    ]  # fmt: skip
    assert trail[-1].detail["compared"] is True
    assert "甲方盖章扫描件（SM3）" in "".join(words_of("docx", paper.print_text(held, "docx")).split())


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "figures of another text": ({"figures": "0" * 8}, errors.ScanOfOtherText),
    "too few figures": ({"figures": "ab"}, errors.ScanOfOtherText),
    "a spreadsheet": ({"name": "a.xlsx"}, errors.ScanKind),
    "not what its name says": ({"content": b"MZ"}, UploadTypeUnknown),
}


@pytest.mark.parametrize("case", REFUSED)
@pytest.mark.parametrize("status", ["DRAFTED", "SIGNED_BY_DEPARTMENT"])
def test_a_scan_that_does_not_fit_is_refused(banner: Banner, status: str, case: str) -> None:
    made = make_agreement(banner.provider, status=status, at=banner.at)
    by = banner.provider.officer if status == "DRAFTED" else banner.authority_leader
    changes, refusal = REFUSED[case]
    with pytest.raises(refusal):
        seal(made, by, banner, **changes)
    assert queries.agreement_ref(made.id, actor=by).status == status


def test_who_may_hand_in_a_scan_and_when(banner: Banner) -> None:
    made = make_agreement(banner.provider, status="DRAFTED", at=banner.at)
    others = (
        banner.provider.clerk,
        banner.provider.reviewer,
        banner.consumer.officer,
        banner.auditor,
        banner.authority_officer,
    )
    for by in (*others, banner.authority_leader):
        with pytest.raises(NotPermitted):
            seal(made, by, banner)
    handed = seal(made, banner.provider.officer, banner)
    for by in (*others, banner.provider.officer):
        with pytest.raises(NotPermitted):
            seal(handed, by, banner)
    with pytest.raises(errors.ScanNotCompared):
        seal(handed, banner.authority_leader, banner, compared=False)
    with pytest.raises(WrongState):
        seal(made, banner.provider.officer, banner)
