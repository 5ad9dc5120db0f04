"""What cannot be said, or cannot be followed by somebody who hears it once, on a bad line, and did not ask for it.

Rule 1: sentences are judged once, whoever hears them; rates and questions for each group.
Rule 2: how long the talk takes is judged in `voice.script.lint.timing`.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from voice.errors import Unspeakable
from voice.script.lint.heard import Heard
from voice.script.lint.lasting import Lengths, Seconds, hanzi_in, with_examples
from voice.script.model import Script, Sentence, StepKind
from voice.script.source import Finding, Place, Severity, nearest
from voice.script.variables import VARIABLES, variables_in

MAX_CLAUSE_HANZI = 20
SENTENCE_SECONDS = 10.0
RATES = range(120, 241)  # words a minute that can be followed; the voice itself could do 80 to 300

_CLAUSE = re.compile(r"[，。！？；：、…—,.!?;:]+")
_UNSPEAKABLE = re.compile(r"[^\u4e00-\u9fff〇，。！？；：、“”‘’《》（）…—\s]+")
# Hanzi of GB 2312 that the voice's dictionary lacks, and 儿 where it is no syllable of its own: both are spelled in English.
_NO_READING = re.compile("[冂扃筇芎茕蛩跫邛銎]|[块天花今明准孩们头侄]儿(?![子童媳])")
_NUMERIC = frozenset({"call_back", "sum", "account_tail", "happened_on", "happened_at"})
_COUNTED = re.compile(r"\{(\w+)\}|[零〇一幺二两三四五六七八九十百千万亿0-9]{2,}")
_NO_NUMBER = frozenset({"一一", "万一", "千万", "一二", "三五", "二三", "一两", "两三", "七八", "百万", "十万", "一万"})


def check(heard: Heard) -> Iterator[Finding]:
    """Rates and questions, as this group hears them."""
    script = heard.script
    if script.rate_wpm not in RATES:
        problem = f"{script.rate_wpm} words a minute{heard.whom} cannot be followed"
        advice = f"take {RATES.start} to {RATES[-1]}; 180 is usual"
        yield Finding(heard.steps[script.opening], "odd-rate", problem, advice)
    if heard.goes_elsewhere:
        yield from _questions(heard)
    if heard.group and heard.group.longest_clause:
        yield from _own_clauses(heard, heard.group.longest_clause)


def in_sentences(script: Script, places: Mapping[str, Place], seconds: Seconds | None) -> Iterator[Finding]:
    """Every sentence by itself."""
    lengths = Lengths(script, seconds)
    for sentence in script.sentences.values():
        place = places[sentence.id]
        yield from _variables(sentence, place)
        for text in filter(None, (sentence.text, sentence.otherwise)):
            for code, problem, advice in (*_numbers(text), *(() if sentence.recording else _sayable(text))):
                yield Finding(place, code, problem, advice)
        if seconds is not None and not sentence.recording:
            yield from _refused(sentence, place, seconds, script.rate_wpm)
        takes = lengths.of(sentence.id)
        if takes > SENTENCE_SECONDS:
            problem = f"the sentence takes {takes:.1f} s"
            yield Finding(place, "sentence-too-long", problem, "make two of it", Severity.WARNING)


def _variables(sentence: Sentence, place: Place) -> Iterator[Finding]:
    for name in variables_in(sentence.text):
        if name not in VARIABLES:
            advice = nearest(name, VARIABLES) or f"there are: {', '.join(VARIABLES)}"
            yield Finding(place, "no-such-variable", f"there is no variable '{{{name}}}'", advice)
        elif not VARIABLES[name].always and not sentence.otherwise:
            yield Finding(
                place, "no-else", f"'{{{name}}}' may have no value", "give an 'else' that stays whole without it"
            )
    if variables_in(sentence.otherwise):
        yield Finding(
            place, "no-else", "an 'else' must hold no variable", "write it as it is said when nothing is known"
        )


def _visible(signs: str) -> str:
    """Signs that no editor shows, by their number, e.g. U+200B."""
    return "".join(sign if sign.isprintable() else f"U+{ord(sign):04X}" for sign in signs)


@lru_cache(maxsize=4096)
def _sayable(text: str) -> tuple[tuple[str, str, str], ...]:
    """Code, problem, suggestion."""
    words = with_examples(text)
    found = []
    if odd := _UNSPEAKABLE.search(words):
        found.append(("unspeakable", f"the voice cannot say '{_visible(odd[0])}'", "write it in Chinese characters"))
    elif odd := _NO_READING.search(words):
        found.append(("unspeakable", f"the voice cannot say '{odd[0]}'", "take another word"))
    elif not hanzi_in(words):
        found.append(("unspeakable", f"'{words}' is no words", "write what is to be said in Chinese characters"))
    found += _long_clauses(words, MAX_CLAUSE_HANZI)
    return tuple(found)


def _long_clauses(words: str, longest: int) -> Iterator[tuple[str, str, str]]:
    for clause in _CLAUSE.split(words):
        if hanzi_in(clause) > longest:
            problem = f"'{clause}' has {hanzi_in(clause)} characters without a pause; at most {longest}"
            yield "clause-too-long", problem, "put a comma into it, or make two sentences"


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[tuple[str, str, str], ...]:
    """Two numbers in one sentence: one of them is forgotten."""
    found = []
    for sentence in re.split("[。！？；]", text):
        numbers = [m[0] for m in _COUNTED.finditer(sentence) if (m[1] in _NUMERIC if m[1] else m[0] not in _NO_NUMBER)]
        if len(numbers) > 1:
            problem = f"two numbers in one sentence: {' and '.join(numbers)}"
            found.append(("two-numbers", problem, "say one of them, or make two sentences"))
    return tuple(found)


def _refused(sentence: Sentence, place: Place, seconds: Seconds, rate_wpm: int) -> Iterator[Finding]:
    for text in filter(None, (sentence.text, sentence.otherwise)):
        try:
            seconds(with_examples(text), rate_wpm)
        except Unspeakable as refusal:
            yield Finding(place, "unspeakable", f"the voice cannot say this sentence: {refusal}", "reword it")


# --- as a group hears it --------------------------------------------------------------------------------------------------


def _questions(heard: Heard) -> Iterator[Finding]:
    script = heard.script
    for name, step in script.steps.items():
        questions = sum(script.sentences[sentence].text.count("？") for sentence in step.say)
        if questions > (1 if step.kind in (StepKind.ASK, StepKind.OFFICER) else 0):
            asks = step.kind is StepKind.ASK
            does = "asks more than one question" if asks else "asks, and nobody waits for the reply"
            advice = "keep the one that matters" if asks else "make it an 'ask', or state it"
            yield Finding(heard.steps[name], "too-many-questions", f"step '{name}' {does}", advice)


def _own_clauses(heard: Heard, longest: int) -> Iterator[Finding]:
    own = heard.group.steps.values() if heard.group else ()
    for name in dict.fromkeys(sentence for step in own for sentence in (*step.say, *step.hold)):
        sentence = heard.script.sentences[name]
        for text in filter(None, (sentence.text, sentence.otherwise) if not name.startswith("lines.") else ()):
            for code, problem, advice in _long_clauses(with_examples(text), longest):
                yield Finding(heard.places.sentences[name], code, f"{problem}{heard.whom}", advice)
