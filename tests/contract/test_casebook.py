"""The casebook's promises to pacing, caller, escalator and recovery.

There is no fake of it: SQLite in a temporary folder is fast enough, and a fake of a transaction would promise too much. Every
promise is kept over SQLite and over PostgreSQL.
"""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from dialer.domain.attempt import AttemptReason, AttemptState, Hold
from dialer.domain.case import CaseState
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome
from dialer.domain.work import WorkKind, WorkReason
from dialer.errors import CaseConflict, NotOnFile, TakenOver
from tests.centre import LEASE_SECONDS, NUMBER, OTHER_NUMBER, Centre, open_centre
from tests.reports import report, turn
from voice.report import Conclusion, HangupCause, OfficerPart, Rang

pytestmark = pytest.mark.contract


@pytest.fixture
async def centre(database: str) -> AsyncIterator[Centre]:
    async with open_centre(database) as opened:
        yield opened


# --- alerts


async def test_an_alert_opens_a_case_with_an_attempt_due_and_tells_it(centre: Centre) -> None:
    answer = await centre.alert(surname="王", sum_yuan=990_000, facts={"app": "会议"})

    assert answer.accepted
    assert not answer.folded
    assert await centre.told() == ["case_opened", "attempt_due"]
    story = await centre.story(answer.case_id)
    assert (story.number, story.surname, story.line.number_tail) == (NUMBER, "王", "8000")
    assert [attempt.state for attempt in story.attempts] == [AttemptState.DUE]
    claimed = await centre.claim()
    assert claimed is not None
    assert (claimed.number, claimed.surname, claimed.sum_yuan, claimed.facts) == (
        NUMBER,
        "王",
        990_000,
        {"app": "会议"},
    )


async def test_the_same_alert_twice_is_one_alert(centre: Centre) -> None:
    first = await centre.alert(id="a-1")
    again = await centre.alert(id="a-1")

    assert (again.alert_id, again.case_id, again.folded) == (first.alert_id, first.case_id, True)
    assert await centre.told() == ["case_opened", "attempt_due"]


async def test_the_same_name_from_another_source_is_another_alert(centre: Centre) -> None:
    first = await centre.alert(id="a-1", source="bank")
    second = await centre.alert(id="a-1", source="carrier", number=OTHER_NUMBER)

    assert first.case_id != second.case_id


async def test_an_alert_without_a_name_is_the_same_while_it_repeats_itself(centre: Centre) -> None:
    first = await centre.alert()
    again = await centre.alert()
    centre.clock.pass_by(601)
    later = await centre.alert()

    assert again.alert_id == first.alert_id
    assert later.alert_id != first.alert_id
    assert later.case_id == first.case_id  # by person


async def test_two_alerts_on_one_person_are_one_case_of_the_higher_grade(centre: Centre) -> None:
    first = await centre.alert(id="a-1", grade="中", source="bank")
    centre.clock.pass_by(1)
    second = await centre.alert(id="a-2", grade="特急", source="carrier", number="+86 138-0013-8000")

    assert (second.case_id, second.folded) == (first.case_id, True)
    story = await centre.story(first.case_id)
    assert story.case.grade is Grade.CRITICAL
    assert story.line.sources == ("bank", "carrier")
    (due,) = await centre.storage.casebook.due_attempts(centre.clock.now(), 9)
    assert due.grade is Grade.CRITICAL
    assert due.deadline == centre.clock.now() + timedelta(seconds=60)


async def test_after_a_case_is_closed_an_alert_opens_another_that_knows_the_person(centre: Centre) -> None:
    first = await centre.alert(id="a-1", grade="低")
    attempt = await centre.dial()
    await centre.runner.finish(
        report(centre.clock.now(), conclusion=Conclusion.WRONG_PERSON, attempt=attempt.id), centre.clock.now()
    )
    second = await centre.alert(id="a-2")

    assert second.case_id != first.case_id
    person = (await centre.story(second.case_id)).case.person
    assert person.calls_today == 1
    assert await centre.storage.casebook.next_due_at() == person.clear_at  # the gap holds across cases


async def test_who_names_a_time_is_rung_at_it_in_the_centres_zone(centre: Centre) -> None:
    await centre.alert(grade="中")
    attempt = await centre.dial()
    now = datetime(2026, 11, 25, 7, 20, tzinfo=UTC)  # 15:20 in Lhasa
    facts = {"call_back_at": "after:18:00"}
    await centre.runner.finish(
        report(now, conclusion=Conclusion.CALL_LATER, attempt=attempt.id, facts=facts), now + timedelta(minutes=1)
    )

    assert await centre.storage.casebook.next_due_at() == datetime(2026, 11, 25, 10, 0, tzinfo=UTC)


async def test_alerts_at_the_same_moment_on_one_person_are_one_case(centre: Centre) -> None:
    answers = await asyncio.gather(*(centre.alert(id=f"a-{n}") for n in range(20)))

    assert len({answer.case_id for answer in answers}) == 1
    assert len({answer.alert_id for answer in answers}) == 20
    assert len((await centre.story(answers[0].case_id)).attempts) == 1


# --- the queue


async def test_the_queue_is_ordered_by_deadline_then_grade_then_sum(centre: Centre) -> None:
    people = [f"1380013800{n}" for n in range(5)]
    await centre.alert(number=people[0], grade="高", sum_yuan=1)
    await centre.alert(number=people[1], grade="高", sum_yuan=500)
    centre.clock.pass_by(-200)
    await centre.alert(number=people[2], grade="高")
    await centre.alert(number=people[3], grade="中", sum_yuan=10**9)
    centre.clock.pass_by(200)
    await centre.alert(number=people[4], grade="特急")

    claims = [await centre.claim() for _ in range(5)]
    assert [claim.number for claim in claims if claim] == [people[n] for n in (4, 2, 1, 0, 3)]
    assert await centre.claim() is None


async def test_no_crowd_of_old_deadlines_comes_before_an_urgent_case_and_among_the_late_the_grade_decides(
    centre: Centre,
) -> None:
    people = [f"1380013800{n}" for n in range(5)]
    for person, grade, hours_ago in zip(people, ("低", "中", "高", "高", "特急"), (90, 80, 70, 0, 0), strict=True):
        centre.clock.pass_by(-3600 * hours_ago)
        await centre.alert(number=person, grade=grade)
        centre.clock.pass_by(3600 * hours_ago)

    claims = [await centre.claim() for _ in range(5)]
    assert [claim.number for claim in claims if claim] == [people[n] for n in (4, 2, 1, 0, 3)]


async def test_two_claimers_never_both_win(centre: Centre) -> None:
    for n in range(10):
        await centre.alert(number=f"1380013800{n}")
    due = [attempt.id for attempt in await centre.storage.casebook.due_attempts(centre.clock.now(), 100)]

    async def claim_all(node: str) -> list[str]:
        claims = [await centre.storage.casebook.claim(each, node, centre.clock.now(), 30) for each in due]
        return [claim.id for claim in claims if claim]

    won = await asyncio.gather(*(claim_all(f"node-{n}") for n in range(4)))
    assert sorted(each for claims in won for each in claims) == sorted(due)


async def test_two_daemons_on_one_database_never_both_win(centre: Centre, database: str) -> None:
    for n in range(10):
        await centre.alert(number=f"1380013800{n}")
    async with open_centre(database) as other:
        mine, theirs = await asyncio.gather(_claim_everything(centre, "node-1"), _claim_everything(other, "node-2"))

    assert len(mine) + len(theirs) == 10
    assert not mine & theirs


async def _claim_everything(centre: Centre, node: str) -> set[str]:
    won = set()
    while await centre.storage.casebook.due_attempts(centre.clock.now(), 1):
        claim = await centre.claim(node)
        if claim:
            won.add(claim.id)
    return won


async def test_what_is_not_due_yet_is_not_granted_but_announced(centre: Centre) -> None:
    await centre.alert(grade="高")
    await centre.call_ends(HangupCause.BUSY)

    next_due = centre.clock.now() + timedelta(seconds=120)
    assert await centre.storage.casebook.next_due_at() == next_due
    assert await centre.claim() is None
    centre.clock.pass_by(120)
    claimed = await centre.claim()
    assert claimed is not None
    assert (claimed.reason, claimed.made) == (AttemptReason.BUSY, 1)


async def test_a_released_claim_is_due_again_and_only_who_holds_it_releases_it(centre: Centre) -> None:
    await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None
    later = centre.clock.now() + timedelta(seconds=5)
    older = replace(claimed.hold, fence=claimed.hold.fence - 1)

    with pytest.raises(TakenOver):
        await centre.storage.casebook.release(older, later, "no line")
    await centre.storage.casebook.release(claimed.hold, later, "no line")
    assert await centre.claim() is None
    assert await centre.storage.casebook.next_due_at() == later
    centre.clock.pass_by(5)
    assert await centre.claim("node-2")


async def test_a_claim_that_somebody_else_has_now_cannot_dial(centre: Centre) -> None:
    await centre.alert()
    mine = await centre.claim("node-1")
    assert mine is not None
    await centre.storage.casebook.release(mine.hold, centre.clock.now(), "node_silent")
    theirs = await centre.claim("node-2")
    assert theirs is not None

    with pytest.raises(TakenOver):
        await centre.begin_dialling(mine.hold)
    await centre.begin_dialling(theirs.hold)
    with pytest.raises(CaseConflict):
        await centre.begin_dialling(theirs.hold)  # once


async def test_a_call_outside_the_hours_leaves_with_the_name_of_its_rule(centre: Centre) -> None:
    answer = await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None
    await centre.begin_dialling(claimed.hold, hours_rule="high: the fraud goes on now")

    (kept,) = [line for line in (await centre.story(answer.case_id)).history if line.what == "hours_overridden"]
    assert (kept.attempt_id, kept.facts) == (claimed.id, {"rule": "high: the fraud goes on now"})


async def test_a_case_that_a_person_closed_after_the_claim_is_not_dialled(centre: Centre) -> None:
    answer = await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None
    await centre.runner.close(answer.case_id, "zhang", "met", centre.clock.now())

    with pytest.raises(CaseConflict):
        await centre.begin_dialling(claimed.hold)
    story = await centre.story(answer.case_id)
    assert [attempt.state for attempt in story.attempts] == [AttemptState.CANCELLED]
    assert await centre.storage.casebook.calls_in_hand("node-1") == 0


async def test_a_released_claim_of_a_closed_case_is_cancelled(centre: Centre) -> None:
    answer = await centre.alert()
    claimed = await centre.claim()
    assert claimed is not None
    await centre.runner.close(answer.case_id, "zhang", "met", centre.clock.now())
    await centre.storage.casebook.release(claimed.hold, centre.clock.now(), "no line")

    assert (await centre.story(answer.case_id)).attempts[0].state is AttemptState.CANCELLED
    assert await centre.storage.casebook.next_due_at() is None


# --- the log of a call


async def test_progress_moves_forward_only(centre: Centre) -> None:
    await centre.alert()
    attempt = await centre.dial()
    log, now = centre.storage.casebook, centre.clock.now()
    for progress in ("accepted", "answered", "ringing", "inviting"):
        await log.note_progress(attempt.hold, progress, now, worker_pid=42)

    (live,) = await centre.storage.views.live_attempts()
    assert (live.state, live.progress, live.answered_at) == (AttemptState.ANSWERED, "answered", now)
    (unfinished,) = await log.unfinished_attempts()
    assert (unfinished.worker_pid, unfinished.call_id) == (42, "call-of-" + attempt.id)


async def test_turns_are_seen_while_they_last_and_the_report_has_the_last_word(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    log, now = centre.storage.casebook, centre.clock.now()
    await log.note_turn_started(attempt.hold, 1, "opening", "您好", now)
    await log.note_turn_ended(attempt.hold, turn(1, said="您好", heard="喂"), now)
    await log.note_turn_started(attempt.hold, 1, "opening", "late", now)
    (live,) = await centre.storage.views.live_attempts()
    assert [record.heard for record in live.turns] == ["喂"]

    turns = (turn(1, said="您好", heard="喂 你好", intents=("greet",)), turn(2, said="再见"))
    await centre.runner.finish(report(now, attempt=attempt.id, turns=turns), now)
    assert (await centre.story(answer.case_id)).attempts[0].turns == turns


# --- nodes


async def test_a_heartbeat_leases_what_the_node_has_in_hand_and_tells_who_lives(centre: Centre) -> None:
    await centre.alert()
    await centre.dial()
    now, lease = centre.clock.now(), timedelta(seconds=8)
    assert await centre.storage.casebook.heartbeat("node-2", now, now + lease) == ("node-2",)
    assert await centre.storage.casebook.heartbeat("node-1", now, now + lease) == ("node-1", "node-2")
    later = centre.clock.pass_by(8)
    assert await centre.storage.casebook.heartbeat("node-2", later, later + lease) == ("node-2",)

    (unfinished,) = await centre.storage.casebook.unfinished_attempts()
    assert unfinished.lease_until == now + lease


async def test_a_node_that_leaves_keeps_its_calls_for_a_while_and_no_claims(centre: Centre) -> None:
    await centre.alert()
    await centre.dial()
    centre.clock.pass_by(1)
    await centre.alert(number=OTHER_NUMBER)
    await centre.claim()
    now = centre.clock.now()
    await centre.storage.casebook.heartbeat("node-1", now, now + timedelta(seconds=8))
    await centre.storage.casebook.leave("node-1", now, now + timedelta(seconds=400))

    calling, claimed = await centre.storage.casebook.unfinished_attempts()
    assert (calling.state, calling.lease_until) == (AttemptState.DIALLING, now + timedelta(seconds=400))
    assert (claimed.state, claimed.lease_until) == (AttemptState.CLAIMED, now)
    assert await centre.storage.casebook.heartbeat("node-2", now, now + timedelta(seconds=8)) == ("node-2",)


async def test_what_a_silent_node_had_on_the_line_rings_nobody_and_an_officer_knows(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    lease_until = (await centre.storage.casebook.unfinished_attempts())[0].lease_until
    over_by = lease_until + timedelta(seconds=400)
    assert not await centre.runner.orphan(attempt.hold, over_by, centre.clock.now()), "its lease is not over"
    now = centre.clock.pass_by(LEASE_SECONDS)
    assert await centre.runner.orphan(attempt.hold, over_by, now)
    with pytest.raises(TakenOver):
        await centre.runner.orphan(attempt.hold, over_by, now)

    (orphan,) = await centre.storage.casebook.unfinished_attempts()
    assert (orphan.owner, orphan.lease_until, orphan.state) == ("", over_by, AttemptState.DIALLING)
    (item,) = (await centre.story(answer.case_id)).work
    assert (item.kind, item.reason) == (WorkKind.OFFICER_CALL, WorkReason.MAY_HAVE_RUNG)
    await centre.alert(id="again", grade="特急")
    assert await centre.claim() is None


async def test_late_words_of_a_node_that_was_taken_for_dead_change_nothing_but_its_report_is_the_truth(
    centre: Centre,
) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    log, runner = centre.storage.casebook, centre.runner
    wanted = await runner.want_officer(attempt.hold, reason="paid", facts={}, officer="zhang", now=centre.clock.now())
    now = centre.clock.pass_by(LEASE_SECONDS)
    await runner.orphan(attempt.hold, now + timedelta(seconds=400), now)
    before = await centre.story(answer.case_id)
    for late in (
        log.note_progress(attempt.hold, "answered", now),
        log.note_turn_started(attempt.hold, 1, "opening", "您好", now),
        log.note_turn_ended(attempt.hold, turn(1), now),
        log.begin_dialling(attempt.hold, call_id="again", script_hash="", now=now),
        log.release(attempt.hold, now, "no line"),
        runner.want_officer(attempt.hold, reason="paid", facts={}, now=now),
        runner.note_escalation(attempt.hold, wanted.id, EscalationState.BRIDGED, now),
        runner.lose(attempt.id, Rang.NEVER, now, hold=attempt.hold),
    ):
        with pytest.raises(TakenOver):
            await late
    assert await centre.story(answer.case_id) == before

    told = report(now, conclusion=Conclusion.PROMISED, attempt=attempt.id)
    finished = await runner.finish(told, now)
    assert finished is not None
    assert finished.outcome is Outcome.REACHED_PROMISED
    assert await runner.finish(told, now) is None
    assert (await centre.story(answer.case_id)).attempts[0].state is AttemptState.ENDED


async def test_what_was_told_of_a_call_is_not_unlearned_when_it_is_lost(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    await centre.storage.casebook.note_progress(attempt.hold, "ringing", centre.clock.now())
    await centre.runner.lose(attempt.id, Rang.NEVER, centre.clock.now())

    assert (await centre.story(answer.case_id)).attempts[0].rang == "yes"
    assert await centre.claim() is None


# --- ends


async def test_a_report_is_applied_once(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    busy = report(centre.clock.now(), HangupCause.BUSY, attempt=attempt.id)

    first = await centre.runner.finish(busy, centre.clock.now())
    assert first is not None
    assert first.outcome is Outcome.BUSY
    assert await centre.runner.finish(busy, centre.clock.now()) is None
    story = await centre.story(answer.case_id)
    assert story.line.dangers == ("busy 1 of 3",)
    assert [each.state for each in story.attempts] == [AttemptState.ENDED, AttemptState.DUE]
    assert story.attempts[0].rang == "yes"


async def test_reports_at_the_same_moment_are_applied_once(centre: Centre) -> None:
    await centre.alert()
    attempt = await centre.dial()
    busy = report(centre.clock.now(), HangupCause.BUSY, attempt=attempt.id)

    applied = await asyncio.gather(*(centre.runner.finish(busy, centre.clock.now()) for _ in range(8)))
    assert sum(each is not None for each in applied) == 1


async def test_the_person_is_free_again_only_after_the_gap(centre: Centre) -> None:
    await centre.alert(id="a-1")
    await centre.dial()
    await centre.alert(id="a-2")
    assert await centre.claim() is None  # being rung

    await centre.call_ends(HangupCause.NO_ANSWER)
    await centre.alert(id="a-3", grade="特急")
    assert await centre.claim() is None  # inside the gap
    centre.clock.pass_by(120)
    assert await centre.claim()


async def test_a_lost_attempt_that_never_rang_is_claimed_again_at_once(centre: Centre) -> None:
    await centre.alert()
    attempt = await centre.dial()

    assert await centre.runner.lose(attempt.id, Rang.NEVER, centre.clock.now())
    assert not await centre.runner.lose(attempt.id, Rang.NEVER, centre.clock.now())
    again = await centre.claim()
    assert again is not None
    assert again.id != attempt.id


async def test_a_lost_attempt_that_may_have_rung_waits_and_is_told_to_an_officer(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    await centre.runner.lose(attempt.id, Rang.MAYBE, centre.clock.now())

    assert await centre.claim() is None
    assert await centre.storage.casebook.next_due_at() == centre.clock.now() + timedelta(seconds=120)
    (item,) = (await centre.story(answer.case_id)).work
    assert item.kind is WorkKind.OFFICER_CALL


async def test_a_report_that_comes_after_the_attempt_was_given_up_is_still_the_truth(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    now = centre.clock.now()
    await centre.runner.lose(attempt.id, Rang.MAYBE, now)
    late = report(now, conclusion=Conclusion.PROMISED, attempt=attempt.id)

    finished = await centre.runner.finish(late, now)
    assert finished is not None
    story = await centre.story(answer.case_id)
    assert story.case.state is CaseState.FOLLOW_UP
    assert [each.state for each in story.attempts] == [AttemptState.ENDED, AttemptState.DUE]
    assert story.attempts[1].due_at == now + timedelta(seconds=1800)  # the promise's follow-up, not the loss's redial


async def test_what_is_not_on_file_is_said_so(centre: Centre) -> None:
    now = centre.clock.now()
    for asking in (
        centre.runner.finish(report(now, attempt="nobody's"), now),
        centre.runner.lose("nobody's", Rang.NEVER, now),
        centre.runner.note_escalation(Hold("nobody's", 1), "nobody's", EscalationState.RINGING, now),
        centre.runner.close("nobody's", "zhang", "met", now),
    ):
        with pytest.raises(NotOnFile):
            await asking
    assert await centre.storage.casebook.claim("nobody's", "node-1", now, 30) is None
    assert await centre.storage.views.story("nobody's") is None


# --- officers


async def test_an_officer_who_is_bridged_has_the_case_before_the_call_ends(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    now = centre.clock.now()
    wanted = await centre.runner.want_officer(
        attempt.hold, reason="transferred", facts={"amount": "many"}, officer="zhang", tier=1, now=now
    )
    for state in (EscalationState.RINGING, EscalationState.BRIEFED, EscalationState.ACCEPTED, EscalationState.BRIDGED):
        now = centre.clock.pass_by(1)
        await centre.runner.note_escalation(attempt.hold, wanted.id, state, now)
    await centre.runner.note_escalation(attempt.hold, wanted.id, EscalationState.RINGING, now)  # late

    case = (await centre.story(answer.case_id)).case
    assert (case.state, case.officer, case.officer_at) == (CaseState.WITH_OFFICER, "zhang", now)
    assert (await centre.told()).count("officer_took") == 1

    await centre.runner.finish(report(now, conclusion=Conclusion.HANDED_OVER, attempt=attempt.id), now)
    (line,) = (await centre.story(answer.case_id)).attempts
    assert line.outcome is Outcome.HANDED_TO_OFFICER
    assert line.escalations[0].state is EscalationState.ENDED
    assert await centre.storage.casebook.next_due_at() is None


async def test_a_bridge_that_only_the_report_knows_is_taken_over_with_the_officers_name(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    now = centre.clock.now()
    wanted = await centre.runner.want_officer(attempt.hold, reason="paid", facts={}, officer="zhang", tier=1, now=now)
    part = OfficerPart(wanted.id, now, now, now, now, brief_heard_to_end=True)
    fallback = OfficerPart(f"{attempt.id}-fallback", now, None, None, now, brief_heard_to_end=False)
    told = report(now, conclusion=Conclusion.HANDED_OVER, attempt=attempt.id, officers=(part, fallback))
    await centre.runner.finish(told, now)

    story = await centre.story(answer.case_id)
    assert (story.case.state, story.case.officer) == (CaseState.WITH_OFFICER, "zhang")
    states = {each.officer: each.state for each in story.attempts[0].escalations}
    assert states == {"zhang": EscalationState.ENDED, "fallback": EscalationState.UNANSWERED}


async def test_nobody_coming_is_a_work_item_with_a_deadline(centre: Centre) -> None:
    answer = await centre.alert()
    attempt = await centre.dial()
    now = centre.clock.now()
    await centre.runner.nobody_came(attempt.hold, reason="transferred", facts={}, now=now)
    await centre.runner.finish(report(now, conclusion=Conclusion.OFFICER_MISSED, attempt=attempt.id), now)

    story = await centre.story(answer.case_id)
    assert story.case.state is CaseState.WITH_PEOPLE
    (item,) = await centre.storage.views.open_work(9)
    assert (item.kind, item.deadline) == (WorkKind.OFFICER_CALL, now + timedelta(seconds=600))
    assert (await centre.told()).count("work_wanted") == 1


# --- outside and looking


async def test_the_outbox_is_told_in_order_and_once(centre: Centre) -> None:
    await centre.alert(id="a-1", source="bank")
    rows = await centre.storage.outbox.unpublished(10)
    await centre.storage.outbox.mark_published([rows[0].id], centre.clock.now())

    assert [row.kind for row in rows] == ["case_opened", "attempt_due"]
    assert rows[0].payload["alerts"] == [{"source": "bank", "id": "a-1"}]
    assert [row.id for row in await centre.storage.outbox.unpublished(10)] == [rows[1].id]


async def test_nothing_that_identifies_a_person_is_in_outbox_history_or_signs(centre: Centre) -> None:
    answer = await centre.alert(surname="欧阳", sum_yuan=987_654, facts={"said": "秘密"})
    for conclusion in (Conclusion.WARNED, Conclusion.THIRD_PARTY, Conclusion.OPTED_OUT):
        attempt = await centre.dial()
        now = centre.clock.now()
        wanted = await centre.runner.want_officer(attempt.hold, reason="paid", facts={"said": "秘密"}, now=now)
        await centre.runner.note_escalation(attempt.hold, wanted.id, EscalationState.BRIEFED, now)
        turns = (turn(1, said="您好欧阳", heard="秘密"),)
        await centre.runner.finish(report(now, conclusion=conclusion, attempt=attempt.id, turns=turns), now)
        centre.clock.pass_by(100_000)

    story = await centre.story(answer.case_id)
    public = repr([*await centre.storage.outbox.unpublished(1000), *story.history, *story.dangers, *story.work, story])
    for canary in (NUMBER, "欧阳", "987654", "秘密"):
        assert canary not in public


async def test_lists_show_cases_newest_first_and_only_the_end_of_a_number(centre: Centre) -> None:
    first = await centre.alert()
    centre.clock.pass_by(1)
    second = await centre.alert(number=OTHER_NUMBER, grade="低")
    await centre.runner.close(first.case_id, "zhang", "met", centre.clock.now())

    assert [line.id for line in await centre.storage.views.cases(9)] == [second.case_id, first.case_id]
    (line,) = await centre.storage.views.cases(9, open_only=True)
    assert (line.number_tail, line.grade, line.attempts) == ("9000", Grade.LOW, 1)


async def test_everything_survives_the_daemon(database: str) -> None:
    async with open_centre(database) as before:
        answer = await before.alert(id="a-1")
        attempt = await before.dial()
    async with open_centre(database) as after:
        assert [each.id for each in await after.storage.casebook.unfinished_attempts()] == [attempt.id]
        assert (await after.alert(id="a-1")).case_id == answer.case_id
        assert await after.claim() is None
