"""What is done to a centre: one fault each, over before the next one. Whoever dies is back then.

Rule 1: a death is SIGKILL. What is stopped is started again, what is full has room again.
Rule 2: while something is away, now and then a call worker dies, too.
"""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random

from tests.fault.centre import Centre, Node
from tests.stage import kill

AND_A_WORKER = 0.3
AWAY_SECONDS = (0.1, 1.5)
JUMPS = (timedelta(hours=1), timedelta(hours=-1), timedelta())  # from the real time
BLOCK = bytes(2**20)
Fault = Callable[[Centre, Random], Awaitable[None]]


def possible(centre: Centre) -> Sequence[str]:
    """Names of faults, as often as they are to come."""
    names = ["worker"] * 3 + ["daemon", "broker"]
    if centre.disk is not None:
        names.append("disk")
    if centre.server is not None:
        names += ["server", "machine"]
    if all(node.clock for node in centre.nodes):
        names.append("clock")
    return names


async def _worker(centre: Centre, chance: Random) -> None:
    """The one that has the call the longest, or an idle one, of any node; the daemon has it replaced."""
    workers = sorted(pid for node in centre.nodes for pid in node.scene.workers())
    if workers:
        kill(chance.choice(workers))


async def _daemon(centre: Centre, chance: Random) -> None:
    await _again(chance.choice(centre.nodes))


async def _machine(centre: Centre, chance: Random) -> None:
    """Every process of it at once; the disk is spared."""
    node = chance.choice(centre.nodes)
    for pid in node.scene.processes():
        kill(pid)
    await _again(node)


async def _again(node: Node) -> None:
    await node.daemon.kill()
    await node.daemon.start()


async def _broker(centre: Centre, chance: Random) -> None:
    await centre.broker.stop()
    await _meanwhile(centre, chance)
    await centre.broker.start()


async def _server(centre: Centre, chance: Random) -> None:
    assert centre.server is not None
    await asyncio.to_thread(centre.server.stop, chance.choice([signal.SIGINT, signal.SIGQUIT]))
    await _meanwhile(centre, chance)
    await asyncio.to_thread(centre.server.start)


async def _disk(centre: Centre, chance: Random) -> None:
    assert centre.disk is not None
    filler = centre.disk / "filler"
    await asyncio.to_thread(_fill, filler)
    await _meanwhile(centre, chance)
    filler.unlink()


async def _clock(centre: Centre, chance: Random) -> None:
    node, to = chance.choice(centre.nodes), chance.choice(JUMPS)
    assert node.clock is not None
    await node.clock.jumps(to)


async def _meanwhile(centre: Centre, chance: Random) -> None:
    away = chance.uniform(*AWAY_SECONDS)
    await asyncio.sleep(away / 2)
    if chance.random() < AND_A_WORKER:
        await _worker(centre, chance)
    await asyncio.sleep(away / 2)


def _fill(file: os.PathLike[str]) -> None:
    """To the last byte that the file system gives."""
    with open(file, "wb", buffering=0) as filler:
        for size in (len(BLOCK), 4096):
            with suppress(OSError):
                while True:
                    filler.write(BLOCK[:size])


FAULTS: Mapping[str, Fault] = {
    "worker": _worker,
    "daemon": _daemon,
    "machine": _machine,
    "broker": _broker,
    "server": _server,
    "disk": _disk,
    "clock": _clock,
}
