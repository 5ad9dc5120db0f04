"""Names for what we write down: time-ordered, random, hex; nothing about a person can be read from them."""

import secrets
from datetime import datetime


def new_id(now: datetime) -> str:
    """Twelve digits of milliseconds since 1970, then 80 random bits: sorts by age, never collides in practice."""
    return f"{int(now.timestamp() * 1000):012x}{secrets.token_hex(10)}"
