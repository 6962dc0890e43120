"""The page of an entry shows the grants of it that the reader may see, and no others."""

import pytest
from django.urls import reverse

from tests.factories import catalogue as make
from tests.factories.contents import conditional_content
from tests.factories.parties import make_banner
from tests.factories.procedure import make_grant
from tests.support.signing_in import signed_in

pytestmark = pytest.mark.django_db


def test_grants_of_the_resource_stand_beside_it():
    banner = make_banner()
    resource = make.make_published(banner=banner, content=conditional_content())
    make_grant(banner=banner, resource_id=resource.id)
    address = reverse("catalogue:resource", args=[resource.id])
    for person, shown in ((banner.consumer.clerk, True), (banner.provider.clerk, True), (banner.stranger.clerk, False)):
        page = signed_in(person).get(address).content.decode()
        assert ("本资源的授权" in page) is shown
