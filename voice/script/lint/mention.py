"""A sensitive word where it stands, and the one question that all frames ask: does the clause tell people to do something? Pure."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from voice.script.lint.sensitive import Topic


class Mention(NamedTuple):
    """A sensitive word in its clause, and the whole sentence around it."""

    topic: Topic
    clauses: Sequence[str]
    number: int  # of the clause
    start: int
    end: int
    question: bool

    @property
    def clause(self) -> str:
        return self.clauses[self.number]

    @property
    def before(self) -> str:
        return self.clause[: self.start]

    @property
    def words(self) -> str:
        return self.clause[self.start : self.end]

    @property
    def after(self) -> str:
        return self.clause[self.end :]

    @property
    def following(self) -> str:
        """The clause after this one, or nothing."""
        return self.clauses[self.number + 1] if self.number + 1 < len(self.clauses) else ""


DIRECTS = re.compile(
    "请(?!问|民警|社区|会藏|家里?人|孩子|大人|身边|他|她|别|不|勿|停|先停|退出|马上退|当心|小心|警惕)|麻烦|劳驾|您(?:先|就|得|需要|必须|可以|只要|只需|务必|赶紧|马上|现在就?|按|照|把|将|去|到|给(?!他|她|对))(?!停|退|别|不|是不是|有没有|问|核)"
    "|^(?:那?您?)?(?:先|再|就|那就|现在|马上|赶紧)?(?:把|将)|帮我|配合|方便[^，]{0,3}[说报念给提]|^(?:先|再|现在|马上|赶紧)(?!说|要|停|别|不|问|打\\{|想|看|核|见|收|给小|下软|套)|^(?:需要|得|必须|只要|只需|务必)"
)
# "先打款、后补手续，就是...": it names a way, and directs nobody.
BARELY = re.compile("^先[^，]{1,6}、[再后]|^先[^，]{1,10}的$")
