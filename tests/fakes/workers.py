"""Call workers without processes: a test says what one tells, and sees what it was ordered. Holds dialer.ports.Workers and Wire."""

import asyncio

from voice.errors import WorkerLost
from voice.messages import Ready, ToDaemon, ToWorker


class FakeWorker:
    """One worker. It says nothing by itself."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.orders: list[ToWorker] = []
        self.ordered = asyncio.Event()
        self.killed = False
        self._told: asyncio.Queue[ToDaemon | None] = asyncio.Queue()

    def send(self, order: ToWorker) -> None:
        self.orders.append(order)
        self.ordered.set()

    async def receive(self) -> ToDaemon:
        told = await self._told.get()
        if told is None:
            self._told.put_nowait(None)  # the end stays the end
            raise WorkerLost
        return told

    def kill(self) -> None:
        self.killed = True
        self.dies()

    def tells(self, *messages: ToDaemon) -> None:
        for message in messages:
            self._told.put_nowait(message)

    def is_ready(self) -> None:
        self.tells(Ready(self.pid, 4))

    def dies(self) -> None:
        self._told.put_nowait(None)


class FakeWorkers:
    """As many as are asked for."""

    def __init__(self) -> None:
        self.taken: list[FakeWorker] = []
        self.given_back: list[tuple[FakeWorker, bool]] = []

    async def take(self) -> FakeWorker:
        self.taken.append(FakeWorker(len(self.taken) + 1))
        return self.taken[-1]

    def give_back(self, link: FakeWorker, *, usable: bool) -> None:
        self.given_back.append((link, usable))
