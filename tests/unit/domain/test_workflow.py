"""Every verb on every state of every kind of work: written out a second time, so that a change of the table is a change here."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from dialer.domain import visit
from dialer.domain.work import MET, OPEN_WORK, WorkItem, WorkKind, WorkReason, WorkResult, WorkState
from dialer.domain.workflow import RESULTS, Refusal, Step, Verb, may, move

pytestmark = pytest.mark.unit

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5)
PLAIN = (WorkKind.OFFICER_CALL, WorkKind.CHECK_NUMBER, WorkKind.CONFIRM_SAFE, WorkKind.FAMILY_CONTACT)

# state, a letter for each verb that is allowed: Accept, giveBack, aRrive, Order, Second, Finish, Cancel
ALLOWED: dict[WorkKind, dict[str, str]] = {
    **{kind: {"wanted": "AC", "accepted": "BFC"} for kind in PLAIN},
    WorkKind.VISIT: {"wanted": "AC", "accepted": "BRFC", "arrived": "F"},
    WorkKind.STOP_PAYMENT: {"wanted": "AOC", "accepted": "BOC", "asked": "BSC", "ordered": "OF"},
}
LETTERS = {
    "A": Verb.ACCEPT,
    "B": Verb.GIVE_BACK,
    "R": Verb.ARRIVE,
    "O": Verb.ORDER,
    "S": Verb.SECOND,
    "F": Verb.FINISH,
    "C": Verb.CANCEL,
}
BECOMES = {
    Verb.ACCEPT: WorkState.ACCEPTED,
    Verb.GIVE_BACK: WorkState.WANTED,
    Verb.ARRIVE: WorkState.ARRIVED,
    Verb.ORDER: WorkState.ORDERED,
    Verb.SECOND: WorkState.ORDERED,
    Verb.FINISH: WorkState.DONE,
    Verb.CANCEL: WorkState.CANCELLED,
}


def item(kind: WorkKind, state: WorkState = WorkState.WANTED, owner: str = "8001") -> WorkItem:
    owned = owner if state is not WorkState.WANTED else ""
    return WorkItem("w", "c", kind, WorkReason.BUSY, NOON + timedelta(hours=1), NOON, state, owned)


def step(verb: Verb, kind: WorkKind, by: str = "8001", result: WorkResult | None = None) -> Step:
    needed = RESULTS[kind][-1] if verb is Verb.FINISH else None
    return Step(verb, by, LATER, result or needed)


@pytest.mark.parametrize(("kind", "state", "verb"), list(product(WorkKind, WorkState, Verb)))
def test_every_verb_on_every_state(kind: WorkKind, state: WorkState, verb: Verb) -> None:
    allowed = [LETTERS[letter] for letter in ALLOWED[kind].get(state.value, "")]
    before = item(kind, state)
    after = move(before, step(verb, kind))

    assert (verb in may(kind, state)) is (verb in allowed)
    if verb in allowed:
        assert isinstance(after, WorkItem)
        assert after.state is BECOMES[verb]
    else:
        assert isinstance(after, Refusal)
        assert (after.reason, bool(after.advice)) == ("not_now", True)


@pytest.mark.parametrize("kind", WorkKind)
def test_what_is_over_stays_as_it_is(kind: WorkKind) -> None:
    assert may(kind, WorkState.DONE) == may(kind, WorkState.CANCELLED) == ()
    assert not WorkState.DONE.open
    assert all(state.open for state in OPEN_WORK)


@pytest.mark.parametrize(("kind", "result"), list(product(WorkKind, WorkResult)))
def test_a_kind_ends_with_its_own_results_only(kind: WorkKind, result: WorkResult) -> None:
    state = {WorkKind.VISIT: WorkState.ARRIVED, WorkKind.STOP_PAYMENT: WorkState.ORDERED}.get(kind, WorkState.ACCEPTED)
    after = move(item(kind, state), step(Verb.FINISH, kind, result=result))

    if result in RESULTS[kind]:
        assert isinstance(after, WorkItem)
        assert (after.result, after.done_at) == (result, LATER)
    else:
        assert isinstance(after, Refusal)
        assert after.reason == "no_such_result"
        assert RESULTS[kind][0].value in after.advice


def test_nothing_is_finished_without_a_result() -> None:
    after = move(item(WorkKind.VISIT, WorkState.ARRIVED), Step(Verb.FINISH, "8001", LATER))

    assert isinstance(after, Refusal)
    assert after.reason == "no_such_result"


@pytest.mark.parametrize("result", RESULTS[WorkKind.VISIT])
def test_who_says_that_he_met_the_person_was_there(result: WorkResult) -> None:
    after = move(item(WorkKind.VISIT, WorkState.ACCEPTED), step(Verb.FINISH, WorkKind.VISIT, result=result))

    if result in MET:
        assert isinstance(after, Refusal)
        assert after.reason == "not_arrived"
    else:
        assert isinstance(after, WorkItem)


@pytest.mark.parametrize("verb", [Verb.ARRIVE, Verb.FINISH])
def test_only_who_has_it_arrives_and_finishes(verb: Verb) -> None:
    state = WorkState.ACCEPTED if verb is Verb.ARRIVE else WorkState.ARRIVED
    after = move(item(WorkKind.VISIT, state, owner="8002"), step(verb, WorkKind.VISIT))

    assert isinstance(after, Refusal)
    assert after.reason == "not_yours"
    assert "8002" in after.advice


def test_a_shift_that_has_left_can_be_relieved() -> None:
    back = move(item(WorkKind.VISIT, WorkState.ACCEPTED, owner="8002"), step(Verb.GIVE_BACK, WorkKind.VISIT))

    assert isinstance(back, WorkItem)
    assert (back.state, back.owner, back.accepted_at) == (WorkState.WANTED, "", None)


def test_nobody_is_not_a_name() -> None:
    after = move(item(WorkKind.VISIT), Step(Verb.ACCEPT, "  ", LATER))

    assert isinstance(after, Refusal)
    assert after.reason == "nobody"


def test_times_are_those_of_the_steps() -> None:
    work = item(WorkKind.VISIT)
    for minutes, verb in enumerate((Verb.ACCEPT, Verb.ARRIVE, Verb.FINISH)):
        moved = move(work, Step(verb, "8001", NOON + timedelta(minutes=minutes), WorkResult.DISSUADED, "在家"))
        assert isinstance(moved, WorkItem)
        work = moved

    assert [work.accepted_at, work.arrived_at, work.done_at] == [NOON + timedelta(minutes=n) for n in range(3)]
    assert (work.owner, work.note, work.result) == ("8001", "在家", WorkResult.DISSUADED)
    assert "在家" not in repr(work)
    assert visit.met_in_time(work)
    assert visit.arrival_after(work, NOON) == timedelta(minutes=1)
