"""What is written once can be read for ever: an odd name in the evidence stops no page."""

import pytest
from django.urls import reverse

from gongxiang.platform.evidence.actions import record_act
from gongxiang.protocol import clock
from tests.factories.parties import make_banner
from tests.support.pages import client_of


@pytest.mark.django_db
def test_a_subject_with_signs_of_its_own_is_found_read_and_exported():
    banner, odd = make_banner(), 'format:a/b "c"\r\nX-Set: 长'
    record_act(kind="code:added", subject=("code", odd), by=banner.authority_officer, at=clock.now(), basis=(), after={})
    client = client_of(banner.auditor)
    listed = client.get(reverse("evidence:search"))
    assert listed.status_code == 200
    trail = reverse("evidence:trail", args=["code", odd])
    assert trail in listed.content.decode()
    assert client.get(trail).status_code == 200
    exported = client.get(trail, {"export": "csv"})
    assert exported.headers["Content-Disposition"] == 'attachment; filename="trail-code-format-a-b-c-X-Set-.csv"'
