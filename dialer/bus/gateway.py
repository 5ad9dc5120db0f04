"""The SMS gateway behind the broker. Holds dialer.ports.work.Gateway.

Rule: `<prefix>/sms/send` is the only topic that carries telephone numbers. The broker's access list gives it to the gateway alone.
"""

from datetime import datetime

from dialer.bus import payloads
from dialer.bus.port import Publisher
from dialer.bus.topics import Topics
from dialer.ports.work import DueSms


class MqttGateway:
    """Gives SMS to whoever reads the topic; what he answers comes back through the bus."""

    def __init__(self, publisher: Publisher, topics: Topics) -> None:
        self._publisher, self._topics = publisher, topics

    async def send(self, due: DueSms, expires_at: datetime) -> None:
        await self._publisher.publish(self._topics.sms_send, payloads.sms(due, expires_at))
