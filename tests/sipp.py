"""SIPp as the far end: somebody else's SIP, which nobody here wrote.

    async with sipp("answer", tmp_path) as peer:
        phone.dial(peer.uri("13800138000"), ...)
        await peer.invited(1)
        assert peer.call_ids() == ["..."]

Scenarios are tests/integration/sipp/*.xml; `@NAME@` in them is replaced by the values given. One SIPp answers any
number of calls. `tone` is what it sends as RTP after an answer.
"""

import asyncio
import re
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import SystemRandom

import numpy as np

from tests.peers import require

SCENARIOS = Path(__file__).parent / "integration" / "sipp"
TONE_HZ = 1000
_MESSAGE = re.compile(rb"^-{10,}.*$", re.MULTILINE)


class Sipp:
    """A running SIPp."""

    def __init__(self, port: int, folder: Path, process: asyncio.subprocess.Process) -> None:
        self.port = port
        self.trace = folder / f"messages-{port}.log"
        self.process = process
        self._read = 0  # bytes of the trace
        self._received: list[str] = []  # whole messages in them

    def is_up_or_gone(self) -> bool:
        return is_bound(self.port) or self.process.returncode is not None

    def uri(self, user: str = "13800138000") -> str:
        return f"sip:{user}@127.0.0.1:{self.port}"

    def messages(self, first_word: str = "") -> list[str]:
        """Everything received, oldest first; retransmissions too. first_word: only of this method."""
        newest = self._read_on()
        return [message for message in (*self._received, *newest) if message.startswith(first_word)]

    def _read_on(self) -> list[str]:
        """Of what was written since: messages that another one follows are kept, the last one may grow and is answered."""
        if not self.trace.exists():
            return []
        with self.trace.open("rb") as trace:
            trace.seek(self._read)
            new = trace.read()
        whole = [part.start() for part in _MESSAGE.finditer(new)][-1:] or [0]
        self._received += _received_in(new[: whole[0]])
        self._read += whole[0]
        return _received_in(new[whole[0] :])

    def call_ids(self) -> list[str]:
        """The distinct Call-IDs that INVITEs came with: how often we were rung."""
        found = [header(message, "Call-ID") for message in self.messages("INVITE ")]
        return list(dict.fromkeys(found))

    async def invited(self, times: int, seconds: float = 10) -> None:
        """Wait until so many different calls came."""
        await until(lambda: len(self.call_ids()) >= times, seconds)

    async def received(self, method: str, seconds: float = 10) -> str:
        """Wait until a request of this method came; the newest of them."""
        await until(lambda: bool(self.messages(method + " ")), seconds)
        return self.messages(method + " ")[-1]


def _received_in(trace: bytes) -> list[str]:
    parts = [part.decode(errors="replace").strip() for part in _MESSAGE.split(trace)]
    return [part.split("\n\n", 1)[-1] for part in parts if "message received" in part.split("\n", 1)[0]]


def header(message: str, name: str) -> str:
    """The value of a header of a message; empty when it is not there."""
    found = re.search(rf"^{name}\s*:\s*(.*?)\s*$", message, re.IGNORECASE | re.MULTILINE)
    return found.group(1) if found else ""


async def until(condition: Callable[[], bool], seconds: float = 10) -> None:
    """Wait for something that cannot call back."""
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.01)


def free_port() -> int:
    """A port that is free for UDP and TCP alike."""
    while True:
        with (
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
            socket.socket(socket.AF_INET, socket.SOCK_STREAM) as streams,
        ):
            datagrams.bind(("127.0.0.1", 0))
            port = int(datagrams.getsockname()[1])
            if streams.connect_ex(("127.0.0.1", port)) != 0:
                return port


def is_bound(port: int) -> bool:
    """True when somebody listens on this UDP port of the loopback."""
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    return any(line.split()[1].endswith(f":{port:04X}") for line in lines)


def alaw_tone(hertz: int, seconds: float = 2.0, level: int = 8000) -> bytes:
    """A tone in G.711 A-law (ITU-T G.711, table 1a)."""
    time = np.arange(int(8000 * seconds)) / 8000
    samples = (level * np.sin(2 * np.pi * hertz * time)).astype(int)
    magnitude = np.minimum(np.abs(samples) >> 3, 4095)
    exponent = np.maximum(np.floor(np.log2(np.maximum(magnitude, 1))).astype(int) - 4, 0)
    mantissa = (magnitude >> np.maximum(exponent, 1)) & 15
    code = (exponent << 4) | mantissa
    return bytes(((code | np.where(samples >= 0, 0x80, 0)) ^ 0x55).astype(np.uint8))


@asynccontextmanager
async def sipp(scenario: str, folder: Path, tone_hz: int = TONE_HZ, **values: object) -> AsyncIterator[Sipp]:
    """Run SIPp as the called side until the block ends."""
    program = require("sipp")
    tone = folder / f"tone{tone_hz}.al"
    tone.write_bytes(alaw_tone(tone_hz))
    text = (SCENARIOS / f"{scenario}.xml").read_text()
    for name, value in {"TONE": tone, **{name.upper(): value for name, value in values.items()}}.items():
        text = text.replace(f"@{name}@", str(value))
    peer = await _start(program, text, folder)
    try:
        yield peer
    finally:
        if peer.process.returncode is None:
            peer.process.kill()
        await peer.process.wait()


async def _start(program: str, scenario: str, folder: Path) -> Sipp:
    """Between finding a free port and SIPp's binding it, somebody else may take it: try again."""
    for _ in range(5):
        port = free_port()
        file = folder / f"scenario-{port}.xml"
        file.write_text(scenario)
        media = SystemRandom().randrange(10000, 19000, 2)
        process = await asyncio.create_subprocess_exec(
            *(program, "-sf", str(file), "-i", "127.0.0.1", "-p", str(port), "-mi", "127.0.0.1", "-nostdin"),
            *("-mp", str(media), "-m", "1000000"),
            *("-trace_msg", "-message_file", str(folder / f"messages-{port}.log")),
            *("-trace_err", "-error_file", str(folder / f"errors-{port}.log")),
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            cwd=folder,
        )
        peer = Sipp(port, folder, process)
        await until(peer.is_up_or_gone)
        if process.returncode is None:
            return peer
    raise AssertionError("SIPp did not start")
