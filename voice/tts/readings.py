"""What the engine gets to read for a sentence. Pure.

Rule 1: sentences are hanzi and punctuation. Sums are spelled in hanzi before they come here; digits, Latin and Tibetan
        are refused by name, because the voice makes something of them that nobody understands (half a minute of
        Tibetan letters in English, finding).
Rule 2: espeak-ng 1.52 reads hanzi with a dictionary of words (heteronyms, neutral tones, sandhi of 一 and 不) and was
        right more often than pypinyin over the sentences of this trade; understood by the recogniser both are the same
        (10.6 against 11.5 % of 340 syllables wrong). So it gets hanzi, and pinyin with tone digits only where
        its dictionary is wrong: the tables below. What they miss the speech process notices and refuses.
"""

import re

from voice.errors import Unspeakable

# Words that the dictionary misreads.
WORDS = {
    "还钱": "huan2钱",  # reads hái
    "还款": "huan2款",
    "还贷": "huan2贷",
    "还债": "huan2债",
    "开户行": "开户hang2",  # reads xíng
    "还我钱": "huan2我钱",
    "还信用卡": "huan2信用卡",
    "发卡行": "发卡hang2",
    "着用": "zhe5用",  # 急着用钱: reads zháo
    "着家": "zhe5家",  # 瞒着家人
    "您得": "您dei3",
    "便宜": "pian2yi5",  # reads biànyí
    "藏饰": "zang4饰",  # reads cáng
    "称职": "chen4职",
    "一点儿": "yi4dian3er5",  # words with 儿 are spelled in English letters
    "一会儿": "yi2hui4er5",
    "会儿": "hui4er5",
    "点儿": "dian3er5",
    "这儿": "zhe4er5",
    "那儿": "na4er5",
    "哪儿": "na3er5",
    "事儿": "shi4er5",
    "玩儿": "wan2er5",
    "单先生": "shan4先生",
    "单女士": "shan4女士",
    "任先生": "ren2先生",
    "任女士": "ren2女士",
    "解先生": "xie4先生",
    "解女士": "xie4女士",
}
# The dictionary writes the final -iong with an i that its own rules do not know; without it the sound is right.
HANZI = {
    "兄": "xong1",
    "凶": "xong1",
    "胸": "xong1",
    "汹": "xong1",
    "匈": "xong1",
    "雄": "xong2",
    "熊": "xong2",
    "穷": "qong2",
    "琼": "qong2",
    "穹": "qong2",
    "窘": "jong3",
    "炯": "jong3",
    "迥": "jong3",
}
PUNCTUATION = frozenset("，。？！、：；…—·“”‘’（）《》,.?!:; ")

_respelled = WORDS | HANZI
_misread = re.compile("|".join(sorted(_respelled, key=len, reverse=True)))
_hanzi = re.compile("[〇一-鿿]")


def hanzi_in(text: str) -> int:
    """How many syllables the sentence has."""
    return len(_hanzi.findall(text))


def respell(text: str) -> str:
    """The sentence as the engine reads it right. Raises Unspeakable, which names the characters and nothing else."""
    text = " ".join(text.split())
    strangers = {c for c in text if not _hanzi.match(c) and c not in PUNCTUATION}
    if strangers:
        raise Unspeakable(f"the voice reads hanzi only, not {' '.join(sorted(strangers))}: {_advice(strangers)}")
    if not _hanzi.search(text):
        raise Unspeakable("a sentence without a single hanzi cannot be said")
    return _misread.sub(lambda found: _respelled[found.group()], text)


def _advice(strangers: set[str]) -> str:
    if any("ༀ" <= c <= "࿿" for c in strangers):
        return "Tibetan needs a recording by a native speaker"
    if any(c.isdigit() for c in strangers):
        return "write numbers out in hanzi"
    return "reword it"
