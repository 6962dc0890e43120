"""The demo's library of rules (art. 12(1)): two rules of the operator, one of them in its second version, some of it read."""

from datetime import date, timedelta

from gongxiang.demo.banner import Banner
from gongxiang.law.deadlines import beijing_date
from gongxiang.platform.documents import library
from gongxiang.platform.documents.rendering import official
from gongxiang.platform.documents.rendering.official import LetterForm, OfficialLetter, OfficialText
from gongxiang.protocol import clock

_TEXTS = {
    "前置机日常检查制度": (
        "operation",
        (
            "一、检查内容", "各部门前置机管理员每个工作日检查前置机运行、业务库与前置库同步、与平台连通情况。",
            "二、问题处理", "发现问题的，当日处理并登记。",
        ),
    ),
    "账号与口令管理制度": (
        "security", ("一、账号", "一人一号，不得借用；离岗当日停用。", "二、口令", "口令与验证器动态码同时使用。"),
    ),
}  # fmt: skip


def keep_rules(banner: Banner) -> None:
    """Issue, replace and read."""
    operator, at = banner.platform_operator, clock.now()
    day = beijing_date(at)
    first, second = (
        library.issue_rule(
            title=title, kind=kind, effective_on=day, name=f"{title}.pdf", content=_pdf(title, text, day), by=operator, at=at
        )
        for title, (kind, text) in _TEXTS.items()
    )
    library.confirm_read(version_id=first.pk, by=banner.offices["minzheng"].clerk, at=at)
    text = (*_TEXTS["前置机日常检查制度"][1], "三、记录", "检查记录保存不少于三年。")
    newer = library.replace_rule(
        rule_id=first.rule_id, effective_on=day + timedelta(days=7), changes="增加检查记录的保存期限。",
        name="前置机日常检查制度（第二版）.pdf", content=_pdf("前置机日常检查制度", text, day), by=operator, at=at,
    )  # fmt: skip
    for office in ("shijian", "yibao"):
        library.confirm_read(version_id=newer.pk, by=banner.offices[office].node_operator, at=at)
    library.confirm_read(version_id=second.pk, by=banner.offices["shijian"].clerk, at=at)


def _pdf(title: str, text: tuple[str, ...], day: date) -> bytes:
    said = OfficialText(form=LetterForm.LETTER, title=title, text=text)
    letter = OfficialLetter(said=said, issuer="乌审旗大数据中心", number="旗数据运〔示例〕1号", issued_on=day, code="示例文件")
    return official.to_pdf(letter)
