"""Fixtures for tests that visit pages without a browser."""

import time
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.test import Client

from gongxiang.platform.kernel.actors import Person
from gongxiang.platform.parties import queries


@pytest.fixture
def as_(client: Client) -> Callable[..., Client]:
    """A browser in which this person is signed in; the steps themselves are tested in test_login."""

    def signed_in(person: Person, *, factor: bool = False) -> Client:
        account = queries.session_account(person.id)
        session = client.session
        session.flush()
        session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.id), settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY], session["seen"] = account.get_session_auth_hash(), time.time()
        if factor:
            session["second_factor_confirmed"] = time.time()
        session.save()
        client.cookies[settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return signed_in
