"""`quanzu scripts talk`: the conversation in the terminal, with what was understood, where it leads and why.

Rule 1: the machine, the understanding and the ears are those of calls; only the telephone and its time are missing.
Rule 2: one line is one thing that the person does: words, a cue as in rehearsals, or the path of a WAV with his voice. An empty
        line is silence. When the lines end, he hangs up.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.text import Text

from dialer.desk.drafts import draft_of
from dialer.settings import Settings
from voice.asr.catalogue import find_model
from voice.asr.recognizer import LoadedModel, load_model
from voice.dialogue.events import Answered, ReplyUnderstood
from voice.dialogue.state import Phase
from voice.errors import VoiceError
from voice.script.knowledge import FOLDER, examine_knowledge
from voice.script.rehearsal import CUES, INTERRUPTS, Heard, heard_as
from voice.script.rehearse import HANG_UP, SILENCE, Play, Spoken
from voice.script.source import did_you_mean
from voice.script.why import why
from voice.understanding import understand
from voice.understanding.model import Understood
from voice.workers.aloud import Utterance, read_recording, utterances

HELP = (
    f"words, the path of a WAV, or one of {' '.join(CUES)}; an empty line is silence; "
    f"{INTERRUPTS} in front: while we still speak"
)


@dataclass(frozen=True, slots=True)
class Setting:
    """Who is rung, with which script."""

    code: str
    group: str = ""
    careful: bool = False  # as on a high grade


async def talk(settings: Settings, setting: Setting, lines: Iterable[str], console: Console) -> None:
    """Until the call ends or the lines do. Raises NoSuchScript, ScriptFault."""
    understanding = partial(understand, knowledge=examine_knowledge(Path(settings.scripts.dir) / FOLDER)[0])
    play = Play(draft_of(settings, setting.code, setting.group), understanding, careful=setting.careful)
    sheet = _Sheet(console, play)
    console.print(Text(HELP, style="dim"), soft_wrap=True)
    play.tell(Answered())
    sheet.tell("the person picks up")
    ears: LoadedModel | None = None
    for line in lines:
        heard = heard_as(line or SILENCE)
        if heard is None:
            sheet.note(f"nobody can do '{line}'{did_you_mean(line, CUES)}; {HELP}")
        elif heard.said.lower().endswith(".wav"):
            try:
                ears = ears or load_model(find_model(settings.speech.model_dir))
                sheet.recognised(heard, await utterances(read_recording(Path(heard.said)), ears))
            except VoiceError as fault:
                sheet.note(str(fault))
        else:
            sheet.hear(heard)
        if play.state.phase is Phase.ENDED:
            break
    play.let_prompts_end()
    if play.state.phase is not Phase.ENDED:
        sheet.hear(Heard(HANG_UP))
    sheet.end()


def typed(console: Console) -> Iterator[str]:
    """Lines of the terminal, or of whatever is piped in; a piped line is shown, as a typed one is."""
    while True:
        if sys.stdin.isatty():
            try:
                line = console.input("> ")
            except EOFError:
                return
        else:
            line = sys.stdin.readline()
            if not line:
                return
            console.print(Text(f"> {line.strip()}"), soft_wrap=True)
        yield line.strip()


class _Sheet:
    """What the terminal shows."""

    def __init__(self, console: Console, play: Play) -> None:
        self._console, self._play = console, play
        self._shown = 0

    def note(self, words: str, style: str = "dim") -> None:
        self._console.print(Text(f"  {words}", style=style), soft_wrap=True)

    def hear(self, heard: Heard) -> None:
        """Let the person do this and show what came of it."""
        play = self._play
        happened = play.hear(heard)
        if happened is None:
            return
        if isinstance(happened.event, ReplyUnderstood):
            self._understood(happened.event.understood)
        self.tell(why(play.script, happened.before, happened.event))

    def recognised(self, heard: Heard, found: Sequence[Utterance]) -> None:
        """A recording may hold several utterances; each is a reply of its own."""
        for one in found:
            self.note(f"recognised: {one.transcript.text} ({one.transcript.confidence:.2f})", style="magenta")
            self.hear(Heard(one.transcript.text, heard.interrupts))
        if not found:
            self.note("recognised: no words", style="magenta")

    def _understood(self, said: Understood) -> None:
        for match in said.intents:
            self.note(f"understood: {match.intent} {match.confidence:.2f}, because of {match.evidence}", style="cyan")
        if not said.intents:
            self.note("understood: nothing", style="cyan")
        parts = {
            "sum": str(said.amount_yuan or ""),
            "promises": ", ".join(said.pledges),
            "against it": ", ".join(said.against),
            **said.slots,
            "sure": f"{said.confidence:.2f}{', doubtful' if said.doubtful else ''}",
        }
        self.note("; ".join(f"{key}: {value}" for key, value in parts.items() if value), style="cyan")

    def tell(self, because: str) -> None:
        """Why, and what we say now."""
        new = [line for line in self._play.talk[self._shown :] if line.ours]
        self._shown = len(self._play.talk)
        state = self._play.state
        where = " > ".join(state.prompt.steps or (state.step,)) if new else f"no new step ({state.phase.value})"
        self.note(f"{because} → {where}" if because else where, style="green")
        for line in new:
            self._console.print(_ours(line), soft_wrap=True)
        if self._play.state.phase is Phase.CLOSING:
            self.note("these are the last words; an empty line lets them end")

    def end(self) -> None:
        state, wanted = self._play.state, self._play.wanted
        self.note(f"the call is over; conclusion: {state.conclusion.value}", style="bold")
        self.note(f"officer wanted for: {', '.join(wanted) or 'nothing'}", style="bold")
        for fact, value in state.facts.items():
            self.note(f"{fact}: {value}")


def _ours(line: Spoken) -> Text:
    return Text(f"[{line.step}] {line.text}", style="bold")
