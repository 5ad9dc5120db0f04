"""Those at the other end who want, or are, an officer: they pick up, press 1, talk and hang up, not always and not at once.

Rule 1: what a person does follows from the seed and the order of the calls; nobody waits for ever.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from random import Random

from tests.cued import Cued, CuedCall

LOOK_SECONDS = 0.1
WAITS_SECONDS = 25.0  # a person, for the officer and with him
DECLINES, LETS_IT_RING = 0.15, 0.25  # of an officer's calls; the second includes the first


@asynccontextmanager
async def picking_up(callers: Cued, officers: Cued, seed: int) -> AsyncIterator[None]:
    """Both telephones have somebody beside them until the block ends."""
    tasks = [
        asyncio.create_task(_beside(callers, Random(seed), officer=False)),
        asyncio.create_task(_beside(officers, Random(seed + 1), officer=True)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _beside(telephone: Cued, chance: Random, *, officer: bool) -> None:
    """Takes every call in a task of its own."""
    async with asyncio.TaskGroup() as talks:
        while True:
            for call in telephone.new_calls():
                talks.create_task(_takes(call, Random(chance.random()), officer=officer))
            await asyncio.sleep(LOOK_SECONDS)


async def _takes(call: CuedCall, chance: Random, *, officer: bool) -> None:
    await asyncio.sleep(chance.uniform(0.1, 1.0))
    call.rings()
    mood = chance.random() if officer else 1.0
    if mood < LETS_IT_RING:
        if mood < DECLINES:
            call.declines()
        return
    await asyncio.sleep(chance.uniform(0.1, 1.0))
    try:
        with suppress(TimeoutError):  # whoever rang is dead
            await call.answers()
            await asyncio.sleep(chance.uniform(0.2, 3.0))
            call.presses("1")
            await call.is_ended(chance.uniform(2.0, 6.0) if officer else WAITS_SECONDS)
            return
        call.hangs_up()
    finally:
        call.falls_silent()
