"""The shelf keeps every version, knows who switched to which, and lets a second person decide."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from dialer.errors import DialerError, NotProposed, OwnProposal
from dialer.ports.shelf import Deed, Shelf, Version
from dialer.storage import migrations, open_storage, storage_over
from dialer.storage.engine import open_engines
from tests.fakes.clock import HandClock

pytestmark = pytest.mark.contract

NOW = HandClock().now()
FIRST = Version("flight_refund", "a" * 64, '{"v": 1}', NOW, "王", "first")
SECOND = Version("flight_refund", "ab" * 32, '{"v": 2}', NOW, "李", "second")
OTHER = Version("intents", "c" * 64, '["anything"]', NOW, "王", "another kind of content")


@pytest.fixture
async def shelf(database: str) -> AsyncIterator[Shelf]:
    async with open_storage(database) as storage:
        yield storage.shelf


async def told(shelf: Shelf, code: str = "flight_refund") -> list[tuple[Deed, str, str]]:
    return [(line.deed, line.who, line.hash[:2]) for line in await shelf.log(code)]


async def test_the_current_version_is_the_one_published_last_and_none_is_ever_gone(shelf: Shelf) -> None:
    assert await shelf.current("flight_refund") is None
    assert await shelf.publish([FIRST]) == ["flight_refund"]
    assert await shelf.publish([FIRST]) == []
    assert await shelf.publish([SECOND]) == ["flight_refund"]
    assert await shelf.current("flight_refund") == SECOND
    assert await shelf.by_hash(FIRST.hash) == FIRST
    assert await shelf.publish([FIRST], Deed.ROLLED_BACK) == ["flight_refund"]
    assert await shelf.current("flight_refund") == FIRST
    assert await told(shelf) == [
        (Deed.PUBLISHED, "王", "aa"),
        (Deed.PUBLISHED, "李", "ab"),
        (Deed.ROLLED_BACK, "王", "aa"),
    ]


async def test_what_is_published_together_is_switched_together(shelf: Shelf) -> None:
    broken = replace(SECOND, author=None)  # type: ignore[arg-type]

    with pytest.raises(DialerError):
        await shelf.publish([OTHER, broken])

    assert await shelf.codes() == []
    assert await shelf.log() == []
    assert await shelf.publish([OTHER, FIRST]) == ["intents", "flight_refund"]
    assert await shelf.codes() == ["flight_refund", "intents"]


async def test_a_version_is_found_by_the_beginning_of_its_hash(shelf: Shelf) -> None:
    await shelf.publish([FIRST, OTHER])
    await shelf.propose([SECOND])
    await shelf.publish([replace(FIRST, code="generic")])

    assert {each.hash for each in await shelf.find("flight_refund", "a")} == {FIRST.hash, SECOND.hash}
    assert await shelf.find("flight_refund", "ab") == [SECOND]
    assert await shelf.find("flight_refund", "c") == []
    assert await shelf.find("flight_refund", "%") == []
    assert await shelf.by_hash(SECOND.hash) is None, "it was never published"


# --- the second person


async def test_a_proposal_changes_nothing_until_somebody_else_approves_it(shelf: Shelf) -> None:
    await shelf.publish([FIRST])

    assert await shelf.propose([SECOND]) == ["flight_refund"]
    assert await shelf.propose([SECOND]) == []
    assert await shelf.current("flight_refund") == FIRST
    assert await shelf.proposals() == [SECOND]

    at = NOW + timedelta(hours=1)
    approved = await shelf.approve("flight_refund", SECOND.hash, by="王", note="read", at=at)

    assert approved == replace(SECOND, published_at=at)
    assert await shelf.current("flight_refund") == approved
    assert await shelf.proposals() == []
    assert (await told(shelf))[1:] == [(Deed.PROPOSED, "李", "ab"), (Deed.APPROVED, "王", "ab")]


async def test_of_two_switches_at_the_same_moment_the_second_one_knows_of_the_first(database: str) -> None:
    third = replace(SECOND, hash="f" * 64)
    async with open_storage(database) as mine, open_storage(database) as theirs:
        both = await asyncio.gather(*(each.shelf.publish([FIRST]) for each in (mine, theirs) for _ in range(3)))
        assert sum(len(switched) for switched in both) == 1
        assert await told(mine.shelf) == [(Deed.PUBLISHED, "王", "aa")]

        await mine.shelf.propose([SECOND, third])
        approvals = [
            each.shelf.approve("flight_refund", version.hash, by="张", note="", at=NOW)
            for each, version in ((mine, SECOND), (theirs, third))
        ]
        done = await asyncio.gather(*approvals, return_exceptions=True)
        assert [type(each) for each in done if isinstance(each, DialerError)] == [NotProposed]


@pytest.mark.parametrize("by", ["李", " 李 "])
async def test_nobody_approves_his_own_proposal(shelf: Shelf, by: str) -> None:
    await shelf.propose([SECOND])

    with pytest.raises(OwnProposal):
        await shelf.approve("flight_refund", SECOND.hash, by=by, note="", at=NOW)

    assert await shelf.current("flight_refund") is None
    assert await told(shelf) == [(Deed.PROPOSED, "李", "ab")]


async def test_what_was_proposed_before_a_switch_cannot_undo_it(shelf: Shelf) -> None:
    await shelf.publish([FIRST])
    await shelf.propose([SECOND])
    await shelf.publish([replace(FIRST, hash="d" * 64)])
    await shelf.publish(
        [FIRST], Deed.ROLLED_BACK
    )  # the same content as when it was proposed, and yet not the same moment

    assert await shelf.proposals() == []
    with pytest.raises(NotProposed):
        await shelf.approve("flight_refund", SECOND.hash, by="王", note="", at=NOW)
    assert await shelf.propose([SECOND]) == ["flight_refund"]


async def test_the_current_version_needs_no_approval(shelf: Shelf) -> None:
    await shelf.publish([FIRST])

    assert await shelf.propose([FIRST]) == []


async def test_a_switch_of_one_script_leaves_the_proposals_of_others_open(shelf: Shelf) -> None:
    await shelf.propose([SECOND])
    await shelf.publish([OTHER])

    assert await shelf.proposals() == [SECOND]
    assert await shelf.proposals("intents") == []


# --- the log, and releases before this one


@pytest.mark.parametrize("change", ["UPDATE script_log SET who = 'nobody'", "DELETE FROM script_log"])
async def test_the_log_is_only_ever_added_to(database: str, shelf: Shelf, change: str) -> None:
    await shelf.publish([FIRST])

    async with open_engines(database) as engines:
        with pytest.raises(DialerError):
            async with engines.write() as db:
                await db.exec_driver_sql(change)

    assert await told(shelf) == [(Deed.PUBLISHED, "王", "aa")]


async def test_the_release_before_works_on_the_new_tables(database: str) -> None:
    """Its statements, as it wrote them: a proposal is nothing to it, what it publishes is current for us."""
    insert = (
        "INSERT INTO script_versions (code, hash, content, author, note, published_at) "
        f"VALUES ('flight_refund', '{'e' * 64}', '{{}}', 'daemon', '', '2026-11-22 10:00:00')"
    )
    newest = "SELECT hash FROM script_versions WHERE code = 'flight_refund' ORDER BY id DESC LIMIT 1"
    async with open_engines(database) as engines:
        shelf = storage_over(engines).shelf
        await shelf.publish([FIRST])
        await shelf.propose([SECOND])
        async with engines.write() as old:
            assert (await old.exec_driver_sql(newest)).scalar() == FIRST.hash
            await old.exec_driver_sql(insert)

        current = await shelf.current("flight_refund")
        assert current is not None
        assert current.hash == "e" * 64
        assert await shelf.proposals() == []


async def test_what_was_published_before_there_was_a_log_is_in_it(database: str) -> None:
    def as_of(revision: str, connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", str(Path(str(migrations.__file__)).parent))
        config.attributes["connection"] = connection
        (command.downgrade if revision == "0001" else command.upgrade)(config, revision)

    async with open_engines(database) as engines, engines.write() as db:
        await db.run_sync(lambda connection: as_of("0001", connection))
        await db.exec_driver_sql(
            "INSERT INTO script_versions (code, hash, content, author, note, published_at) "
            f"VALUES ('flight_refund', '{FIRST.hash}', '{{}}', '王', 'first', '2026-11-22 10:00:00')"
        )
    async with open_storage(database) as storage:
        assert await told(storage.shelf) == [(Deed.PUBLISHED, "王", "aa")]
