"""What makes knowledge bad: patterns that match anything or take for ever, phrases of two owners, examples not understood.

Rule 1: a check looks and never repairs; what it finds is told with the place where it is written.
Rule 2: slowness is measured, on texts made of the pattern's own words, from short to long, so that looking at the worst pattern does
        not take for ever itself; what is slow here would hold up a call.
"""

import re
import time
from collections.abc import Iterator, Mapping

from voice.script.knowledgedraft import DraftIntent, DraftKnowledge
from voice.script.source import Finding, Place, Severity, Word, nearest
from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.knowledge import Knowledge
from voice.understanding.model import IntentMatch
from voice.understanding.rules import classes_named, expanded
from voice.understanding.sounds import has_sound
from voice.understanding.understand import understand
from voice.understanding.wording import normalised

LEAST_URGENT_EXAMPLES = 20
LEAST_PHRASE = 2  # characters
OTHER = "other"  # in a pair: anything but this file's intent

_STRANGE = "龘靐" * 4  # what no pattern means
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_RUN = re.compile(r"[\u4e00-\u9fffa-z]+")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{\d+,\})")
_LENGTHS = range(8, 65, 4)  # of a reply
_SLOW_SECONDS = 0.02  # of a search that takes microseconds otherwise


# --- patterns -----------------------------------------------------------------------------------------------------------


def pattern_findings(draft: DraftKnowledge, classes: Mapping[str, str]) -> Iterator[Finding]:
    """Of every pattern, wherever it stands. All classes are whole."""
    for word in _patterns(draft):
        unknown = [name for name in classes_named(word.text) if name not in classes]
        if unknown:
            yield no_such_class(word, unknown[0], classes)
        else:
            yield from _pattern(word, expanded(word.text, classes))


def no_such_class(word: Word, name: str, classes: Mapping[str, str]) -> Finding:
    return Finding(word.place, "no-such-class", f"there is no word class <{name}>", nearest(name, classes))


def _patterns(draft: DraftKnowledge) -> Iterator[Word]:
    for each in draft.classes.values():
        yield from (*each.words, *each.by_sound)
    for rules in draft.topics.values():
        for rule in rules:
            yield from rule.patterns
    for row in (*draft.answers, *filter(None, [draft.complete])):
        yield from (*row.openings, *row.patterns, *row.endings)
    for _, _, patterns in draft.slots:
        yield from patterns


def _pattern(word: Word, pattern: str) -> Iterator[Finding]:
    try:
        regex = re.compile(pattern)
    except re.error as error:
        message = f"'{word.text}' is no regular expression: {error.msg}"
        yield Finding(word.place, "not-a-pattern", message, "plain words go into an intent's 'phrases'")
        return
    if regex.search(""):
        message = f"'{word.text}' matches no words at all"
        yield Finding(word.place, "matches-nothing", message, "something in it must stand without ? or * behind it")
    elif regex.search(_STRANGE):
        message = f"'{word.text}' matches any words"
        yield Finding(word.place, "matches-anything", message, "name a word that must be there")


def slow_patterns(draft: DraftKnowledge, classes: Mapping[str, str]) -> Iterator[Finding]:
    """Patterns that backtrack so badly that a reply could hold up a call."""
    for word in _patterns(draft):
        pattern = expanded(word.text, classes)
        if _REPEATED_GROUP.search(pattern) and _is_slow(re.compile(pattern)):
            message = f"'{word.text}' can take for ever: something that is repeated in it can be read in two ways"
            advice = "look for a word that stands in it twice, or that is put together of two others"
            yield Finding(word.place, "slow-pattern", message, advice)


def _is_slow(regex: re.Pattern[str]) -> bool:
    for run in dict.fromkeys(_RUN.findall(regex.pattern)):
        for length in _LENGTHS:
            begun = time.thread_time()
            regex.search((run * length)[:length] + _STRANGE)
            if time.thread_time() - begun > _SLOW_SECONDS:
                return True
    return False


# --- phrases ------------------------------------------------------------------------------------------------------------


def phrase_findings(draft: DraftKnowledge) -> Iterator[Finding]:
    """Of every phrase: short ones, twins, and what has no sound."""
    owners: dict[str, tuple[str, Place]] = {}
    for name, intent in draft.intents.items():
        for word in intent.phrases:
            plain = normalised(word.text)
            if len(plain) < LEAST_PHRASE:
                message = f"'{word.text}' is so short that it would be found in every other reply"
                yield Finding(word.place, "phrase-too-short", message, f"write {LEAST_PHRASE} characters or more")
                continue
            yield from _silent(word, plain)
            owner, place = owners.setdefault(plain, (name, word.place))
            if place != word.place:
                message = f"'{word.text}' is a phrase of '{owner}' already ({place})"
                yield Finding(word.place, "phrase-owned-twice", message, "keep it in one place")


def _silent(word: Word, plain: str) -> Iterator[Finding]:
    for character in _HANZI.findall(plain):
        if not has_sound(character):
            message = f"'{character}' has no sound that we know, so '{word.text}' is known by its characters only"
            advice = "add the same phrase with a more common character"
            yield Finding(word.place, "no-sound", message, advice, Severity.WARNING)


# --- use ----------------------------------------------------------------------------------------------------------------


def check_use(draft: DraftKnowledge, knowledge: Knowledge) -> list[Finding]:
    """What only shows when the knowledge is used."""
    slow = list(slow_patterns(draft, knowledge.patterns.classes))
    return [*slow, *_few(draft), *(_not_understood(draft, knowledge) if not slow else ())]


def _few(draft: DraftKnowledge) -> Iterator[Finding]:
    for name in INTENTS:
        examples = len(draft.intents[name].examples)
        if name in URGENT and examples < LEAST_URGENT_EXAMPLES:
            message = f"a miss of '{name}' costs most, and it has {examples} examples"
            advice = f"write {LEAST_URGENT_EXAMPLES} or more, as different as people are"
            yield Finding(draft.intents[name].place, "too-few-examples", message, advice)


def _not_understood(draft: DraftKnowledge, knowledge: Knowledge) -> Iterator[Finding]:
    places = {f"{topic}.{n}": rule.place for topic, rules in draft.topics.items() for n, rule in enumerate(rules, 1)}
    for name, intent in draft.intents.items():
        for wording, meant in _said(name, intent):
            top = next(iter(understand(wording.text, (), knowledge).intents), None)
            found = top.intent if top else ""
            if (found == name) if meant == OTHER else (found != meant):
                taken = f"understood as '{found}' by {_by(top, places)}" if top else "not understood at all"
                wanted, advice = "and should be anything else", "write what it does mean, and a phrase for that"
                if meant != OTHER:
                    wanted, advice = f"not as '{meant}'", f"add its telling words to the 'phrases' of {meant}.yaml"
                yield Finding(wording.place, "not-understood", f"'{wording.text}' is {taken}, {wanted}", advice)


def _said(name: str, intent: DraftIntent) -> Iterator[tuple[Word, str]]:
    yield from ((word, name) for word in intent.examples)
    for pair in intent.pairs:
        yield from ((wording, means.text) for wording, means in pair)


def _by(match: IntentMatch, places: Mapping[str, Place]) -> str:
    """The rule and the words that it took, and where the rule is written."""
    rule = match.evidence.split(" ")[0].rstrip(":")
    return f"{match.evidence} ({places[rule]})" if rule in places else match.evidence
