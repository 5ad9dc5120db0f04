"""The demo is run once for all tests that look at it, beside one whose citizens keep silent. Prompts are rendered once for all."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.daemon import Daemon
from tests.demo import Demo, Demos, start
from tests.stage import Scene, stage

SEED = 5


@pytest.fixture(scope="session")
def demos(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demos]:
    """Two at once take as long as one; that their telephones, daemons and RTP ports do not collide is part of the claim."""
    folder = tmp_path_factory.mktemp("demo")
    running = [start(folder / "spoken", SEED), start(folder / "silent", SEED, CITIZEN="silent")]
    spoken, silent = [demo.finish() for demo in running]
    yield Demos(spoken, silent)


@pytest.fixture
def demo(demos: Demos) -> Demo:
    """The demo's three calls."""
    return demos.spoken


@pytest.fixture(scope="session")
def prompts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every prompt, rendered once."""
    folder = tmp_path_factory.mktemp("prompts")

    async def render() -> None:
        async with Daemon(folder) as daemon:
            await daemon.logged("prompts are ready", seconds=180)

    asyncio.run(render())
    return folder / "var" / "prompts"


@pytest.fixture
async def scene(tmp_path: Path, prompts: Path) -> AsyncIterator[Scene]:
    async with stage(tmp_path, prompts) as scene:
        yield scene
