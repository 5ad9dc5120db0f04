"""Writes sounds.json: which characters sound alike. Run it after pypinyin or the character set changed.

    python -m voice.understanding.build_sounds

Rule: the only module here that knows pypinyin, and nothing imports it at run time.
"""

import json
from pathlib import Path

from voice.understanding.sounds import TABLE, folded


def common_characters() -> str:
    """Level 1 of GB 2312: the 3755 most used characters, in the order of their codes."""
    rows = range(0xB0, 0xD8)
    codes = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)


def build() -> dict[str, str]:
    """Sound -> all characters that sound so; a character has one sound, its most usual one."""
    from pypinyin import lazy_pinyin

    characters = common_characters() + "诈骗您她它喂嗯咋啥"
    table: dict[str, list[str]] = {}
    for character in dict.fromkeys(characters):
        table.setdefault(folded(lazy_pinyin(character)[0]), []).append(character)
    return {sound: "".join(sorted(table[sound])) for sound in sorted(table)}


def as_text(table: dict[str, str]) -> str:
    return json.dumps(table, ensure_ascii=False, indent=0) + "\n"


if __name__ == "__main__":
    Path(TABLE).write_text(as_text(build()), encoding="utf-8")
