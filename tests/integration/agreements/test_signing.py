"""From draft to force: who may, in which state, and that state and evidence stand or fall together."""

import pytest

from tests.factories.parties import make_banner

pytestmark = pytest.mark.django_db


def test_a_banner_has_agreements_in_force() -> None:
    from gongxiang.platform.agreements import queries

    banner = make_banner()
    ref = queries.in_force(banner.provider.id, banner.at)
    assert ref is not None
    shown = queries.agreement_ref(ref.id, actor=banner.provider.officer)
    assert [s.party for s in shown.signatures] == ["department", "authority"]
    assert all(s.good for s in shown.signatures)
