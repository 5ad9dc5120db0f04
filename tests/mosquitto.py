"""A real broker of our own: private port, private directory, killed and started again at will."""

import asyncio
import os
import signal
import socket
from contextlib import closing
from pathlib import Path
from typing import Self

import aiomqtt

from tests.peers import require


class Mosquitto:
    """`async with Mosquitto(tmp_path) as broker: ...`"""

    def __init__(self, directory: Path, *more_lines: str) -> None:
        self._program = require("mosquitto")
        self._directory = directory
        self._more_lines = more_lines
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None
        self.log: list[str] = []
        self.port = _free_port()

    @property
    def url(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    async def start(self) -> None:
        """Returns when it listens. Whatever the broker kept comes with it."""
        config = self._directory / "mosquitto.conf"
        config.write_text("\n".join(self._lines()) + "\n")
        self._process = await asyncio.create_subprocess_exec(
            self._program, "-c", str(config), stderr=asyncio.subprocess.PIPE
        )
        listening = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._process, listening))
        await asyncio.wait_for(listening.wait(), 10)

    async def kill(self) -> None:
        """SIGKILL: it says goodbye to nobody."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        await self._end(signal.SIGTERM)

    def client(self, **options: object) -> aiomqtt.Client:
        """A foreign client of this broker."""
        return aiomqtt.Client("127.0.0.1", self.port, protocol=aiomqtt.ProtocolVersion.V5, **options)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    def _lines(self) -> list[str]:
        return [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {self._directory}/",
            "autosave_interval 1",
            "autosave_on_changes true",
            "max_queued_messages 0",
            "log_dest stderr",
            *(["user root"] if os.geteuid() == 0 else []),  # else it drops to a user that cannot read our directory
            *(self._more_lines or ["allow_anonymous true"]),
        ]

    async def _read(self, process: asyncio.subprocess.Process, listening: asyncio.Event) -> None:
        assert process.stderr is not None
        async for line in process.stderr:
            self.log.append(line.decode(errors="replace"))
            if " running" in self.log[-1]:
                listening.set()
        listening.set()

    async def _end(self, how: signal.Signals) -> None:
        if self._process is None or self._reading is None:
            return
        if self._process.returncode is None:
            self._process.send_signal(how)
        await self._process.wait()
        await self._reading
        self._process = None


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
