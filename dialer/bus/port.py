"""What the daemon needs from the world's messages: alerts come in and are answered, news go out.

Rule 1: an alert is done with only after `take` has returned, that is after the commit. Until then it comes again.
Rule 2: so an alert may come twice, and `take` folds it by its id.
Rule 3: what may heal by itself (a full disk, a database that is away) is waited for; the alert stays where it is.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Protocol

from dialer.node.standing import Patience
from dialer.ports import Answer
from dialer.ports.work import Receipt

__all__ = ["Answer", "Bus", "Publisher", "Receive", "Take", "TakeTogether", "received", "taken", "taken_together"]


Take = Callable[[bytes, str], Awaitable[Answer]]
"""Body and source's name -> answer. Raises only retryable errors, for which the alert waits, or what ends the daemon."""


TakeTogether = Callable[[Sequence[tuple[bytes, str]]], Awaitable[Sequence[Answer]]]
"""The same for alerts that wait together; their answers in their order. Given again, each is folded by its id."""


Receive = Callable[[Receipt], Awaitable[object]]
"""What the SMS gateway says of one SMS. Raises only retryable errors, for which the receipt waits."""


class Publisher(Protocol):
    """The half that the outbox needs."""

    async def publish(self, topic: str, payload: bytes) -> None:
        """Returns when the world has it. Raises BrokerDown, and then the world may have it or not."""


class Bus(Publisher, Protocol):
    """Both ways. `InProcessBus` and `MqttBus` keep the same promises."""

    async def run(self, take: Take, receive: Receive | None = None, *, together: TakeTogether | None = None) -> None:
        """Standing task: hand every alert to `take`, one after the other, and answer it. Ends only when cancelled.

        receive: for what the SMS gateway says; None: nobody listens to it.
        together: for alerts that came while others were taken; None: they are taken one by one.
        """


async def taken(take: Take, body: bytes, source: str, patience: Patience) -> Answer:
    """Have it taken, however long what ails us lasts."""
    answers: list[Answer] = []

    async def once() -> None:
        answers.append(await take(body, source))

    while not await patience.step(once):
        pass
    return answers[0]


async def taken_together(
    take: TakeTogether, given: Sequence[tuple[bytes, str]], patience: Patience
) -> Sequence[Answer]:
    """The same for several."""
    answers: list[Answer] = []

    async def once() -> None:
        answers.extend(await take(given))

    while not await patience.step(once):
        pass
    return answers


async def received(receive: Receive, receipt: Receipt, patience: Patience) -> None:
    """The same for a receipt."""
    while not await patience.step(lambda: receive(receipt)):
        pass
