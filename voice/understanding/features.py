"""What the learned half of understanding looks at in a reply. Pure; the same in training and in a call.

Runs of one to three characters and of one to three sounds, pairs of characters with one between them, the length, and what the
rules found. The edges of the reply are characters too.
"""

from collections.abc import Collection

from voice.understanding.sounds import spelled

LONGEST_RUN = 3
FIRST, LAST = "^", "$"
RULE, LENGTH = "r", "L"
_LONGEST_LENGTH = 6


def runs(plain: str) -> set[str]:
    """Runs and pairs of a normalised text, each with a letter in front that says what it is."""
    found: set[str] = set()
    for kind, text in (("c", plain), ("s", spelled(plain))):
        edged = f"{FIRST}{text}{LAST}"
        for length in range(1, LONGEST_RUN + 1):
            found.update(kind + edged[at : at + length] for at in range(len(edged) - length + 1))
    found.update("k" + plain[at] + plain[at + 2] for at in range(len(plain) - 2))
    return found


def weighted(plain: str, by_rules: Collection[str]) -> dict[str, float]:
    """Feature -> value. Long replies have more runs; the fourth root keeps them from shouting."""
    of_text = runs(plain)
    value = 3.0 / len(of_text) ** 0.25
    features = dict.fromkeys(of_text, value)
    features[f"{LENGTH}{min(len(plain) // 3, _LONGEST_LENGTH)}"] = 0.5
    features.update((RULE + intent, 0.7) for intent in by_rules)
    return features
