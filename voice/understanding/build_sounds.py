"""Writes sounds.json: which characters sound alike. Run it after pypinyin or the character set changed.

    python -m voice.understanding.build_sounds

Rule: the only module here that knows pypinyin, and nothing imports it at run time.
"""

import json
import re
from pathlib import Path

from voice.understanding.sounds import TABLE

# What recognisers and many speakers do not keep apart. Order matters: zh before z would never be seen again.
_FOLDS = (
    (r"^zh", "z"),
    (r"^ch", "c"),
    (r"^sh", "s"),
    (r"^n(?=[aiouv]|en|ei)", "l"),  # n and l are one in Sichuan; but never 呢 and 了: "转账呢" is not "转账了"
    (r"^hu$", "fu"),
    (r"ing$", "in"),
    (r"eng$", "en"),
)


def common_characters() -> str:
    """Level 1 of GB 2312: the 3755 most used characters, in the order of their codes."""
    rows = range(0xB0, 0xD8)
    codes = (bytes((row, cell)) for row in rows for cell in range(0xA1, 0xFF))
    return "".join(code.decode("gb2312", errors="ignore") for code in codes)


def folded(syllable: str) -> str:
    for pattern, sound in _FOLDS:
        syllable = re.sub(pattern, sound, syllable)
    return syllable


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
