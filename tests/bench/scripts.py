"""What an admin waits for, and what a call's machine costs: CPU time over every shipped script and rehearsal."""

import time
from collections.abc import Callable
from pathlib import Path

from voice.dialogue.events import Answered, Event
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.script.gate import Examined, examine
from voice.script.model import Script
from voice.script.rehearsal import Rehearsal
from voice.script.rehearse import Play
from voice.script.speak import for_group, spoken
from voice.script.variables import EXAMPLES
from voice.understanding import warm_up

SCRIPTS = Path(__file__).parents[2] / "scripts"
ROUNDS = 5
Moment = tuple[Script, Dialogue, Event]


class Noting(Play):
    """Notes every moment at which the machine is asked."""

    moments: list[Moment]

    def tell(self, event: Event) -> None:
        self.moments.append((self.script, self.state, event))
        super().tell(event)


def measure() -> dict[str, float]:
    """Seconds to check and rehearse all scripts, once understanding is compiled; microseconds of a step of the conversation."""
    warm_up()
    examined: list[Examined] = []
    whole = _cpu(lambda: examined.extend(examine(SCRIPTS)[0]))
    moments = [moment for each in examined for moment in _moments(each)]
    stepping = _cpu(lambda: [advance(*moment) for _ in range(ROUNDS) for moment in moments])
    return {
        "scripts": len(examined),
        "rehearsals": sum(len(each.results) for each in examined),
        "check_and_rehearse_all_s": round(whole, 2),
        "machine_step_us": round(stepping / ROUNDS / len(moments) * 1e6, 1),
    }


def _moments(examined: Examined) -> list[Moment]:
    if examined.script is None:
        return []
    script = spoken(examined.script, EXAMPLES)
    return [moment for result in examined.results for moment in _played(script, result.rehearsal)]


def _played(script: Script, rehearsal: Rehearsal) -> list[Moment]:
    play = Noting(for_group(script, rehearsal.group), careful=rehearsal.careful)
    play.moments = []
    play.tell(Answered())
    for item in rehearsal.hear:
        play.hear(item)
    play.let_prompts_end()
    return play.moments


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
