"""Who is one person with whom, and what becomes of two files on him: the strictest wins."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from dialer.domain.actions import Announce, Announcement, CancelAttempts
from dialer.domain.case import Case, CaseState, Person, Tally
from dialer.domain.contacts import ContactLadder
from dialer.domain.events import MergedInto, PersonsMerged
from dialer.domain.grade import Grade
from dialer.domain.merging import KnownPerson, Meant, joined_person, meant, moved
from tests.casefile import NOON, File

pytestmark = pytest.mark.unit

MOBILE, SECOND, LANDLINE = "13800138000", "13900139000", "08916331234"
TODAY = date(2026, 11, 22)


def known(name: str, *own: str, elses: tuple[str, ...] = (), surname: str = "") -> KnownPerson:
    return KnownPerson(Person(name), frozenset(own), frozenset(elses), surname)


ONE, TWO = known("1", MOBILE), known("2", SECOND)


def names(found: Meant) -> list[str]:
    return [each.person.id for each in found.people]


@pytest.mark.parametrize("named", [(MOBILE, SECOND), (SECOND, MOBILE)])
def test_two_mobiles_join_and_the_older_stays(named: tuple[str, ...]) -> None:
    assert names(meant(named, [TWO, ONE])) == ["1", "2"]


@pytest.mark.parametrize(
    ("named", "people", "whom"),
    [
        ((MOBILE,), [], []),
        ((MOBILE,), [ONE], ["1"]),
        (
            (LANDLINE, MOBILE),
            [known("0", LANDLINE), ONE],
            ["1"],
        ),  # a landline beside a mobile that is known says nothing
        ((LANDLINE, SECOND), [known("0", LANDLINE)], ["0"]),
        ((LANDLINE, SECOND), [known("0", MOBILE, LANDLINE)], []),  # the husband has a mobile: this one is the wife's
        ((LANDLINE,), [known("0", MOBILE, LANDLINE)], ["0"]),
    ],
)
def test_a_landline_joins_nobody(named: tuple[str, ...], people: list[KnownPerson], whom: list[str]) -> None:
    found = meant(named, people)

    assert (names(found), found.apart) == (whom, "")


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        (known("1", MOBILE, elses=(SECOND,)), TWO, "known_as_somebody_elses"),
        (ONE, known("2", SECOND, elses=(MOBILE,)), "known_as_somebody_elses"),
        (known("1", MOBILE, surname="王"), known("2", SECOND, surname="李"), "surnames_differ"),
        (known("1", MOBILE, surname="王"), known("2", SECOND, surname="王"), ""),
        (known("1", MOBILE, surname="王"), TWO, ""),
    ],
)
def test_doubt_keeps_people_apart_and_the_one_who_is_named_first_is_meant(
    one: KnownPerson, other: KnownPerson, why: str
) -> None:
    found = meant((SECOND, MOBILE), [one, other])

    assert found.apart == why
    assert names(found) == (["2"] if why else ["1", "2"])


def test_a_person_of_two_files_has_one_budget_and_the_stricter_wish() -> None:
    late = NOON + timedelta(minutes=5)
    older = Person("1", clear_at=NOON, calls_day=TODAY, calls_today=2)
    younger = Person("2", officer_only=True, clear_at=late, calls_day=TODAY, calls_today=3)

    assert joined_person(older, younger) == Person("1", True, late, TODAY, 5)
    assert joined_person(older, Person("2", calls_day=TODAY - timedelta(days=1), calls_today=9)).calls_today == 2


def test_places_on_the_younger_ladder_are_found_on_the_older_one() -> None:
    assert moved(ContactLadder(at=1, shut=(0, 1)), {0: 2, 1: 3}) == ContactLadder(at=3, shut=(2, 3))


def test_the_older_case_takes_what_is_worst_of_both() -> None:
    file = File.of(Grade.LOW, sum_yuan=10, tally=Tally(not_reached=1, busy=2), numbers=ContactLadder(shut=(0,)))
    other = replace(file.case, id="other", grade=Grade.HIGH, sum_yuan=None, tally=Tally(3, 1, 1, 1),
                    numbers=ContactLadder(shut=(1,)))  # fmt: skip
    file.happens(PersonsMerged(other))

    assert (file.case.grade, file.case.sum_yuan) == (Grade.HIGH, 10)
    assert file.case.tally == Tally(3, 2, 1, 1)
    assert file.case.numbers.shut == (0, 1)
    assert file.actions == ()


def test_an_officer_who_has_one_of_them_has_both() -> None:
    file = File.of(Grade.HIGH)
    other = replace(file.case, id="other", state=CaseState.WITH_OFFICER, officer="li", officer_at=NOON)
    file.happens(PersonsMerged(other))

    assert (file.case.state, file.case.officer, file.actions) == (CaseState.WITH_OFFICER, "li", (CancelAttempts(),))


def test_the_younger_case_ends_and_says_where_it_goes_on() -> None:
    file = File.of(Grade.HIGH).happens(MergedInto("case-1"))

    assert (file.case.state, file.case.closed_at) == (CaseState.CLOSED, NOON)
    assert file.actions == (CancelAttempts(), Announce(Announcement.CASE_MERGED, {"into": "case-1"}))


@pytest.mark.parametrize(
    "event",
    [MergedInto("x"), PersonsMerged(Case("x", Person("p"), Grade.HIGH, File.of(Grade.LOW).case.fraud_type, NOON))],
)
def test_nothing_is_merged_into_or_out_of_what_is_closed(event: MergedInto | PersonsMerged) -> None:
    file = File.of(Grade.HIGH, state=CaseState.CLOSED)
    before = file.case

    assert (file.happens(event).case, file.actions) == (before, ())
