"""One gateway for most tests of this folder: each makes its own nodes, streams and grants."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import databases
from tests.support.dataplane import Flow, Plane, running_plane


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A running gateway; what tests do to the whole of it they do to `own_plane`."""
    with databases.copy() as database, running_plane(database, tmp_path_factory.mktemp("gateway")) as made:
        yield made


@pytest.fixture
def own_plane(tmp_path: Path) -> Iterator[Plane]:
    """A running gateway for one test alone."""
    with databases.copy() as database, running_plane(database, tmp_path) as made:
        yield made


@pytest.fixture
def flow(plane: Plane) -> Flow:
    """A stream and a grant between two fresh nodes."""
    return plane.flow(plane.node(), plane.node())
