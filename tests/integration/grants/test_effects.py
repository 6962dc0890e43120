"""What a new version would do to live grants: told field by field, refused where 条例 27 is touched."""

from dataclasses import replace
from datetime import timedelta

import pytest

from gongxiang.platform.catalogue import policies, queries
from gongxiang.platform.catalogue.content import DistributionContent
from gongxiang.platform.grants.effects import effects_of
from tests.factories import catalogue as make
from tests.factories.contents import element
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant

pytestmark = [pytest.mark.django_db, pytest.mark.article("cn-809:27")]


@pytest.fixture
def banner():
    return make_banner()


@pytest.fixture
def resource(banner):
    return make.make_conditional(banner=banner)


@pytest.fixture
def granted(banner, resource):
    """`id_number` masked, `name`, `township`, rows of one township."""
    return make_grant(banner=banner, resource_id=resource.id)


def without(content, *codes):
    return replace(content, elements=tuple(e for e in content.elements if e.code not in codes))


def changed(content, code, **changes):
    return replace(content, elements=tuple(replace(e, **changes) if e.code == code else e for e in content.elements))


def remapped(content, **changes):
    return replace(content, distributions=tuple(replace(d, **changes) for d in content.distributions))


CASES = {
    "nothing": (lambda c: c, [], False),
    "withheld": (lambda c: replace(c, sharing_type="WITHHELD"), ["withheld"], True),
    "granted element dropped": (lambda c: without(c, "name"), ["element_gone"], True),
    "element of the row filter dropped": (lambda c: without(c, "township"), ["element_gone", "filter_gone"], True),
    "element withheld": (lambda c: changed(c, "name", sharing_type="WITHHELD"), ["element_withheld"], True),
    "element of the row filter withheld": (
        lambda c: changed(c, "township", sharing_type="WITHHELD"), ["element_withheld", "filter_withheld"], True,
    ),
    "not granted, dropped": (lambda c: without(c, "amount"), [], False),
    "type changed": (lambda c: changed(c, "township", type="I", length=None), ["type_changed"], True),
    "size smaller": (lambda c: changed(c, "id_number", length=17), ["narrowed"], True),
    "size larger": (lambda c: changed(c, "id_number", length=20), ["wider"], False),
    "key changed": (lambda c: changed(c, "name", key=True), ["key_changed"], True),
    "no table any more": (
        lambda c: replace(c, distributions=(DistributionContent(kind="FILE", description="每月一次"),)),
        ["delivery_gone", "loaded_anew"], True,
    ),
    "unmasked element becomes sensitive": (
        lambda c: changed(c, "township", sensitivity="PERSONAL"), ["mask_to_review"], False
    ),
    "masked element becomes sensitive": (lambda c: changed(c, "id_number", sensitivity="SENSITIVE_PERSONAL"), [], False),
    "purpose not offered any more": (lambda c: replace(c, purposes=("decision",)), ["purpose_gone"], False),
    "another table": (lambda c: remapped(c, source_table="public.people"), ["loaded_anew"], False),
    "may be empty": (lambda c: changed(c, "id_number", nullable=True), ["may_be_empty"], False),
    "cycle": (lambda c: replace(c, update_cycle="YEARLY"), ["cycle_changed"], False),
    "more elements": (
        lambda c: replace(c, elements=(*c.elements, element("village", name="嘎查村"))), ["new_elements"], False
    ),
    "only words": (lambda c: replace(c, summary="更新的摘要。", conditions="更新的条件。"), [], False),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_what_the_consumer_would_notice_and_what_is_refused(banner, resource, granted, case):
    change, kinds, refused = CASES[case]
    at = banner.at + timedelta(days=1)
    after = change(resource.content)
    (effect,) = effects_of(resource.id, before=resource.content, after=after, actor=banner.provider.clerk, at=at)
    assert [one.kind for one in effect.consequences] == kinds
    assert effect.refused is refused
    assert effect.grant.id == granted
    # It foretells exactly what publication refuses.
    shortfalls = [*policies.grant_shortfalls(queries.case(resource.id, at=at, content=after))]
    assert bool(shortfalls) is refused


def test_elements_are_called_by_their_names(banner, resource, granted):
    after = without(resource.content, "name", "township")
    (effect,) = effects_of(
        resource.id, before=resource.content, after=after, actor=banner.authority_officer, at=banner.at + timedelta(days=1)
    )
    assert effect.consequences[0].what == ("姓名", "苏木镇")


def test_outside_the_new_scope(banner, resource, granted):
    after = replace(resource.content, scope_departments=(banner.stranger.id,))
    at = banner.at + timedelta(days=1)
    (effect,) = effects_of(resource.id, before=resource.content, after=after, actor=banner.provider.clerk, at=at)
    assert [one.kind for one in effect.consequences] == ["outside_scope"]


def test_seen_by_provider_and_authority_and_a_consumer_its_own_only(banner, resource, granted):
    look = {"before": resource.content, "after": without(resource.content, "name"), "at": banner.at + timedelta(days=1)}
    for reader, count in (
        (banner.provider.clerk, 1), (banner.authority_leader, 1), (banner.consumer.clerk, 1), (banner.stranger.clerk, 0),
    ):  # fmt: skip
        assert len(effects_of(resource.id, actor=reader, **look)) == count


def test_an_ended_grant_is_not_touched(banner, resource, granted):
    look = {"before": resource.content, "after": without(resource.content, "name"), "actor": banner.provider.clerk}
    from gongxiang.platform.grants.queries import live_grant

    grant = live_grant(granted)
    assert grant is not None
    assert effects_of(resource.id, at=grant.valid_until, **look) == ()
