"""Article 12(1): rules of operation and security with versions, and who has read each.

平台管理部门：制定公共信息平台的日常运维与安全管理制度。
"""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from gongxiang.platform.documents import errors, library, queries_library
from gongxiang.platform.documents.errors import MarkedSecret
from gongxiang.platform.documents.models import RuleReceipt, RuleVersion
from gongxiang.platform.evidence import queries as trail
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from tests.factories.parties import Banner, make_banner
from tests.factories.procedure import make_operator
from tests.support.pages import client_of

pytestmark = [pytest.mark.django_db, pytest.mark.article("wushen-2021-60:12(1)")]
PDF = b"%PDF-1.7 rule"


@pytest.fixture
def banner() -> Banner:
    return make_banner(agreements=False)


def issue(banner: Banner, **changes: Any) -> RuleVersion:
    values: dict[str, Any] = {
        "title": "前置机日常检查制度", "kind": "operation", "effective_on": date(2026, 12, 1), "name": "制度.pdf",
        "content": PDF, "by": make_operator(banner), "at": banner.at, **changes,
    }  # fmt: skip
    return library.issue_rule(**values)


def test_a_rule_is_issued_read_replaced_and_read_anew(banner: Banner) -> None:
    clerk, operator = banner.provider.clerk, make_operator(banner)
    first = issue(banner)
    assert [one.title for one in queries_library.unread(clerk)] == ["前置机日常检查制度"]
    library.confirm_read(version_id=first.pk, by=clerk, at=banner.at)
    library.confirm_read(version_id=first.pk, by=clerk, at=banner.at + timedelta(hours=1))
    (receipt,) = RuleReceipt.objects.all()
    assert (receipt.person_name, receipt.department_name, receipt.read_at) == (clerk.name, "乌审旗民政局", banner.at)
    assert queries_library.unread(clerk) == []
    second = library.replace_rule(
        rule_id=first.rule_id, effective_on=date(2027, 1, 1), changes="检查改为每日两次。", name="制度二.pdf",
        content=PDF + b"2", by=banner.authority_officer, at=banner.at + timedelta(days=1),
    )  # fmt: skip
    assert len(queries_library.unread(clerk)) == 1
    with pytest.raises(errors.RuleReplaced):
        library.confirm_read(version_id=first.pk, by=banner.consumer.clerk, at=banner.at)
    one, two = queries_library.versions(first.rule_id, clerk)[::-1]
    assert (one.number, one.readers, two.number, two.readers, two.changes) == (1, 1, 2, 0, "检查改为每日两次。")
    assert queries_library.content(first.pk, clerk).content == PDF
    assert queries_library.content(second.pk, clerk).content == PDF + b"2"
    library.confirm_read(version_id=second.pk, by=banner.consumer.clerk, at=banner.at)
    assert queries_library.receipts(second.pk, clerk) == [], "those of the own department"
    assert len(queries_library.receipts(second.pk, operator)) == 1
    library.end_rule(rule_id=first.rule_id, reason="并入新制度。", by=operator, at=banner.at + timedelta(days=2))
    assert queries_library.rules(clerk) == []
    assert [one.end_reason for one in queries_library.rules(clerk, ended=True)] == ["并入新制度。"]
    for act in (
        lambda: library.confirm_read(version_id=second.pk, by=clerk, at=banner.at),
        lambda: library.end_rule(rule_id=first.rule_id, reason="再次", by=operator, at=banner.at),
    ):
        with pytest.raises(errors.RuleOver):
            act()
    kinds = [record.kind for record in trail.trail_of(f"rule_file:{first.rule_id}", by=banner.auditor)]
    told = ["ended", "issued", "read", "read", "replaced"]
    assert sorted(kind for kind in kinds if kind.startswith("rule_file")) == [f"rule_file:{word}" for word in told]


REFUSED: dict[str, tuple[dict[str, Any], type[Exception]]] = {
    "no title": ({"title": "  "}, errors.RuleIncomplete),
    "no kind": ({"kind": "poem"}, errors.RuleIncomplete),
    "no day": ({"effective_on": None}, errors.RuleIncomplete),
    "a day far away": ({"effective_on": date(2999, 1, 1)}, errors.RuleIncomplete),
    "twice": ({"title": "已有制度"}, errors.RuleTitleTaken),
    "no file of a kind": ({"name": "制度.exe"}, errors.UploadTypeUnknown),
    "marked": ({"name": "（机密）制度.pdf"}, MarkedSecret),
}


@pytest.mark.parametrize("case", REFUSED)
def test_bad_input_is_refused_and_nothing_stays(banner: Banner, case: str) -> None:
    issue(banner, title="已有制度")
    changes, refusal = REFUSED[case]
    with pytest.raises(refusal):
        issue(banner, **changes)
    assert len(queries_library.rules(banner.auditor)) == 1
    made = RuleVersion.objects.get()
    for values, wanted in (({"changes": " "}, errors.RuleIncomplete), ({"effective_on": None}, errors.RuleIncomplete)):
        values = {"changes": "改", "effective_on": date(2027, 1, 1), **values}
        with pytest.raises(wanted):
            library.replace_rule(
                rule_id=made.rule_id, name="a.pdf", content=PDF, by=make_operator(banner), at=banner.at, **values
            )
    with pytest.raises(errors.WithdrawalWithoutReason):
        library.end_rule(rule_id=made.rule_id, reason=" ", by=make_operator(banner), at=banner.at)


def test_who_keeps_the_rules_and_who_only_reads_them(banner: Banner) -> None:
    made = issue(banner)
    office = banner.provider
    for by in (office.clerk, office.reviewer, office.officer, office.node_operator, banner.auditor, banner.authority_leader):
        for act in (
            lambda by=by: issue(banner, title="另一制度", by=by),
            lambda by=by: library.replace_rule(
                rule_id=made.rule_id,
                effective_on=date(2027, 1, 1),
                changes="改",
                name="a.pdf",
                content=PDF,
                by=by,
                at=banner.at,
            ),
            lambda by=by: library.end_rule(rule_id=made.rule_id, reason="止", by=by, at=banner.at),
        ):
            with pytest.raises(NotPermitted):
                act()
        assert queries_library.rule(made.rule_id, by).is_unread
    for outside in (banner.site.system_admin, banner.site.security_admin):
        with pytest.raises(NotPermitted):
            library.confirm_read(version_id=made.pk, by=outside, at=banner.at)
        with pytest.raises(NotFound):
            queries_library.rule(made.rule_id, outside)


def test_its_pages(banner: Banner) -> None:
    operator, clerk = client_of(make_operator(banner)), client_of(banner.provider.clerk)
    new = reverse("documents:rule_new")
    wrong = operator.post(new, {"title": "", "kind": "security", "effective_on": "2026-12-01"})
    assert wrong.status_code == 422
    sent = {
        "title": "账号安全管理制度", "kind": "security", "effective_on": "2026-12-01", "file_not_secret": "on",
        "file": SimpleUploadedFile("制度.pdf", PDF),
    }  # fmt: skip
    made = operator.post(new, sent)
    assert made.status_code == 302
    here = made.headers["Location"]
    assert "账号安全管理制度" in clerk.get("/").content.decode(), "among the to-dos"
    page = clerk.get(here).content.decode()
    assert all(words in page for words in ("我已阅读", "安全", "您只能看到本部门的阅读情况"))
    version = RuleVersion.objects.get()
    assert clerk.get(reverse("documents:rule_file", args=[version.pk])).content == PDF
    assert clerk.post(reverse("documents:rule_read", args=[version.pk])).status_code == 302
    assert "我已阅读" not in clerk.get(here).content.decode()
    told = operator.get(here).content.decode()
    assert banner.provider.clerk.name in told
    assert "尚无人确认的部门" in told
    assert operator.get(reverse("documents:rule_version", args=[version.rule_id])).status_code == 200
    ended = operator.post(reverse("documents:rule_end", args=[version.rule_id]), {"reason": "并入新制度。"})
    assert ended.status_code == 302
    listed = clerk.get(reverse("documents:rules"), {"ended": "1"}).content.decode()
    assert "已停止执行" in listed
    assert "账号安全管理制度" in clerk.get(reverse("documents:rules"), {"ended": "1", "export": "csv"}).content.decode(
        "utf-8-sig"
    )
