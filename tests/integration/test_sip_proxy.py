"""Our telephone through kamailio, a carrier's proxy that nobody here wrote: it challenges the INVITE and routes it on."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.peers import require
from tests.sipp import free_port, is_bound, sipp, until
from tests.telephone import Told
from voice.ports import LegEnded, Trunk
from voice.report import HangupCause, Rang
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone

pytestmark = pytest.mark.integration

CONFIG = """
children=2
log_stderror=yes
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:{port}
mpath="{modules}"
loadmodule "tm.so"
loadmodule "sl.so"
loadmodule "rr.so"
loadmodule "pv.so"
loadmodule "maxfwd.so"
loadmodule "siputils.so"
loadmodule "textops.so"
loadmodule "auth.so"
request_route {{
    if (!mf_process_maxfwd_header("10")) {{ exit; }}
    if (has_totag()) {{ loose_route(); t_relay(); exit; }}
    if (is_method("CANCEL")) {{ t_relay(); exit; }}
    if (!pv_proxy_authenticate("carrier", "s3cret", "0")) {{ proxy_challenge("carrier", "0"); exit; }}
    consume_credentials();
    record_route();
    loose_route();
    t_relay();
}}
"""


@dataclass(frozen=True)
class Proxy:
    """A running kamailio; its one account is line7, s3cret."""

    port: int

    def trunk(self, password: str) -> Trunk:
        return Trunk(proxy=f"sip:127.0.0.1:{self.port};lr", user="line7", password=password)


@pytest.fixture
async def proxy(tmp_path: Path) -> AsyncIterator[Proxy]:
    program = require("kamailio")
    modules = next(path.parent for path in Path("/usr/lib").glob("**/kamailio/modules/tm.so"))
    port = free_port()
    config = tmp_path / "kamailio.cfg"
    config.write_text(CONFIG.format(port=port, modules=modules))
    with (tmp_path / "log").open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            program, "-f", str(config), "-DD", "-E", "-Y", str(tmp_path), "-w", str(tmp_path), "-m", "32", "-M", "4",
            stdout=log, stderr=log,
        )  # fmt: skip
        try:
            await until(lambda: is_bound(port))
            yield Proxy(port)
        finally:
            running.terminate()
            await running.wait()


@pytest.fixture
async def phone() -> AsyncIterator[PjsuaPhone]:
    phone = open_phone(SipSettings(), asyncio.get_running_loop())
    yield phone
    await phone.close()


async def test_a_call_goes_through_the_carriers_proxy_with_our_account(
    phone: PjsuaPhone, proxy: Proxy, tmp_path: Path
) -> None:
    told = Told()
    async with sipp("answer", tmp_path) as peer:
        leg = phone.dial(peer.uri(), proxy.trunk("s3cret"), "through-the-proxy", told.tell)
        await told.answered()
        leg.hang_up()
        ended = await told.ended()
        assert (ended.cause, ended.by_far_end) == (HangupCause.NORMAL, False)
        await peer.received("BYE")
        assert peer.call_ids() == ["through-the-proxy"]
        assert "Proxy-Authorization" not in peer.messages("INVITE ")[0]


async def test_a_wrong_password_is_the_trunks_fault_and_nobody_is_rung(
    phone: PjsuaPhone, proxy: Proxy, tmp_path: Path
) -> None:
    told = Told()
    async with sipp("answer", tmp_path) as peer:
        phone.dial(peer.uri(), proxy.trunk("wrong"), "refused", told.tell)
        assert await told.ended() == LegEnded(HangupCause.TRUNK_FAULT, 407, by_far_end=True, rang=Rang.NEVER)
        assert peer.call_ids() == []
