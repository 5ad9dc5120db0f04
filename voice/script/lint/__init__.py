"""What makes a whole script a bad one: it hangs, hides the officer, tells strangers what is private, sounds like a fraud, or cannot
be followed.

Rule 1: a check looks at a compiled script and reports where it was written; it never repairs. docs/script-findings.md lists the codes.
Rule 2: everything is checked for the script as everybody hears it and as each group does.
Rule 3: one module for one family; none knows another but by its plain questions.
"""

from collections.abc import Iterator

from voice.script.lint import legitimacy, privacy, resuming, sms, speakability, structure, timing
from voice.script.lint.heard import Heard, Places, versions
from voice.script.lint.lasting import Lengths, Seconds
from voice.script.lint.ways import reachable
from voice.script.model import Script
from voice.script.source import Finding

__all__ = ["Places", "Seconds", "check", "in_sentences", "reachable"]


def check(script: Script, places: Places, seconds: Seconds | None = None) -> list[Finding]:
    """Everything that is wrong with a script whose references are whole, each finding once.

    `seconds` measures a text at a rate in words per minute with the real voice; without it lengths are estimated.
    """
    return list(dict.fromkeys(_findings(script, places, seconds)))


def _findings(script: Script, places: Places, seconds: Seconds | None) -> Iterator[Finding]:
    every = versions(script, places)
    for heard in every:
        yield from _for_group(heard, seconds)
    yield from structure.unreached(every)
    yield from in_sentences(script, places, seconds)


def in_sentences(script: Script, places: Places, seconds: Seconds | None = None) -> Iterator[Finding]:
    """What is wrong with a sentence wherever it stands: told of a script that is not whole, too."""
    yield from legitimacy.in_sentences(script, places.sentences)
    yield from speakability.in_sentences(script, places.sentences, seconds)
    yield from sms.check(script, places.sentences)


def _for_group(heard: Heard, seconds: Seconds | None) -> Iterator[Finding]:
    lengths = Lengths(heard.script, seconds)
    yield from structure.check(heard)
    yield from privacy.check(heard)
    yield from legitimacy.check(heard, lengths)
    yield from speakability.check(heard)
    yield from timing.check(heard, lengths)
    yield from resuming.check(heard, lengths)
