"""Pages as a person who is signed in sees them, without the walk through the sign-in page."""

import time

from django.conf import settings
from django.test import Client

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.parties import models
from gongxiang.platform.web import second_factor
from gongxiang.platform.web.accounts.middleware import SEEN


def client_of(person: Person, *, language: str = "zh-hans", factor: bool = True) -> Client:
    """A client signed in as the person; with the second factor just shown unless `factor` is False."""
    client = Client(headers={"accept-language": language})
    client.force_login(models.Person.objects.get(pk=person.id), backend=settings.AUTHENTICATION_BACKENDS[0])
    session = client.session
    session[SEEN] = time.time()
    if factor:
        session[second_factor._KEY] = time.time()
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    return client
