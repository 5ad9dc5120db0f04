"""What an utterance meant. Pure values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntentMatch:
    """One intent found in an utterance."""

    intent: str
    confidence: float  # 0..1
    evidence: str  # the rule or phrase that matched, so that a wrong decision can be explained


@dataclass(frozen=True, slots=True)
class Understood:
    """An utterance and its meaning: intents in urgency order, most urgent first."""

    text: str
    intents: tuple[IntentMatch, ...] = ()
    amount_yuan: int | None = None

    @property
    def top(self) -> str:
        """The most urgent intent, or an empty string."""
        return self.intents[0].intent if self.intents else ""

    def names(self) -> tuple[str, ...]:
        return tuple(m.intent for m in self.intents)
