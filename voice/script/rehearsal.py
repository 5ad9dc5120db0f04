"""Written conversations: reads `scripts/rehearsals/*.yaml`.

Rule 1: a rehearsal says what the person does and what must come of it; it knows nothing of how the script gets there.
Rule 2: what is heard is words, which are understood as in a call; or a meaning ({intent: affirm}), where the wording does
        not matter; or words with the meaning that must be found in them ({text: 我转了, means: transferred}).
Rule 3: unless it says `careful: true` a rehearsal plays the call of a lower grade, in which a doubtful reply is taken at its
        word; so a rehearsal of the story does not break when understanding becomes more or less sure of itself.
Rule 4: personas are a closed list, so that a test, and a reader, can ask which kinds of people a script has met.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from yaml.nodes import MappingNode, Node, SequenceNode

from voice.errors import ScriptFault
from voice.report import Conclusion
from voice.script.source import Place, Source, Word, did_you_mean
from voice.understanding.intents import INTENTS
from voice.understanding.model import AGAINST, PLEDGES

INTERRUPTS = "(interrupts)"
CUES = (
    "(silence)",
    "(hangup)",
    "(press 1)",
    "(officer accepts)",
    "(officer leaves)",
    "(no officer)",
    "(end ordered)",
    "(time is up)",
)
# Whom every script must have met; a test holds the shipped ones to it.
EVERY_SCRIPT_MEETS = (
    "深信不疑",
    "被教唆说谎",
    "听不清的老人",
    "骂人",
    "小孩接电话",
    "沉默",
    "正在转账",
    "家属接听",
    "机器人助理",
)
PERSONAS = (
    *EVERY_SCRIPT_MEETS,
    "话听劝",
    "半信半疑",
    "识破",
    "否认",
    "记不清",
    "怀疑",
    "已转账",
    "给过验证码",
    "正在共享屏幕",
    "口头答应",
    "拒不听劝",
    "反复追问",
    "说个不停",
    "想追回钱",
    "忙",
    "投诉",
    "要民警",
    "挂断",
    "打错",
    "崩溃",
    "讲藏语",
    "老人",
    "学生",
    "财务人员",
    "同事接听",
    "骗子接听",
)
_PRESS = re.compile(r"\(press ([0-9*#])\)")
_FACTS = ("intent", "pledges", "against", "amount_yuan", "doubtful")
_WORDLESS = "……"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a reply means: given in place of understanding, or expected of it."""

    intents: tuple[str, ...] = ()
    pledges: tuple[str, ...] = ()
    against: tuple[str, ...] = ()
    amount_yuan: int | None = None
    doubtful: bool | None = None  # None: not said


@dataclass(frozen=True, slots=True)
class Heard:
    """One thing that the person, or the centre, does."""

    said: str  # words, or one of CUES
    interrupts: bool = False  # while we still speak
    given: Meaning | None = None  # understanding is not asked
    means: Meaning | None = None  # at least this understanding must find
    digit: str = ""


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must come of it."""

    conclusion: Conclusion
    steps: tuple[str, ...] = ()  # in this order, others may lie between
    officer: tuple[str, ...] = ()  # reasons for which an officer was wanted: none, or one
    facts: Mapping[str, str] = field(default_factory=dict)
    must_say: tuple[str, ...] = ()
    must_not_say: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """One written conversation."""

    script: str
    it: str
    persona: str
    hear: tuple[Heard, ...]
    expect: Expectation
    place: Place
    group: str = ""  # the group of people as whom the person is rung, e.g. elder
    careful: bool = False  # the call of a high grade: a doubtful reply is asked about
    resumes: str = ""  # the call-back that goes on at this step, because the line broke before


def load_rehearsals(path: Path) -> list[Rehearsal]:
    """All rehearsals of a file; raises ScriptFault with all findings."""
    source = Source(path)
    rehearsals: list[Rehearsal] = []
    if source.root is not None:
        fields = source.fields(source.root, "a file of rehearsals", ("script", "rehearsals"))
        code = source.word(fields["script"], "'script'") if "script" in fields else None
        if code is None:
            source.complain(
                Place(source.file, 1, 1), "missing-key", "the file does not say which 'script' it rehearses"
            )
        nodes = fields.get("rehearsals")
        for node in nodes.value if isinstance(nodes, SequenceNode) else ():
            rehearsal = _rehearsal(source, code.text if code else "", node)
            if rehearsal is not None:
                rehearsals.append(rehearsal)
        if not rehearsals and not source.findings:
            source.complain(Place(source.file, 1, 1), "missing-key", "the file has no 'rehearsals'")
    if source.findings:
        raise ScriptFault(source.findings)
    return rehearsals


def heard_as(written: str) -> Heard | None:
    """What stands on one line, or None for a cue that nobody can act on."""
    said = written.removeprefix(INTERRUPTS).strip()
    press = _PRESS.fullmatch(said)
    if said.startswith("(") and not press and said not in CUES:
        return None
    return Heard(said, written.startswith(INTERRUPTS), digit=press[1] if press else "")


def _rehearsal(source: Source, code: str, node: Node) -> Rehearsal | None:
    fields = source.fields(node, "a rehearsal", ("it", "persona", "group", "careful", "resumes", "hear", "expect"))
    for key in ("it", "hear", "expect"):
        if key not in fields:
            source.complain(source.place(node), "missing-key", f"a rehearsal needs '{key}'")
    if not {"it", "hear", "expect"} <= fields.keys():
        return None
    it = source.word(fields["it"], "'it'")
    persona = "".join(_names(source, fields.get("persona"), "no-such-persona", PERSONAS, "there is no persona"))
    group = source.word(fields["group"], "'group'") if "group" in fields else None
    resumes = source.word(fields["resumes"], "'resumes'") if "resumes" in fields else None
    items = fields["hear"].value if isinstance(fields["hear"], SequenceNode) else [fields["hear"]]
    hear = [heard for item in items if (heard := _heard(source, item)) is not None]
    expect = _expectation(source, fields["expect"])
    if it is None or expect is None:
        return None
    return Rehearsal(
        code,
        it.text,
        persona,
        tuple(hear),
        expect,
        source.place(node),
        group=group.text if group else "",
        careful="careful" in fields and source.switch(fields["careful"], "'careful'"),
        resumes=resumes.text if resumes else "",
    )


def _heard(source: Source, node: Node) -> Heard | None:
    if isinstance(node, MappingNode):
        return _described(source, node)
    word = source.word(node, "what is heard")
    return _acted(source, word) if word is not None else None


def _acted(source: Source, word: Word) -> Heard | None:
    heard = heard_as(word.text)
    if heard is None:
        said = word.text.removeprefix(INTERRUPTS).strip()
        source.complain(word.place, "no-such-cue", f"nobody can do '{said}'{did_you_mean(said, CUES)}")
    return heard


def _described(source: Source, node: Node) -> Heard | None:
    """{intent: affirm}; {intent: [transferred, amount], amount_yuan: 990000, text: 转了}; {text: 我转了, means: transferred}"""
    fields = source.fields(node, "what is heard", ("text", "means", "interrupts", *_FACTS))
    if not fields.keys() & {"text", *_FACTS}:
        source.complain(source.place(node), "missing-key", "what is heard needs a 'text' or an 'intent'")
        return None
    if "means" in fields and ("intent" in fields or "text" not in fields):
        message = "'means' says what must be understood of a 'text'; with 'intent' the meaning is given"
        source.complain(source.place(node), "two-meanings", message)
        return None
    text = source.word(fields["text"], "'text'") if "text" in fields else None
    interrupts = "interrupts" in fields and source.switch(fields["interrupts"], "'interrupts'")
    meaning = Meaning(
        _names(source, fields.get("means", fields.get("intent")), "no-such-intent", INTENTS, "nobody can mean"),
        _names(source, fields.get("pledges"), "no-such-pledge", PLEDGES, "nobody can promise"),
        _names(source, fields.get("against"), "no-such-contrary", AGAINST, "nobody can speak against a promise by"),
        source.number(fields["amount_yuan"], "'amount_yuan'") if "amount_yuan" in fields else None,
        source.switch(fields["doubtful"], "'doubtful'") if "doubtful" in fields else None,
    )
    said = text.text if text else _WORDLESS
    if "means" in fields:
        return Heard(said, interrupts, means=meaning)
    return Heard(said, interrupts, given=meaning if fields.keys() & set(_FACTS) else None)


def _names(source: Source, node: Node | None, code: str, known: Collection[str], refusal: str) -> tuple[str, ...]:
    what = code.removeprefix("no-such-")
    words = source.words(node, f"'{what}'") if node is not None else []
    return tuple(_known(source, word, code, known, refusal) for word in words)


def _known(source: Source, word: Word, code: str, known: Collection[str], refusal: str) -> str:
    if word.text not in known:
        source.complain(word.place, code, f"{refusal} '{word.text}'{did_you_mean(word.text, known)}")
    return word.text


def _expectation(source: Source, node: Node) -> Expectation | None:
    fields = source.fields(node, "'expect'", ("conclusion", "steps", "officer", "facts", "must_say", "must_not_say"))
    if "conclusion" not in fields:
        source.complain(source.place(node), "missing-key", "'expect' needs a 'conclusion'")
        return None
    known = tuple(c.value for c in Conclusion)
    conclusion = "".join(_names(source, fields["conclusion"], "no-such-conclusion", known, "there is no conclusion"))
    if conclusion not in known:
        return None

    def texts(key: str) -> tuple[str, ...]:
        return tuple(w.text for w in source.words(fields[key], f"'{key}'")) if key in fields else ()

    pairs = source.entries(fields["facts"], "'facts'") if "facts" in fields else []
    facts = {key.text: value.text for key, node in pairs if (value := source.word(node, "a fact")) is not None}
    return Expectation(
        conclusion=Conclusion(conclusion),
        steps=texts("steps"),
        officer=texts("officer"),
        facts=facts,
        must_say=texts("must_say"),
        must_not_say=texts("must_not_say"),
    )
