"""The call-back's promises, over SQLite and PostgreSQL: rung inside the gap, once in a case, whoever dies between any two steps."""

import io
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from rich.console import Console

from dialer.console.audit import audit_sheet
from dialer.console.casebook import story_sheet
from dialer.domain.attempt import AttemptState, ClaimedAttempt, TalkToResume
from dialer.domain.callback import STILL_WITHIN
from dialer.domain.contacts import Listing
from dialer.domain.stop import StopLevel
from dialer.errors import CaseConflict, NumberListed
from dialer.ids import new_id
from dialer.ports.contacts import Entry
from dialer.settings import CentreSettings
from dialer.versions.scripts import Scripts, version_of
from tests.centre import NUMBER, Centre, open_centre
from tests.orders import SCRIPTS
from tests.reports import report, turn
from voice.report import Conclusion, HangupCause, Rang, Standing
from voice.script.loader import load
from voice.script.model import Script

pytestmark = pytest.mark.contract
REFUND = load(SCRIPTS / "flight_refund.yaml", SCRIPTS / "shared")
TALK = Standing("act", ("warn",), Conclusion.WARNED, {"transferred": "no"})


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


async def answered(centre: Centre) -> ClaimedAttempt:
    """Somebody has picked up, and has had one turn of the talk."""
    await centre.alert()
    attempt = await centre.dial()
    log, now = centre.storage.casebook, centre.clock.now()
    await log.note_progress(attempt.hold, "answered", now)
    await log.note_turn_ended(attempt.hold, turn(1), now, TALK, now)
    return attempt


async def worker_dies(centre: Centre, attempt: ClaimedAttempt, *, after: float = 5) -> None:
    centre.clock.pass_by(after)
    assert await centre.runner.lose(attempt.id, Rang.YES, centre.clock.now(), dead=True)


async def test_a_dropped_talk_is_rung_back_inside_the_gap_with_all_that_is_needed_to_go_on(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)

    [due] = await centre.storage.casebook.due_attempts(centre.clock.now(), 10)
    assert due.resumes == talk.id
    back = await centre.claim()

    assert back is not None
    assert back.talk == TalkToResume(talk.id, "f" * 64, TALK)
    assert back.deadline - centre.clock.now() <= timedelta(seconds=10)


async def test_so_is_one_whose_line_broke(centre: Centre) -> None:
    talk = await answered(centre)
    now = centre.clock.now()
    told = report(now, HangupCause.DROPPED, Conclusion.WARNED, attempt=talk.id, standing=Standing("promise"))
    await centre.runner.finish(told, now)

    back = await centre.claim()

    assert back is not None
    assert back.talk is not None
    assert back.talk.standing == Standing("promise"), "the report knows better than the last turn"
    assert await centre.runner.finish(told, now) is None, "told twice, it rings once"


async def test_without_a_turn_it_is_taken_up_from_the_beginning(centre: Centre) -> None:
    await centre.alert()
    talk = await centre.dial()
    await centre.storage.casebook.note_progress(talk.hold, "answered", centre.clock.now())
    await worker_dies(centre, talk)

    back = await centre.claim()

    assert back is not None
    assert back.talk == TalkToResume(talk.id, "f" * 64, Standing())


@pytest.mark.parametrize(("progress", "dead"), [("ringing", True), ("answered", False)])
async def test_without_a_committed_answer_or_a_dead_worker_the_gap_holds(
    centre: Centre, progress: str, dead: bool
) -> None:
    await centre.alert()
    talk = await centre.dial()
    await centre.storage.casebook.note_progress(talk.hold, progress, centre.clock.now())
    await centre.runner.lose(talk.id, Rang.YES, centre.clock.now(), dead=dead)

    assert await centre.claim() is None
    centre.clock.pass_by(119)
    assert await centre.claim() is None
    centre.clock.pass_by(2)
    again = await centre.claim()
    assert again is not None
    assert again.talk is None


async def test_a_second_loss_brings_no_second_call_back(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    back = await centre.dial()
    await centre.storage.casebook.note_progress(back.hold, "answered", centre.clock.now())
    await worker_dies(centre, back)

    assert await centre.claim() is None, "now the gap holds"
    story = await centre.story(talk.case_id)
    assert [each.resumes for each in story.attempts] == ["", talk.id, ""]


async def test_a_call_back_that_never_left_the_house_is_not_ordered_again(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    back = await centre.dial()
    await centre.runner.lose(back.id, Rang.NEVER, centre.clock.now(), dead=True)

    assert await centre.claim() is None
    centre.clock.pass_by(125)
    again = await centre.claim()
    assert again is not None
    assert again.talk is None


async def test_a_claim_that_a_dead_daemon_left_is_the_same_call_back_again(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    first = await centre.claim()
    assert first is not None
    await centre.storage.casebook.release(first.hold, centre.clock.now(), "owner_died")

    again = await centre.claim("node-2")

    assert again is not None
    assert (again.id, again.talk) == (first.id, first.talk)


async def test_the_database_itself_refuses_a_second_call_back_in_a_case(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    back = await centre.dial()
    now = centre.clock.now()
    await centre.runner.finish(report(now, HangupCause.NO_ANSWER, attempt=back.id), now)

    with pytest.raises(CaseConflict):
        async with centre.storage.casebook.transaction() as file:
            [pending] = [each for each in (await centre.story(talk.case_id)).attempts if each.state is AttemptState.DUE]
            await file.end_attempt(pending.id, AttemptState.CANCELLED, at=now, rang=Rang.NEVER, outcome=None)
            await file.add_attempt(
                new_id(now), talk.case_id, due_at=now, deadline=now, reason=back.reason, now=now, resumes=back.id
            )


async def test_what_waited_for_too_long_is_a_call_like_any_other(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk, after=100)
    await centre.storage.brake.order(StopLevel.NO_NEW_CALLS, "an officer", "why", centre.clock.now())
    assert await centre.storage.casebook.due_attempts(centre.clock.now(), 10) == []
    centre.clock.pass_by(STILL_WITHIN.total_seconds())
    await centre.storage.brake.order(StopLevel.GO, "an officer", "why", centre.clock.now())

    late = await centre.claim()

    assert late is not None
    assert late.talk is None


async def test_a_number_on_a_list_is_not_rung_back(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    async with centre.storage.casebook.transaction() as file:
        entry = Entry(new_id(talk.due_at), Listing.BLOCKED, NUMBER, "", "投诉", "zhang", centre.clock.now(), None)
        await file.put_on_list(entry)
    with pytest.raises(NumberListed):
        await centre.claim()


async def test_the_case_tells_that_the_gap_was_overridden_and_where_the_talk_goes_on(centre: Centre) -> None:
    talk = await answered(centre)
    await worker_dies(centre, talk)
    back = await centre.claim()
    assert back is not None
    await centre.storage.casebook.begin_dialling(
        back.hold,
        call_id="call-2",
        script_hash="f" * 64,
        now=centre.clock.now(),
        hours_rule="resumes",
        goes_on_at="act",
    )

    told = {line.what: line.facts for line in (await centre.story(talk.case_id)).history if line.attempt_id == back.id}

    assert told["gap_overridden"] == {"rule": "resumes", "goes_on_at": "act"}
    assert told["hours_overridden"] == {"rule": "resumes"}
    assert told["attempt_due"].items() >= {"resumes": talk.id, "goes_on_at": "act"}.items()
    story, words = (
        await centre.story(talk.case_id),
        f"attempt {back.id[-8:]} calls back, because the line broke in the talk",
    )
    for sheet in (audit_sheet, story_sheet):
        page = Console(file=io.StringIO(), width=200, record=True)
        page.print(sheet(story, "Asia/Shanghai"))
        [line] = [line for line in page.export_text().splitlines() if words in line]
        assert line.rstrip().endswith(f"of attempt {talk.id[-8:]}; it goes on at act")


# --- the script that it follows


async def published(centre: Centre, script: Script) -> Script:
    await centre.storage.shelf.publish([version_of(script, "zhang", "", centre.clock.now())])
    return script


def calling_back(claimed: ClaimedAttempt, followed: str, standing: Standing) -> ClaimedAttempt:
    return replace(claimed, talk=TalkToResume("talk", followed, standing))


async def test_it_follows_the_version_that_the_dropped_talk_followed(centre: Centre) -> None:
    scripts, old = Scripts(centre.storage.shelf, CentreSettings()), await published(centre, REFUND)
    await published(centre, replace(REFUND, hash="n" * 64, title="new"))
    await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None

    script, standing, goes_on_at = await scripts.for_talk(calling_back(claimed, old.hash, TALK))

    assert (script.hash, script.opening, standing, goes_on_at) == (old.hash, "resumed", TALK, "act")
    assert script.steps["resumed_who.himself"].then == "resume.warn", "the warning was cut short"
    ordinary, none, nowhere = await scripts.for_talk(claimed)
    assert (ordinary.hash, ordinary.opening, none, nowhere) == ("n" * 64, "opening", None, "")


@pytest.mark.parametrize("known", [True, False])
async def test_in_another_version_the_talk_begins_anew_with_all_that_was_learned(centre: Centre, known: bool) -> None:
    """The one it followed is of an older release, or lies in another database."""
    scripts = Scripts(centre.storage.shelf, CentreSettings())
    old = replace(REFUND, hash="o" * 64, resuming="")
    if known:
        await published(centre, old)
    await published(centre, REFUND)
    await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None

    script, standing, goes_on_at = await scripts.for_talk(calling_back(claimed, old.hash, TALK))

    assert (script.hash, script.opening, goes_on_at) == (REFUND.hash, "resumed", "asked")
    assert standing == Standing(conclusion=Conclusion.WARNED, facts={"transferred": "no"})


async def test_where_no_version_opens_a_call_back_he_is_rung_with_the_opening_of_every_call(centre: Centre) -> None:
    scripts, old = (
        Scripts(centre.storage.shelf, CentreSettings()),
        await published(centre, replace(REFUND, resuming="")),
    )
    await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None

    script, _, goes_on_at = await scripts.for_talk(calling_back(claimed, old.hash, TALK))

    assert (script.opening, goes_on_at) == ("opening", "opening")
