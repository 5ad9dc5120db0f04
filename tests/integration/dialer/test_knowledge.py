"""What intents know: published like a script, handed to workers as a file, and never the reason that nobody is rung."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from dialer.ports.shelf import Deed, Shelf, Version
from dialer.settings import CentreSettings
from dialer.storage import open_storage
from dialer.versions.knowledge import PublishedKnowledge
from dialer.versions.mouth import Mouth
from dialer.versions.publishing import Publisher, Signed
from dialer.versions.scripts import KNOWLEDGE, Scripts
from tests.fakes.clock import HandClock
from tests.fakes.prompts import FakePrompts
from voice.tts.keeping import RecordedSentences
from voice.understanding import understand
from voice.understanding.knowledge import Knowledge, decode, hashed, shipped

pytestmark = pytest.mark.integration

WANG, LI = Signed("王", "本地说法"), Signed("李", "同意")


def taught(phrase: str) -> Knowledge:
    """The shipped knowledge with one more phrase for wanting an officer."""
    known = shipped()
    owners = {**known.phrases.owners, phrase: "want_human"}
    return hashed(replace(known, phrases=replace(known.phrases, owners=owners)))


ONE, TWO = taught("摆龙门阵"), taught("吹壳子")


@dataclass
class Room:
    """A shelf in a real database, and the folder that workers read."""

    shelf: Shelf
    publisher: Publisher
    knowledge: PublishedKnowledge
    prompts: FakePrompts


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_storage(f"sqlite:///{tmp_path / 'quanzu.db'}") as storage:
        prompts = FakePrompts(tmp_path / "prompts")
        mouth = Mouth(prompts, RecordedSentences(tmp_path / "recorded", tmp_path))
        publisher = Publisher(storage.shelf, Scripts(storage.shelf, CentreSettings()), mouth, HandClock())
        yield Room(storage.shelf, publisher, PublishedKnowledge(storage.shelf, tmp_path / "knowledge"), prompts)


async def test_without_a_published_version_workers_use_what_they_have_in_memory(room: Room) -> None:
    assert await room.knowledge.file() == ""

    await room.publisher.publish([], WANG, knowledge=shipped())
    assert await room.knowledge.file() == ""


async def test_a_published_version_is_a_file_named_by_its_hash(room: Room) -> None:
    assert await room.publisher.publish([], WANG, knowledge=ONE) == [KNOWLEDGE]
    assert await room.publisher.publish([], WANG, knowledge=ONE) == ()

    first = Path(await room.knowledge.file())
    assert first.is_absolute()
    assert first.stem == ONE.hash == decode(first.read_bytes()).hash
    assert understand("摆龙门阵", (), decode(first.read_bytes())).top == "want_human"

    await room.publisher.publish([], LI, knowledge=TWO)
    assert Path(await room.knowledge.file()).stem == TWO.hash
    assert first.exists(), "a call that began with it may still have to read it"


async def test_a_second_person_approves_and_anybody_goes_back(room: Room) -> None:
    room.prompts.down = True  # nobody speaks it, so nothing has to be rendered
    await room.publisher.publish([], WANG, knowledge=ONE)
    await room.publisher.publish([], WANG, knowledge=TWO, propose=True)
    assert Path(await room.knowledge.file()).stem == ONE.hash

    await room.publisher.approve(KNOWLEDGE, TWO.hash[:6], LI)
    assert Path(await room.knowledge.file()).stem == TWO.hash

    await room.publisher.roll_back(KNOWLEDGE, "", LI)
    assert Path(await room.knowledge.file()).stem == ONE.hash
    deeds = [line.deed for line in await room.shelf.log(KNOWLEDGE)]
    assert deeds == [Deed.PUBLISHED, Deed.PROPOSED, Deed.APPROVED, Deed.ROLLED_BACK]


@pytest.mark.parametrize("content", ["{", '{"patterns": 1}'])
async def test_a_version_that_cannot_be_read_costs_no_call(room: Room, content: str) -> None:
    await room.shelf.publish([Version(KNOWLEDGE, "e" * 64, content, HandClock().now(), "王", "")])

    with capture_logs() as logs:
        assert await room.knowledge.file() == ""

    assert [line["event"] for line in logs] == ["published knowledge not usable"]


async def test_a_folder_that_cannot_be_written_costs_no_call(room: Room, tmp_path: Path) -> None:
    await room.publisher.publish([], WANG, knowledge=ONE)
    (tmp_path / "knowledge").write_text("a file where a folder should be")

    with capture_logs() as logs:
        assert await room.knowledge.file() == ""

    assert [line["event"] for line in logs] == ["published knowledge not usable"]
