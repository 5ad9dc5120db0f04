"""SMS beside calls: makes the text, gives it to the gateway, hears its receipts. Whether one is wanted is casework's decision.

Rule 1: a text is a published script's, with the centre's words in it; what is not safe after that does not leave.
Rule 2: until a receipt comes the same SMS is given to the gateway again, under the same id; after a while it is given up.
Rule 3: a try is committed before it is made, so that two nodes never make it at once. Receipts may come twice, late, in any order.
Rule 4: without a gateway an SMS is recorded as unsendable, and the log says so once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import structlog

from dialer.domain.actions import Announcement
from dialer.domain.case import Case
from dialer.domain.sms import WAITING, Sms, SmsState, follows, unsafe
from dialer.errors import BrokerDown, NoGateway, NotOnFile, ScriptMissing
from dialer.filing.orders import tell
from dialer.node.standing import Rounds
from dialer.ports import Clock
from dialer.ports.casefile import CaseFile, CaseFiles
from dialer.ports.work import DueSms, Gateway, Receipt, SmsViews
from dialer.settings import CentreSettings, SmsSettings
from dialer.versions.scripts import Scripts

POLL_SECONDS = 0.5
OUTAGE_SECONDS = 5.0  # between two tries while the broker is away
MOST_AT_ONCE = 50
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pouch:
    """What the messenger works with. gateway None: there is none."""

    files: CaseFiles
    views: SmsViews
    scripts: Scripts
    gateway: Gateway | None
    clock: Clock
    centre: CentreSettings
    settings: SmsSettings


class Messenger:
    """One per daemon."""

    def __init__(self, pouch: Pouch) -> None:
        self._pouch = pouch
        self._rounds = Rounds("sms", POLL_SECONDS)
        self._told_no_gateway = False

    async def run(self) -> None:
        """Standing task."""
        await self._rounds.run(self.send_all)

    async def send_all(self) -> None:
        """Everything that waits for the gateway. Raises BrokerDown; what was not sent is due at once."""
        for due in await self._pouch.views.due_sms(self._pouch.clock.now(), MOST_AT_ONCE):
            await self._send(due)

    async def receive(self, receipt: Receipt) -> None:
        """What the gateway says. Raises only what is retryable."""
        now = self._pouch.clock.now()
        try:
            async with self._pouch.files.transaction() as file:
                case, sms = await _locked(file, receipt.sms_id)
                if follows(sms.state, receipt.state):
                    await _told(file, case, replace(sms, state=receipt.state, code=receipt.code, told_at=now))
        except NotOnFile:
            log.warning("a receipt for an SMS that is not ours")

    async def _send(self, due: DueSms) -> None:
        sms = await self._ready(due)
        if sms is None or self._pouch.gateway is None:
            return
        try:
            await self._pouch.gateway.send(replace(due, sms=sms), self._expires_at(sms))
        except BrokerDown:
            await self._keep(sms.id, next_try_at=self._pouch.clock.now() + timedelta(seconds=OUTAGE_SECONDS))
            raise
        await self._keep(sms.id, sent=True, next_try_at=sms.next_try_at)
        log.info("sms sent", case=sms.case_id, sms=sms.id, occasion=sms.occasion.value, tries=sms.tries)

    async def _ready(self, due: DueSms) -> Sms | None:
        """The SMS with its text, this try committed; None: it is not to be sent, now or ever."""
        text, script_hash = await self._text(due)  # before the transaction: it reads the shelf
        now = self._pouch.clock.now()
        async with self._pouch.files.transaction() as file:
            case, sms = await _locked(file, due.sms.id)
            if sms.state not in WAITING or (sms.next_try_at is not None and sms.next_try_at > now):
                return None  # another node was faster, or a receipt came
            if (why := self._hindered(case, sms, text, now)) != "":
                end = SmsState.FAILED if sms.state is SmsState.SENT else SmsState.UNSENDABLE
                await _told(file, case, replace(sms, state=end, code=why, told_at=now))
                return None
            again_at = now + timedelta(seconds=self._pouch.settings.retry_seconds)
            ready = replace(sms, text=text, script_hash=script_hash, tries=sms.tries + 1, next_try_at=again_at)
            await file.save_sms(ready)
            return ready

    async def _text(self, due: DueSms) -> tuple[str, str]:
        """The text, and the hash of the version that it is of. What was sent once is sent again word for word."""
        if due.sms.text:
            return due.sms.text, due.sms.script_hash
        try:
            return await self._pouch.scripts.sms_text(due.fraud_type, due.sms.occasion.value)
        except ScriptMissing:
            return "", ""

    def _hindered(self, case: Case, sms: Sms, text: str, now: datetime) -> str:
        """Why it is not sent, as a code."""
        if self._pouch.gateway is None:
            if not self._told_no_gateway:
                log.warning("sms cannot be sent", advice=str(NoGateway()))
            self._told_no_gateway = True
            return "no_gateway"
        if now >= self._expires_at(sms):
            return "no_receipt" if sms.state is SmsState.SENT else "too_late"
        if case.person.officer_only and not case.grade.serious:
            return "opted_out"
        return unsafe(text, self._pouch.centre.name, self._pouch.centre.call_back) if text else "no_text"

    def _expires_at(self, sms: Sms) -> datetime:
        return sms.wanted_at + timedelta(seconds=self._pouch.settings.give_up_after_seconds)

    async def _keep(self, sms_id: str, *, next_try_at: datetime | None, sent: bool = False) -> None:
        """What became of the try, unless a receipt was faster."""
        now = self._pouch.clock.now()
        async with self._pouch.files.transaction() as file:
            case, sms = await _locked(file, sms_id)
            if sms.state not in WAITING:
                return
            after = replace(sms, next_try_at=next_try_at)
            if sent and sms.state is SmsState.WANTED:
                after = replace(after, state=SmsState.SENT, sent_at=now)
                facts = {"sms": sms.id, "occasion": sms.occasion.value, "script": sms.script_hash}
                await file.write_history(case.id, "sms_sent", facts, now)
            await file.save_sms(after)


async def _locked(file: CaseFile, sms_id: str) -> tuple[Case, Sms]:
    case = await file.case(await file.case_of_sms(sms_id))
    return case, await file.sms(sms_id)


async def _told(file: CaseFile, case: Case, sms: Sms) -> None:
    """Write down how far it is, on the case and for the world."""
    await file.save_sms(sms)
    at = sms.told_at or sms.wanted_at
    facts = {"sms": sms.id, "occasion": sms.occasion.value, "state": sms.state.value, "code": sms.code}
    await file.write_history(case.id, f"sms_{sms.state.value}", facts, at)
    await tell(file, case, Announcement.SMS_TOLD, facts, at)
