"""The sounds the model knows: toneless Mandarin initials and finals, and how pinyin is cut into them. Pure.

Rule: a unit's place in UNITS is its output in the network; place 0 is the blank of CTC. Changing the order means a new training.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache

INITIALS = tuple("b p m f d t n l g k h j q x zh ch sh r z c s".split())
FINALS = tuple(
    (
        "a o e ai ei ao ou an en ang eng er i ia ie iao iou ian in iang ing iong "
        "u ua uo uai uei uan uen uang ueng ong v ve van vn ir iz"  # ir: shi, ri; iz: si
    ).split()
)
BLANK = "<blank>"
UNITS = (BLANK, *INITIALS, *FINALS)
UNIT_ID: Mapping[str, int] = {unit: place for place, unit in enumerate(UNITS)}

_SYLLABLE = re.compile(r"(zh|ch|sh|[bpmfdtnlgkhjqxrzcs])?([a-z]+)")
_WITHOUT_INITIAL = {
    "yi": "i", "ya": "ia", "ye": "ie", "yao": "iao", "you": "iou", "yan": "ian", "yin": "in", "yang": "iang",
    "ying": "ing", "yong": "iong", "yu": "v", "yue": "ve", "yuan": "van", "yun": "vn",
    "wu": "u", "wa": "ua", "wo": "uo", "wai": "uai", "wei": "uei", "wan": "uan", "wen": "uen", "wang": "uang", "weng": "ueng",
}  # fmt: skip
_SHORTENED = {"iu": "iou", "ui": "uei", "un": "uen", "ue": "ve"}


def units_of(syllable: str) -> tuple[str, ...]:
    """'zhuan3' -> ('zh', 'uan'). Raises ValueError for what is no Mandarin syllable."""
    plain = toneless(syllable)
    if plain in _WITHOUT_INITIAL:
        return (_WITHOUT_INITIAL[plain],)
    found = _SYLLABLE.fullmatch(plain)
    if not found:
        raise ValueError(f"{syllable!r} is not pinyin")
    initial, final = found[1] or "", found[2]
    if initial and initial in "jqx" and final.startswith("u"):
        final = "v" + final[1:]
    final = _SHORTENED.get(final, final) if initial else final
    if final == "i" and initial in {"zh", "ch", "sh", "r"}:
        final = "ir"
    elif final == "i" and initial in {"z", "c", "s"}:
        final = "iz"
    if final not in FINALS or (not initial and final[0] not in "aoe"):
        raise ValueError(f"{syllable!r} is not a Mandarin syllable")
    return (initial, final) if initial else (final,)


def toneless(syllable: str) -> str:
    return re.sub(r"[0-9]", "", syllable.lower()).replace("ü", "v")


def spelled(syllables: Iterable[str]) -> tuple[str, ...]:
    """All units of several syllables."""
    return tuple(unit for syllable in syllables for unit in units_of(syllable))


@cache
def all_syllables() -> Mapping[str, tuple[str, ...]]:
    """Every toneless syllable of the 6763 characters of GB 2312 (none in use is missing) -> its readings with tone."""
    from pypinyin import Style, lazy_pinyin

    toned = {
        lazy_pinyin(bytes((row, cell)).decode("gb2312"), style=Style.TONE3, neutral_tone_with_five=True)[0]
        for row in range(0xB0, 0xF8)
        for cell in range(0xA1, 0xFF)
        if not (row == 0xD7 and cell > 0xF9)  # five empty places in the standard
    }
    table: dict[str, list[str]] = {}
    for syllable in sorted(toned):
        try:
            units_of(syllable)
        except ValueError:  # hm, ng, ê, yo: sighs, not syllables
            continue
        table.setdefault(toneless(syllable), []).append(syllable)
    return {plain: tuple(readings) for plain, readings in table.items()}
