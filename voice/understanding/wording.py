"""Brings what was heard into one way of writing, so that a rule is written once. Pure.

Sichuan Mandarin becomes standard (没得 → 没有, 啥子 → 什么), polite and written variants become one, fillers go, and what was
said twice is said once. Meaning is never changed here: no negation is added, removed or moved.
"""

import re

from voice.understanding.sounds import without_pinyin

_SAME = (
    # Sichuan and other regional words. Longer ones first: 没得 before 得.
    ("没得", "没有"),
    ("莫得", "没有"),
    ("冇", "没有"),
    ("啥子", "什么"),
    ("啥", "什么"),
    ("晓得", "知道"),
    ("咋个", "怎么"),
    ("咋子", "怎么"),
    ("咋", "怎么"),
    ("要得", "好的"),
    ("对头", "对的"),
    ("晚黑", "晚上"),
    ("老汉儿", "爸爸"),
    ("老汉", "爸爸"),
    ("堂客", "老婆"),
    ("屋头", "家里"),
    ("脑壳", "脑子"),
    ("搞快", "赶快"),
    ("啷个", "怎么"),
    ("为何", "为什么"),
    ("干吗", "干嘛"),
    ("干哈", "干嘛"),
    ("木有", "没有"),
    # one way of writing
    ("您", "你"),
    ("妳", "你"),
    ("她", "他"),
    ("它", "他"),
    ("俺", "我"),
    ("甭", "别"),
    ("帐", "账"),
    ("那儿", "那里"),
    ("哪儿", "哪里"),
    ("这儿", "这里"),
    ("一下下", "一下"),
    ("阿", "啊"),
    ("唉", "哎"),
    ("讲", "说"),
    ("啦", "了"),
    ("咯", "了"),
    ("喽", "了"),
)
_NOT_TO = re.compile(r"莫(?=再|来|打|转|管|说|要|闹|烦|信|问|挂|跟|给|去|搞)")
_WILL_NOT = re.compile(r"(?<![舍由容免要])不得(?=转|付|给|信|理|去|来|打|汇|交)")  # 不得转 in Sichuan: will not
# 再 is heard as 在 by most recognisers; without this "不会在转了" would hold "在转".
_AGAIN = re.compile(r"(?<=[会别要能想敢])在(?=[转付汇打给联理信跟和上投充买]|相信|操作)")
_PUNCTUATION = re.compile(r"[\s,.!?;:，。！？；：、~—…·\"'“”‘’()（）《》\-]+")
_FILLERS = re.compile(
    r"呃+|额(?!度|外)|唔+|嘶|啧|就是说|怎么说呢|我跟你说(?=.)|(?<=[^干])(?:哦|哈|噻|嘞|呀|哟|喃|嘎|诶|欸|嗨|嘛)(?![哈喽])"
)
_LEADING = re.compile(r"^(?:那个|这个|然后|哎|诶|欸)(?=[^，]{2,})")
_SAID_TWICE = re.compile(r"((?!喂喂).{2,6}?)\1+")
_SOUND_TWICE = re.compile(r"([对是嗯好有行没不哦啊转得要])\1+")
_HELD_SOUND = re.compile(r"([喂])\1{2,}")


def normalised(text: str) -> str:
    """The text in the one way of writing that the rules know."""
    text = _PUNCTUATION.sub("", without_pinyin(text.lower()))
    for heard, written in _SAME:
        text = text.replace(heard, written)
    text = _NOT_TO.sub("别", text)
    text = _WILL_NOT.sub("不会", text)
    text = _AGAIN.sub("再", text)
    text = _FILLERS.sub("", text)
    text = _LEADING.sub("", text)
    text = _SAID_TWICE.sub(r"\1", text)
    text = _SOUND_TWICE.sub(r"\1", text)
    return _HELD_SOUND.sub(r"\1\1\1", text)
