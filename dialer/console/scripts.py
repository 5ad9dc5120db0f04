"""Call scripts in the terminal: findings, rehearsals, coverage, and who published what."""

from collections.abc import Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialer.console.casebook import at
from dialer.shelf import LogLine
from voice.script.coverage import Coverage
from voice.script.gate import Examined
from voice.script.rehearse import RehearsalResult
from voice.script.source import Finding

SHOWN_OF_HASH = 12


def print_check(examined: Sequence[Examined]) -> None:
    """One line a finding, as editors and compilers write them."""
    for finding in dict.fromkeys(finding for each in examined for finding in each.findings):
        print(finding)
    good = sum(each.passed for each in examined)
    print(f"{good} good, {len({f for each in examined for f in each.findings})} findings")


def print_rehearsals(examined: Sequence[Examined], findings: Sequence[Finding], console: Console) -> None:
    """Every rehearsal in a line, those that differ with their talk, and what none of them came through."""
    for each in examined:
        console.print(Text(f"{each.code} {each.script.hash[:SHOWN_OF_HASH] if each.script else ''}", style="bold"))
        for result in each.results:
            console.print(_rehearsal(result))
        for finding in each.findings:
            console.print(Text(f"  {finding}", style="red"))
        if each.results:
            console.print(Text(f"  {_coverage(each.coverage)}", style="dim"))
    for finding in findings:
        console.print(Text(str(finding), style="red"))
    played = [result for each in examined for result in each.results]
    failed = sum(not result.passed for result in played)
    wrong = len(findings) + sum(len(each.findings) for each in examined)
    console.print(f"{len(played)} rehearsals, {failed} not as written, {wrong} findings", highlight=False)


def _rehearsal(result: RehearsalResult) -> Text:
    rehearsal = result.rehearsal
    what = f"{rehearsal.persona}: {rehearsal.it}" if rehearsal.persona else rehearsal.it
    if result.passed:
        return Text(f"  ✓ {what}", style="green")
    text = Text(f"  ✗ {what}", style="red")
    for fault in result.faults:
        text.append(f"\n      {fault}")
    for line in result.talk:
        who = f"我们 ({line.step})" if line.ours else "对方"
        meant = f"  [{', '.join(line.intents)}]" if line.intents else ""
        text.append(f"\n        {who}: {line.text}{meant}", style="default")
    return text


def _coverage(coverage: Coverage) -> str:
    replies = len(coverage.replies)
    taken = replies - len(coverage.missed_replies)
    steps = f"steps entered {len(coverage.steps) - len(coverage.missed_steps)} of {len(coverage.steps)}"
    missed = ", ".join(f"{step}: {reply}" for step, reply in coverage.missed_replies)
    return f"{steps}, replies taken {taken} of {replies}{'; never: ' + missed if missed else ''}"


def history_table(lines: Sequence[LogLine], current: str, zone: str) -> Table:
    """Oldest first; the version that calls follow is marked."""
    table = Table("at", "version", "what", "who", "note")
    for line in lines:
        mark = " ●" if line.hash == current else ""
        deed = line.deed.value.replace("_", " ")
        table.add_row(at(line.at, zone), f"{line.hash[:SHOWN_OF_HASH]}{mark}", deed, Text(line.who), Text(line.note))
    return table
