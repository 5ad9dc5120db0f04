"""Serves an ASGI application beside the other standing tasks of the daemon.

Rule: signals belong to the daemon. Left alone, the server would take SIGTERM for itself and raise it again when it has ended.
"""

import asyncio
import socket
from collections.abc import Generator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from dialer.errors import PortTaken

CLOSE_SECONDS = 2  # for requests that are under way when the daemon stops


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield


def bound(listen: str) -> socket.socket:
    """A socket on host:port. Raises PortTaken."""
    host, _, port = listen.rpartition(":")
    door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
    door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        door.bind((host.strip("[]"), int(port)))
        door.listen()  # who comes before the server is up waits at the door
    except OSError as fault:
        door.close()
        raise PortTaken(f"HTTP cannot listen on {listen}: {fault.strerror}. Change http.listen.") from None
    return door


async def serve(app: Starlette, door: socket.socket) -> None:
    """Standing task, until cancelled."""
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=CLOSE_SECONDS,
        server_header=False,
    )
    server = _Server(config)
    serving = asyncio.create_task(server.serve(sockets=[door]), name="http-server")
    try:
        await asyncio.shield(serving)
    finally:
        server.should_exit = True
        await asyncio.gather(serving, return_exceptions=True)
        door.close()
