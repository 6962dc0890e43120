"""Our codes at outside interfaces: as shipped, changed with dates, refused where there is no counterpart."""

from datetime import date, datetime, timedelta

import pytest
from django.urls import reverse

from gongxiang.law.deadlines import BEIJING
from gongxiang.platform.catalogue import vocabulary
from gongxiang.platform.evidence.models import EvidenceRecord
from gongxiang.platform.kernel.errors import NotFound, NotPermitted
from gongxiang.platform.rulebook import actions, mappings
from gongxiang.platform.rulebook.errors import CodeUnmapped, MappingInPast, MappingTaken
from tests.factories.parties import make_banner
from tests.integration.rulebook.people import ADMIN, CLERK, LEADER, OFFICER
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db

AT = datetime(2026, 11, 23, 9, tzinfo=BEIJING)
TODAY = AT.date()
GUIDE = ("guide-1272", {
    "sharing_type": {"UNCONDITIONAL": "1", "CONDITIONAL": "2", "WITHHELD": "3"},
    "update_cycle": {"REALTIME": "1", "DAILY": "2", "WEEKLY": "3", "MONTHLY": "4", "QUARTERLY": "5", "YEARLY": "6"},
    "format_class": {"DOCUMENT": "1", "SPREADSHEET": "2", "DATABASE": "3", "IMAGE": "4", "MEDIA": "5", "SELF_DESCRIBED": "6"},
    "distribution_kind": {"TABLE": "1", "FILE": "2", "API": "3"},
    "open_to_society": {"OPEN": "1", "CLOSED": "0"},
    "data_type": {letter: letter for letter in "CNYDTLMGBIF"},
})  # fmt: skip
PROVINCIAL = ("provincial", {
    "sharing_type": {"CONDITIONAL": "01", "UNCONDITIONAL": "02", "WITHHELD": "03"},
    "update_cycle": {"DAILY": "01", "YEARLY": "05", "HALF_YEARLY": "06", "REALTIME": "07"},
    "open_to_society": {"OPEN": "01", "CLOSED": "03"},
    "line_run": {"LINE": "01", "OWN": "02"},
    "scene": {"SERVICE": "01", "PUBLIC": "02", "SUPERVISION": "03", "OTHER": "04"},
    "channel": {"EXTRANET": "01", "INTERNET": "02", "DEDICATED": "03"},
})  # fmt: skip


@pytest.mark.parametrize(("interface", "lists"), [GUIDE, PROVINCIAL], ids=["guide", "provincial"])
def test_the_shipped_codes_are_those_of_the_sources_both_ways(interface, lists):
    for name, pairs in lists.items():
        for value, outside in pairs.items():
            assert mappings.to_outside(name, interface, value) == outside
            assert mappings.from_outside(name, interface, outside) == value


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sharing_type", vocabulary.SharingType.values),
        ("update_cycle", vocabulary.UpdateCycle.values),
        ("format_class", vocabulary.FormatClass.values),
        ("distribution_kind", vocabulary.DistributionKind.values),
        ("data_type", vocabulary.ElementType.values),
        ("scene", vocabulary.Scene.values),
        ("channel", vocabulary.Channel.values),
    ],
)
def test_the_mapped_lists_hold_what_the_catalogue_stores(name, values):
    assert set(mappings.mapped_lists()[name].values) == set(values)


def test_several_of_ours_may_go_out_as_one_of_theirs():
    assert mappings.to_outside("data_type", "guide-1272", "Z") == "T"
    assert mappings.from_outside("data_type", "guide-1272", "T") == "T"


@pytest.mark.parametrize(
    ("name", "interface", "value"),
    [("update_cycle", "guide-1272", "HALF_YEARLY"), ("sharing_type", "city", "CONDITIONAL"), ("x", "guide-1272", "1")],
)
def test_nothing_is_guessed(name, interface, value):
    with pytest.raises(CodeUnmapped):
        mappings.to_outside(name, interface, value)


@pytest.mark.parametrize("outside", ["4", "", "01", "1 OR 1=1"])
def test_an_unknown_code_from_outside_is_refused(outside):
    with pytest.raises(CodeUnmapped):
        mappings.from_outside("sharing_type", "guide-1272", outside)


def change(**more):
    values = {"interface": "guide-1272", "list_name": "update_cycle", "value": "HALF_YEARLY", "outside": "9", "since": TODAY}
    actions.map_code(**{**values, "by": OFFICER, "at": AT, **more})


def test_a_counterpart_holds_from_its_day_on_and_the_one_before_stays_readable():
    later = TODAY + timedelta(days=10)
    change(value="YEARLY", outside="60", since=later)
    day_before = later - timedelta(days=1)
    assert mappings.to_outside("update_cycle", "guide-1272", "YEARLY", on=day_before) == "6"
    assert mappings.to_outside("update_cycle", "guide-1272", "YEARLY", on=later) == "60"
    assert mappings.from_outside("update_cycle", "guide-1272", "6", on=day_before) == "YEARLY"
    with pytest.raises(CodeUnmapped):
        mappings.from_outside("update_cycle", "guide-1272", "6", on=later)
    record = EvidenceRecord.objects.get(kind="code:mapped")
    assert (record.before, record.after["outside"]) == ({"outside": "6"}, "60")


def test_a_counterpart_can_be_ended():
    change(value="YEARLY", outside="")
    with pytest.raises(CodeUnmapped):
        mappings.to_outside("update_cycle", "guide-1272", "YEARLY", on=TODAY)
    assert mappings.to_outside("update_cycle", "guide-1272", "YEARLY", on=date(2026, 11, 1)) == "6"


def test_their_code_cannot_mean_two_of_ours():
    with pytest.raises(MappingTaken):
        change(outside="6")
    change(outside="6", inbound=False)
    assert mappings.to_outside("update_cycle", "guide-1272", "HALF_YEARLY", on=TODAY) == "6"
    assert mappings.from_outside("update_cycle", "guide-1272", "6", on=TODAY) == "YEARLY"


def test_the_past_is_not_rewritten():
    with pytest.raises(MappingInPast):
        change(since=TODAY - timedelta(days=1))


@pytest.mark.parametrize("wrong", [{"interface": "x"}, {"list_name": "x"}, {"value": "x"}])
def test_what_is_not_mapped_at_all_is_not_found(wrong):
    with pytest.raises(NotFound):
        change(**wrong)


@pytest.mark.parametrize("who", [CLERK, ADMIN, LEADER], ids=lambda one: one.name)
def test_only_the_authoritys_officer_enters_counterparts(who):
    with pytest.raises(NotPermitted):
        change(by=who)


def test_seeding_again_changes_nothing_the_authority_entered():
    from tests.integration.rulebook.people import SEED

    change(value="YEARLY", outside="")
    actions.seed_rulebook(by=SEED, at=AT)
    with pytest.raises(CodeUnmapped):
        mappings.to_outside("update_cycle", "guide-1272", "YEARLY", on=TODAY)


def test_the_page_shows_and_changes_counterparts(product_clock):
    banner = make_banner()
    product_clock.freeze(banner.at)
    officer, clerk = signed_in(banner.authority_officer), signed_in(banner.provider.clerk)
    address = reverse("rules:mapping", args=["provincial"])
    assert "无对应代码" in officer.get(address).content.decode()
    assert "登记对应代码" not in clerk.get(address).content.decode()
    values = {"value": "update_cycle:IRREGULAR", "outside": "99", "since": "2026-11-02"}
    sent = officer.post(reverse("rules:map_code", args=["provincial"]), values)
    assert sent.status_code == 302
    assert mappings.to_outside("update_cycle", "provincial", "IRREGULAR", on=date(2026, 11, 2)) == "99"
    wrong = officer.post(reverse("rules:map_code", args=["provincial"]), {**values, "outside": "01", "since": "2020-01-01"})
    assert wrong.status_code == 422
    assert "今日或以后" in wrong.content.decode()
    assert "99" in clerk.get(address, {"export": "csv"}).content.decode()
    assert clerk.get(reverse("rules:mapping", args=["nowhere"])).status_code == 404
    assert clerk.get(reverse("quality:scheme")).status_code == 200
