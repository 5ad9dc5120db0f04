"""The calls of this moment, in a terminal; where there is no terminal, every new thing once, as a line.

Rule 1: what is drawn is a pure function of the calls; the board only knows what it has printed before.
Rule 2: text from outside is never read as markup.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from rich.box import ROUNDED
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from dialer.console import labels
from dialer.console.views import CallNow, CallView, LineOfTalk
from dialer.domain.grade import Grade

_NARROWEST = 46  # columns of a panel that is still readable
_LINES_OF_TALK = 8  # the last ones that a panel shows at most
_LINES_BESIDES = 7  # of a panel: its frame, its state, the officer, the outcome, the danger signs, the note

_GRADE_STYLES: Mapping[Grade, str] = {
    Grade.CRITICAL: "bold white on red",
    Grade.HIGH: "bold white on dark_orange3",
    Grade.MEDIUM: "black on yellow",
    Grade.LOW: "white on grey37",
}
_SPEAKER_STYLES: Mapping[str, str] = {"robot": "cyan", "contact": "yellow", "officer": "green"}


def board(calls: Sequence[CallNow], width: int, height: int = 40) -> RenderableType:
    """All calls: side by side where the terminal is wide enough, else one below the other with as much talk as fits."""
    beside = max(1, min(len(calls), width // _NARROWEST))
    rows = max(1, -(-len(calls) // beside))
    talk_lines = max(1, min(_LINES_OF_TALK, height // rows - _LINES_BESIDES))
    panels = [_panel(call, talk_lines) for call in calls]
    if beside == 1:
        return Group(*panels)
    grid = Table.grid(expand=True)
    for _ in range(beside):
        grid.add_column(ratio=1)
    for at in range(0, len(panels), beside):
        row = panels[at : at + beside]
        grid.add_row(*row, *("" for _ in range(beside - len(row))))
    return grid


def new_lines(before: CallNow | None, now: CallNow) -> list[str]:
    """What happened to one call between two looks, one line each."""
    head = f"{now.seconds_since_alert:6.1f} s  {now.grade} {now.number}  "
    known = before.talk if before else ()
    said = [line for at, line in enumerate(now.talk) if at >= len(known) or known[at] != line]
    lines = [head + labels.SPEAKERS.get(line.who, line.who) + "：" + _words(line) for line in said]
    was, is_now = (_facts(before) if before else {}), _facts(now)
    return [*lines, *(head + text for name, text in is_now.items() if was.get(name) != text)]


def outcome_table(calls: Sequence[CallView]) -> Table:
    """What became of each call."""
    table = Table(box=ROUNDED, title="结果 outcomes", title_style="bold", expand=False)
    for heading in ("等级\ngrade", "号码\nnumber", "类型\ntype", "结果\noutcome", "结论 · 挂断\nconclusion · cause"):
        table.add_column(heading)
    table.add_column("民警\nofficer")
    table.add_column("秒\nseconds", justify="right")
    for call in calls:
        table.add_row(
            Text(f" {call.grade} ", _GRADE_STYLES[call.grade]),
            Text(call.number),
            Text(call.title),
            Text(f"{labels.OUTCOMES[call.outcome]}\n{call.outcome.sentence}"),
            Text(
                f"{labels.CONCLUSIONS[call.conclusion]} · {labels.CAUSES[call.cause]}\n{call.conclusion} · {call.cause}"
            ),
            _officer_cell(call),
            Text(f"{(call.ended_at - call.alerted_at).total_seconds():.1f}"),
        )
        for sign in call.danger_signs:
            table.add_row("", "", "", Text(f"⚠ {labels.DANGERS[sign.kind]}  {sign.text}", "red"), "", "", "")
    return table


def file_list(calls: Sequence[CallView], pages: Mapping[str, Path]) -> Table:
    """Where the recordings and the pages are; pages by attempt."""
    table = Table.grid(padding=(0, 2))
    for call in calls:
        files = {
            "录音 stereo": call.recordings.stereo,
            "简报 brief": call.recordings.brief,
            "网页 page": str(pages.get(call.attempt, "")),
        }
        for label, path in files.items():
            if path:
                table.add_row(Text(f"{call.grade} {call.number}"), Text(label), Text(path, overflow="fold"))
    return table


class LiveBoard:
    """Shows calls while they last. On a terminal it redraws in place, elsewhere it prints what is new."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._printed: dict[str, CallNow] = {}
        self._live: Live | None = None

    def __enter__(self) -> Self:
        if self._console.is_terminal:
            # No thread of its own: who calls show() decides when the screen changes.
            self._live = Live(console=self._console, auto_refresh=False)
            self._live.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        if self._live is not None:
            self._live.stop()
            self._live = None

    def show(self, calls: Sequence[CallNow]) -> None:
        """Show these calls, in this order."""
        if self._live is not None:
            self._live.update(board(calls, self._console.width, self._console.height), refresh=True)
            return
        for call in calls:
            for line in new_lines(self._printed.get(call.attempt), call):
                self._console.print(Text(line), soft_wrap=True)
            self._printed[call.attempt] = call


def _panel(call: CallNow, talk_lines: int) -> Panel:
    title = Text.assemble((f" {call.grade} ", _GRADE_STYLES[call.grade]), f" {call.title} {call.number} ")
    clock = Text(f"{call.seconds_since_alert:.1f} s 自预警 since alert", "dim")
    state = Text.assemble((labels.ATTEMPT_STATES[call.state], "bold"), (f" {call.state}", "dim"))
    top = Table.grid(expand=True)
    top.add_column(ratio=1)
    top.add_column(justify="right")
    top.add_row(state, clock)
    talk = Table.grid(expand=True, padding=(0, 1))
    talk.add_column(width=6)
    talk.add_column(ratio=1)
    for line in call.talk[-talk_lines:]:
        speaker = Text(labels.SPEAKERS.get(line.who, line.who), _SPEAKER_STYLES.get(line.who, ""))
        talk.add_row(speaker, _talk_text(line))
    ending = [
        Text(text, _STYLES_OF_FACTS[name], overflow="fold") for name, text in _facts(call).items() if name != "state"
    ]
    return Panel(Group(top, talk, *ending), title=title, title_align="left", border_style=_border(call))


def _border(call: CallNow) -> str:
    if call.outcome is not None:
        return "green" if not call.danger_signs else "red"
    return "cyan" if call.talk else "grey50"


def _talk_text(line: LineOfTalk) -> Text:
    text = Text(line.text, overflow="fold")  # Chinese has no spaces to wrap at
    if line.understood:
        text.append(f"  → {_understood(line.understood)}", "magenta")
    return text


def _words(line: LineOfTalk) -> str:
    return f"{line.text}  → {_understood(line.understood)}" if line.understood else line.text


def _understood(names: str) -> str:
    """Intents, separated by spaces, as officers call them."""
    return " ".join(labels.INTENTS.get(name, name) for name in names.split())


_STYLES_OF_FACTS: Mapping[str, str] = {"officer": "green", "outcome": "bold", "danger": "red", "note": "dim"}


def _facts(call: CallNow) -> dict[str, str]:
    """Everything besides the talk that is worth a line, by what it is about."""
    facts = {"state": f"{labels.ATTEMPT_STATES[call.state]} {call.state}"}
    if call.officer_state is not None:
        facts["officer"] = f"☎ {labels.OFFICER_STATES[call.officer_state]} {call.officer} ({call.officer_state})"
    if call.outcome is not None:
        ending = " · ".join(str(part) for part in (call.conclusion, call.cause) if part)
        facts["outcome"] = f"■ {labels.OUTCOMES[call.outcome]} {call.outcome.sentence}" + (
            f" ({ending})" if ending else ""
        )
    if call.danger_signs:
        facts["danger"] = "⚠ " + "，".join(f"{labels.DANGERS[s.kind]} {s.text}" for s in call.danger_signs)
    if call.note:
        facts["note"] = call.note
    return facts


def _officer_cell(call: CallView) -> Text:
    return Text("\n".join(f"{o.name}\n{labels.OFFICER_STATES[o.state]}" for o in call.officers) or "–")
