"""The wire between the daemon and a call worker: JSON lines over a socketpair, both ways for the whole call.

One message is one JSON object on one line, `{"type": "...", ...}`. End-of-file from the daemon means that the daemon is
gone: the worker finishes its talk, spools its report and exits.
"""

import asyncio

import msgspec

from voice.messages import Message, ToDaemon, ToWorker

LONGEST_LINE = 4 * 1024 * 1024  # bytes; a Conduct carries a whole script


class WorkerSettings(msgspec.Struct, frozen=True):
    """What a worker is born with; the nursery passes it on."""

    bind_ip: str
    rtp_port_from: int
    rtp_port_to: int
    spool_dir: str


_encoder = msgspec.json.Encoder()
to_worker_decoder: msgspec.json.Decoder[ToWorker] = msgspec.json.Decoder(ToWorker)
to_daemon_decoder: msgspec.json.Decoder[ToDaemon] = msgspec.json.Decoder(ToDaemon)


def encode(message: Message) -> bytes:
    """One line."""
    return _encoder.encode(message) + b"\n"


async def next_line(reader: asyncio.StreamReader) -> bytes:
    """The next whole line; empty when the wire is at its end.

    Half a line is the last word of a process that died while it wrote. A reset is an end, too: the kernel makes one of a death
    with unread data.
    """
    try:
        line = await reader.readline()
    except (OSError, ValueError):  # ValueError: longer than LONGEST_LINE, so nobody of ours wrote it
        return b""
    return line if line.endswith(b"\n") else b""
