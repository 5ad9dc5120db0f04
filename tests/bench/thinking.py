"""What the pure cores cost, in CPU time: a step of the conversation's machine, understanding one reply, loading all scripts."""

import time
from collections.abc import Callable
from pathlib import Path

from voice.dialogue.events import Answered, PromptFinished, SilenceElapsed
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue
from voice.script.loader import load_all
from voice.understanding import understand, warm_up

ROOT = Path(__file__).parents[2]
ROUNDS = 200


def measure() -> dict[str, float]:
    """Microseconds a step, milliseconds a reply, seconds to load and lint every script."""
    warm_up()
    replies = [
        line.split("\t")[1].strip()
        for line in (ROOT / "tests/data/replies_untouched.tsv").read_text(encoding="utf-8").splitlines()
    ]
    script = next(iter(load_all(ROOT / "scripts")[0].values()))

    def talk() -> None:
        now = Dialogue.open()
        for event in (Answered(), SilenceElapsed(0), PromptFinished(1), SilenceElapsed(1)):
            now, _ = advance(script, now, event)

    def all_replies() -> None:
        for reply in replies:
            understand(reply)

    return {
        "machine_step_us": round(_cpu(lambda: [talk() for _ in range(ROUNDS)]) / ROUNDS / 4 * 1e6, 1),
        "understanding_ms": round(_cpu(all_replies) / len(replies) * 1e3, 3),
        "load_and_lint_scripts_s": round(_cpu(lambda: load_all(ROOT / "scripts")), 3),
    }


def _cpu(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun
