"""What a fault leaves in the log: enough to mend it, and nothing of the person it happened to."""

import logging
from io import StringIO

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from pydantic import BaseModel

from gongxiang.platform.web import views
from gongxiang.platform.wiring.logs import MADE_UP, WithoutValues, said_of

NUMBER = "152626197001011234"


@pytest.fixture
def told():
    handler = next(one for one in logging.getLogger().handlers if isinstance(one.formatter, WithoutValues))
    kept, stream = handler.stream, StringIO()
    handler.setStream(stream)
    yield stream
    handler.setStream(kept)


@pytest.mark.django_db
def test_a_page_that_fails_is_in_the_log_without_the_values_it_was_about(monkeypatch, told):
    def fails(*_values):
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMPORARY TABLE held (number text CONSTRAINT held_short CHECK (length(number) < 9))")
            cursor.execute("INSERT INTO held VALUES (%s)", [NUMBER])

    monkeypatch.setattr(views, "JsonResponse", fails)
    answer = Client(raise_request_exception=False).get(reverse("health"))
    text = told.getvalue()
    assert answer.status_code == 500
    assert NUMBER not in text
    for part in ("in health", "IntegrityError: 23514 held held_short", "psycopg.errors.CheckViolation"):
        assert part in text


@pytest.mark.django_db
def test_what_a_caller_makes_up_is_a_line_and_not_a_page(told):
    answer = Client().get(reverse("accounts:login"), headers={"host": "evil.example" + "a" * 2000})
    assert answer.status_code == 400
    text = told.getvalue()
    assert "DisallowedHost" in text
    assert 'File "' not in text
    assert len(text) <= MADE_UP + 1


def test_a_message_that_is_refused_tells_its_fields_and_not_what_they_held():
    class Row(BaseModel):
        count: int

    with pytest.raises(ValueError, match="count") as refused:
        Row.model_validate({"count": NUMBER + "X"})
    assert said_of(refused.value) == "count: int_parsing"
