"""Opening and leaving the SIP library: one per process, set up for 8 kHz telephony without a sound card.

Rule 1: everything here runs on the SIP thread.
Rule 2: the library's limits are read at run time, never written down. Passing one of them aborts the process, so they
        are checked before.
"""

import ctypes
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pjsua2 as pj
from pjsua2 import _pjsua2

from voice.errors import PhoneFault
from voice.ports import SAMPLE_RATE, Trunk
from voice.sip.calls import AccountWire

# PJSUA_MAX_ACC of the wheel. No symbol tells it; the account after the last one aborts the process (finding).
MAX_ACCOUNTS = 8
RTP_BLOCK = 400  # ports, when the settings leave the range to us
CODECS = {"PCMA/8000/1": 255, "PCMU/8000/1": 254}  # all others are switched off
FRAME_MS = 20

_only_one = threading.Lock()


@dataclass(frozen=True, slots=True)
class SipSettings:
    """Where and as whom we telephone."""

    bind_ip: str = "127.0.0.1"
    sip_port: int = 0  # 0: a free one
    rtp_port_from: int = 0  # 0: a random block; stale RTP of an old peer must not reach a new call
    rtp_port_to: int = 0
    user_agent: str = "Quanzu"
    most_legs: int = 0  # 0: as many as the library can


def fault_of(error: pj.Error) -> PhoneFault:
    """Ours for theirs. Trap: str(error) is empty. info() names functions and reasons, never a number."""
    return PhoneFault(str(error.info()))


def assign(target: Any, **values: object) -> None:
    """Set options by name. Trap: the wrappers silently accept names that do not exist."""
    for name, value in values.items():
        if not isinstance(getattr(type(target), name, None), property):
            raise PhoneFault(f"The SIP library has no option {name}")
        setattr(target, name, value)


class Library:
    """The library while it is open."""

    def __init__(self, settings: SipSettings, on_invite: Callable[[AccountWire, int], None]) -> None:
        self._settings = settings
        self._on_invite = on_invite
        self._native = ctypes.CDLL(_pjsua2.__file__)
        self._accounts: dict[Trunk | None, AccountWire] = {}
        self._native.pj_log_set_level(0)  # its log holds phone numbers
        if not _only_one.acquire(blocking=False):
            raise PhoneFault("This process has a telephone already")  # a second one aborts the process
        self._endpoint = pj.Endpoint()
        try:
            self._start()
        except pj.Error as error:
            fault = fault_of(error)
            self.close()
            raise fault from None

    def _start(self) -> None:
        settings = self._settings
        self._endpoint.libCreate()
        config = pj.EpConfig()
        assign(config.logConfig, level=0, consoleLevel=0, msgLogging=0)
        wanted = settings.most_legs or 64  # clamped by the library to what it was built for
        assign(config.uaConfig, threadCnt=0, mainThreadOnly=False, maxCalls=wanted, userAgent=settings.user_agent)
        assign(
            config.medConfig,
            clockRate=SAMPLE_RATE,
            sndClockRate=SAMPLE_RATE,
            channelCount=1,
            audioFramePtime=FRAME_MS,
            noVad=True,
            ecTailLen=0,
            sndAutoCloseTime=-1,  # the null device's clock must not stop between calls
        )
        self._endpoint.libInit(config)
        where = pj.TransportConfig()
        assign(where, port=settings.sip_port, boundAddress=settings.bind_ip)
        self._transport = self._endpoint.transportCreate(pj.PJSIP_TRANSPORT_UDP, where)
        self.port = int(self._endpoint.transportGetInfo(self._transport).localName.rpartition(":")[2])
        for codec in self._endpoint.codecEnum2():
            name = codec.codecId
            self._endpoint.codecSetPriority(name, CODECS.get(name, 0))
        self._endpoint.libStart()
        self._endpoint.audDevManager().setNullDev()
        slots = int(self._native.pjsua_call_get_max_count())
        self.slots = min(slots, settings.most_legs) if settings.most_legs else slots

    def poll(self, milliseconds: int) -> None:
        self._endpoint.libHandleEvents(milliseconds)

    def calls(self) -> int:
        """Slots in use; a call to a mute peer holds its slot for half a minute after the hang-up (finding)."""
        return int(self._native.pjsua_call_get_count())

    def account(self, trunk: Trunk | None) -> AccountWire:
        """The account of this trunk; None is the one for incoming calls."""
        if trunk not in self._accounts:
            if len(self._accounts) >= MAX_ACCOUNTS:
                raise PhoneFault("One process can use eight trunks; give some officers the same trunk")
            account = AccountWire(self._on_invite)
            account.create(self._account_config(trunk or Trunk(caller_id="quanzu", domain=self._settings.bind_ip)))
            self._accounts[trunk] = account
        return self._accounts[trunk]

    def _account_config(self, trunk: Trunk) -> pj.AccountConfig:
        config = pj.AccountConfig()
        assign(config, idUri=f"<sip:{trunk.caller_id}@{trunk.domain}>")
        assign(config.regConfig, registrarUri="", registerOnAdd=False)
        assign(config.sipConfig, transportId=self._transport)
        if trunk.proxy:
            config.sipConfig.proxies.append(trunk.proxy)
        if trunk.user:
            config.sipConfig.authCreds.append(pj.AuthCredInfo("digest", "*", trunk.user, 0, trunk.password))
        settings = self._settings
        first, last = settings.rtp_port_from, settings.rtp_port_to
        if not first:
            first = random.randrange(20000, 60000 - RTP_BLOCK, 2)  # noqa: S311
            last = first + RTP_BLOCK
        rtp = config.mediaConfig.transportConfig
        assign(rtp, port=first, portRange=last - first, randomizePort=True, boundAddress=settings.bind_ip)
        return config

    def close(self) -> None:
        """Leave the library. Every call, port, player and recorder must have been destroyed before, or it aborts."""
        for account in self._accounts.values():
            account.shutdown()
            account.__swig_destroy__(account)
        self._accounts.clear()
        # Without network: our own hang-ups were sent and pumped before; a mute peer must not make us wait.
        self._endpoint.libDestroy(pj.PJSUA_DESTROY_NO_NETWORK)
        self._endpoint.__swig_destroy__(self._endpoint)
        _only_one.release()
