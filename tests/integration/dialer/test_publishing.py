"""Publishing: prompts before the switch, nothing by itself, and what an edited file says to a running daemon."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from dialer.domain.alert import FraudType
from dialer.domain.attempt import AttemptReason, ClaimedAttempt
from dialer.domain.grade import Grade
from dialer.errors import (
    AlreadyCurrent,
    NoSuchVersion,
    NotProposed,
    OwnProposal,
    ScriptMissing,
    Unsigned,
    VersionUnreadable,
)
from dialer.ports.shelf import Deed, Shelf, Version
from dialer.settings import CentreSettings
from dialer.storage import open_storage
from dialer.versions.mouth import Mouth
from dialer.versions.publishing import Publisher, Signed
from dialer.versions.scripts import Scripts, decoded
from dialer.versions.watching import ScriptFiles
from tests.fakes.clock import HandClock
from tests.fakes.prompts import FakePrompts
from tests.recordings import syllables, write
from tests.sipp import until
from tests.smallscript import SCRIPT
from voice.errors import RecordedSentenceLost, SpeechDown
from voice.script.model import Group, Script, Sentence
from voice.tts.keeping import RecordedSentences

pytestmark = pytest.mark.integration

SCRIPTS = Path(__file__).parents[3] / "scripts"
WANG, LI = Signed("王", "首发"), Signed("李", "改措辞")
SPOKEN = {name: Sentence(name, f"第{'一' * number}句。") for number, name in enumerate(SCRIPT.sentences, 1)}
ONE = replace(SCRIPT, hash="1" * 64, sentences=SPOKEN)
TWO = replace(SCRIPT, hash="2" * 64, sentences={**SPOKEN, "warn.1": Sentence("warn.1", "别转账。")})


@dataclass
class Room:
    """A shelf in a real database, and a voice that makes tones."""

    shelf: Shelf
    prompts: FakePrompts
    folder: Path

    def __post_init__(self) -> None:
        self.scripts = Scripts(self.shelf, CentreSettings())
        recorded = RecordedSentences(self.folder.parent / "recorded", self.folder)
        self.publisher = Publisher(self.shelf, self.scripts, Mouth(self.prompts, recorded), HandClock())

    def files(self, *, approval: bool = False) -> ScriptFiles:
        return ScriptFiles(self.folder, self.shelf, self.scripts, self.publisher, approval=approval)

    async def deeds(self, code: str = "small") -> list[Deed]:
        return [line.deed for line in await self.shelf.log(code)]


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    folder = tmp_path / "scripts"
    for path in (Path("generic.yaml"), Path("rehearsals") / "generic.yaml"):
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(SCRIPTS / path, folder / path)
    shutil.copytree(SCRIPTS / "shared", folder / "shared")
    async with open_storage(f"sqlite:///{tmp_path / 'quanzu.db'}") as storage:
        yield Room(storage.shelf, FakePrompts(tmp_path / "prompts"), folder)


# --- publish, approve, go back


async def test_publishing_the_same_again_is_no_deed(room: Room) -> None:
    assert await room.publisher.publish([ONE], WANG) == ["small"]
    assert not await room.publisher.publish([ONE], LI)
    assert await room.deeds() == [Deed.PUBLISHED]


async def test_every_sentence_is_rendered_before_the_switch(room: Room) -> None:
    await room.publisher.publish([ONE], WANG)
    seen: list[tuple[int, int]] = []
    room.prompts.down = True

    with pytest.raises(SpeechDown):
        await room.publisher.publish([TWO], LI, progress=lambda ready, total: seen.append((ready, total)))

    assert (await room.shelf.current("small")) is not None
    assert [script.hash for script in await room.scripts.published()] == [ONE.hash]
    room.prompts.down = False
    await room.publisher.publish([TWO], LI, progress=lambda ready, total: seen.append((ready, total)))
    assert seen[-1] == (len(TWO.sentences), len(TWO.sentences))
    assert [script.hash for script in await room.scripts.published()] == [TWO.hash]


async def test_a_group_that_hears_it_slower_has_its_own_prompts(room: Room) -> None:
    slow = replace(ONE, groups={"elder": Group("elder", "老人", rate_percent=80)})
    seen: list[tuple[int, int]] = []

    await room.publisher.publish([slow], WANG, progress=lambda ready, total: seen.append((ready, total)))

    assert seen[-1] == (2 * len(ONE.sentences), 2 * len(ONE.sentences))


async def test_a_proposal_waits_for_somebody_else(room: Room) -> None:
    assert await room.publisher.publish([ONE], WANG, propose=True) == ["small"]
    assert await room.scripts.codes() == []

    with pytest.raises(OwnProposal):
        await room.publisher.approve("small", "1111", WANG)
    with pytest.raises(NotProposed):
        await room.publisher.approve("small", "2222", LI)
    with pytest.raises(NotProposed, match="at least 4 characters"):
        await room.publisher.approve("small", "111", LI)

    assert (await room.publisher.approve("small", "1111", LI)).author == "王"
    assert await room.deeds() == [Deed.PROPOSED, Deed.APPROVED]
    assert [script.hash for script in await room.scripts.published()] == [ONE.hash]


async def test_going_back_is_a_deed_of_its_own(room: Room) -> None:
    await room.publisher.publish([ONE], WANG)
    with pytest.raises(NoSuchVersion):
        await room.publisher.roll_back("small", "", LI)
    await room.publisher.publish([TWO], WANG)

    version = await room.publisher.roll_back("small", "", LI)

    assert (version.hash, version.author, version.note) == (ONE.hash, "李", "改措辞")
    assert await room.deeds() == [Deed.PUBLISHED, Deed.PUBLISHED, Deed.ROLLED_BACK]
    with pytest.raises(AlreadyCurrent):
        await room.publisher.roll_back("small", "11", LI)
    assert (await room.publisher.roll_back("small", "22", LI)).hash == TWO.hash


async def test_nobody_goes_back_to_what_was_only_proposed(room: Room) -> None:
    await room.publisher.publish([ONE], WANG)
    await room.publisher.publish([TWO], WANG, propose=True)

    with pytest.raises(NoSuchVersion):
        await room.publisher.roll_back("small", "2", LI)


async def test_what_is_no_script_lies_on_the_shelf_and_is_never_taken_for_one(room: Room) -> None:
    await room.shelf.publish([Version("intents", "f" * 64, '["knowledge"]', HandClock().now(), "王", "")])

    assert await room.scripts.codes() == []
    assert await room.scripts.published() == []
    with pytest.raises(VersionUnreadable) as fault:
        decoded(Version("small", "f" * 64, '["knowledge"]', HandClock().now(), "王", ""))
    assert isinstance(fault.value, ScriptMissing), "an attempt that has no script is counted as a fault of ours"


# --- files beside a running daemon


def edit(room: Room, old: str, new: str) -> None:
    """As editors do it: write another file, then rename."""
    path = room.folder / "generic.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    part = path.with_suffix(".tmp")
    part.write_text(text.replace(old, new), encoding="utf-8")
    part.replace(path)


async def current(room: Room) -> Script:
    (script,) = await room.scripts.published()
    return script


async def test_the_first_start_publishes_what_passes_the_gate(room: Room) -> None:
    shutil.copy(room.folder / "generic.yaml", room.folder / "fake_loan.yaml")  # the wrong code, and no rehearsals

    with capture_logs() as logs:
        await room.files().first_publication()

    assert await room.scripts.codes() == ["generic"]
    assert any("wrong-name" in line.get("finding", "") for line in logs)
    assert [line.who for line in await room.shelf.log("generic")] == ["daemon"]


async def test_a_script_whose_rehearsal_fails_is_not_published_by_the_first_start(room: Room) -> None:
    path = room.folder / "rehearsals" / "generic.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("conclusion: denies", "conclusion: aware"), encoding="utf-8"
    )

    with capture_logs() as logs:
        await room.files().first_publication()

    assert await room.scripts.codes() == []
    assert any("concludes 'denies', expected 'aware'" in line.get("finding", "") for line in logs)


async def test_a_later_start_publishes_nothing(room: Room) -> None:
    await room.files().first_publication()
    before = await current(room)
    edit(room, "title: 通用", "title: 通用的")

    await room.files().first_publication()

    assert (await current(room)).hash == before.hash


async def test_with_approval_the_first_start_only_proposes(room: Room) -> None:
    with capture_logs() as logs:
        await room.files(approval=True).first_publication()
        await room.files(approval=True).first_publication()

    assert await room.scripts.codes() == []
    assert [version.code for version in await room.shelf.proposals()] == ["generic"]
    assert [line["event"] for line in logs if line["log_level"] == "warning"] == [
        "nobody is rung until a second person has approved a script"
    ]


async def test_an_edited_file_is_judged_at_once_and_not_published(room: Room) -> None:
    await room.files().first_publication()
    before = await current(room)
    with capture_logs() as logs:
        watching = asyncio.create_task(room.files().run())
        try:
            edit(room, "title: 通用", "title: 通用的")
            await until(lambda: _said(logs, "script file is good and not published yet"))
            edit(room, "opening: opening", "opening: openin")
            await until(lambda: any("'openin', which does not exist" in line.get("finding", "") for line in logs))
            shared = room.folder / "shared" / "lines.yaml"
            shared.write_text(shared.read_text(encoding="utf-8") + "# touched\n", encoding="utf-8")
            mistakes = len([line for line in logs if line["log_level"] == "error"])
            await until(lambda: len([line for line in logs if line["log_level"] == "error"]) > mistakes)
            edit(room, "opening: openin", "opening: opening")
            edit(room, "title: 通用的", "title: 通用")
            await until(lambda: _said(logs, "script file is as published"))
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    assert (await current(room)).hash == before.hash


async def test_edited_intents_are_judged_at_once_and_not_published(room: Room) -> None:
    await room.files().first_publication()
    with capture_logs() as logs:
        watching = asyncio.create_task(room.files().run())
        try:
            path = room.folder / "shared" / "intents" / "want_human.yaml"
            good = path.read_text(encoding="utf-8")
            path.write_text(good.replace("  - 转人工\n", "  - 转人工\n  - 摆龙门阵\n"), encoding="utf-8")
            await until(lambda: _said(logs, "intents are good and not published yet"))
            path.write_text(good.replace("phrases:", "phrase:"), encoding="utf-8")
            await until(lambda: any("has no 'phrase'" in line.get("finding", "") for line in logs))
        finally:
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    assert await room.shelf.current("intents") is None


async def test_a_folder_that_is_not_there_does_not_bring_the_daemon_down(room: Room) -> None:
    shutil.rmtree(room.folder)
    with capture_logs() as logs:
        watching = asyncio.create_task(room.files().run())
        await until(lambda: _said(logs, "script folder cannot be watched, trying again"))
        assert not watching.done()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


def _said(logs: list[Any], event: str) -> bool:
    return any(line["event"] == event for line in logs)


# --- recordings


async def test_a_recording_is_kept_when_its_script_is_published(room: Room) -> None:
    recording = write(room.folder / "hello.wav", syllables())
    digest = hashlib.sha256(recording.read_bytes()).hexdigest()
    tibetan = Sentence("opening.1", "བཀྲ་ཤིས་བདེ་ལེགས།", recording="hello.wav", recording_sha256=digest)
    script = replace(ONE, sentences={**SPOKEN, "opening.1": tibetan})
    await room.publisher.publish([script], WANG, rendered=False)
    recording.unlink()
    await room.publisher.publish([TWO], LI)

    await room.publisher.roll_back("small", "", WANG)

    kept = room.folder.parent / "recorded" / f"{digest}.wav"
    assert kept.is_file()


async def test_a_version_whose_recording_is_lost_is_not_published(room: Room) -> None:
    lost = Sentence("opening.1", "您好。", recording="hello.wav", recording_sha256="0" * 64)

    with pytest.raises(RecordedSentenceLost):
        await room.publisher.publish([replace(ONE, sentences={**SPOKEN, "opening.1": lost})], WANG)
    assert await room.shelf.codes() == []


def test_nobody_signs_with_blanks_and_no_switch_is_without_its_reason() -> None:
    with pytest.raises(Unsigned):
        Signed("  ", "改措辞")
    with pytest.raises(Unsigned):
        _ = Signed("王", " ").reasoned
    assert Signed(" 王 ", "改措辞").reasoned == Signed("王", "改措辞")


# --- a fraud type that is only ours


def _claimed(kind: FraudType, **facts: str) -> ClaimedAttempt:
    due = HandClock().now()
    return ClaimedAttempt(
        id="a", case_id="c", number="13800138000", grade=Grade.HIGH, fraud_type=kind, reason=AttemptReason.ALERT,
        due_at=due, deadline=due, lease_until=due, made=0, alerted_at=due, facts=facts,
    )  # fmt: skip


async def test_alerts_know_a_type_of_our_own_by_code_and_title_as_soon_as_it_is_published(room: Room) -> None:
    parcel = replace(ONE, code="parcel", title="快递ABC")
    assert await room.scripts.own_types() == {}

    await room.publisher.publish([parcel, replace(TWO, code="generic")], WANG)

    assert await room.scripts.own_types() == {"parcel": "parcel", "快递abc": "parcel"}


async def test_a_case_of_our_own_type_is_rung_with_its_script_and_with_the_generic_one_without(room: Room) -> None:
    await room.publisher.publish([replace(ONE, code="parcel"), replace(TWO, code="generic")], WANG)

    ours = await room.scripts.for_call(_claimed(FraudType.GENERIC, script="parcel"))
    gone = await room.scripts.for_call(_claimed(FraudType.GENERIC, script="withdrawn"))

    assert (ours.code, gone.code) == ("parcel", "generic")


async def test_the_ministrys_type_of_a_later_alert_outweighs_our_own(room: Room) -> None:
    both = [replace(ONE, code="parcel"), replace(TWO, code="fake_loan")]
    await room.publisher.publish(both, WANG)

    assert (await room.scripts.for_call(_claimed(FraudType.FAKE_LOAN, script="parcel"))).code == "fake_loan"


async def test_there_is_no_going_back_from_what_was_never_published(room: Room) -> None:
    with pytest.raises(NoSuchVersion, match="'small' was never published here; there is nothing to go back to"):
        await room.publisher.roll_back("small", "", LI)
