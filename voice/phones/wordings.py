"""What simulated people say: role -> turns -> wordings that mean the same.

Rule 1: at least five wordings per turn; a seed draws one, so that no call depends on one sentence.
Rule 2: a citizen says only sentences that the bundled model recognised word for word in 6 of 6 trials (three voices at
        150 and 170 words a minute). Left out for that: 好的我不转了 (heard as 好的我转了), 嗯 before anything, 我马上去.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """Whom a simulated citizen plays."""

    PROMISES = "promises"  # has had the flight call, has not paid, promises to stop
    TRANSFERRED = "transferred"  # has just transferred 99万
    BUSY = "busy"  # the line is busy
    SILENT = "silent"  # answers and says nothing
    REFUSES = "refuses"  # wants none of it


@dataclass(frozen=True, slots=True)
class Turn:
    """One thing to say, in several wordings."""

    name: str
    wordings: tuple[str, ...]


GREETING = Turn("greets", ("喂，你好", "喂", "你好", "喂，你好，你说", "你好，哪位", "喂，你好，哪位"))

_HAD_THE_CALL = Turn(
    "had the call",
    (
        "是的，说给我退款",
        "有的，昨天接到过",
        "有的，有人打电话",
        "有的，今天上午接到过",
        "是的，昨天有人给我打电话",
        "是的，航班取消，给我退款",
        "有的，接到过",
    ),
)
_HAS_NOT_PAID = Turn(
    "has not paid",
    ("没有转账", "没有，没转钱", "没有没有，一分钱都没转", "没转钱", "没有转钱", "还没转"),
)
_PROMISES = Turn(
    "promises",
    (
        "明白了，不会转账，谢谢",
        "好的，不会转账，谢谢",
        "知道了，不会转，谢谢",
        "好的，明白了，不会转账",
        "明白了，不会转，再见",
        "知道了，不会转账，谢谢，再见",
        "好的，不会转账，再见",
    ),
)
_HAS_PAID = Turn(
    "has paid",
    (
        "是的，已经转了九十九万",
        "是的，转了九十九万",
        "有的，已经转了九十九万",
        "是的，给他转了九十九万",
        "有的，我转了九十九万",
        "已经转了九十九万",
    ),
)
_REFUSES = Turn("refuses", ("不需要", "不感兴趣", "不要再打了", "挂了", "没空"))
_TELLS_THE_SUM = Turn(
    "tells the sum",
    ("九十九万", "九十九万块", "转了九十九万块钱", "一共九十九万", "总共转了九十九万", "大概九十九万"),
)
_THANKS = Turn("thanks", ("好的，知道了", "好的，知道了，谢谢", "好的，谢谢", "好的，明白了", "知道了，谢谢"))

OFFICER_ASKS = Turn(
    "asks for the sum",
    (
        "您好，我是民警，请问您转了多少钱",
        "您好，我是派出所民警，请问一共转了多少钱",
        "你好，我是民警，你给对方转了多少钱",
        "您好，我是反诈中心的民警，您转了多少钱",
        "您好，我是值班民警，请您说一下转了多少钱",
    ),
)
OFFICER_CLOSES = Turn(
    "sends to the station",
    (
        "好的，请您马上到派出所报案，再见",
        "好的，我们马上止付，请您来派出所报案，再见",
        "知道了，请您带上手机到派出所报案，再见",
        "好的，请不要再转账，马上来派出所报案，再见",
        "明白了，请您留好转账记录，马上报案，再见",
    ),
)

TO_THE_ROBOT: Mapping[Role, tuple[Turn, ...]] = {
    Role.PROMISES: (_HAD_THE_CALL, _HAS_NOT_PAID, _PROMISES),
    Role.TRANSFERRED: (_HAS_PAID,),
    Role.BUSY: (),
    Role.SILENT: (),
    Role.REFUSES: (_REFUSES,),
}
TO_AN_OFFICER: Mapping[Role, tuple[Turn, ...]] = {Role.TRANSFERRED: (_TELLS_THE_SUM, _THANKS)}


def draw(turns: Sequence[Turn], seed: int) -> tuple[str, ...]:
    """One wording per turn. A turn's draw depends on the seed and its name only, not on its neighbours."""
    return tuple(random.Random(f"{seed}/{turn.name}").choice(turn.wordings) for turn in turns)
