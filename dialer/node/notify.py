"""systemd's readiness protocol, both ends: the daemon says READY=1, and whoever started it may wait for that.

Source: sd_notify(3). A datagram to the socket named by NOTIFY_SOCKET.
"""

import asyncio
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Self

SOCKET = "NOTIFY_SOCKET"


def say(state: str, environ: Mapping[str, str] = os.environ) -> None:
    """Tell the supervisor, if there is one; a supervisor that does not listen is no fault of ours."""
    address = environ.get(SOCKET, "")
    if not address:
        return
    if address.startswith("@"):
        address = "\0" + address[1:]
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        try:
            line.connect(address)
            line.sendall(state.encode())
        except OSError:
            return


class Readiness:
    """The supervisor's end, for one child."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)

    @property
    def environ(self) -> Mapping[str, str]:
        return {SOCKET: str(self._path)}

    async def wait(self) -> None:
        """Until READY=1 has come."""
        loop = asyncio.get_running_loop()
        while b"READY=1" not in await loop.sock_recv(self._socket, 4096):
            continue

    def __enter__(self) -> Self:
        self._socket.setblocking(False)
        self._socket.bind(str(self._path))
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        self._path.unlink(missing_ok=True)
