"""The demo's calls by their sound: what each telephone heard and sent, and what we recorded ourselves.

Voices are found by cross-correlation with the files they were played from; see tests/sound.py.
"""

from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path

import pytest

from tests.demo import Demo
from tests.sound import FRAME, Samples, audible, find, voiced, voices
from tests.telephone import read_wav
from voice.ports import SAMPLE_RATE

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]

TALKS = ["promises", "transferred"]
CONTROLS = 5
GAP_TOLERANCE_MS = 120


@pytest.mark.parametrize("role", TALKS)
async def test_the_citizen_hears_every_sentence_that_we_claim_to_have_said(demo: Demo, role: str) -> None:
    heard, prompts = demo.heard_by(role), await demo.prompts()
    for said in await _said_to_end(demo, role):
        sentences = _sentences(said, list(prompts))
        found = {text: find(prompts[text], heard) for text in sentences}
        assert all(each.there for each in found.values()), found
        order = [each.at for each in found.values()]
        assert order == sorted(order)


@pytest.mark.parametrize("role", TALKS)
async def test_sentences_that_were_never_said_are_not_found(demo: Demo, role: str) -> None:
    """The control: what finds our sentences does not find just anything that our voice could say."""
    heard, prompts = demo.heard_by(role), await demo.prompts()
    said = "".join(turn["said"] for turn in demo.call(role)["turns"])
    strange = [text for text in prompts if _in_common(text, said) <= 2]
    longest = sorted(strange, key=len)[-CONTROLS:]
    assert len(longest) == CONTROLS
    found = {text: find(prompts[text], heard) for text in longest}
    assert all(each.absent for each in found.values()), found


async def test_the_officer_hears_the_brief_and_the_citizen_never_does(demo: Demo) -> None:
    brief = await demo.brief()
    assert len(brief) <= 6 * SAMPLE_RATE
    assert find(brief, demo.heard_by("officer")).there
    left, right = demo.recording("transferred")
    for kept_from_it in (demo.heard_by("transferred"), left, right):
        assert find(brief, kept_from_it).absent


async def test_the_file_of_the_brief_holds_the_brief_and_nothing_else(demo: Demo) -> None:
    [recorded] = read_wav(Path(demo.call("transferred")["brief_recording"]))
    brief = await demo.brief()
    assert find(brief, recorded).there
    [(first, last)] = voiced(recorded, pause_seconds=1.0)
    assert (last - first) / SAMPLE_RATE <= 6
    assert last - first <= len(brief) + SAMPLE_RATE // 5


async def test_before_the_bridge_the_officer_hears_nothing_of_the_citizen(demo: Demo) -> None:
    before, _ = await _citizen_before_and_after(demo)
    heard = demo.heard_by("officer")
    assert len(before) >= 2
    assert all(find(voice, heard).absent for voice in before)


async def test_after_the_bridge_both_hear_each_other(demo: Demo) -> None:
    _, after = await _citizen_before_and_after(demo)
    assert after, "the citizen said nothing to the officer"
    assert all(find(voice, demo.heard_by("officer")).there for voice in after)
    of_officer = voices(demo.sent_by("officer"))
    assert of_officer, "the officer said nothing to the citizen"
    assert all(find(voice, demo.heard_by("transferred")).there for voice in of_officer)


async def test_after_the_bridge_both_are_on_our_recording(demo: Demo) -> None:
    left, right = demo.recording("transferred")
    _, after = await _citizen_before_and_after(demo)
    assert all(find(voice, right).there for voice in after)
    assert all(find(voice, left).there for voice in voices(demo.sent_by("officer")))


@pytest.mark.parametrize("role", TALKS)
async def test_our_recording_is_of_the_whole_call(demo: Demo, role: str) -> None:
    left, right = demo.recording(role)
    attempt = (await demo.story(role)).attempts[0]
    assert attempt.answered_at is not None
    assert attempt.ended_at is not None
    seconds = (attempt.ended_at - attempt.answered_at).total_seconds()
    assert len(left) == len(right)
    assert len(left) / SAMPLE_RATE == pytest.approx(seconds, abs=1.0)
    assert len(left) / SAMPLE_RATE == pytest.approx(len(demo.heard_by(role)) / SAMPLE_RATE, abs=1.0)
    assert demo.call(role)["recording_seconds"] == pytest.approx(len(left) / SAMPLE_RATE, abs=0.01)


@pytest.mark.parametrize("role", TALKS)
def test_on_the_left_is_all_that_the_citizen_was_sent(demo: Demo, role: str) -> None:
    left, _ = demo.recording(role)
    found = [find(voice, demo.heard_by(role)) for voice in voices(left)]
    assert len(found) >= 4
    assert all(each.there for each in found)
    assert [each.at for each in found] == sorted(each.at for each in found)
    sent = demo.sent_by(role)
    assert all(find(voice, left).absent for voice in voices(sent)), "his own voice is sent back to him"


@pytest.mark.parametrize("role", TALKS)
def test_on_the_right_is_all_that_the_citizen_sent(demo: Demo, role: str) -> None:
    left, right = demo.recording(role)
    found = [find(voice, right) for voice in voices(demo.sent_by(role))]
    assert len(found) >= 4
    assert all(each.there for each in found)
    assert [each.at for each in found] == sorted(each.at for each in found)
    assert all(find(voice, right).absent for voice in voices(left)), "what we say comes back from him"


@pytest.mark.parametrize("role", TALKS)
async def test_reply_gaps_are_what_the_recording_says(demo: Demo, role: str) -> None:
    left, right = demo.recording(role)
    turns = (await demo.story(role)).attempts[0].turns
    compared = 0
    for turn, following in pairwise(turns):
        if turn.reply_gap_ms is None:
            continue
        gap_ms = _gap_ms(left, right, following.started_ms)
        assert gap_ms > 0
        assert gap_ms == pytest.approx(turn.reply_gap_ms, abs=GAP_TOLERANCE_MS)
        compared += 1
    assert compared >= 2


def _gap_ms(left: Samples, right: Samples, prompt_from_ms: int) -> int:
    """From the last that is heard of him before our prompt to the first that is heard of it."""
    frame_ms = FRAME * 1000 // SAMPLE_RATE
    ours, his = audible(left), audible(right)
    begins = int(ours[ours >= prompt_from_ms // frame_ms][0])
    ended = int(his[his < begins][-1]) + 1
    return (begins - ended) * frame_ms


async def _said_to_end(demo: Demo, role: str) -> list[str]:
    turns = (await demo.story(role)).attempts[0].turns
    return [turn.said for turn in turns if turn.said and turn.said_to_end]


async def _citizen_before_and_after(demo: Demo) -> tuple[list[Samples], list[Samples]]:
    """What he sent before the officer was connected, and after."""
    sent, bridged = demo.sent_by("transferred"), await demo.bridged_at("transferred")
    stretches = voiced(sent)
    return (
        [sent[first:last] for first, last in stretches if last < bridged],
        [sent[first:last] for first, last in stretches if first > bridged],
    )


def _sentences(said: str, known: list[str]) -> list[str]:
    """The rendered sentences that this prompt was put together from."""
    found = []
    while said:
        first = max((text for text in known if said.startswith(text)), key=len)
        found.append(first)
        said = said.removeprefix(first)
    return found


def _in_common(text: str, said: str) -> int:
    """The longest run of characters that both have."""
    return SequenceMatcher(None, text, said, autojunk=False).find_longest_match().size
