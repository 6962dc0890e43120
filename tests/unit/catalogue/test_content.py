"""The entry as one value: round trip, comparison, what the data plane is told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from gongxiang.platform.catalogue.content import Content, DistributionContent, ElementContent, differences
from gongxiang.platform.catalogue.vocabulary import CARRIED_AS, ElementType, highest
from gongxiang.protocol.terms import DataType, ElementSpec
from tests.factories.contents import complete_content, element


def full() -> Content:
    return replace(
        complete_content(),
        derived_from=(uuid4(),),
        source_department=uuid4(),
        period_from=date(2020, 1, 1),
        storage_gb=Decimal("1.50"),
        open_records_10k=Decimal("0"),
        matters=("特困认定",),
    )


def test_round_trip_is_exact():
    content = full()
    assert Content.from_json(content.to_json()) == content
    assert Content.from_json(Content().to_json()) == Content()


def test_fields_an_older_version_did_not_know_take_their_defaults():
    value = full().to_json()
    del value["scenes"]
    value["gone"] = "x"
    assert Content.from_json(value).scenes == ()


@pytest.mark.parametrize(
    ("given", "spec"),
    [
        (
            element("id_number", type="C", length=18, key=True),
            ElementSpec(code="id_number", type=DataType.TEXT, key=True, nullable=False),
        ),
        (
            element("amount", type="N", length=12, scale=2),
            ElementSpec(code="amount", type=DataType.DECIMAL, precision=12, scale=2),
        ),
        (element("amount", type="N", length=None), ElementSpec(code="amount", type=DataType.DECIMAL, precision=38)),
        (element("day", type="D", length=None), ElementSpec(code="day", type=DataType.DATE)),
    ],
)
def test_what_the_data_plane_is_told(given, spec):
    assert given.spec() == spec


def test_every_letter_is_carried():
    assert set(CARRIED_AS) == set(ElementType.values)


def test_withheld_elements_never_reach_the_data_plane():
    content = Content(elements=(element("a", key=True), element("b", sharing_type="WITHHELD")))
    assert [spec.code for spec in content.element_specs()] == ["a"]


def test_strictest_level_wins():
    assert highest(["GENERAL", "CORE", "IMPORTANT"]) == "CORE"
    assert highest([]) == "GENERAL"


def test_comparison_names_every_field_and_no_other():
    before = Content(
        name="甲", elements=(element("a", length=10), element("b")), distributions=(DistributionContent(id=uuid4()),)
    )
    after = replace(
        before,
        name="乙",
        elements=(element("a", length=20), element("c")),
        distributions=(replace(before.distributions[0], source_table="public.t"),),
    )
    fields = {d.field: (d.before, d.after) for d in differences(before, after)}
    key = str(before.distributions[0].id)
    assert set(fields) == {"name", "elements.a.length", "elements.b", "elements.c", f"distributions.{key}.source_table"}
    assert fields["elements.a.length"] == (10, 20)
    assert fields["elements.b"][1] is None
    assert differences(before, before) == ()


def test_another_order_of_elements_is_a_difference():
    before = Content(elements=(element("a"), element("b")))
    assert [d.field for d in differences(before, replace(before, elements=before.elements[::-1]))] == ["elements"]


def test_personal_and_level_come_from_the_elements():
    content = Content(elements=(ElementContent(sensitivity="SENSITIVE_PERSONAL", data_class="IMPORTANT"),))
    assert content.personal
    assert content.data_class == "IMPORTANT"
