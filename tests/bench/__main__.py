"""`make bench`: figures that documents may quote, measured here and now; also written to var/bench/figures.json.

python -m tests.bench                # all of it
python -m tests.bench storm server   # these parts; what the others measured before stays in the file
python -m tests.bench --short storm  # a tenth of a storm, ten thousand open cases at most: for a look, not for a document
"""

import asyncio
import json
import sys
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

from tests.bench import bus, casebook, ringing, scripts, server, storm, thinking, workers

RESULTS = Path("var/bench/figures.json")
Part = Callable[[Path, bool], Awaitable[Mapping[str, float]]]


async def _thinking(_folder: Path, _short: bool) -> Mapping[str, float]:
    return thinking.measure()


async def _scripts(_folder: Path, _short: bool) -> Mapping[str, float]:
    return scripts.measure()


PARTS: Mapping[str, Part] = {
    "thinking": _thinking,
    "scripts": _scripts,
    "workers": lambda folder, _: workers.measure(folder),
    "bus": lambda folder, _: bus.measure(folder),
    "casebook": lambda folder, short: casebook.measure(folder, short=short),
    "server": lambda _, short: server.measure(short=short),
    "ringing": lambda folder, _: ringing.measure(folder),
    "storm": lambda folder, short: storm.measure(folder, short=short),
}


async def main(*words: str) -> None:
    short, wanted = "--short" in words, [word for word in words if word != "--short"] or list(PARTS)
    if unknown := [word for word in wanted if word not in PARTS]:
        sys.exit(f"no such part: {' '.join(unknown)}; there are {' '.join(PARTS)}")
    for part in wanted:
        with tempfile.TemporaryDirectory(prefix="quanzu-bench-") as folder:
            measured = await PARTS[part](Path(folder), short)
        for name, value in measured.items():
            print(f"{part:10} {name:28} {value:10}", flush=True)
        _keep(f"{part}_short" if short else part, measured)


def _keep(part: str, measured: Mapping[str, float]) -> None:
    known = json.loads(RESULTS.read_text(encoding="utf-8")) if RESULTS.exists() else {}
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps({**known, part: measured}, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
