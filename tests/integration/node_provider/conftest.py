"""A provider's stream for each test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.node_provider.harness import Away, Provider


@pytest.fixture
def make_provider(make_database: Callable[[], object], tmp_path: Path) -> Iterator[Callable[..., Provider]]:
    """Makes providers over two fresh databases, a source and an exchange database; stopped and cleaned up after the test."""
    made: list[Provider] = []

    def make(*statements: str, **values: object) -> Provider:
        provider = Provider(source=make_database().url, exchange=make_database().url, home=tmp_path, **values)
        provider.sql(*statements)
        made.append(provider)
        return provider

    yield make
    for provider in made:
        # What a killed child left unsent is nobody's: this process's receiver never saw the chain it belongs to.
        provider.receiver.failing = Away("the test is over")
        provider.start() if provider.stream is None and provider.columns else None
        provider.stop(drop=True)
