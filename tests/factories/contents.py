"""Contents of catalogue entries with nothing missing; pure values."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent, WithholdingBasis
from gongxiang.protocol.terms import Purpose


def element(code: str, *, name: str | None = None, type: str = "C", length: int | None = 50, **changes: Any) -> ElementContent:  # noqa: A002
    """A classified element; its name is its code unless given."""
    values = {"name": code if name is None else name, "data_class": "GENERAL", "sensitivity": "GENERAL", **changes}
    return ElementContent(code=code, type=type, length=length, **values)


def table_for(
    elements: Iterable[ElementContent], *, node_id: UUID | None = None, source_table: str = "public.source"
) -> DistributionContent:
    """A table distribution whose columns are named as the elements."""
    columns = {item.code: item.code for item in elements if item.shareable}
    return DistributionContent(kind="TABLE", node_id=node_id or uuid4(), source_table=source_table, columns=columns)


def complete_content(
    name: str = "行政区划代码",
    *,
    elements: tuple[ElementContent, ...] = (),
    node_id: UUID | None = None,
    source_table: str = "public.division",
    **changes: Any,
) -> Content:
    """An unconditional entry with nothing missing: division codes."""
    elements = elements or (
        element("code", name="区划代码", length=12, key=True, nullable=False),
        element("name", name="区划名称", length=60),
    )
    values: dict[str, Any] = {
        "name": name,
        "classification": "103",
        "summary": "全区旗县、苏木镇、嘎查村区划代码和名称。",
        "format_class": "DATABASE",
        "format_type": "PostgreSQL",
        "update_cycle": "YEARLY",
        "elements": elements,
        "distributions": (table_for(elements, node_id=node_id, source_table=source_table),),
    }
    return Content(**{**values, **changes})


def conditional_content(name: str = "特困人员基本信息", **changes: Any) -> Content:
    """A conditional entry with personal information: people in extreme poverty."""
    elements = (
        element("id_number", name="公民身份号码", length=18, key=True, nullable=False, data_class="IMPORTANT",
                sensitivity="SENSITIVE_PERSONAL"),
        element("name", name="姓名", sensitivity="PERSONAL"),
        element("phone", name="联系电话", length=20, sensitivity="PERSONAL"),
        element("township", name="苏木镇"),
        element("amount", name="月救助金额", type="N", length=10, scale=2),
        element("changed_on", name="变更日期", type="D", length=None),
    )  # fmt: skip
    values: dict[str, Any] = {
        "classification": "307",
        "summary": "全旗特困人员的基本信息和救助情况。",
        "update_cycle": "REALTIME",
        "sharing_type": "CONDITIONAL",
        "sharing_reason": "含个人信息，仅限履职确需的部门使用。",
        "conditions": "依法履行救助、监管职责所必需。",
        "scope": "旗直各有关部门",
        "purposes": (Purpose.DECISION.value, Purpose.VERIFICATION.value),
        "elements": elements,
        "source_table": "public.person",
    }
    return complete_content(name, **{**values, **changes})


def withheld_content(name: str = "收养登记信息", *, statute: str = "statute", **changes: Any) -> Content:
    """A withheld entry that names a statute."""
    values: dict[str, Any] = {
        "sharing_type": "WITHHELD",
        "sharing_reason": "法律规定应当保守收养秘密。",
        "withholding": WithholdingBasis(statute=statute, text="不得泄露其秘密。"),
        "distributions": (),
    }
    return complete_content(name, **{**values, **changes})
