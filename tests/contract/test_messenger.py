"""SMS beside calls, over real storage: made once, given to the gateway until it answers, and never two inside the gap."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import Any

import pytest

from dialer.domain.sms import SmsState
from dialer.errors import BrokerDown
from dialer.filing.sms import Messenger, Pouch
from dialer.ports.work import Receipt
from dialer.settings import CentreSettings, SmsSettings
from dialer.versions.scripts import Scripts, version_of
from tests.centre import NUMBER, Centre, open_centre
from tests.fakes.gateway import RememberingGateway
from tests.reports import report
from tests.smallscript import SCRIPT
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.contract

TEXT = "【{centre}】请先不要转账，尽快回拨{call_back}。"
SENT = "【拉萨市反诈骗中心】请先不要转账，尽快回拨96110。"
SETTINGS = SmsSettings(gateway=True, retry_seconds=60, give_up_after_seconds=3600)


@dataclass
class Office:
    """A centre with a messenger and a gateway that remembers."""

    centre: Centre
    gateway: RememberingGateway | None = field(default_factory=RememberingGateway)

    def __post_init__(self) -> None:
        self.messenger = self.another_node()

    def another_node(self) -> Messenger:
        storage, settings = self.centre.storage, CentreSettings()
        scripts = Scripts(storage.shelf, settings)
        pouch = Pouch(storage.casebook, storage.work, scripts, self.gateway, self.centre.clock, settings, SETTINGS)
        return Messenger(pouch)

    @property
    def sent(self) -> list[tuple[str, str, bool]]:
        """Number, text and flash of everything that the gateway was given."""
        assert self.gateway is not None
        return [(due.number, due.sms.text, due.sms.flash) for due in self.gateway.sent]

    @property
    def sms_id(self) -> str:
        assert self.gateway is not None
        return self.gateway.sent[-1].sms.id

    async def publish(self, **texts: str) -> None:
        script = replace(SCRIPT, code="generic", hash=sha256(str(texts).encode()).hexdigest(), sms=texts)
        await self.centre.storage.shelf.publish([version_of(script, "li", "first", self.centre.clock.now())])

    async def not_reached(self, **given: Any) -> str:
        """An alert whose call finds nobody; its case."""
        case_id = (await self.centre.alert(**given)).case_id
        await self.centre.call_ends(HangupCause.NO_ANSWER)
        return case_id

    async def history(self, case_id: str) -> list[tuple[str, str]]:
        lines = (await self.centre.story(case_id)).history
        return [(line.what, line.facts.get("code", "")) for line in lines if line.what.startswith("sms_")]


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_centre(database) as centre:
        office = Office(centre)
        await office.publish(not_reached=TEXT, warned=TEXT, silent=TEXT)
        yield office


async def test_nobody_answers_and_an_sms_goes_out_and_its_receipts_come_back(office: Office) -> None:
    case_id = await office.not_reached(grade="特急")
    await office.messenger.send_all()
    await office.messenger.receive(Receipt(office.sms_id, SmsState.ACCEPTED, "0"))
    await office.messenger.receive(Receipt(office.sms_id, SmsState.DELIVERED, "DELIVRD"))

    assert office.sent == [(NUMBER, SENT, True)]
    assert await office.history(case_id) == [
        ("sms_wanted", ""),
        ("sms_sent", ""),
        ("sms_accepted", "0"),
        ("sms_delivered", "DELIVRD"),
    ]
    told = [row for row in await office.centre.storage.outbox.unpublished(99) if row.kind.startswith("sms_")]
    assert [row.kind for row in told] == ["sms_wanted", "sms_told", "sms_told"]
    assert NUMBER not in str([row.payload for row in told])


async def test_receipts_that_come_twice_late_or_from_nowhere_change_nothing(office: Office) -> None:
    case_id = await office.not_reached()
    await office.messenger.send_all()
    await office.messenger.receive(Receipt(office.sms_id, SmsState.DELIVERED))
    before = await office.history(case_id)
    for state in (SmsState.DELIVERED, SmsState.ACCEPTED, SmsState.FAILED):
        await office.messenger.receive(Receipt(office.sms_id, state))
    await office.messenger.receive(Receipt("nobody-knows", SmsState.DELIVERED))

    assert await office.history(case_id) == before


async def test_without_a_receipt_the_same_sms_is_given_again_until_it_is_too_late(office: Office) -> None:
    case_id = await office.not_reached(grade="低")
    await office.messenger.send_all()
    await office.messenger.send_all()
    assert len(office.sent) == 1

    office.centre.clock.pass_by(60)
    await office.messenger.send_all()
    assert office.sent == [(NUMBER, SENT, False)] * 2
    assert office.gateway is not None
    assert len({due.sms.id for due in office.gateway.sent}) == 1

    office.centre.clock.pass_by(3600)
    await office.messenger.send_all()
    assert len(office.sent) == 2
    assert (await office.history(case_id))[-1] == ("sms_failed", "no_receipt")


async def test_an_accepted_sms_is_not_given_again(office: Office) -> None:
    await office.not_reached()
    await office.messenger.send_all()
    await office.messenger.receive(Receipt(office.sms_id, SmsState.ACCEPTED))
    office.centre.clock.pass_by(600)
    await office.messenger.send_all()

    assert len(office.sent) == 1


async def test_two_nodes_give_it_once(office: Office) -> None:
    await office.not_reached()
    nodes = [office.another_node() for _ in range(4)]
    await asyncio.gather(*(node.send_all() for node in nodes))

    assert len(office.sent) == 1


async def test_an_sms_waits_for_a_broker_that_is_away(office: Office) -> None:
    assert office.gateway is not None
    case_id = await office.not_reached()
    office.gateway.away = True
    with pytest.raises(BrokerDown):
        await office.messenger.send_all()
    office.gateway.away = False
    office.centre.clock.pass_by(5)
    await office.messenger.send_all()

    assert len(office.sent) == 1
    assert [what for what, _ in await office.history(case_id)] == ["sms_wanted", "sms_sent"]


async def test_never_two_of_one_occasion_inside_the_gap(office: Office) -> None:
    case_id = await office.not_reached(grade="高")  # gap 1800 s
    office.centre.clock.pass_by(301)
    await office.centre.call_ends(HangupCause.NO_ANSWER)
    await office.messenger.send_all()
    assert len(office.sent) == 1
    assert [what for what, _ in await office.history(case_id)] == ["sms_wanted", "sms_inside_the_gap", "sms_sent"]

    office.centre.clock.pass_by(1800)
    await office.messenger.receive(Receipt(office.sms_id, SmsState.DELIVERED))
    await office.centre.call_ends(HangupCause.NO_ANSWER)
    await office.messenger.send_all()
    assert len(office.sent) == 2


async def test_another_occasion_has_a_gap_of_its_own(office: Office) -> None:
    await office.not_reached()
    office.centre.clock.pass_by(301)
    attempt = await office.centre.dial()
    now = office.centre.clock.now()
    await office.centre.runner.finish(report(now, conclusion=Conclusion.WARNED, attempt=attempt.id), now)
    await office.messenger.send_all()

    assert office.gateway is not None
    assert [due.sms.occasion.value for due in office.gateway.sent] == ["not_reached", "warned"]


async def test_a_script_without_a_text_and_a_text_that_is_unsafe_send_nothing(office: Office) -> None:
    await office.publish(not_reached="【{centre}】详情看 http://96110.cn")
    unsafe = await office.not_reached()
    await office.messenger.send_all()
    await office.publish()
    mute = await office.not_reached(number="13900139000")
    await office.messenger.send_all()

    assert office.sent == []
    assert (await office.history(unsafe))[-1] == ("sms_unsendable", "link")
    assert (await office.history(mute))[-1] == ("sms_unsendable", "no_text")


async def test_without_a_gateway_it_is_recorded_as_unsendable(office: Office) -> None:
    lonely = Office(office.centre, gateway=None)
    case_id = await lonely.not_reached()
    await lonely.messenger.send_all()
    await lonely.messenger.send_all()

    assert await lonely.history(case_id) == [("sms_wanted", ""), ("sms_unsendable", "no_gateway")]


async def test_what_is_too_old_is_not_sent_at_all(office: Office) -> None:
    case_id = await office.not_reached()
    office.centre.clock.pass_by(3601)
    await office.messenger.send_all()

    assert office.sent == []
    assert (await office.history(case_id))[-1] == ("sms_unsendable", "too_late")


async def test_who_opts_out_while_an_sms_waits_gets_none_on_a_low_grade(office: Office) -> None:
    case_id = await office.not_reached(grade="中")
    office.centre.clock.pass_by(1801)
    attempt = await office.centre.dial()
    now = office.centre.clock.now()
    await office.centre.runner.finish(report(now, conclusion=Conclusion.OPTED_OUT, attempt=attempt.id), now)
    await office.messenger.send_all()

    assert office.sent == []
    assert (await office.history(case_id))[-1] == ("sms_unsendable", "opted_out")
