"""Has whoever waits for rows woken when the database tells that some were written, by whatever process.

Rule 1: nobody relies on it: everybody who is woken here also looks by himself, only less often.
"""

from collections.abc import Awaitable, Callable, Mapping

from dialer.node.standing import Patience

LOOK_SECONDS = 0.5  # between two looks by ourselves, where the database tells


async def wake_on_writes(
    hear: Callable[[Callable[[str], None]], Awaitable[None]], wakes: Mapping[str, Callable[[], None]]
) -> None:
    """Standing task. wakes: by the table whose rows are waited for; all are woken when we begin to listen."""
    patience = Patience("hearing")

    def wake(table: str) -> None:
        for name, each in wakes.items():
            if table in ("", name):
                each()

    while True:
        await patience.step(lambda: hear(wake))
