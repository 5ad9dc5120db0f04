"""By which knowledge a command understands: the folder that admins edit, unless they say otherwise; and it is said."""

import json
import shutil
from pathlib import Path

import pytest
from rich.console import Console

from dialer.desk.ears import as_json, measure_file
from dialer.desk.knowing import knowledge_of
from dialer.desk.whose import Whose
from dialer.errors import NoCasebook
from dialer.settings import Settings, load
from dialer.storage import open_storage
from dialer.versions.knowledge import version_of
from tests.fakes.clock import HandClock
from voice.errors import ScriptFault
from voice.understanding.knowledge import shipped

pytestmark = pytest.mark.integration

INTENTS = Path(__file__).parents[3] / "scripts" / "shared" / "intents"
REPLY = "摆给领导听听嘛"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A centre whose admins have taught want_human one more phrase."""
    folder = tmp_path / "scripts" / "shared" / "intents"
    shutil.copytree(INTENTS, folder)
    wishes = folder / "want_human.yaml"
    wishes.write_text(
        wishes.read_text(encoding="utf-8").replace("\n  - ", "\n  - 摆给领导听\n  - ", 1), encoding="utf-8"
    )
    given = {"QUANZU_SCRIPTS__DIR": str(tmp_path / "scripts"), "QUANZU_DATABASE_URL": f"sqlite:///{tmp_path}/q.db"}
    return load(None, given)


async def measured(settings: Settings, tmp_path: Path, whose: Whose) -> tuple[str, float, str]:
    file = tmp_path / "replies.tsv"
    file.write_text(f"want_human\t{REPLY}\n", encoding="utf-8")
    known, figures = await measure_file(settings, file, Console(), whose=whose, aloud=False)
    return json.loads(as_json(known, figures))["intents"], figures.accuracy, str(known)


async def test_figures_are_those_of_the_edited_folder(settings: Settings, tmp_path: Path) -> None:
    digest, accuracy, told = await measured(settings, tmp_path, Whose.FOLDER)

    assert accuracy == 1.0
    assert digest != shipped().hash
    assert told == f"understood by the folder {tmp_path}/scripts/shared/intents: intents {digest[:12]}"


async def test_figures_of_what_was_shipped_are_had_for_the_asking(settings: Settings, tmp_path: Path) -> None:
    digest, accuracy, told = await measured(settings, tmp_path, Whose.SHIPPED)

    assert (digest, accuracy) == (shipped().hash, 0.0)
    assert told.endswith("the same as shipped")


async def test_what_is_published_is_what_calls_understand_by(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(NoCasebook):
        await knowledge_of(settings, Whose.PUBLISHED)
    async with open_storage(settings.database_url) as storage:
        unpublished = await knowledge_of(settings, Whose.PUBLISHED)
        edited = (await knowledge_of(settings, Whose.FOLDER)).knowledge
        await storage.shelf.publish([version_of(edited, "王", "", HandClock().now())])

    digest, accuracy, _ = await measured(settings, tmp_path, Whose.PUBLISHED)

    assert unpublished.knowledge.hash == shipped().hash
    assert (digest, accuracy) == (edited.hash, 1.0)


async def test_a_folder_that_does_not_compile_is_told_with_its_findings(settings: Settings, tmp_path: Path) -> None:
    wishes = tmp_path / "scripts" / "shared" / "intents" / "want_human.yaml"
    wishes.write_text(wishes.read_text(encoding="utf-8") + "silences: [nobody_means_this]\n", encoding="utf-8")

    with pytest.raises(ScriptFault, match="no-such-intent"):
        await knowledge_of(settings, Whose.FOLDER)


async def test_without_a_folder_the_shipped_knowledge_applies(settings: Settings, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "scripts")

    assert (await knowledge_of(settings, Whose.FOLDER)).knowledge.hash == shipped().hash
