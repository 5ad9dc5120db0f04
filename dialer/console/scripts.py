"""Call scripts in the terminal: findings, rehearsals, coverage, and who published what."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from rich.console import Console
from rich.table import Table
from rich.text import Text

from dialer.console.casebook import at
from dialer.ports.shelf import LogLine, Version
from voice.script.compare import Change
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
    """Every rehearsal in a line, those that differ with their talk, and how much they came through; of one script also what not."""
    for each in examined:
        console.print(
            Text(f"{each.code} {each.script.hash[:SHOWN_OF_HASH] if each.script else ''}", style="bold"), soft_wrap=True
        )
        for result in each.results:
            console.print(_rehearsal(result), soft_wrap=True)
        for finding in each.findings:
            console.print(Text(f"  {finding}", style=_style(finding)), soft_wrap=True)
        if each.results:
            missed = _missed(each.coverage) if len(examined) == 1 else ""
            console.print(Text(f"  {_coverage(each.coverage)}{missed}", style="dim"), soft_wrap=True)
    for finding in findings:
        console.print(Text(str(finding), style=_style(finding)), soft_wrap=True)
    played = [result for each in examined for result in each.results]
    failed = sum(not result.passed for result in played)
    wrong = len(findings) + sum(len(each.findings) for each in examined)
    console.print(
        f"{len(played)} rehearsals, {failed} not as written, {wrong} findings", highlight=False, soft_wrap=True
    )


def _style(finding: Finding) -> str:
    return "red" if finding.blocks else "yellow"


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
    steps = f"steps entered {len(coverage.steps) - len(coverage.missed_steps)} of {len(coverage.steps)}"
    return f"{steps}, replies taken {replies - len(coverage.missed_replies)} of {replies}"


def _missed(coverage: Coverage) -> str:
    """Of one script: which replies no rehearsal took, a question in a line."""
    questions = groupby(coverage.missed_replies, key=lambda missed: missed[0])
    return "".join(f"\n    never at {step}: {', '.join(reply for _, reply in missed)}" for step, missed in questions)


def history_table(lines: Sequence[LogLine], current: str, zone: str) -> Table:
    """Oldest first; the version that calls follow is marked."""
    table = Table("at", "version", "what", "who", "note")
    for line in lines:
        mark = " ●" if line.hash == current else ""
        deed = line.deed.value.replace("_", " ")
        table.add_row(at(line.at, zone), f"{line.hash[:SHOWN_OF_HASH]}{mark}", deed, Text(line.who), Text(line.note))
    return table


def print_changes(changes: Sequence[Change], console: Console) -> None:
    """Part by part: what is gone in red, what is new in green."""
    for part, group in groupby(changes, key=lambda change: change.part):
        console.print(Text(part, style="bold"))
        for change in group:
            if len(change.was) == len(change.now) == 1 and "says" not in change.what:
                console.print(Text(f"  {change.what}: {change.was[0]} → {change.now[0]}"))
                continue
            console.print(Text(f"  {change.what}"))
            console.print(
                Text("\n".join(f"    - {text}" for text in change.was), style="red"), end="\n" * bool(change.was)
            )
            console.print(
                Text("\n".join(f"    + {text}" for text in change.now), style="green"), end="\n" * bool(change.now)
            )


def print_heard_anew(said_by: Mapping[str, Sequence[str]], console: Console) -> None:
    """What people will hear and did not before; sentences of the same scripts stand together."""
    if said_by:
        console.print("people will hear, and did not before:", highlight=False)
    for codes, texts in groupby(said_by, key=lambda text: list(said_by[text])):
        console.print(Text(f"  {', '.join(codes)}", style="bold"))
        for text in texts:
            console.print(Text(f"    + {text}", style="green"), soft_wrap=True)


def list_table(
    current: Mapping[str, Version | None], examined: Mapping[str, Examined], waiting: Sequence[Version], zone: str
) -> Table:
    """One row a script."""
    table = Table()
    for heading in ("script", "published", "at", "by", "file", "waits for approval"):
        table.add_column(heading, no_wrap=heading in ("script", "published"))
    for code, version in sorted(current.items()):
        proposed = [f"{each.hash[:SHOWN_OF_HASH]} of {each.author}" for each in waiting if each.code == code]
        row = (
            (version.hash[:SHOWN_OF_HASH], at(version.published_at, zone), version.author)
            if version
            else ("never", "", "")
        )
        table.add_row(code, *map(Text, row), _file(version, examined.get(code)), Text(", ".join(proposed)))
    return table


def _file(version: Version | None, examined: Examined | None) -> str:
    if examined is None:
        return "there is none"
    if not examined.passed or examined.script is None:
        return f"{sum(finding.blocks for finding in examined.findings)} mistakes"
    return "as published" if version and version.hash == examined.script.hash else "not published yet"
