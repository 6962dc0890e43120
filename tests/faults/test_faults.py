"""Real processes under steady writes are killed, cut off and starved: nothing lost, nothing doubled, no business write fails.

Short within `make test`; `make faults` sets GONGXIANG_FAULT_KILLS and then reaches every named kill point as well.
"""

import contextlib
import os
import random
import resource as limits
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from tests.faults.world import (
    PATIENCE,
    WHOLE,
    World,
    close,
    destroy,
    enrol_a_stranger,
    environment_number,
    kill_points,
    one_more,
    running_world,
)
from tests.support.chain import Grant, Resource, until

KILLS = environment_number("GONGXIANG_FAULT_KILLS", 16)
SEED = environment_number("GONGXIANG_FAULT_SEED", 20261122)
LONG = KILLS >= 100
#: Programs and how often each is chosen; the servers take longest to come back.
WEIGHTS = {"provider": 5, "consumer": 5, "gateway": 4, "worker": 2, "house": 2, "business": 1}

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(3600)]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with running_world(tmp_path_factory.mktemp("faults"), seed=SEED) as made:
        yield made


def test_random_kills_under_writes(world: World) -> None:
    chance = random.Random(SEED)
    world.writer.resume()
    left = list(WEIGHTS)
    for number in range(KILLS):
        # Each program at least once, then by weight.
        name = left.pop(chance.randrange(len(left))) if left else chance.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        world.kill(name)
        time.sleep(chance.choice((0.05, 0.2, 0.5, 1.0)))
        world.supervise()
        if number % 10 == 4:
            # A revision with other columns: a load epoch of its own in the midst of it.
            grant = world.grants[0]
            grant_elements = WHOLE if grant.revision % 2 == 0 else WHOLE[:-1]
            until_ordered(world, lambda grant=grant, elements=grant_elements: grant.open(elements))
        if number % 40 == 39:
            world.check()
            world.writer.resume()
    world.check()
    world.verify_evidence()
    assert sum(world.kills.values()) >= KILLS
    print(f"kills: {world.kills}; business commits: {world.writer.commits}")


def test_named_kill_points(world: World) -> None:
    chance = random.Random(SEED + 1)
    world.writer.resume()
    points = kill_points()
    assert len(points) > 25
    asked = [name for name in os.environ.get("GONGXIANG_FAULT_POINTS", "").split(",") if name]
    chosen = asked or (points if LONG else chance.sample(points, 3))
    unreached = []
    for point in chosen:
        made: list[tuple[Resource, Grant]] = []
        destroyed: list[UUID] = []

        def stimulus(made: list[tuple[Resource, Grant]] = made, point: str = point, ordered: list[UUID] = destroyed) -> None:
            world.grants[0].open(WHOLE if world.grants[0].revision % 2 == 0 else WHOLE[:-1])
            made.append(one_more(world, chance, large=point == "gateway.object_written"))
            if point == "gateway.enrolled":
                enrol_a_stranger(world)
            if point.startswith("consumer.destroy"):
                ordered.append(destroy(world, made[0][1]))

        if not world.kill_at(point, stimulus):
            unreached.append(point)
        if destroyed:
            fact = world.plane.wait_for_fact("table_destroyed", PATIENCE, request_id=str(destroyed[0]))
            assert (fact["problem"], made[0][1].rows()) == ("", [])
            close(world, *made[0])
            continue
        until(
            lambda grant=made[0][1]: world.arrived(grant),
            PATIENCE,
            lambda point=point: f"after {point}\n{world.chain.words()}",
        )  # type: ignore[misc]
        close(world, *made[0])
    world.check()
    assert not unreached, f"never reached: {unreached}"


def test_a_cut_network_loses_nothing(world: World) -> None:
    world.writer.resume()
    for seconds in (0.1, 2.0):
        world.relay.cut()
        time.sleep(seconds)
        world.relay.mend()
        time.sleep(0.5)
    world.check()


def test_a_full_disk_of_the_exchange_databases_loses_nothing(world: World) -> None:
    """Files of the server may not grow beyond a limit, as if the disk were full; then there is space again."""
    world.writer.resume()
    # What is there after a long run must still be readable in recovery: files of the log (16 MiB), and grown tables.
    limit = max(18 << 20, largest_file(world.house.folder) + (4 << 20))
    with small_files(limit):
        world.kill("house")
    # Incompressible, and more than a table file may hold now.
    world.chain.source(
        "INSERT INTO person SELECT 'big' || n, 'x', NULL, 'A', n,"
        " (SELECT string_agg(md5(random()::text || n || m), '') FROM generate_series(1, 250) m), now()"
        f" FROM generate_series(1, {limit // 8000 * 3 // 2}) n"
    )

    until(lambda: alarmed(world, "disk_full"), PATIENCE, world.chain.words)
    world.kill("house")
    world.chain.source("DELETE FROM person WHERE id LIKE 'big%' AND amount > 100")
    world.check()


def test_a_full_object_store_of_the_gateway_loses_nothing(world: World) -> None:
    """The gateway's files may not grow beyond a limit: large bodies wait at the provider, everything else flows on."""
    world.writer.resume()
    before = len(alarms(world, "disk_full"))
    assert world.plane.process is not None
    pid, (_, hard) = world.plane.process.pid, limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.prlimit(pid, limits.RLIMIT_FSIZE, (1 << 20, hard))
    resource, grant = one_more(world, random.Random(SEED), large=True)
    until(lambda: len(alarms(world, "disk_full")) > before, PATIENCE, world.chain.words)
    assert alarms(world, "disk_full")[-1]["node_id"] == str(world.chain.provider.node_id)
    assert not world.arrived(grant)
    # Small bodies need no file: the other resource's rows go on arriving meanwhile.
    world.check()
    objects = Path(world.plane.environment["GONGXIANG_OBJECT_STORE"])
    assert sum(path.stat().st_size for path in objects.rglob("*") if path.is_file()) < 40 << 20, "failed attempts pile up"
    limits.prlimit(pid, limits.RLIMIT_FSIZE, (hard, hard))
    until(lambda: world.arrived(grant), PATIENCE, world.chain.words)
    close(world, resource, grant)
    world.check()


def alarms(world: World, code: str) -> list[dict[str, object]]:
    """The alarms of one code so far; none while the platform's database is away."""
    try:
        return [fact for fact in world.plane.facts("alarm") if code in str(fact["code"])]
    except psycopg.OperationalError:
        return []


def alarmed(world: World, code: str) -> bool:
    """Whether such an alarm was told."""
    return bool(alarms(world, code))


def largest_file(folder: Path) -> int:
    """The size of the largest of a server's files; some may go while they are listed."""
    found = 0
    for path in folder.rglob("*"):
        with contextlib.suppress(FileNotFoundError):
            found = max(found, path.lstat().st_size)
    return found


@contextlib.contextmanager
def small_files(size: int) -> Iterator[None]:
    """Programs started within inherit that no file of theirs may grow beyond `size`."""
    soft, hard = limits.getrlimit(limits.RLIMIT_FSIZE)
    limits.setrlimit(limits.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        limits.setrlimit(limits.RLIMIT_FSIZE, (soft, hard))


def until_ordered(world: World, order: object) -> None:
    """Issue an order; the platform's database may just be coming back."""

    def attempt() -> bool:
        try:
            order()  # type: ignore[operator]
        except psycopg.OperationalError:
            world.supervise()
            return False
        return True

    until(attempt, PATIENCE)
