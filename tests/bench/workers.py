"""What call workers cost: the speech model is loaded once, in the nursery, and shared by all of them."""

import os
import time
from collections.abc import Sequence
from pathlib import Path

from voice.workers.pool import PoolSettings, WorkerLink, open_pool

COUNTS = (1, 8, 24)
IDLE_SECONDS = 3.0
_TICKS = os.sysconf("SC_CLK_TCK")


async def measure(directory: Path) -> dict[str, float]:
    """Proportional set size in MB of each worker, among 1, 8 and 24; CPU of an idle one in percent of a core."""
    figures: dict[str, float] = {}
    settings = PoolSettings(spool_dir=str(directory / "spool"), warm=1, most=max(COUNTS), start_seconds=60)
    async with open_pool(settings) as pool:
        links: list[WorkerLink] = []
        for count in COUNTS:
            while len(links) < count:
                begun = time.monotonic()
                links.append(await pool.take())
                figures["fork_to_ready_ms"] = round((time.monotonic() - begun) * 1000, 1)
            shares = [_pss_mb(link.pid) for link in links]
            figures[f"pss_mb_of_each_of_{count}"] = round(sum(shares) / count, 1)
        figures["idle_worker_cpu_percent"] = _idle_percent([link.pid for link in links])
        for link in links:
            pool.give_back(link, usable=True)
    return figures


def _pss_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1000
    raise ValueError("the kernel does not tell Pss")


def _idle_percent(pids: Sequence[int]) -> float:
    before = sum(_cpu_seconds(pid) for pid in pids)
    time.sleep(IDLE_SECONDS)
    return round((sum(_cpu_seconds(pid) for pid in pids) - before) / IDLE_SECONDS / len(pids) * 100, 2)


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS
