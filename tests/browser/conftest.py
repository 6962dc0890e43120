"""One demo a session, and everybody's desk in it."""

from collections.abc import Iterator

import pytest

from tests.browser.desks import Desks
from tests.browser.running import Demo, running_demo


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The story comes last: it moves the demo's clock, after which nothing waits at any step any more."""
    items.sort(key=lambda item: item.path.name == "test_story.py")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """What `make run` starts."""
    with running_demo(tmp_path_factory.mktemp("demo")) as made:
        yield made


@pytest.fixture(scope="session")
def desks(demo: Demo, browser: object) -> Iterator[Desks]:
    """A browser for each person, signed in once."""
    made = Desks(demo, browser)
    yield made
    made.close()
