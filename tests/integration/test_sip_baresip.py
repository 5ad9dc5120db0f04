"""Our telephone against baresip, a softphone that nobody here wrote: voices, and keys both ways."""

import asyncio
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers import require
from tests.sipp import free_port, is_bound, until
from tests.telephone import Told, level_of, read_wav, write_tone
from voice.ports import LegDigit, LegEnded, LegPlayed, Trunk
from voice.report import HangupCause, Rang
from voice.sip.endpoint import SipSettings, open_phone

pytestmark = pytest.mark.integration

CONFIG = """
sip_listen 127.0.0.1:{port}
cons_listen 127.0.0.1:{keys}
audio_source aufile,{folder}/voice.wav
audio_player aubridge,sink
audio_alert aubridge,sink
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module cons.so
module_app account.so
module_app menu.so
snd_path {folder}/dump
"""


@dataclass
class Baresip:
    """Answers at once, says voice.wav, dumps what it hears."""

    port: int
    keys: int  # each byte sent there is a key pressed on the softphone
    folder: Path

    @property
    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def press(self, key: str) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as keypad:
            keypad.sendto(key.encode(), ("127.0.0.1", self.keys))


@pytest.fixture
async def baresip(tmp_path: Path) -> AsyncIterator[Baresip]:
    program = require("baresip")
    modules = next(path.parent for path in Path("/usr/lib").glob("**/baresip/modules/g711.so"))
    peer = Baresip(free_port(), free_port(), tmp_path)
    (tmp_path / "dump").mkdir()
    (tmp_path / "contacts").touch()
    (tmp_path / "config").write_text(CONFIG.format(port=peer.port, keys=peer.keys, folder=tmp_path, modules=modules))
    account = f"<sip:citizen@127.0.0.1:{peer.port}>;regint=0;answermode=auto;audio_codecs=PCMA/8000/1\n"
    (tmp_path / "accounts").write_text(account)
    write_tone(tmp_path / "voice.wav", 1000, 20)
    with (tmp_path / "log").open("w") as log:
        process = await asyncio.create_subprocess_exec(
            *(program, "-f", str(tmp_path)),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=log,
            stderr=asyncio.subprocess.STDOUT,
        )
    await until(lambda: is_bound(peer.port) and is_bound(peer.keys))
    yield peer
    process.kill()
    await process.wait()


async def test_a_softphone_hears_us_and_we_hear_it_and_both_hear_keys(baresip: Baresip, tmp_path: Path) -> None:
    phone = open_phone(SipSettings(), asyncio.get_running_loop())
    told = Told()
    heard = tmp_path / "heard.wav"
    try:
        uri = f"sip:citizen@127.0.0.1:{baresip.port}"
        leg = phone.dial(uri, Trunk(), "softphone", told.tell, record_heard=heard)
        await told.answered()
        leg.play(1, [write_tone(tmp_path / "prompt.wav", 440, 1)])
        leg.send_digits("7")
        await told.first(LegPlayed)
        await until(lambda: "received event: '7'" in baresip.log)
        baresip.press("1")
        assert await told.first(LegDigit) == LegDigit("1")
        await told.heard_samples(12000)
        leg.hang_up()
        assert await told.ended() == LegEnded(HangupCause.NORMAL, 200, by_far_end=False, rang=Rang.YES)
    finally:
        await phone.close()
    assert level_of(read_wav(heard)[0][4000:10000], 1000) > 7000
    await until(lambda: "terminated" in baresip.log)
    dump = next((tmp_path / "dump").glob("*-dec.wav"))
    assert level_of(read_wav(dump)[0][1600:5600], 440) > 5000
