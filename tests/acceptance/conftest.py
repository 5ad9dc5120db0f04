"""The demo is run once for all tests that look at it, beside one whose citizens keep silent."""

from collections.abc import Iterator

import pytest

from tests.demo import Demo, Demos, start

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
