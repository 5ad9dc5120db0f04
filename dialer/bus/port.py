"""What the daemon needs from the world's messages: alerts come in and are answered, news go out.

Rule 1: an alert is done with only after `take` has returned, that is after the commit. Until then it comes again.
Rule 2: so an alert may come twice, and `take` folds it by its id.
Rule 3: what may heal by itself (a full disk, a database that is away) is waited for; the alert stays where it is.
"""

from collections.abc import Awaitable, Callable
from typing import Protocol

from dialer.ports import Answer
from dialer.standing import Patience

__all__ = ["Answer", "Bus", "Publisher", "Take", "taken"]


Take = Callable[[bytes, str], Awaitable[Answer]]
"""Body and source's name -> answer. Raises only retryable errors, for which the alert waits, or what ends the daemon."""


class Publisher(Protocol):
    """The half that the outbox needs."""

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns when the world has it. Raises BrokerDown, and then the world may have it or not."""


class Bus(Publisher, Protocol):
    """Both ways. `InProcessBus` and `MqttBus` keep the same promises."""

    async def run(self, take: Take) -> None:
        """Standing task: hand every alert to `take`, one after the other, and answer it. Ends only when cancelled."""


async def taken(take: Take, body: bytes, source: str, patience: Patience) -> Answer:
    """Have it taken, however long what ails us lasts."""
    answers: list[Answer] = []

    async def once() -> None:
        answers.append(await take(body, source))

    while not await patience.step(once):
        pass
    return answers[0]
