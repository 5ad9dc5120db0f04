"""The names of topics. Pure. Never a number, a name or a word of a person in one: brokers log topics."""

import re
from dataclasses import dataclass

_SOURCE = re.compile(r"[a-z0-9_-]{1,32}")
ANY_SOURCE = "mqtt"


@dataclass(frozen=True, slots=True)
class Topics:
    """All topics of one centre, under one prefix."""

    prefix: str = "quanzu"

    @property
    def alerts(self) -> str:
        """Alerts, from whoever may publish here."""
        return f"{self.prefix}/alerts"

    @property
    def alerts_by_source(self) -> str:
        """A filter: alerts whose source the broker's access list vouches for, as `<prefix>/alerts/from/<source>`."""
        return f"{self.prefix}/alerts/from/+"

    @property
    def rejected(self) -> str:
        """Where a rejection is told when its sender named no topic for it."""
        return f"{self.prefix}/alerts/rejected"

    @property
    def status(self) -> str:
        """Whether the daemon is up; retained, and told by the broker itself when the daemon dies."""
        return f"{self.prefix}/daemon/status"

    @property
    def sms_send(self) -> str:
        """What the SMS gateway has to send: the only topic that carries telephone numbers."""
        return f"{self.prefix}/sms/send"

    @property
    def sms_receipts(self) -> str:
        """What became of it, from the gateway."""
        return f"{self.prefix}/sms/receipts"

    def of_case(self, case_id: str, kind: str) -> str:
        """News of one case."""
        return f"{self.prefix}/cases/{case_id}/{kind}"

    def of_robot(self, kind: str) -> str:
        """News of the robot as a whole; beside the status, where access lists already let us publish."""
        return f"{self.prefix}/daemon/{kind}"

    def source_of(self, topic: str) -> str:
        """Who sent an alert, as far as the topic tells."""
        source = topic.removeprefix(f"{self.prefix}/alerts/from/")
        return source if source != topic and _SOURCE.fullmatch(source) else ANY_SOURCE


def may_answer_on(topic: str) -> bool:
    """Whether a topic that a stranger named can be published to at all."""
    return bool(topic) and not topic.startswith("$") and not set(topic) & set("+#\0") and len(topic) <= 256  # noqa: PLR2004
