"""A task that is cancelled in the middle of a transaction leaves nothing behind: no row, and no lock."""

import asyncio
import gc
from contextlib import suppress
from pathlib import Path

import pytest

from dialer.storage import open_storage
from tests.centre import Centre
from tests.mortal import Cut

pytestmark = pytest.mark.contract

WAITS = 100  # more than an alert's way into an empty casebook has
LOCKED_SECONDS = 5.0  # the writer gives up after fifteen


async def test_whoever_is_cancelled_inside_a_transaction_keeps_no_lock(tmp_path: Path) -> None:
    gc.disable()  # a collection would let go of the lock by chance
    try:
        async with open_storage(f"sqlite:///{tmp_path / 'casebook.db'}") as storage:
            centre = Centre(storage)
            for waits in range(1, WAITS):
                number = f"138{waits:08}"
                with suppress(asyncio.CancelledError):
                    await Cut(centre.alert(number=number), waits)
                async with asyncio.timeout(LOCKED_SECONDS):
                    answer = await centre.alert(number=number)
                assert answer.accepted
    finally:
        gc.enable()
