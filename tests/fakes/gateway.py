"""An SMS gateway that remembers what it was given; it may be away."""

from datetime import datetime

from dialer.errors import BrokerDown
from dialer.ports.work import DueSms


class RememberingGateway:
    """Holds dialer.ports.work.Gateway."""

    def __init__(self) -> None:
        self.sent: list[DueSms] = []
        self.expires_at: list[datetime] = []
        self.away = False

    async def send(self, due: DueSms, expires_at: datetime) -> None:
        if self.away:
            raise BrokerDown
        self.sent.append(due)
        self.expires_at.append(expires_at)
