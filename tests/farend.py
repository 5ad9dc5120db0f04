"""A second real telephone, in a process of its own, that a test plays by lines of text.

Orders on stdin:  ring | answer SENT.wav HEARD.wav | refuse CODE | play FILE.wav | press DIGITS | hang_up
News on stdout:   port N | invited CALL-ID | answered | digit D | ended CAUSE
"""

import asyncio
import sys
from pathlib import Path
from typing import cast

from voice.ports import LegAnswered, LegDigit, LegEnded, LegEvent
from voice.sip.endpoint import IncomingLeg, PjsuaLeg, SipSettings, open_phone


def news(*words: object) -> None:
    print(*words, flush=True)


class FarEnd:
    """The one call of this process."""

    def __init__(self) -> None:
        self.incoming: IncomingLeg | None = None
        self.leg: PjsuaLeg | None = None

    def invited(self, incoming: IncomingLeg) -> None:
        self.incoming = incoming
        news("invited", incoming.call_id)

    def tell(self, event: LegEvent) -> None:
        match event:
            case LegAnswered():
                news("answered")
            case LegDigit(digit):
                news("digit", digit)
            case LegEnded():
                news("ended", event.cause)
            case _:
                pass  # LegHeard, LegPlayed: nobody asks for them

    def obey(self, order: list[str]) -> None:
        match order:
            case ["ring"]:
                cast(IncomingLeg, self.incoming).ring()
            case ["answer", sent, heard]:
                incoming = cast(IncomingLeg, self.incoming)
                self.leg = incoming.accept(self.tell, record_sent=Path(sent), record_heard=Path(heard))
            case ["refuse", code]:
                cast(IncomingLeg, self.incoming).refuse(int(code))
            case ["play", file]:
                cast(PjsuaLeg, self.leg).play(1, [Path(file)])
            case ["press", digits]:
                cast(PjsuaLeg, self.leg).send_digits(digits)
            case ["hang_up"]:
                cast(PjsuaLeg, self.leg).hang_up()
            case _:
                raise ValueError(order)


async def main() -> None:
    loop = asyncio.get_running_loop()
    phone = open_phone(SipSettings(), loop)
    far = FarEnd()
    await phone.on_invite(far.invited).wait()
    news("port", phone.port)
    orders = asyncio.StreamReader()
    transport, _ = await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    while line := await orders.readline():
        far.obey(line.decode().split())
    await phone.close()
    transport.close()


if __name__ == "__main__":
    asyncio.run(main())
