"""Rooms: statuses are guarded, other rooms' records are never walked into, doors declare who may pass, refusals say why."""

import inspect
import re

import psycopg
import pytest
from django.apps import apps
from django.db import models
from tools import code

from gongxiang.law.articles import article
from gongxiang.platform.kernel.errors import Refusal

code.import_everything()
ROOMS = [config for config in apps.get_app_configs() if config.name.startswith("gongxiang.platform.")]
#: What may follow a foreign key to another room in a lookup: its own column, never one of the other room's.
OWN_COLUMN = {"in", "isnull", "exact", "id", "pk", "id__in"}


def below(base: type) -> list[type]:
    return [inner for one in base.__subclasses__() for inner in (one, *below(one))]


REFUSALS = sorted({one for one in below(Refusal) if one.__module__.startswith("gongxiang.")}, key=lambda one: one.__qualname__)


def test_every_status_is_guarded_by_the_database(database):
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'status'
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
          AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND t.tgname = 'evidence_guard')
    """
    with psycopg.connect(database.url) as connection:
        unguarded = [name for (name,) in connection.execute(query)]
    assert not unguarded, "SELECT evidence_install_guard('TABLE', 'SUBJECT') in the room's 0002_guards"


def foreign_keys() -> list[tuple[type[models.Model], models.ForeignKey]]:
    found = []
    for config in ROOMS:
        for model in config.get_models():
            for field in model._meta.local_fields:
                if isinstance(field, models.ForeignKey) and field.related_model._meta.app_label != model._meta.app_label:
                    found.append((model, field))
    return found


def test_keys_into_other_rooms_cannot_be_walked_back():
    assert [f"{m.__name__}.{f.name}" for m, f in foreign_keys() if not f.remote_field.hidden] == []


def test_keys_into_other_rooms_are_not_walked():
    found = []
    for config in ROOMS:
        names = {field.name for model, field in foreign_keys() if model._meta.app_label == config.label}
        if not names:
            continue
        either = "|".join(sorted(names))
        lookup = re.compile(rf"\b({either})__(\w+)\s*=")
        joined = re.compile(rf"(select_related|prefetch_related)\([^)]*[\"']({either})[\"']")
        for path in sorted((code.SOURCE / "platform" / config.label).glob("**/*.py")):
            if "migrations" in path.parts or config.label == "web":
                continue
            for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
                walked = [match for match in lookup.finditer(line) if match[2] not in OWN_COLUMN]
                if walked or joined.search(line):
                    found.append(f"{path.relative_to(code.ROOT)}:{number}: {line.strip()}")
    assert not found, "ask the other room's queries instead:\n" + "\n".join(found)


def test_every_address_declares_its_door():
    assert [door.address for door in code.doors() if door.permission is None] == []


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: one.__qualname__)
def test_a_refusal_says_what_is_wrong(refusal):
    said = (refusal.__doc__ or "").split("\n\n")[0].strip()
    assert refusal.__doc__ is not None
    assert inspect.cleandoc(refusal.__doc__) != inspect.cleandoc(refusal.__mro__[1].__doc__ or ""), "its own docstring"
    assert said.endswith((".", "?", "}")), "a sentence, or one that ends in a value"
    assert "\n" not in said, "one line: it is a message to translate"
    for cited in refusal.basis:
        assert article(cited)
    if re.search(r"\b(article|art\.) ?\d|条例|the Measures|the Regulation", said):
        assert refusal.basis, "it speaks of an article: it carries it as basis"


#: Pure furniture: calendar and code tables, evidence, pages, the database's state; neither instrument speaks of these acts.
WITHOUT_ARTICLE = ("rulebook.", "evidence.", "documents.", "notices.", "http_api.", "web.", "kernel.outage")
#: What need not say both: bases of other classes, what carries its basis by case, and forms read by the eye.
EXCUSED = {
    "Refusal", "Shortfall", "Shortfalls", "WrongState", "NotFound", "ResourceNotFound", "FieldMissing",
}  # fmt: skip
PLATFORM = [one for one in REFUSALS if one.__module__.startswith("gongxiang.platform.") and one.__name__ not in EXCUSED]


@pytest.mark.parametrize("refusal", PLATFORM, ids=lambda one: one.__qualname__)
def test_a_refusal_cites_its_article_and_says_what_to_do(refusal):
    assert refusal.next_step, "what the person can do now"
    place = refusal.__module__.removeprefix("gongxiang.platform.")
    assert refusal.basis or place.startswith(WITHOUT_ARTICLE), "the article the act rests on"


def test_an_act_in_the_wrong_state_cites_the_acts_article():
    from gongxiang.platform.access.states import ACCESS_REQUEST
    from gongxiang.platform.kernel.transitions import WrongState

    with pytest.raises(WrongState) as refused:
        ACCESS_REQUEST.find("consent", "DRAFT")
    assert refused.value.articles == ("cn-809:20.2",)


def test_every_arrow_cites_known_articles():
    from gongxiang.platform.kernel.transitions import TransitionTable

    tables = [
        value
        for config in ROOMS
        if (module := getattr(config.module, "states", None)) is not None
        for value in vars(module).values()
        if isinstance(value, TransitionTable)
    ]
    assert tables
    for table in tables:
        for arrow in table.transitions:
            for cited in arrow.basis:
                assert article(cited)


def test_every_action_takes_who_and_when_by_name():
    """One write, one function: keyword-only, with `by` and `at`."""
    wrong = []
    for config in ROOMS:
        module = getattr(config.module, "actions", None)
        if module is None or config.label in ("evidence", "web"):
            continue
        for name, function in vars(module).items():
            if (
                name.startswith("_")
                or not inspect.isfunction(function)
                or function.__module__.split(".")[2:3] != [config.label]
            ):
                continue
            parameters = inspect.signature(function).parameters
            positional = [p.name for p in parameters.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
            if "by" in parameters and (positional or "at" not in parameters):
                wrong.append(f"{config.label}.actions.{name}{inspect.signature(function)}")
    assert not wrong, "\n".join(wrong)
