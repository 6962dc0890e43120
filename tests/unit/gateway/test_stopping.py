"""Background tasks of the gateway end, whatever the call was that the end met."""

import asyncio

import pytest

from gongxiang.gateway.follow import stop


def test_a_cancellation_that_was_lost_is_said_again():
    heard = []

    async def deaf() -> None:
        while len(heard) < 3:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard.append("cancelled")

    async def ended() -> None:
        task = asyncio.create_task(deaf())
        await asyncio.sleep(0)
        await stop(task)

    asyncio.run(asyncio.wait_for(ended(), 10))
    assert len(heard) == 3


def test_what_a_task_died_of_is_not_hidden():
    async def broken() -> None:
        raise ValueError("broken")

    async def ended() -> None:
        task = asyncio.create_task(broken())
        await asyncio.sleep(0)
        await stop(task)

    with pytest.raises(ValueError, match="broken"):
        asyncio.run(ended())
