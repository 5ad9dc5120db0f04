"""Writing by sound: characters that sound alike, without tone, become one letter. Pure after import.

Rule: a text and a pattern that are spelled here compare by sound; a character without a known sound stays itself.
"""

import json
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("sounds.json")
_FIRST_LETTER = 0xE000  # private use: never in a text, never special in a pattern


@cache
def _letters() -> dict[int, str]:
    sounds: dict[str, str] = json.loads(TABLE.read_text(encoding="utf-8"))
    return {
        ord(character): chr(_FIRST_LETTER + place)
        for place, characters in enumerate(sounds.values())
        for character in characters
    }


def spelled(text: str) -> str:
    """The text, or the pattern, with every known character as the letter of its sound. Its length does not change."""
    return text.translate(_letters())
