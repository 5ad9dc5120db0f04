"""`make understanding`: fits the classifier anew and prints how well it does on authors whom it has not read.

python -m voice.understanding.training [--check]   (--check: fit and compare, but leave the table alone)
"""

import sys
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from voice.understanding.learned import TABLE, Weights, unpack
from voice.understanding.measure import Labelled, Measured, measure, read_labelled
from voice.understanding.training.fit import fit
from voice.understanding.training.pairs import pairs
from voice.understanding.understand import understand_with

REPLIES = Path(__file__).with_name("replies")


def authors() -> dict[str, list[Labelled]]:
    """File name -> its replies, each file by one author."""
    return {
        path.stem: read_labelled(path.read_text(encoding="utf-8"), path.name) for path in sorted(REPLIES.glob("*.tsv"))
    }


def held_out(replies: dict[str, list[Labelled]], author: str) -> Measured:
    """One author's replies, understood by what was learned from all others."""
    others = [each for name, lines in replies.items() if name != author for each in lines]
    table = unpack(fit([*others, *pairs()]))
    return measured(replies[author], table)


def measured(replies: list[Labelled], table: Weights) -> Measured:
    return measure(((each, each.reply) for each in replies), lambda text: understand_with(table, text))


def main() -> None:
    console, replies = Console(), authors()
    figures = Table("author", "replies", "accuracy", "urgent recall", "false urgent", title="each author unread")
    for author in track(list(replies), description="cross-validating", console=console, transient=True):
        result = held_out(replies, author)
        figures.add_row(
            author,
            str(result.replies),
            f"{result.accuracy:.1%}",
            f"{result.urgent_recall:.1%}",
            f"{result.false_urgent:.1%}",
        )
    console.print(figures)
    content = fit([*(each for lines in replies.values() for each in lines), *pairs()])
    if "--check" in sys.argv:
        console.print("the table is current" if content == TABLE.read_bytes() else "the table is NOT current")
        return
    part = TABLE.with_name(TABLE.name + ".part")
    part.write_bytes(content)
    part.replace(TABLE)
    console.print(f"{TABLE.name}: {len(content) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
