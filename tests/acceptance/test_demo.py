"""`quanzu demo`: three calls over real SIP, looked at from outside. What the telephones recorded is in test_demo_sound.py."""

import json
import re
from datetime import timedelta

import pytest

from dialer.bus.payloads import news
from dialer.bus.topics import Topics
from dialer.calling.brief import LONGEST, LONGEST_MS, hanzi
from dialer.domain.case import CaseState
from dialer.domain.escalation import EscalationState
from dialer.domain.outcome import Outcome
from dialer.ports import OutboxRow
from tests.demo import Demo, Demos, moment
from voice.report import Conclusion, HangupCause

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

NUMBERS = ("13800000001", "13800000002", "13800000003")
SUMS = ("990000", "九十九万", "99万")
SMS = ("sms_wanted", "sms_told")
REDIAL_AFTER_BUSY = timedelta(seconds=120)


# --- the command


def test_it_ends_by_itself_and_says_that_all_came_out_as_it_should(demo: Demo) -> None:
    assert demo.code == 0, demo.printed
    assert demo.seconds < 150
    assert demo.summary["ok"] is True
    assert [call["faults"] for call in demo.summary["calls"]] == [[], [], []]


def test_it_fails_when_the_citizens_say_nothing(demos: Demos) -> None:
    assert demos.silent.code != 0
    assert demos.silent.summary["ok"] is False
    assert all(call["faults"] for call in demos.silent.summary["calls"])
    assert {call["outcome"] for call in demos.silent.summary["calls"]} <= {Outcome.UNHEARD, Outcome.HANDED_TO_OFFICER}


def test_nothing_that_silent_citizens_never_said_is_heard(demos: Demos) -> None:
    heard = [turn["heard"] for call in demos.silent.summary["calls"] for turn in call["turns"]]
    assert heard
    assert not any(heard)


def test_the_terminal_shows_who_says_what_and_what_was_understood(demo: Demo) -> None:
    flat = "".join(demo.printed.split())
    for role in ("promises", "transferred"):
        for turn in demo.call(role)["turns"]:
            assert "".join(turn["said"].split()) in flat
            assert turn["heard"].replace(" ", "") in flat
    assert f"--seed{demo.summary['seed']}" in flat
    for path in (demo.call("promises")["recording"], demo.call("transferred")["page"]):
        assert path in flat


def test_the_terminal_shows_no_whole_number(demo: Demo) -> None:
    assert "138****0001" in demo.printed
    assert not [number for number in NUMBERS if number in demo.printed]


# --- call a: listens and promises


def test_the_first_citizen_is_warned_and_promises(demo: Demo) -> None:
    call = demo.call("promises")
    assert call["grade"] == "高"
    assert call["outcome"] == Outcome.REACHED_PROMISED
    assert call["outcome_text"] == "warned, promised"
    assert call["conclusion"] == Conclusion.PROMISED
    assert call["hangup_cause"] == HangupCause.NORMAL
    confirmed = any(turn["step"] == "promise.confirm" for turn in call["turns"])
    assert call["facts"].get("promised") == "yes" or confirmed  # who says no more than 好的 is asked once more
    assert call["officer"] is None


def test_every_turn_tells_what_was_said_heard_and_understood(demo: Demo) -> None:
    turns = demo.call("promises")["turns"]
    assert [turn["turn"] for turn in turns] == list(range(len(turns)))
    greeting, *replied, last = turns
    assert greeting["said"] == ""
    for turn in replied:
        assert turn["said"]
        assert turn["heard"]
        assert turn["understood"]
    assert {"will_stop"} <= {intent for turn in replied for intent in turn["understood"]}
    assert last["said"]
    assert last["reply_gap_ms"] is None  # nothing was said after it


def test_a_reply_is_answered_within_a_breath(demo: Demo) -> None:
    gaps = [turn["reply_gap_ms"] for role in ("promises", "transferred") for turn in demo.call(role)["turns"]]
    answered = [gap for gap in gaps if gap is not None]
    assert len(answered) >= 6
    assert all(0 < gap < 2000 for gap in answered)


async def test_a_promise_is_followed_up_and_not_closed(demo: Demo) -> None:
    story = await demo.story("promises")
    assert story.case.state is CaseState.FOLLOW_UP
    assert story.line.outcome is Outcome.REACHED_PROMISED
    assert story.line.next_due_at is not None
    assert moment(demo.call("promises")["next_attempt_at"]) == story.line.next_due_at


# --- call b: has transferred, and an officer takes the call


def test_the_second_citizen_is_handed_to_an_officer(demo: Demo) -> None:
    call = demo.call("transferred")
    assert call["grade"] == "特急"
    assert call["outcome"] == Outcome.HANDED_TO_OFFICER
    assert call["conclusion"] == Conclusion.HANDED_OVER
    assert call["hangup_cause"] == HangupCause.NORMAL
    assert call["facts"].items() >= {"transferred": "yes", "amount_yuan": "990000"}.items()
    assert "transferred" in {intent for turn in call["turns"] for intent in turn["understood"]}


def test_the_brief_is_short_and_says_what_he_must_know(demo: Demo) -> None:
    officer = demo.call("transferred")["officer"]
    assert "九十九万" in officer["brief"]
    assert 0 < hanzi(officer["brief"]) <= LONGEST == 20
    assert 0 < officer["brief_ms"] <= LONGEST_MS == 6000


async def test_the_case_shows_who_took_it_and_when(demo: Demo) -> None:
    story = await demo.story("transferred")
    [escalation] = story.attempts[0].escalations
    assert story.case.state is CaseState.WITH_OFFICER
    assert story.case.officer == escalation.officer == "值班民警"
    assert story.case.officer_at == escalation.bridged_at
    assert escalation.state is EscalationState.ENDED
    assert story.line.next_due_at is None


async def test_the_officer_is_rung_briefed_accepts_and_is_bridged_in_this_order(demo: Demo) -> None:
    attempt = (await demo.story("transferred")).attempts[0]
    [escalation] = attempt.escalations
    times = [
        attempt.answered_at,
        escalation.wanted_at,
        escalation.ringing_at,
        escalation.briefed_at,
        escalation.accepted_at,
        escalation.bridged_at,
        escalation.ended_at,
        attempt.ended_at,
    ]
    assert all(times)
    assert times == sorted(times)  # type: ignore[type-var]
    assert escalation.bridged_at is not None
    assert escalation.bridged_at <= escalation.deadline


# --- call c: busy


async def test_a_busy_line_is_a_danger_sign_and_is_rung_again_in_two_minutes(demo: Demo) -> None:
    story = await demo.story("busy")
    first, second = story.attempts
    assert story.case.grade.value == "高"
    assert first.outcome is Outcome.BUSY
    assert (first.cause, first.sip_code) == (HangupCause.BUSY, 486)
    assert [danger.sign.text for danger in story.dangers] == ["busy 1 of 3"]
    assert first.ended_at is not None
    assert abs(second.due_at - first.ended_at - REDIAL_AFTER_BUSY) < timedelta(seconds=1)
    assert story.case.state is CaseState.OPEN


def test_the_summary_says_so_too(demo: Demo) -> None:
    call = demo.call("busy")
    assert call["outcome"] == Outcome.BUSY
    assert call["conclusion"] == Conclusion.NOTHING
    assert call["hangup_cause"] == HangupCause.BUSY
    assert call["danger_signs"] == ["busy 1 of 3"]
    assert call["turns"] == []
    assert call["recording"] == ""


# --- what the world is told


def test_all_news_are_told_in_their_order(demo: Demo) -> None:
    rows = demo.rows("SELECT * FROM outbox ORDER BY id")
    assert all(row["published_at"] for row in rows)
    assert [row["published_at"] for row in rows] == sorted(row["published_at"] for row in rows)
    assert _kinds(demo, "promises") == ["case_opened", "attempt_due", "attempt_ended", "attempt_due", *SMS]
    assert _kinds(demo, "transferred") == [
        *("case_opened", "attempt_due"),
        *("officer_wanted", "officer_took", "attempt_ended"),
        "work_wanted",  # the stop payment of what was paid already
    ]
    assert _kinds(demo, "busy") == ["case_opened", "attempt_due", "attempt_ended", "danger_noted", "attempt_due", *SMS]


def test_news_carry_the_outcome_and_nothing_about_a_person(demo: Demo) -> None:
    told = [news(_row(row), Topics()) for row in demo.rows("SELECT * FROM outbox ORDER BY id")]
    outcomes = [json.loads(each.payload)["facts"].get("outcome") for each in told]
    assert sorted(filter(None, outcomes)) == ["busy", "handed_to_officer", "reached_promised"]
    for each in told:
        assert not _personal(demo, each.topic)
        assert not _personal(demo, each.payload.decode())


# --- what is kept


@pytest.mark.parametrize("role", ["promises", "transferred", "busy"])
def test_a_page_needs_nothing_but_itself(demo: Demo, role: str) -> None:
    page = (demo.folder / "pages" / f"{role}.html").read_text(encoding="utf-8")
    assert demo.call(role)["page"] == str(demo.folder / "pages" / f"{role}.html")
    assert "http:" not in page
    assert "https:" not in page
    assert "@import" not in page
    named = re.findall(r"""(?:src|href|srcset|action|data)\s*=\s*["']([^"']*)""", page)
    assert all(each.startswith(("data:", "#")) for each in named)
    players = {"promises": 1, "transferred": 2, "busy": 0}[role]  # the call; and the brief in a player of its own
    assert page.count("data:audio/wav;base64,") == players
    assert page.count("<audio") == players


def test_a_page_has_the_transcript(demo: Demo) -> None:
    page = (demo.folder / "pages" / "promises.html").read_text(encoding="utf-8")
    for turn in demo.call("promises")["turns"]:
        assert turn["said"] in page
        assert turn["heard"] in page


def test_the_log_tells_nothing_about_a_person(demo: Demo) -> None:
    log = (demo.folder / "daemon.log").read_text(encoding="utf-8")
    assert "attempt ended" in log  # it is the right file, and it was written to
    assert not _personal(demo, log)


def test_names_of_files_tell_nothing_about_a_person(demo: Demo) -> None:
    names = [str(path.relative_to(demo.folder)) for path in demo.folder.rglob("*")]
    assert len(names) > 20
    assert not [name for name in names if _personal(demo, name)]


def _kinds(demo: Demo, role: str) -> list[str]:
    rows = demo.rows("SELECT kind FROM outbox WHERE case_id = ? ORDER BY id", demo.call(role)["case"])
    return [str(row["kind"]) for row in rows]


def _row(row: dict[str, object]) -> OutboxRow:
    at = moment(f"{row['created_at']}+00:00")
    return OutboxRow(int(str(row["id"])), str(row["kind"]), str(row["case_id"]), json.loads(str(row["payload"])), at)


def _personal(demo: Demo, text: str) -> list[str]:
    """Which numbers, sums and sentences of the calls are in this text."""
    spoken = {
        part
        for call in demo.summary["calls"]
        for turn in call["turns"]
        for part in [*re.split("[。？！，]", turn["said"]), turn["heard"], turn["heard"].replace(" ", "")]
        if hanzi(part) > 1
    }
    assert spoken
    return [each for each in (*NUMBERS, *SUMS, *spoken) if each in text]
