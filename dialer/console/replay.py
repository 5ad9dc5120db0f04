"""A call played again, in the terminal: what came, what was answered then, what is answered now."""

from collections.abc import Sequence
from typing import assert_never

from rich.console import Console
from rich.table import Table
from rich.text import Text

from voice.dialogue import actions as act
from voice.dialogue import events as ev
from voice.replay import Answer, Replayed

SHOWN_OF_HASH = 12
SHOWN_BEFORE = 3  # events before the difference


def print_replay(played: Sequence[Replayed], events: int, own: str, other: str, console: Console) -> None:
    """One line when all is the same; else the events up to the first difference, in two columns."""
    through = f"version {(other or own)[:SHOWN_OF_HASH]}"
    if all(each.same for each in played):
        console.print(f"{events} events through {through}: the same as in the call", highlight=False)
        return
    last = played[-1]
    shown = played[max(0, len(played) - 1 - SHOWN_BEFORE) :]
    table = Table(
        "event", "at", "what came", f"in the call ({own[:SHOWN_OF_HASH]})", f"now ({through})", show_lines=True
    )
    for each in shown:
        style = "" if each.same else "red"
        then, now = (Text("\n".join(_answer(answer)), style=style) for answer in (each.then, each.now))
        table.add_row(str(each.number), f"{each.at_ms / 1000:.1f} s", Text(_event(each.event)), then, now)
    console.print(table)
    console.print(f"differs at event {last.number} of {events}, {_event(last.event)}", highlight=False, markup=False)


def _event(event: ev.Event) -> str:
    match event:
        case ev.Answered():
            return "answered"
        case ev.PromptFinished(turn):
            return f"prompt {turn} was played to its end"
        case ev.ReplyUnderstood(_, said):
            meant = ", ".join(said.names()) or "nothing known"
            return f"he said: {said.text} ({meant}{', doubtful' if said.doubtful else ''})"
        case ev.SilenceElapsed():
            return "nobody spoke"
        case ev.DigitPressed(digit):
            return f"key {digit}"
        case ev.OfficerAccepted():
            return "an officer accepted"
        case ev.OfficerLeft():
            return "the officer left"
        case ev.NoOfficerCame():
            return "no officer came"
        case ev.EndOrdered():
            return "the centre ends the call"
        case ev.TimeIsUp():
            return "the time is up"
        case ev.HungUp():
            return "hung up"
        case _:
            assert_never(event)


def _answer(answer: Answer) -> list[str]:
    if answer is None:
        return ["the machine broke"]
    return [_action(action) for action in answer] or ["nothing"]


def _action(action: act.Action) -> str:
    match action:
        case act.Say(_, step, sentences):
            return f"says ({step}): {''.join(sentences)}"
        case act.StopSaying():
            return "stops its prompt"
        case act.WaitForReply(_, silence_ms, expects):
            return f"waits {silence_ms} ms for {', '.join(expects) or 'anything'}"
        case act.WantOfficer(reason, _):
            return f"wants an officer: {reason}"
        case act.Bridge():
            return "bridges the officer"
        case act.DismissOfficers():
            return "dismisses officers"
        case act.HangUp():
            return "hangs up"
        case _:
            assert_never(action)
