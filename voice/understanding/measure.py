"""How well replies are understood, counted over replies whose meaning a person wrote down. Pure.

Rule 1: a reply counts as right when its own intent is the most urgent one that was found.
Rule 2: an urgent reply counts as recalled when its own intent is among those found; a miss costs more than twenty false alarms.
Rule 3: nothing found is an answer too, written "(none)"; it is never right.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.model import Understood

NONE = "(none)"
WORST = 20


@dataclass(frozen=True, slots=True)
class Labelled:
    """One line of a file: what was said and what a person says that it meant."""

    intent: str
    reply: str
    asked: str = ""  # the question that it answers, as the file names it


@dataclass(frozen=True, slots=True)
class Miss:
    """A reply that was taken for something else."""

    intent: str
    reply: str
    heard: str  # what reached understanding; the reply itself unless it was spoken aloud
    taken_for: str
    evidence: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Measured:
    """The figures of one file. Shares are 0..1."""

    replies: int
    accuracy: float
    urgent_recall: float
    false_urgent: float
    per_intent: Mapping[str, Mapping[str, float]]  # intent -> replies, recall
    confusions: tuple[tuple[str, str, int], ...]  # (meant, taken for, how often), most frequent first
    worst: tuple[Miss, ...]  # urgent ones first


def read_labelled(text: str, name: str) -> list[Labelled]:
    """Lines of `intent<TAB>reply`, and after another tab what was asked; empty lines and lines that begin with # are passed over. Raises ValueError with the line."""
    lines: list[Labelled] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        intent, tab, rest = line.partition("\t")
        reply, _, asked = rest.partition("\t")
        if not tab or not reply.strip():
            raise ValueError(f"{name}:{number}: write the intent, a tab and the reply")
        if intent not in INTENTS:
            close = get_close_matches(intent, INTENTS, n=1)
            hint = f"did you mean '{close[0]}'?" if close else "they are the names of scripts/shared/intents"
            raise ValueError(f"{name}:{number}: there is no intent '{intent}'; {hint}")
        lines.append(Labelled(intent, reply.strip(), asked.strip()))
    if not lines:
        raise ValueError(f"{name}: no reply in it")
    return lines


def measure(pairs: Iterable[tuple[Labelled, str]], understand: Callable[[str], Understood]) -> Measured:
    """pairs: what was meant, and the text that understanding is given (heard, or the reply itself)."""
    total: Counter[str] = Counter()
    right: Counter[str] = Counter()
    confusions: Counter[tuple[str, str]] = Counter()
    misses: list[Miss] = []
    recalled = alarms = 0
    for said, heard in pairs:
        understood = understand(heard)
        names, top = understood.names(), understood.top or NONE
        total[said.intent] += 1
        recalled += said.intent in URGENT and said.intent in names
        alarms += said.intent not in URGENT and any(name in URGENT for name in names)
        if top == said.intent:
            right[said.intent] += 1
            continue
        confusions[said.intent, top] += 1
        first = understood.intents[0] if understood.intents else None
        evidence, confidence = (first.evidence, first.confidence) if first else ("", 0.0)
        misses.append(Miss(said.intent, said.reply, heard, top, evidence, confidence))
    count = sum(total.values())
    urgent = sum(total[intent] for intent in URGENT)
    return Measured(
        replies=count,
        accuracy=sum(right.values()) / count,
        urgent_recall=recalled / urgent if urgent else 1.0,
        false_urgent=alarms / (count - urgent) if count > urgent else 0.0,
        per_intent={i: {"replies": total[i], "recall": round(right[i] / total[i], 4)} for i in INTENTS if total[i]},
        confusions=tuple((meant, taken, times) for (meant, taken), times in confusions.most_common()),
        worst=tuple(sorted(misses, key=_cost)[:WORST]),
    )


def _cost(miss: Miss) -> tuple[bool, int]:
    return (miss.intent not in URGENT, INTENTS.index(miss.intent))
