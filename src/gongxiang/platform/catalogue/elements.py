"""The elements of the published entries, by name: who has what already, and who else collects it.

For the check against repeated collection (wushen-2021-60:22.5, cn-809:19) of forms, plans and pre-compiled catalogues.
Holds names, never values.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import F, Q, QuerySet

from gongxiang.law.articles import implements
from gongxiang.platform.catalogue.content import Content
from gongxiang.platform.catalogue.models import PublishedElement, Resource, ResourceVersion, SynonymGroup
from gongxiang.platform.catalogue.states import WITHDRAWN
from gongxiang.platform.catalogue.vocabulary import SharingType

#: Hits given for one name; more would not be read.
MOST_HITS = 20
#: Words before a name that say whose it is, not what it is.
_WHOSE = ("申请人", "申请者", "本人", "当事人", "办事人", "居民", "公民", "个人", "人员")
#: Names that mean the same on forms and in tables: each is read as the first of its line (docs/explanation/choices.md).
_SAME = (
    (
        "身份证号",
        "身份证号码",
        "身份号码",
        "身份号",
        "居民身份证号",
        "居民身份证号码",
        "公民身份号码",
        "公民身份证号码",
        "身份证",
    ),
    ("联系电话", "电话", "电话号码", "手机", "手机号", "手机号码", "移动电话", "联系方式", "联系电话号码"),
    ("统一社会信用代码", "社会信用代码", "信用代码", "统一信用代码"),
    ("住址", "家庭住址", "现住址", "居住地址", "家庭地址", "现居住地址", "居住地", "通讯地址", "联系地址"),
    ("户籍地址", "户口所在地", "户籍所在地", "户籍地"),
    ("姓名", "名字"),
    ("出生日期", "出生年月", "出生年月日", "生日"),
    ("法定代表人", "法人代表", "法人姓名", "法定代表人姓名"),
    ("企业名称", "单位名称", "公司名称", "主体名称", "机构名称"),
    ("银行账号", "银行卡号", "开户账号", "账号"),
)
_READ_AS = {name: line[0] for line in _SAME for name in line}
_ASIDE = re.compile(r"[（(\[【][^）)\]】]*[）)\]】]")


@dataclass(frozen=True, kw_only=True)
class Hit:
    """An element of a published entry that has, or seems to have, what was asked for."""

    #: The name that was asked for.
    asked: str
    element_name: str
    element_code: str
    resource_id: UUID
    resource_code: str
    resource_name: str
    provider_id: UUID
    #: The element's own sharing type, else its resource's.
    sharing_type: str
    #: The same name; otherwise one that means the same.
    exact: bool

    @property
    def available(self) -> bool:
        """Whether it can be applied for."""
        return self.sharing_type != SharingType.WITHHELD


def plain(name: str) -> str:
    """The name without case, width, spaces, punctuation and asides such as units."""
    text = unicodedata.normalize("NFKC", name).lower()
    kept = "".join(c for c in _ASIDE.sub("", text) if c.isalnum())
    return (kept or "".join(c for c in text if c.isalnum()))[:200]


def stem(name: str) -> str:
    """What the name means: without whose it is, and names that mean the same as one."""
    text = plain(name)
    if text in _READ_AS:
        return _READ_AS[text]
    for word in _WHOSE:
        if text.startswith(word) and len(text) > len(word) + 1:
            return _READ_AS.get(text.removeprefix(word), text.removeprefix(word))
    return text


def index_version(version: ResourceVersion) -> None:
    """Keep the elements of the version that comes into force, in the caller's transaction."""
    content = Content.from_json(version.content)
    provider = version.resource.provider_id
    forget(version.resource_id)
    PublishedElement.objects.bulk_create(
        PublishedElement(
            resource_id=version.resource_id,
            department_id=provider,
            position=position,
            name=element.name[:200],
            code=element.code[:48],
            plain=plain(element.name),
            stem=stem(element.name),
            sharing_type=element.sharing_type or content.sharing_type,
        )
        for position, element in enumerate(content.elements)
    )


def forget(resource_id: UUID) -> None:
    """Take out the elements of an entry that is no longer published, in the caller's transaction."""
    PublishedElement.objects.filter(resource_id=resource_id).delete()


def not_indexed() -> QuerySet[ResourceVersion]:
    """Versions in force whose elements are not kept here yet: entries published before this index was."""
    kept = PublishedElement.objects.values("resource_id")
    rows = ResourceVersion.objects.filter(number=F("resource__version")).exclude(resource__status=WITHDRAWN)
    return rows.exclude(resource_id__in=kept).exclude(content__elements=[])


@implements("wushen-2021-60:22.5", "cn-809:19.1")
def find_similar(names: Iterable[str], among: QuerySet[Resource]) -> tuple[Hit, ...]:
    """For each name, the published elements of the same name or meaning, the same name first; entries among `among` only."""
    asked = {name: (plain(name), stem(name)) for name in dict.fromkeys(n.strip() for n in names) if plain(name)}
    if not asked:
        return ()
    alike = _synonyms({one for pair in asked.values() for one in pair})
    stems = {name: {meaning, *alike.get(text, ()), *alike.get(meaning, ())} for name, (text, meaning) in asked.items()}
    wanted = Q(plain__in={one for one, _ in asked.values()}) | Q(stem__in=set().union(*stems.values()))
    rows = PublishedElement.objects.filter(wanted, resource__in=among).select_related("resource")
    found = list(rows.defer("resource__draft").order_by("resource__published_at", "resource_id", "position")[: 50 * len(asked)])
    hits: list[Hit] = []
    for name, (text, _meaning) in asked.items():
        fitting = [row for row in found if row.plain == text]
        fitting += [row for row in found if row.plain != text and row.stem in stems[name]]
        hits += [_hit(name, row, exact=row.plain == text) for row in fitting[:MOST_HITS]]
    return tuple(hits)


def _synonyms(words: set[str]) -> dict[str, set[str]]:
    """For a word of the authority's register of synonyms, what the words of its group mean; two words of a line are one."""
    found: dict[str, set[str]] = {}
    for group in SynonymGroup.objects.filter(ended_at=None).values_list("words", flat=True):
        known = {plain(word) for word in group} | {stem(word) for word in group}
        for word in words & known:
            found.setdefault(word, set()).update(stem(one) for one in group)
    return found


def _hit(asked: str, row: PublishedElement, *, exact: bool) -> Hit:
    return Hit(
        asked=asked,
        element_name=row.name,
        element_code=row.code,
        resource_id=row.resource_id,
        resource_code=row.resource.code or "",
        resource_name=row.resource.name,
        provider_id=row.department_id,
        sharing_type=row.sharing_type,
        exact=exact,
    )
