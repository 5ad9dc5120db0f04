"""What people may do to a work item, and when: a table over state and verb, and a pure machine over it.

Rule 1: a pair that is not in the table is refused, with a sentence that says what to do; nothing is guessed.
Rule 2: who has accepted an item arrives and finishes; a stop payment is its officers' (`dialer.domain.stoppayment`).
Rule 3: what has a result never changes any more.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from dialer.domain.work import MET, WorkItem, WorkKind, WorkResult, WorkState


class Verb(StrEnum):
    """What somebody does with it."""

    ACCEPT = "accept"
    GIVE_BACK = "give_back"  # somebody else has to do it; also the second officer's no
    ARRIVE = "arrive"
    ORDER = "order"
    SECOND = "second"
    FINISH = "finish"
    CANCEL = "cancel"


@dataclass(frozen=True, slots=True)
class Step:
    """One verb, by whom, when."""

    verb: Verb
    by: str
    at: datetime
    result: WorkResult | None = None
    note: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a step is not done, and what to do instead."""

    reason: str
    advice: str


_W, _A, _THERE = WorkState.WANTED, WorkState.ACCEPTED, WorkState.ARRIVED
_ASKED, _ORDERED, _DONE, _OFF = WorkState.ASKED, WorkState.ORDERED, WorkState.DONE, WorkState.CANCELLED
Table = Mapping[tuple[WorkState, Verb], WorkState]

_EVERY: Table = {
    (_W, Verb.ACCEPT): _A,
    (_A, Verb.GIVE_BACK): _W,
    (_A, Verb.FINISH): _DONE,
    (_W, Verb.CANCEL): _OFF,
    (_A, Verb.CANCEL): _OFF,
}
_VISIT: Table = {
    **_EVERY,
    (_A, Verb.ARRIVE): _THERE,
    (_THERE, Verb.FINISH): _DONE,  # who is there says what came of it: no giving back, no cancelling
}
_STOP_PAYMENT: Table = {
    (_W, Verb.ACCEPT): _A,  # somebody asks for what is missing
    (_A, Verb.GIVE_BACK): _W,
    (_W, Verb.ORDER): _ORDERED,  # or ASKED, when a second officer has to agree
    (_A, Verb.ORDER): _ORDERED,
    (_ASKED, Verb.SECOND): _ORDERED,
    (_ASKED, Verb.GIVE_BACK): _W,
    (_ORDERED, Verb.ORDER): _ORDERED,  # once more, when the first 48 hours run out
    (_ORDERED, Verb.FINISH): _DONE,
    (_W, Verb.CANCEL): _OFF,
    (_A, Verb.CANCEL): _OFF,
    (_ASKED, Verb.CANCEL): _OFF,
}
TABLES: Mapping[WorkKind, Table] = {
    WorkKind.VISIT: _VISIT,
    WorkKind.OFFICER_CALL: _EVERY,
    WorkKind.CHECK_NUMBER: _EVERY,
    WorkKind.CONFIRM_SAFE: _EVERY,
    WorkKind.STOP_PAYMENT: _STOP_PAYMENT,
    WorkKind.FAMILY_CONTACT: _EVERY,
}

_OF_A_TALK = (*MET, WorkResult.NOT_FOUND, WorkResult.NOT_NEEDED)
RESULTS: Mapping[WorkKind, tuple[WorkResult, ...]] = {
    WorkKind.VISIT: _OF_A_TALK,
    WorkKind.OFFICER_CALL: _OF_A_TALK,
    WorkKind.CHECK_NUMBER: (
        WorkResult.RIGHT_NUMBER,
        WorkResult.WRONG_NUMBER,
        WorkResult.NOT_FOUND,
        WorkResult.NOT_NEEDED,
    ),
    WorkKind.CONFIRM_SAFE: (
        WorkResult.SAFE,
        WorkResult.NOT_PERSUADED,
        WorkResult.ALREADY_PAID,
        WorkResult.NOT_FOUND,
        WorkResult.NOT_NEEDED,
    ),
    WorkKind.STOP_PAYMENT: (WorkResult.STOPPED, WorkResult.NOT_STOPPED, WorkResult.NOT_NEEDED),
    WorkKind.FAMILY_CONTACT: (WorkResult.REACHED, WorkResult.NOT_FOUND, WorkResult.NOT_NEEDED),
}

_ADVICE: Mapping[Verb, str] = {
    Verb.ACCEPT: "only what is wanted can be accepted; whoever has it may give it back",
    Verb.GIVE_BACK: "only what somebody has can be given back",
    Verb.ARRIVE: "only a visit that somebody has accepted is arrived at; accept it first",
    Verb.ORDER: "only an open stop payment is ordered",
    Verb.SECOND: "only a stop payment that another officer has ordered waits for a second one",
    Verb.FINISH: "accept it first, then finish it with its result; a stop payment is ordered first",
    Verb.CANCEL: "what is begun is finished with a result; what is over stays as it is",
}


def may(kind: WorkKind, state: WorkState) -> tuple[Verb, ...]:
    """What can be done to such an item now, in the order of the verbs."""
    return tuple(verb for verb in Verb if (state, verb) in TABLES[kind])


def move(item: WorkItem, step: Step) -> WorkItem | Refusal:
    """The item after this step, or why not. Orders and seconds of a stop payment come through `stoppayment` alone."""
    refusal = _refused(item, step)
    if refusal is not None:
        return refusal
    state = TABLES[item.kind][item.state, step.verb]
    match step.verb:
        case Verb.ACCEPT:
            return replace(item, state=state, owner=step.by, accepted_at=step.at)
        case Verb.GIVE_BACK:
            return replace(item, state=state, owner="", accepted_at=None)
        case Verb.ARRIVE:
            return replace(item, state=state, arrived_at=step.at)
        case Verb.ORDER | Verb.SECOND:
            return replace(item, state=state)
        case Verb.FINISH:
            return replace(item, state=state, result=step.result, note=step.note, done_at=step.at)
        case Verb.CANCEL:
            return replace(item, state=state, note=step.note, done_at=step.at)


def _refused(item: WorkItem, step: Step) -> Refusal | None:
    if not step.by.strip():
        return Refusal("nobody", "say who does it")
    if (item.state, step.verb) not in TABLES[item.kind]:
        who = f" by {item.owner}" if item.owner and item.state.open else ""
        return Refusal("not_now", f"this {item.kind.value} is {item.state.value}{who}; {_ADVICE[step.verb]}")
    owned = item.kind is not WorkKind.STOP_PAYMENT and step.verb in (Verb.ARRIVE, Verb.FINISH)
    if owned and item.owner != step.by:
        return Refusal("not_yours", f"{item.owner} has accepted it; he does that, or gives it back")
    return _result_refused(item, step) if step.verb is Verb.FINISH else None


def _result_refused(item: WorkItem, step: Step) -> Refusal | None:
    known = RESULTS[item.kind]
    if step.result not in known:
        results = ", ".join(each.value for each in known)
        return Refusal("no_such_result", f"a {item.kind.value} ends with one of: {results}")
    if item.kind is WorkKind.VISIT and step.result in MET and item.state is not _THERE:
        return Refusal("not_arrived", "who met the person was there: write down the arrival first")
    return None
