"""How long it takes to say something: as the voice measures it, or estimated.

Rule 1: variables count with their example values; of a text and its `else` the longer one.
Rule 2: a recording is taken to last as long as the voice would need for its text.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from voice.errors import Unspeakable
from voice.script.model import Script, Step
from voice.script.variables import EXAMPLES, VARIABLE, VARIABLES, filled, variables_in

Seconds = Callable[[str, int], float]  # text, words per minute; raises Unspeakable

# Fitted over 118 sentences at 130 to 200 words per minute as the telephone plays them (trimmed, with 0.18 s of silence around).
# Over all sentences of twelve scripts at the rates of all groups 90 % of the estimates are within 13 %, the worst is 25 % off.
# At 160 words per minute:
_AROUND = -0.32  # whatever the rate
_SENTENCE = 0.49
_HANZI_SECONDS = 0.284
_PAUSE_SECONDS = 0.199
_MEASURED_WPM = 160

_HANZI = re.compile(r"[\u4e00-\u9fff〇]")
_INNER_PAUSE = re.compile(r"[，。！？；：、…—]+(?=[^，。！？；：、…—])")


def hanzi_in(text: str) -> int:
    """How many syllables."""
    return len(_HANZI.findall(text))


def estimated(text: str, rate_wpm: int) -> float:
    """What the voice would need for a text without variables."""
    spoken = _SENTENCE + _HANZI_SECONDS * hanzi_in(text) + _PAUSE_SECONDS * len(_INNER_PAUSE.findall(text))
    return max(0.2, _AROUND + spoken * _MEASURED_WPM / rate_wpm)


@lru_cache(maxsize=4096)
def with_examples(text: str) -> str:
    """The text as it is spoken, with example values; without what is no variable."""
    if all(name in VARIABLES for name in variables_in(text)):
        return filled(text, EXAMPLES)
    return VARIABLE.sub("", text)


class Lengths:
    """Seconds of the sentences and steps of one script, at its rate."""

    def __init__(self, script: Script, seconds: Seconds | None = None) -> None:
        self._script = script
        self._seconds = seconds or estimated
        self._known: dict[str, float] = {}

    def of(self, name: str) -> float:
        """Of one sentence, by its id."""
        if name not in self._known:
            sentence = self._script.sentences[name]
            measure = estimated if sentence.recording else self._seconds
            texts = [with_examples(text) for text in (sentence.text, sentence.otherwise) if text]
            self._known[name] = max(_measured(measure, text, self._script.rate_wpm) for text in texts)
        return self._known[name]

    def of_step(self, step: Step) -> float:
        return sum(self.of(name) for name in step.say)

    def of_steps(self, steps: Iterable[Step]) -> float:
        return sum(self.of_step(step) for step in steps)


def _measured(measure: Seconds, text: str, rate_wpm: int) -> float:
    try:
        return measure(text, rate_wpm)
    except Unspeakable:  # told as a finding of its own
        return estimated(text, rate_wpm)
