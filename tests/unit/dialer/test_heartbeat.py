"""A node says that it lives, and judges others only when it could have heard them."""

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from dialer.errors import StorageDown
from dialer.node.heartbeat import BEAT_SECONDS, LEASE_SECONDS, Heartbeat
from dialer.node.name import node_name
from tests.fakes.clock import HandClock

pytestmark = pytest.mark.unit


@dataclass
class Book:
    """Holds dialer.ports.nodes.Nodes."""

    others: tuple[str, ...] = ()
    down: bool = False
    leases: list[tuple[datetime, datetime]] = field(default_factory=list)
    left: list[tuple[str, datetime]] = field(default_factory=list)

    async def heartbeat(self, node: str, now: datetime, lease_until: datetime) -> tuple[str, ...]:
        self._look()
        self.leases.append((now, lease_until))
        return tuple(sorted((node, *self.others)))

    async def leave(self, node: str, now: datetime, lease_until: datetime) -> None:
        self._look()
        self.left.append((node, lease_until))

    def _look(self) -> None:
        if self.down:
            raise StorageDown


@dataclass
class Node:
    book: Book = field(default_factory=Book)
    clock: HandClock = field(default_factory=HandClock)
    name: str = "b"

    def __post_init__(self) -> None:
        self.heart = Heartbeat(self.book, self.clock, self.name, None)

    async def lives(self, seconds: float) -> None:
        for _ in range(int(seconds / BEAT_SECONDS)):
            await self.heart.beat()
            self.clock.pass_by(BEAT_SECONDS)


async def test_every_beat_leases_what_the_node_has_for_some_beats_more() -> None:
    node = Node()
    await node.heart.beat()

    now = node.clock.now()
    assert node.book.leases == [(now, now + timedelta(seconds=LEASE_SECONDS))]
    assert LEASE_SECONDS >= 3 * BEAT_SECONDS, "two beats may be late"


async def test_others_are_judged_after_a_whole_lease_of_beats_and_anew_after_a_gap() -> None:
    node = Node()
    assert not node.heart.may_judge
    await node.lives(LEASE_SECONDS - BEAT_SECONDS)
    await node.heart.beat()
    assert not node.heart.may_judge
    await node.lives(BEAT_SECONDS)
    assert node.heart.may_judge

    node.book.down = True
    with pytest.raises(StorageDown):
        await node.heart.beat()
    node.clock.pass_by(LEASE_SECONDS)
    assert not node.heart.may_judge
    node.book.down = False
    await node.lives(LEASE_SECONDS - BEAT_SECONDS)
    await node.heart.beat()
    assert not node.heart.may_judge, "the others have not had the time to be heard again"
    await node.lives(BEAT_SECONDS)
    assert node.heart.may_judge


async def test_of_the_nodes_that_live_one_is_the_first() -> None:
    node = Node()
    assert not node.heart.is_first
    await node.heart.beat()
    assert node.heart.is_first
    node.book.others = ("a",)
    await node.heart.beat()
    assert not node.heart.is_first


async def test_who_leaves_keeps_his_calls_until_the_longest_is_over_and_a_database_that_is_away_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    node = Node()
    await node.heart.leave(timedelta(seconds=400))
    assert node.book.left == [("b", node.clock.now() + timedelta(seconds=400))]

    node.book.down = True
    with caplog.at_level(logging.WARNING):
        await node.heart.leave(timedelta(seconds=400))


def test_a_node_has_its_name_for_as_long_as_it_has_its_directory(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    here.mkdir()
    there.mkdir()

    assert node_name(here) == node_name(here)
    assert node_name(here) != node_name(there)
    assert len(node_name(here)) <= 80
