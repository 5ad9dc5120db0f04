"""What understanding one reply costs, in CPU time."""

import time
from pathlib import Path

from voice.understanding import understand, warm_up

ROOT = Path(__file__).parents[2]


def measure() -> dict[str, float]:
    """Milliseconds a reply."""
    warm_up()
    replies = [
        line.split("\t")[1].strip()
        for line in (ROOT / "tests/data/replies_untouched.tsv").read_text(encoding="utf-8").splitlines()
    ]
    begun = time.process_time()
    for reply in replies:
        understand(reply)
    return {"understanding_ms": round((time.process_time() - begun) / len(replies) * 1e3, 3)}
