"""Our telephone against SIPp, which nobody here wrote."""

import asyncio
import hashlib
import re
import time
from collections.abc import AsyncIterator
from itertools import pairwise
from pathlib import Path

import pytest

from tests.sipp import header, sipp
from tests.telephone import Told, level_of, loud_frames, pcm, read_wav, write_tone
from voice.ports import LegEnded, LegHeard, LegPlayed, LegRinging, Trunk
from voice.report import HangupCause, Rang
from voice.sip.endpoint import PjsuaPhone, SipSettings, open_phone
from voice.sip.recording import merge_stereo

pytestmark = pytest.mark.integration

TRUNK = Trunk()
HOLD_SECONDS = 0.2


@pytest.fixture
async def phone() -> AsyncIterator[PjsuaPhone]:
    phone = open_phone(SipSettings(), asyncio.get_running_loop())
    yield phone
    await phone.close()


@pytest.fixture
def told() -> Told:
    return Told()


async def test_the_call_id_we_committed_and_our_identity_are_on_the_wire(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("answer", tmp_path) as peer:
        trunk = Trunk(caller_id="96110", domain="centre.example")
        leg = phone.dial(peer.uri(), trunk, "attempt-1@quanzu", told.tell)
        await told.answered()
        leg.hang_up()
        await told.ended()
        assert peer.call_ids() == ["attempt-1@quanzu"]
        invite = peer.messages("INVITE ")[0]
        assert header(invite, "From").startswith("<sip:96110@centre.example>")
        assert header(invite, "P-Asserted-Identity") == "<sip:96110@centre.example>"
        assert header(invite, "User-Agent") == "Quanzu"
        offered = re.search(r"^m=audio \d+ RTP/AVP (.*)$", invite, re.MULTILINE)
        assert offered
        assert offered.group(1).split()[:2] == ["8", "0"], "A-law first, then u-law, nothing else but key presses"
        assert len(offered.group(1).split()) == 3


async def test_a_number_without_a_host_is_dialled_at_the_trunks_domain_through_its_proxy(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("answer", tmp_path) as peer:
        trunk = Trunk(proxy=f"sip:127.0.0.1:{peer.port};lr", domain="carrier.example")
        leg = phone.dial("13800138000", trunk, "by-proxy", told.tell)
        await told.answered()
        leg.hang_up()
        await told.ended()
        assert peer.messages("INVITE ")[0].startswith("INVITE sip:13800138000@carrier.example SIP/2.0")


@pytest.mark.parametrize(
    ("status", "reason", "cause", "rang"),
    [
        (486, "X-None: 0", HangupCause.BUSY, Rang.YES),
        (404, "X-None: 0", HangupCause.VACANT_NUMBER, Rang.MAYBE),
        (503, "X-None: 0", HangupCause.CONGESTION, Rang.MAYBE),
        (603, "X-None: 0", HangupCause.REJECTED, Rang.YES),
        (403, "X-None: 0", HangupCause.TRUNK_FAULT, Rang.MAYBE),
        (480, 'Reason: Q.850;cause=20;text="absent"', HangupCause.SWITCHED_OFF, Rang.MAYBE),
        (480, 'Reason: SIP;cause=480, Q.850;cause=1;text="x"', HangupCause.VACANT_NUMBER, Rang.MAYBE),
    ],
)
async def test_a_refusal_is_told_with_its_status_and_cause(
    phone: PjsuaPhone, told: Told, tmp_path: Path, *, status: int, reason: str, cause: HangupCause, rang: Rang
) -> None:
    async with sipp("refuse", tmp_path, status=status, header=reason) as peer:
        phone.dial(peer.uri(), TRUNK, "refused", told.tell)
        assert await told.ended() == LegEnded(cause, status, by_far_end=True, rang=rang)
        assert told.events == [LegEnded(cause, status, by_far_end=True, rang=rang)]


async def test_call_forwarding_is_a_302_and_is_not_followed(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    async with sipp("forward", tmp_path) as peer:
        phone.dial(peer.uri(), TRUNK, "forwarded", told.tell)
        ended = await told.ended()
        assert (ended.cause, ended.sip_code) == (HangupCause.FORWARDED, 302)
        assert len(peer.call_ids()) == 1


async def test_a_403_after_ringing_is_a_rejection_by_the_person(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    async with sipp("ring_then_refuse", tmp_path, status=403) as peer:
        phone.dial(peer.uri(), TRUNK, "rang", told.tell)
        assert await told.ended() == LegEnded(HangupCause.REJECTED, 403, by_far_end=True, rang=Rang.YES)
        assert told.all_of(LegRinging) == [LegRinging(180)]


async def test_hanging_up_while_it_rings_sends_cancel(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    async with sipp("ring", tmp_path) as peer:
        leg = phone.dial(peer.uri(), TRUNK, "unanswered", told.tell)
        await told.first(LegRinging)
        leg.hang_up()
        assert await told.ended() == LegEnded(HangupCause.NO_ANSWER, 487, by_far_end=False, rang=Rang.YES)
        await peer.received("CANCEL")
        await peer.received("ACK")
        assert peer.messages("BYE ") == []


@pytest.mark.parametrize(
    ("scenario", "cause", "code", "rang"),
    [("mute", HangupCause.TRUNK_FAULT, 0, Rang.MAYBE), ("deaf_to_cancel", HangupCause.NO_ANSWER, 487, Rang.YES)],
)
async def test_a_peer_that_says_nothing_keeps_neither_the_end_nor_the_closing_waiting(
    told: Told, tmp_path: Path, *, scenario: str, cause: HangupCause, code: int, rang: Rang
) -> None:
    phone = open_phone(SipSettings(), asyncio.get_running_loop())
    async with sipp(scenario, tmp_path) as peer:
        leg = phone.dial(peer.uri(), TRUNK, "mute", told.tell)
        await peer.invited(1)
        if scenario == "deaf_to_cancel":
            await told.first(LegRinging)
        leg.hang_up()
        assert await told.ended(1) == LegEnded(cause, code, by_far_end=False, rang=rang)
        begun = time.monotonic()
        await phone.close()
        assert time.monotonic() - begun < 3


async def test_a_leg_waits_for_a_free_slot_and_can_be_called_back(phone: PjsuaPhone, tmp_path: Path) -> None:
    async with sipp("mute", tmp_path) as peer:
        tolds = [Told() for _ in range(phone.slots + 1)]
        legs = [phone.dial(peer.uri(), TRUNK, f"slot-{number}", one.tell) for number, one in enumerate(tolds)]
        await peer.invited(phone.slots)
        legs[-1].hang_up()
        assert await tolds[-1].ended() == LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False, rang=Rang.NEVER)
        assert len(peer.call_ids()) == phone.slots


async def test_an_address_that_cannot_be_dialled_was_never_dialled(phone: PjsuaPhone, told: Told) -> None:
    phone.dial("sip:nobody here@@", TRUNK, "nonsense", told.tell)
    assert await told.ended() == LegEnded(HangupCause.NEVER_DIALLED, 0, by_far_end=False, rang=Rang.NEVER)


async def test_an_announcement_before_the_answer_is_early_media_and_is_not_heard(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("early", tmp_path, status=404) as peer:
        phone.dial(peer.uri(), TRUNK, "early", told.tell, record_heard=tmp_path / "h.wav")
        ended = await told.ended()
        assert told.events[0] == LegRinging(183, early=True)
        assert (ended.cause, ended.sip_code) == (HangupCause.VACANT_NUMBER, 404)
        assert LegHeard not in told.order
        assert not (tmp_path / "h.wav").exists()


async def test_an_answer_in_a_codec_we_do_not_speak_is_a_media_fault(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("wrong_codec", tmp_path) as peer:
        phone.dial(peer.uri(), TRUNK, "codec", told.tell)
        assert (await told.ended()).cause == HangupCause.MEDIA_FAULT


async def test_an_answered_call_without_one_packet_of_audio_is_a_media_fault(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("silent_answer", tmp_path) as peer:
        leg = phone.dial(peer.uri(), TRUNK, "no-rtp", told.tell)
        await told.answered()
        await told.heard_samples(8000 * 32 // 10)
        leg.hang_up()
        assert (await told.ended()).cause == HangupCause.MEDIA_FAULT


async def test_the_far_end_hangs_up(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    async with sipp("answer_then_bye", tmp_path, talk_ms=300) as peer:
        phone.dial(peer.uri(), TRUNK, "bye", told.tell)
        assert await told.ended() == LegEnded(HangupCause.NORMAL, 200, by_far_end=True, rang=Rang.YES)


async def test_the_trunks_challenge_is_answered_with_a_digest(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    async with sipp("challenge", tmp_path) as peer:
        leg = phone.dial(peer.uri(), Trunk(user="line7", password="s3cret"), "digest", told.tell)
        await told.answered()
        leg.hang_up()
        await told.ended()
        answer = dict(re.findall(r'(\w+)="?([^",]+)"?', header(peer.messages("INVITE ")[-1], "Proxy-Authorization")))
        assert answer["username"] == "line7"

        def md5(text: str) -> str:
            return hashlib.md5(text.encode()).hexdigest()

        first, second = md5("line7:trunk:s3cret"), md5(f"INVITE:{answer['uri']}")
        asked = f"{first}:{answer['nonce']}:{answer['nc']}:{answer['cnonce']}:auth:{second}"
        assert answer["response"] == md5(asked)


async def test_a_challenge_that_we_have_no_answer_to_is_the_trunks_fault(
    phone: PjsuaPhone, told: Told, tmp_path: Path
) -> None:
    async with sipp("challenge", tmp_path) as peer:
        phone.dial(peer.uri(), TRUNK, "no-digest", told.tell)
        assert await told.ended() == LegEnded(HangupCause.TRUNK_FAULT, 407, by_far_end=True, rang=Rang.NEVER)


async def test_both_directions_are_recorded_aligned_and_merged(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    sent, heard, stereo = tmp_path / "sent.wav", tmp_path / "heard.wav", tmp_path / "call.wav"
    prompt = [write_tone(tmp_path / f"part{part}.wav", 440, 0.5) for part in range(3)]
    async with sipp("answer", tmp_path, tone_hz=1000) as peer:
        leg = phone.dial(peer.uri(), TRUNK, "recorded", told.tell, record_sent=sent, record_heard=heard)
        await told.answered()
        leg.play(5, prompt)
        assert await told.first(LegPlayed) == LegPlayed(5)
        told.at_end = lambda: merge_stereo(sent, heard, stereo)
        leg.hang_up()
        await told.ended()
    left, right = read_wav(stereo)
    frames = loud_frames(left, 440)
    assert 74 <= len(frames) <= 77, "one and a half seconds of prompt"
    holes = [later - earlier - 1 for earlier, later in pairwise(frames)]
    assert max(holes) < 3, "less than 60 ms between two files"
    assert level_of(right[4000:8000], 1000) > 4000
    assert level_of(left, 1000) < 100
    assert level_of(right, 440) < 100
    assert abs(len(read_wav(sent)[0]) - len(read_wav(heard)[0])) <= 160
    assert level_of(pcm(b"".join(part.pcm for part in told.heard))[4000:8000], 1000) > 4000


async def test_silence_within_the_frame_when_playing_is_stopped(phone: PjsuaPhone, told: Told, tmp_path: Path) -> None:
    sent = tmp_path / "sent.wav"
    prompt = write_tone(tmp_path / "long.wav", 440, 5)
    async with sipp("answer", tmp_path) as peer:
        leg = phone.dial(peer.uri(), TRUNK, "barge-in", told.tell, record_sent=sent)
        await told.answered()
        leg.play(1, [prompt])
        await told.heard_samples(8000)
        clock = leg.sample_clock()
        leg.stop_playing()
        await told.heard_samples(12000)
        leg.hang_up()
        await told.ended()
    assert loud_frames(read_wav(sent)[0], 440)[-1] <= clock // 160 + 2
    assert told.all_of(LegPlayed) == []


async def test_bridged_people_hear_each_other_and_the_contact_never_hears_the_brief(
    phone: PjsuaPhone, tmp_path: Path
) -> None:
    brief = write_tone(tmp_path / "brief.wav", 440, 0.6)
    contact, officer = Told(), Told()
    files = {name: tmp_path / f"{name}.wav" for name in ("sent", "heard", "brief_sent", "brief_heard")}
    async with sipp("answer", tmp_path, tone_hz=700) as citizen, sipp("answer", tmp_path, tone_hz=1000) as police:
        first = phone.dial(
            citizen.uri(), TRUNK, "contact", contact.tell, record_sent=files["sent"], record_heard=files["heard"]
        )
        await contact.answered()
        second = phone.dial(
            police.uri("8001"),
            TRUNK,
            "officer",
            officer.tell,
            record_sent=files["brief_sent"],
            record_heard=files["brief_heard"],
        )
        await officer.answered()
        second.play(1, [brief])
        await officer.first(LegPlayed)
        bridged_at = first.sample_clock()
        phone.bridge(first, second)
        await contact.heard_samples(bridged_at + 8000)
        second.hang_up()
        await officer.ended()
        await contact.heard_samples(bridged_at + 12000)
        first.hang_up()
        await contact.ended()
    sent, heard = read_wav(files["sent"])[0], read_wav(files["heard"])[0]
    assert level_of(sent, 440) < 20, "the brief is the officer's alone"
    assert level_of(sent[:bridged_at], 1000) < 20
    assert level_of(sent[bridged_at + 1600 : bridged_at + 7000], 1000) > 4000, "the contact is sent the officer's voice"
    assert level_of(sent[bridged_at + 10000 :], 1000) < 500, "until the officer leaves"
    assert level_of(heard[bridged_at:], 700) > 4000
    before = read_wav(files["brief_sent"])[0]
    assert level_of(before, 440) > 3000
    assert level_of(before, 700) < 20, "the officer's own recording ends with the bridge"
    assert len(before) < 8000 * 2
