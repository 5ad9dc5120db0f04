"""`make bench`: figures that documents may quote, measured here and now; also written to var/bench/figures.json."""

import asyncio
import json
import tempfile
from pathlib import Path

from tests.bench import bus, casebook, ringing, scripts, server, thinking, workers

RESULTS = Path("var/bench/figures.json")


async def main() -> None:
    with tempfile.TemporaryDirectory(prefix="quanzu-bench-") as folder:
        figures = {
            "thinking": thinking.measure(),
            "scripts": scripts.measure(),
            "workers": await workers.measure(Path(folder)),
            "bus": await bus.measure(Path(folder)),
            "casebook": await casebook.measure(Path(folder)),
            "server": await server.measure(),
            "ringing": await ringing.measure(Path(folder)),
        }
    for part, measured in figures.items():
        for name, value in measured.items():
            print(f"{part:10} {name:28} {value:10}")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    asyncio.run(main())
