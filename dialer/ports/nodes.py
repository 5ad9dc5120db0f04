"""What a node says of itself to the others; `dialer.storage` holds it.

The rules of `dialer.ports` hold: one method, one transaction.
"""

from datetime import datetime
from typing import Protocol


class Nodes(Protocol):
    """Who else works on this database. Used by the heartbeat."""

    async def heartbeat(self, node: str, now: datetime, lease_until: datetime) -> tuple[str, ...]:
        """This node lives: its claims and calls are leased until then. Answers all that live, by name."""

    async def leave(self, node: str, now: datetime, lease_until: datetime) -> None:
        """This node goes: its claims are anybody's at once, its calls are leased until then."""
