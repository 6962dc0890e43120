"""The demo's words and wishes: synonyms kept by the authority, searches that people keep."""

from gongxiang.demo.banner import Banner
from gongxiang.demo.progress import TimeTravel
from gongxiang.platform.catalogue import actions
from gongxiang.protocol import clock

SYNONYMS = (
    (("低保", "最低生活保障"), "民政业务常用简称"),
    (("身份证号", "公民身份号码", "身份证件号码"), "以公民身份号码为规范名称"),
    (("社保", "社会保险"), ""),
    (("医保", "医疗保险", "医疗保障"), ""),
)


def keep_words(travel: TimeTravel, banner: Banner) -> None:
    """Synonyms, and two searches kept by the market bureau's clerk."""
    travel.go(45)
    for words, note in SYNONYMS:
        actions.enter_synonyms(words=words, note=note, by=banner.authority_officer, at=clock.now())
    clerk = banner.offices["shijian"].clerk
    actions.save_search(name="救助类资源", query="q=%E6%95%91%E5%8A%A9", notify=True, by=clerk, at=clock.now())
    actions.save_search(name="无条件共享的资源", query="sharing_type=UNCONDITIONAL&sort=newest", by=clerk, at=clock.now())
