"""Casework over the real runner and a real database, told anything in any order, by daemons that die between any two words.

Rule 1: what the telephones did is the test's own note (`Ring`), never read back from the casebook.
Rule 2: a step may be refused; that is an answer. It may not break a promise: those are the invariants and `_may_ring`.
Rule 3: deeper with QUANZU_FAULT_EXAMPLES=2000 and a seed, as `make fault` does it.
"""

import os
from collections.abc import Awaitable, Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from dialer.domain.attempt import LIVE, AttemptState, Hold
from dialer.domain.escalation import EscalationState
from dialer.domain.grade import Grade
from dialer.domain.outcome import Outcome, outcome_of
from dialer.domain.policy import Policy
from dialer.domain.stop import StopLevel
from dialer.domain.stoppayment import StopRules
from dialer.domain.work import WorkKind
from dialer.domain.workflow import RESULTS, Step, Verb
from dialer.errors import CallsStopped, CaseConflict, WorkRefused
from dialer.filing.smsclock import SmsClock
from dialer.filing.working import Working
from tests.centre import LEASE_SECONDS
from tests.mortal import Died, Mortal, life
from tests.reports import report
from voice.report import Conclusion, HangupCause, OfficerPart, Rang, Standing

pytestmark = pytest.mark.unit

T = TypeVar("T")
DEEP = int(os.environ.get("QUANZU_FAULT_EXAMPLES", "0"))
NUMBERS = ("13800138000", "13900139000", "13700137000")
NODES = ("node-1", "node-2")
LONGEST_CALL = timedelta(seconds=400)
SAFE_GAP = min(Policy().of(grade).safe_gap for grade in Grade)
NEVER_LONGER = timedelta(days=5)  # than anybody waits for his next call
OPEN_WORK = "state IN ('wanted', 'accepted')"

people = st.sampled_from(NUMBERS)
grades = st.sampled_from(list(Grade))
deaths = st.one_of(*[st.none()] * 4, st.integers(1, 90))
some = st.integers(0, 7)  # which of those there are


@dataclass
class Ring:
    """What the telephone network knows of one attempt."""

    number: str
    hold: Hold  # of the node that dials it
    invited: bool = False  # an INVITE has left the house
    over_at: datetime | None = None  # the end, as it was told
    keeps_clear: bool = False  # somebody may have heard it


class Casework(RuleBasedStateMachine):
    """All that may happen to three people."""

    def __init__(self) -> None:
        super().__init__()
        self._stack = ExitStack()
        self.centre: Mortal = self._stack.enter_context(life())
        self.rings: dict[str, Ring] = {}
        self.accepted: dict[tuple[str, str], str] = {}
        self.closed: set[str] = set()
        self.by_a_person = False
        self.latest = self.time

    # --- alerts, time, the stop, deaths

    @rule(
        number=people,
        grade=grades,
        source=st.sampled_from(["bank", "carrier"]),
        name=st.sampled_from(["", "1", "2", "3"]),
        yuan=st.sampled_from([None, 10, 80_000]),
        dies=deaths,
    )
    def an_alert_comes(
        self, *, number: str, grade: Grade, source: str, name: str, yuan: int | None, dies: int | None
    ) -> None:
        given = {"number": number, "grade": grade.value, "id": name, "sum_yuan": yuan}
        self._a_moment_passes()
        answer = self._told(lambda: self.centre.now.alert(source=source, **given), dies)
        if answer is None:
            return
        assert answer.accepted
        if name:
            known = self.accepted.setdefault((source, name), answer.alert_id)
            assert known == answer.alert_id, "an alert that was sent twice is two alerts"
        else:
            self.accepted[source, answer.alert_id] = answer.alert_id

    def _a_moment_passes(self) -> None:
        """Who is the older of two people must not hang on random ends of names of the same millisecond."""
        self.latest = max(self.latest, self.centre.clock.pass_by(0.001))

    @rule(first=people, second=people, grade=grades, dies=deaths)
    def an_alert_names_two_numbers_of_one_person(self, first: str, second: str, grade: Grade, dies: int | None) -> None:
        given = {"number": first, "grade": grade.value, "numbers": [{"number": second, "kind": "mobile"}]}
        given["sum_yuan"] = len(self.accepted)  # another one each time, or it would be a repetition
        self._a_moment_passes()
        answer = self._told(lambda: self.centre.now.alert(**given), dies)
        if answer is not None:
            self.accepted["test", answer.alert_id] = answer.alert_id

    @rule(seconds=st.sampled_from([1, 30, 119, 120, 121, 300, 600, 1800, 3600, 14400, 86400, 259200, -60, -3600]))
    def time_passes_or_the_clock_is_moved(self, seconds: int) -> None:
        self.latest = max(self.latest, self.centre.clock.pass_by(seconds))

    @rule(level=st.sampled_from([StopLevel.GO, StopLevel.GO, StopLevel.NO_NEW_CALLS, StopLevel.END_CALLS]))
    def the_stop_is_ordered(self, level: StopLevel) -> None:
        self._told(lambda: self.centre.now.storage.brake.order(level, "an officer", "why", self.time), None)

    @rule()
    def the_daemons_die(self) -> None:
        self.centre.dies()

    # --- calls

    @precondition(lambda self: self._attempts(AttemptState.DUE))
    @rule(which=some, node=st.sampled_from(NODES), dies=deaths)
    def one_is_claimed(self, which: int, node: str, dies: int | None) -> None:
        attempt = self._attempts(AttemptState.DUE)[which % len(self._attempts(AttemptState.DUE))]
        queue = self.centre.now.storage.casebook
        with suppress(Died):
            offered = [due.id for due in self.centre.do(lambda: queue.due_attempts(self.time, 10))]
            granted = self.centre.do(lambda: queue.claim(attempt["id"], node, self.time, LEASE_SECONDS), dies)
            assert granted is not None or attempt["id"] not in offered, "what is offered is granted"
            assert granted is None or attempt["due_at"] <= _written(self.time), "claimed before it is due"

    @precondition(lambda self: self._attempts(AttemptState.CLAIMED))
    @rule(which=some, stranger=st.sampled_from([False] * 5 + [True]), dies=deaths)
    def a_claimed_one_is_dialled(self, which: int, stranger: bool, dies: int | None) -> None:
        attempt = self._attempts(AttemptState.CLAIMED)[which % len(self._attempts(AttemptState.CLAIMED))]
        self._dial(attempt, Hold(attempt["id"], attempt["fence"] - stranger), dies)

    def _dial(self, attempt: dict[str, Any], hold: Hold, dies: int | None) -> None:
        order = self.centre.do(self.centre.now.storage.brake.order_in_force)
        ring = Ring(attempt["number"], hold)
        try:
            self.centre.do(lambda: self.centre.now.begin_dialling(hold), dies)
        except Died:  # if it was committed at all, nobody was sent the order to dial
            self.rings[attempt["id"]] = ring
            return
        except (CaseConflict, CallsStopped):
            return
        [row] = self.centre.rows("SELECT fence FROM attempts WHERE id = ?", attempt["id"])
        assert hold.fence == row["fence"], "a node dials what another one has claimed"
        assert order.level.may_ring, "dialled in an emergency stop"
        self._may_ring(attempt)
        self.rings[attempt["id"]] = ring
        ring.invited = True

    def _may_ring(self, attempt: dict[str, Any]) -> None:
        [case] = self.centre.rows("SELECT state FROM cases WHERE id = ?", attempt["case_id"])
        assert case["state"] in ("open", "follow_up"), "the robot rings on a case that is not its own"
        for name, ring in self.rings.items():
            same = ring.number == attempt["number"] or self._person(name) == attempt["contact_id"]
            if not same or not ring.invited or name == attempt["resumes"]:
                continue
            assert ring.over_at is not None, "two calls to one person at once"
            assert not ring.keeps_clear or self.time >= ring.over_at + SAFE_GAP, "rung inside the safe gap"

    @rule(
        number=people,
        grade=grades,
        node=st.sampled_from(NODES),
        cause=st.sampled_from([HangupCause.NORMAL] * 6 + list(HangupCause)),
        conclusion=st.sampled_from(list(Conclusion)),
        ends=st.sampled_from([True] * 3 + [False]),
    )
    def somebody_is_rung_in_his_time(
        self, *, number: str, grade: Grade, node: str, cause: HangupCause, conclusion: Conclusion, ends: bool
    ) -> None:
        """The usual course of things, without which chance alone would hardly ever come to a second call."""
        queue, brake = self.centre.now.storage.casebook, self.centre.now.storage.brake
        if not self._due(number):
            self._a_moment_passes()
            self._told(lambda: self.centre.now.alert(number=number, grade=grade.value, sum_yuan=len(self.rings)), None)
        if not self._due(number):
            return  # people have him, or he is on the line
        [due] = self._due(number)
        wait = max(_read(due["due_at"]), _read(due["clear_at"] or due["due_at"])) - self.time
        self.latest = max(self.latest, self.centre.clock.pass_by(max(wait.total_seconds(), 0)))
        self.centre.do(lambda: brake.order(StopLevel.GO, "an officer", "why", self.time))
        claimed = self.centre.do(lambda: queue.claim(due["id"], node, self.time, LEASE_SECONDS))
        assert (claimed is None) == bool(due["officer_only"] or due["live_attempt"]), "granted is what is due and free"
        if claimed is None:
            return
        self._dial(due, claimed.hold, None)
        if ends and due["id"] in self.rings:
            self.centre.clock.pass_by(20)
            self._end(due["id"], cause, conclusion, None)

    def _due(self, number: str) -> list[dict[str, Any]]:
        return self.centre.rows(
            "SELECT attempts.*, contacts.clear_at, contacts.officer_only, contacts.live_attempt FROM attempts"
            " JOIN contacts ON contacts.id = attempts.contact_id WHERE state = 'due' AND number = ?",
            number,
        )

    @precondition(lambda self: self._attempts(AttemptState.CLAIMED))
    @rule(which=some, dies=deaths)
    def a_claimed_one_is_given_back(self, which: int, dies: int | None) -> None:
        """By its own node, or by whoever cleans up after it."""
        attempt = self._attempts(AttemptState.CLAIMED)[which % len(self._attempts(AttemptState.CLAIMED))]
        queue = self.centre.now.storage.casebook
        hold = Hold(attempt["id"], attempt["fence"])
        self._told(lambda: queue.release(hold, self.time, "owner_died"), dies)

    @precondition(lambda self: self._on_the_line())
    @rule(which=some, word=st.sampled_from(["accepted", "inviting", "ringing", "answered"]), dies=deaths)
    def a_call_goes_on(self, which: int, word: str, dies: int | None) -> None:
        name = self._on_the_line()[which % len(self._on_the_line())]
        hold = self.rings[name].hold
        before = self._owner(name)
        self._told(lambda: self.centre.now.storage.casebook.note_progress(hold, word, self.time), dies)
        assert before["owner"] or before == self._owner(name), "late words of a silent node change something"

    @precondition(lambda self: self._attempts(*LIVE[1:]))
    @rule(which=some, dies=deaths)
    def a_node_is_silent(self, which: int, dies: int | None) -> None:
        """Nobody knows whether its call goes on; a report or a loss may still come."""
        attempt = self._attempts(*LIVE[1:])[which % len(self._attempts(*LIVE[1:]))]
        hold, over_by = Hold(attempt["id"], attempt["fence"]), self.time + LONGEST_CALL
        self._told(lambda: self.centre.now.runner.orphan(hold, over_by, self.time), dies)

    @precondition(lambda self: self._on_the_line())
    @rule(
        which=some,
        cause=st.sampled_from(list(HangupCause)),
        conclusion=st.sampled_from([Conclusion.NOTHING, *Conclusion]),
        rang=st.sampled_from([None, Rang.MAYBE, Rang.YES]),
        dies=deaths,
    )
    def a_call_ends(
        self, *, which: int, cause: HangupCause, conclusion: Conclusion, rang: Rang | None, dies: int | None
    ) -> None:
        """A report is told, at the end or long after the attempt was given up."""
        name = self._on_the_line()[which % len(self._on_the_line())]
        self._end(name, cause, conclusion, dies, rang)

    def _end(
        self, name: str, cause: HangupCause, conclusion: Conclusion, dies: int | None, rang: Rang | None = None
    ) -> None:
        """What was heard of money and of officers hangs on the conclusion, for there are too many pairs."""
        if not self.rings[name].invited:
            cause, conclusion, rang = HangupCause.NEVER_DIALLED, Conclusion.NOTHING, None
        elif cause is HangupCause.NEVER_DIALLED:
            cause = HangupCause.TRUNK_FAULT
        handed = conclusion is Conclusion.HANDED_OVER  # by the worker itself: it had rung the fall-back officer
        officer = OfficerPart("", self.time, self.time, self.time, self.time, brief_heard_to_end=True)
        told = report(
            self.time,
            cause,
            conclusion,
            attempt=name,
            rang=rang,
            facts={"transferred": "yes", "amount_yuan": "990000"} if conclusion is Conclusion.OFFICER_MISSED else {},
            officers=(officer,) if handed else (),
            standing=Standing("act", over=handed) if cause is HangupCause.DROPPED else None,
        )
        before = self._state(name)
        self._told(lambda: self.centre.now.runner.finish(told, self.time), dies)
        if self._state(name) != before:  # a daemon that died over it is told again
            self._note_end(name, told.rang, outcome_of(told.cause, told.conclusion), told.sip_code)

    @precondition(lambda self: self._on_the_line())
    @rule(which=some, rang=st.sampled_from([Rang.MAYBE, Rang.YES]), dead=st.booleans(), dies=deaths)
    def a_worker_is_lost(self, which: int, rang: Rang, dead: bool, dies: int | None) -> None:
        name = self._on_the_line()[which % len(self._on_the_line())]
        truth = rang if self.rings[name].invited else Rang.NEVER
        before = self._state(name)
        self._told(lambda: self.centre.now.runner.lose(name, truth, self.time, dead=dead), dies)
        if self._state(name) != before:
            self._note_end(name, truth, Outcome.LOST, 0)

    def _note_end(self, name: str, rang: Rang, outcome: Outcome, sip_code: int) -> None:
        ring = self.rings[name]
        refused = (
            outcome is Outcome.LINE_FAULT and rang is Rang.MAYBE and sip_code
        )  # our trunk's or the network's own no
        ring.keeps_clear = ring.keeps_clear or (rang is not Rang.NEVER and not refused)
        ring.over_at = self.time

    # --- nobody is rung in time

    @precondition(lambda self: self._attempts(AttemptState.DUE, *LIVE))
    @rule(which=some, gives_way=st.booleans(), dies=deaths)
    def somebody_waits_too_long(self, *, which: int, gives_way: bool, dies: int | None) -> None:
        """Whoever says so may be wrong, or late: it is looked at again."""
        attempts = self._attempts(AttemptState.DUE, *LIVE)
        name = attempts[which % len(attempts)]["id"]
        before, runner = self._owner(name), self.centre.now.runner
        tell = runner.shed if gives_way else runner.overdue
        told = self._told(lambda: tell(name, self.time), dies)
        may_change = gives_way and before["state"] == AttemptState.DUE
        assert may_change or before == self._owner(name), "a call that is begun, or only late, is taken away"
        [case] = self.centre.rows(
            "SELECT grade FROM cases JOIN attempts ON case_id = cases.id WHERE attempts.id = ?", name
        )
        assert not (told and gives_way and Grade(case["grade"]).serious), "a serious case gives way"

    @rule(dies=deaths)
    def the_sms_clock_is_looked_at(self, dies: int | None) -> None:
        now = self.centre.now
        self._told(SmsClock(now.storage.casebook, now.storage.work, Policy(), self.centre.clock).look, dies)

    # --- officers and people

    @precondition(lambda self: self._on_the_line())
    @rule(which=some, states=st.lists(st.sampled_from(list(EscalationState)), max_size=3), dies=deaths)
    def an_officer_is_wanted(self, which: int, states: list[EscalationState], dies: int | None) -> None:
        name = self._on_the_line()[which % len(self._on_the_line())]

        async def rung() -> None:
            hold, runner = self.rings[name].hold, self.centre.now.runner
            wanted = await runner.want_officer(hold, reason="r", facts={}, now=self.time, officer="o")
            for state in states:
                await runner.note_escalation(hold, wanted.id, state, self.time)

        self._told(rung, dies)

    @precondition(lambda self: self._on_the_line())
    @rule(which=some, dies=deaths)
    def no_officer_comes(self, which: int, dies: int | None) -> None:
        name = self._on_the_line()[which % len(self._on_the_line())]
        hold = self.rings[name].hold
        self._told(lambda: self.centre.now.runner.nobody_came(hold, reason="r", facts={}, now=self.time), dies)

    @precondition(lambda self: self._open_cases())
    @rule(which=some, dies=deaths)
    def a_person_closes_the_case(self, which: int, dies: int | None) -> None:
        case = self._open_cases()[which % len(self._open_cases())]
        self.by_a_person = True
        self._told(lambda: self.centre.now.runner.close(case["id"], "officer", "talked to him", self.time), dies)

    @precondition(lambda self: self._work())
    @rule(which=some, verb=st.sampled_from(list(Verb)), result=some, dies=deaths)
    def a_person_works(self, which: int, verb: Verb, result: int, dies: int | None) -> None:
        item = self._work()[which % len(self._work())]
        results = RESULTS[WorkKind(item["kind"])]
        ends = results[result % len(results)] if verb is Verb.FINISH else None
        self.by_a_person = True
        rules = StopRules(officers=frozenset({"officer"}))
        desk = Working(self.centre.now.storage.casebook, Policy(), rules)
        self._told(lambda: desk.do(item["id"], Step(verb, item["owner"] or "officer", self.time, ends)), dies)

    # --- what holds after every step

    @invariant()
    def every_accepted_alert_has_one_case(self) -> None:
        filed = self.centre.rows(
            "SELECT alerts.id, cases.id AS file FROM alerts LEFT JOIN cases ON cases.id = alerts.case_id"
            " WHERE alerts.state = 'accepted'"
        )
        assert all(row["file"] for row in filed)
        assert set(self.accepted.values()) <= {row["id"] for row in filed}, "an accepted alert is lost"
        live = self.centre.rows("SELECT contact_id FROM cases WHERE state <> 'closed'")
        assert len(live) == len({row["contact_id"] for row in live}), "two live cases on one person"

    @invariant()
    def a_case_has_one_pending_attempt_at_most_and_people_are_not_rung_on_theirs(self) -> None:
        pending = self._attempts(AttemptState.DUE, *LIVE)
        assert len(pending) == len({row["case_id"] for row in pending})
        state = {row["id"]: row["state"] for row in self.centre.rows("SELECT id, state FROM cases")}
        due = [state[row["case_id"]] for row in pending if row["state"] == AttemptState.DUE]
        assert not {"closed", "with_officer", "with_people"} & set(due), "a call is due on a case that people have"

    @invariant()
    def a_case_has_one_call_back_at_most_and_only_of_a_talk(self) -> None:
        backs = self.centre.rows(
            "SELECT back.case_id, talk.state, talk.answered_at FROM attempts AS back"
            " LEFT JOIN attempts AS talk ON talk.id = back.resumes WHERE back.resumes <> ''"
        )
        assert len(backs) == len({row["case_id"] for row in backs}), "rung back twice"
        for row in backs:
            assert row["answered_at"] and row["state"] in ("ended", "lost"), "nothing was dropped that it could take up"

    @invariant()
    def nothing_is_forgotten(self) -> None:
        ringable = (
            "EXISTS (SELECT 1 FROM attempts WHERE attempts.case_id = cases.id"
            f" AND attempts.state IN ({_words('due', *LIVE)}) AND NOT contacts.officer_only)"
        )
        on_the_line = f"EXISTS (SELECT 1 FROM attempts WHERE case_id = cases.id AND state IN ({_words(*LIVE)}))"
        worked = f"EXISTS (SELECT 1 FROM work_items WHERE work_items.case_id = cases.id AND {OPEN_WORK})"
        forgotten = self.centre.rows(
            "SELECT cases.state, cases.grade, cases.outcome FROM cases JOIN contacts ON contacts.id = cases.contact_id"
            " WHERE cases.state NOT IN ('closed', 'with_officer')"
            f" AND NOT {ringable} AND NOT {on_the_line} AND NOT {worked}"
        )
        assert not forgotten
        held = self.centre.rows(
            "SELECT attempts.state FROM contacts JOIN attempts ON attempts.id = contacts.live_attempt"
            f" WHERE attempts.state NOT IN ({_words(*LIVE)})"
        )
        assert not held, "a person is held by a call that is over, and will never be rung"
        [late] = self.centre.rows("SELECT max(due_at) AS at FROM attempts WHERE state = 'due'")
        assert not late["at"] or late["at"] <= _written(self.latest + NEVER_LONGER), (
            "planned for a day that never comes"
        )

    @invariant()
    def nobody_gets_two_sms_at_one_moment_nor_from_two_clocks(self) -> None:
        sent = self.centre.rows(
            "SELECT count(*) AS n FROM history WHERE what = 'sms_wanted'"
            " AND facts LIKE '%not_reached%' GROUP BY case_id, at"
        )
        assert all(row["n"] == 1 for row in sent), "two SMS at one moment"
        waiting = self.centre.rows("SELECT state FROM cases WHERE sms_again_at IS NOT NULL AND merged_into <> ''")
        assert not waiting, "a case that was merged into another one has a clock of its own"

    @invariant()
    def the_robot_closes_no_serious_case(self) -> None:
        closed = self.centre.rows("SELECT id, grade FROM cases WHERE state = 'closed' AND merged_into = ''")
        now = [row for row in closed if row["id"] not in self.closed]
        assert self.by_a_person or not [row for row in now if Grade(row["grade"]).serious]
        self.closed |= {row["id"] for row in now}
        self.by_a_person = False

    def teardown(self) -> None:
        """When every daemon has come back and every call is over, all that is due can be rung in its time."""
        with self._stack:
            self._in_the_end()

    def _in_the_end(self) -> None:
        brake, queue = self.centre.now.storage.brake, self.centre.now.storage.casebook
        self.centre.do(lambda: brake.order(StopLevel.GO, "an officer", "why", self.time))
        runner = self.centre.now.runner
        for row in self._attempts(AttemptState.CLAIMED):
            self.centre.do(partial(queue.release, Hold(row["id"], row["fence"]), self.time, "owner_died"))
        for row in self._attempts(*LIVE):
            self.centre.do(partial(runner.lose, row["id"], Rang.NEVER, self.time))
        self.centre.clock.pass_by(max((self.latest + NEVER_LONGER - self.time).total_seconds(), 0))
        for row in self._attempts(AttemptState.DUE):
            granted = self.centre.do(partial(queue.claim, row["id"], "node-1", self.time, LEASE_SECONDS))
            assert granted is not None, "what is due is never granted"
        self.nothing_is_forgotten()

    # --- looking

    @property
    def time(self) -> datetime:
        return self.centre.clock.now()

    def _told(self, work: Callable[[], Awaitable[T]], dies: int | None) -> T | None:
        """None: it died over it, or was refused."""
        with suppress(Died, CaseConflict, WorkRefused):
            return self.centre.do(work, dies)
        return None

    def _owner(self, name: str) -> dict[str, Any]:
        [row] = self.centre.rows("SELECT owner, state, progress FROM attempts WHERE id = ?", name)
        return row

    def _attempts(self, *states: AttemptState) -> list[dict[str, Any]]:
        """In an order that does not hang on random names."""
        return self.centre.rows(f"SELECT * FROM attempts WHERE state IN ({_words(*states)}) ORDER BY number, rowid")

    def _person(self, attempt: str) -> str:
        """Whose call it is by now: two people may have become one."""
        [row] = self.centre.rows("SELECT contact_id FROM attempts WHERE id = ?", attempt)
        return str(row["contact_id"])

    def _state(self, attempt: str) -> str:
        [row] = self.centre.rows("SELECT state FROM attempts WHERE id = ?", attempt)
        return str(row["state"])

    def _on_the_line(self) -> list[str]:
        """Attempts of which a report or a loss may still be told; lost ones, too, if their telephone rang."""
        may_tell = f"state IN ({_words(*LIVE[1:])}, 'lost')"
        rows = self.centre.rows(f"SELECT id, state FROM attempts WHERE {may_tell} ORDER BY rowid")
        return [
            row["id"]
            for row in rows
            if row["id"] in self.rings and (row["state"] != "lost" or self.rings[row["id"]].invited)
        ]

    def _open_cases(self) -> list[dict[str, Any]]:
        return self.centre.rows("SELECT * FROM cases WHERE state <> 'closed' ORDER BY rowid")

    def _work(self) -> list[dict[str, Any]]:
        return self.centre.rows(f"SELECT * FROM work_items WHERE {OPEN_WORK} ORDER BY rowid")


def _words(*words: str) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _read(written: str) -> datetime:
    return datetime.fromisoformat(written).replace(tzinfo=UTC)


def _written(moment: datetime) -> str:
    """As the file holds it."""
    return moment.replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")


@pytest.mark.timeout(0 if DEEP else 180)
def test_whatever_happens_in_whatever_order_nothing_is_lost_and_nobody_is_rung_twice() -> None:
    run_state_machine_as_test(
        Casework,
        settings=settings(
            max_examples=DEEP or 25,
            stateful_step_count=50 if DEEP else 30,
            deadline=None,
            derandomize=not DEEP,
            database=None,
            phases=(Phase.generate, Phase.shrink),
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
