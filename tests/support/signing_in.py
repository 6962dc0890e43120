"""Browsers of people who have signed in through the pages."""

from django.test import Client

from gongxiang.platform.kernel.actors import Person
from gongxiang.protocol import clock
from tests.factories.parties import credentials_of


def signed_in(person: Person) -> Client:
    """A client that went through password and code as the person does."""
    client, known = Client(), credentials_of(person)
    client.post("/account/login/", {"username": known.username, "password": known.password, "next": "/"})
    answer = client.post("/account/code/", {"code": known.code(clock.now())})
    assert answer.status_code == 302, answer.content.decode()
    return client
