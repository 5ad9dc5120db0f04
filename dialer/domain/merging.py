"""Two people on file who turn out to be one: when that is so, and what becomes of their files. Pure.

Rule 1: one alert that names two own mobiles joins the people whom they find. A landline joins nobody: a family shares it.
Rule 2: nobody is joined with a number that he, or the other one, was known by as somebody else's: work, family.
Rule 3: two people of different surnames are kept apart; who wrote both numbers down for one person was wrong about one.
Rule 4: of two files the older stays, and the strictest wins: grade, lists, numbers that are shut, calls of the day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from dialer.domain.actions import Action, Announce, Announcement, CancelAttempts
from dialer.domain.case import Case, CaseState, Person, Tally
from dialer.domain.contacts import ContactLadder, NumberKind, own_kind

Next = tuple[Case, tuple[Action, ...]]


@dataclass(frozen=True, slots=True)
class KnownPerson:
    """Somebody on file whom a number of an alert finds."""

    person: Person
    own: frozenset[str] = field(repr=False)  # he is found by these
    elses: frozenset[str] = field(default=frozenset(), repr=False)  # on his ladder, and somebody else's: work, family
    surname: str = field(default="", repr=False)

    @property
    def has_mobile(self) -> bool:
        return any(own_kind(number) is NumberKind.MOBILE for number in self.own)


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom an alert is about."""

    people: tuple[KnownPerson, ...] = ()  # all of them are one; the oldest first. Empty: somebody new
    apart: str = ""  # why somebody else whom the numbers find was not joined, as a code


def meant(named: Sequence[str], known: Sequence[KnownPerson]) -> Meant:
    """Whom an alert is about that names these numbers as the person's own."""
    mobiles = [number for number in named if own_kind(number) is NumberKind.MOBILE]
    found = _in_order(mobiles, known)
    if not found:
        found = _in_order(named, known)[:1]
        if mobiles:  # a new mobile beside a landline that is known: his, unless its owner has a mobile already
            found = [each for each in found if not each.has_mobile]
        return Meant(tuple(found))
    first = found[0]
    doubts = {each.person.id: _doubt(first, each) for each in found[1:]}
    one = [first, *(each for each in found[1:] if not doubts[each.person.id])]
    apart = next((why for why in doubts.values() if why), "")
    return Meant(tuple(sorted(one, key=lambda each: each.person.id)), apart)  # ids sort by age


def _in_order(numbers: Sequence[str], known: Sequence[KnownPerson]) -> list[KnownPerson]:
    owners = {number: each for each in known for number in each.own}
    return list({owners[number].person.id: owners[number] for number in numbers if number in owners}.values())


def _doubt(one: KnownPerson, other: KnownPerson) -> str:
    if one.own & other.elses or other.own & one.elses:
        return "known_as_somebody_elses"
    return "surnames_differ" if one.surname and other.surname and one.surname != other.surname else ""


def joined_person(older: Person, younger: Person) -> Person:
    """One person with one budget of calls."""
    clear = [at for at in (older.clear_at, younger.clear_at) if at is not None]
    days = [day for day in (older.calls_day, younger.calls_day) if day is not None]
    day = max(days, default=None)
    return replace(
        older,
        officer_only=older.officer_only or younger.officer_only,
        clear_at=max(clear, default=None),
        calls_day=day,
        calls_today=older.calls_on(day) + younger.calls_on(day) if day else 0,
    )


def moved(ladder: ContactLadder, places: Mapping[int, int]) -> ContactLadder:
    """Where a case stands when its person's numbers stand on another ladder. places: by the old ones."""
    shut = tuple(sorted({places.get(place, place) for place in ladder.shut}))
    return replace(ladder, at=places.get(ladder.at, ladder.at), shut=shut)


def merged(case: Case, into: str, now: datetime) -> Next:
    """The younger of two open cases: closed, and whatever comes for it later goes into the other one."""
    if case.state is CaseState.CLOSED:
        return case, ()
    closed = replace(case, state=CaseState.CLOSED, closed_at=now, sms_again_at=None)
    return closed, (CancelAttempts(), Announce(Announcement.CASE_MERGED, {"into": into}))


def joined(case: Case, other: Case | None) -> Next:
    """The one that goes on. An officer who has one of them has both; what is rung next is decided by the alert that joined them."""
    if case.state is CaseState.CLOSED:
        return case, ()
    after = case if other is None else _strictest(case, other)
    nobody_rings = after.state is CaseState.WITH_OFFICER or after.person.officer_only
    return after, ((CancelAttempts(),) if nobody_rings else ())


def _strictest(case: Case, other: Case) -> Case:
    sums = [each for each in (case.sum_yuan, other.sum_yuan) if each is not None]
    after = replace(
        case,
        grade=min(case.grade, other.grade, key=lambda grade: grade.rank),
        sum_yuan=max(sums, default=None),
        tally=_worst(case.tally, other.tally),
        sms_again_at=min((at for at in (case.sms_again_at, other.sms_again_at) if at), default=None),
        numbers=replace(case.numbers, shut=tuple(sorted({*case.numbers.shut, *other.numbers.shut}))),
        called_back=case.called_back or other.called_back,
    )
    if other.state is CaseState.WITH_OFFICER and case.state is not CaseState.WITH_OFFICER:
        return replace(after, state=CaseState.WITH_OFFICER, officer=other.officer, officer_at=other.officer_at)
    return after


def _worst(one: Tally, other: Tally) -> Tally:
    return Tally(
        max(one.not_reached, other.not_reached),
        max(one.busy, other.busy),
        max(one.faults, other.faults),
        max(one.follow_ups, other.follow_ups),
    )
