"""What may be told: the one sieve that everything passes that leaves the casebook for a log or a topic.

Pure. Six digits in a row may be a telephone, an account or a sum; our own ids and times of day say nothing about a person.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

HIDDEN = "•••"
PERSONAL = "pii_"  # a key that begins so holds a name, a sum, a number or spoken words
_ID_OR_DIGITS = re.compile(r"(?<![0-9A-Za-z])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9A-Za-z])|\d{6,}")
_ID_LENGTHS = (32, 64)
_LONGEST_HARMLESS_NUMBER = 10_000_000  # larger ones may be a telephone's


def scrubbed(value: Any) -> Any:
    """The value without anything that may be a telephone number or an account, to any depth; what JSON can hold."""
    match value:
        case None | bool():
            return value
        case int() | float():
            return value if abs(value) < _LONGEST_HARMLESS_NUMBER else HIDDEN
        case str():
            return str(value) if _is_moment(value) else _ID_OR_DIGITS.sub(_kept, value)
        case datetime():
            return value.isoformat(timespec="milliseconds")
        case date() | time():
            return value.isoformat()
        case Mapping():
            return {
                scrubbed(str(key)): HIDDEN if str(key).startswith(PERSONAL) else scrubbed(inner)
                for key, inner in value.items()
            }
        case list() | tuple() | set() | frozenset():
            return [scrubbed(each) for each in value]
        case _:
            return scrubbed(str(value))


def _is_moment(text: str) -> bool:
    """A time stamp with microseconds has six digits in a row."""
    if "T" not in text:
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def _kept(found: re.Match[str]) -> str:
    text = found[0]
    return text if len(text) in _ID_LENGTHS and not text.isdigit() else HIDDEN
