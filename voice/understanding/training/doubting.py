"""How well doubt tells wrong meanings from right ones, over authors whom the classifier has not read. Behind `doubt`'s thresholds.

python -m voice.understanding.training.doubting   (six fits: minutes)
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.understanding.doubt import CLEAR_AT, URGENT_CLEAR_AT
from voice.understanding.intents import URGENT
from voice.understanding.learned import unpack
from voice.understanding.measure import Labelled
from voice.understanding.training.__main__ import authors
from voice.understanding.training.fit import fit
from voice.understanding.training.pairs import pairs
from voice.understanding.understand import understand_with

_THRESHOLDS = (0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6)


@dataclass(frozen=True, slots=True)
class Judged:
    """One reply that was understood as something."""

    right: bool
    urgent: bool  # what it was understood as
    confidence: float
    doubtful: bool


def main() -> None:
    console, replies = Console(), authors()
    found: list[Judged] = []
    for author in track(list(replies), description="cross-validating", console=console, transient=True):
        found += _judged(replies, author)
    console.print(_by_threshold(found))
    for right in (True, False):
        part = [each for each in found if each.right is right]
        share = _share(each.doubtful for each in part)
        console.print(f"{'right' if right else 'wrong'}: {len(part)}, doubtful {share:.1%}")


def _judged(replies: dict[str, list[Labelled]], author: str) -> Iterator[Judged]:
    others = [each for name, lines in replies.items() if name != author for each in lines]
    table = unpack(fit([*others, *pairs()]))
    for line in replies[author]:
        meant = understand_with(table, line.reply)
        if meant.intents:  # what is not understood at all is not doubted
            yield Judged(meant.top == line.intent, meant.top in URGENT, meant.confidence, meant.doubtful)


def _by_threshold(found: list[Judged]) -> Table:
    figures = Table("below", "urgent, right", "urgent, wrong", "others, right", "others, wrong", title="share held")
    for threshold in _THRESHOLDS:
        shares = [
            _share(each.confidence < threshold for each in found if (each.urgent, each.right) == kind)
            for kind in ((True, True), (True, False), (False, True), (False, False))
        ]
        chosen = " *" if threshold in (CLEAR_AT, URGENT_CLEAR_AT) else ""
        figures.add_row(f"{threshold}{chosen}", *(f"{share:.1%}" for share in shares))
    return figures


def _share(held: Iterable[bool]) -> float:
    each = list(held)
    return sum(each) / len(each) if each else 0.0


if __name__ == "__main__":
    main()
