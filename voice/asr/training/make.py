"""Makes the bundled model from nothing: speech, training, graphs, and the table of what it is worth. `make model` runs it.

    python -m voice.asr.training.make [--processes N] [--target MODEL]

Rule: what is there already is kept (shards by number, the checkpoint), so that an interrupted run goes on. Delete var/training to
begin anew: it also does not notice that words or sentences have changed.
"""

import argparse
import multiprocessing
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from rich.progress import track

from voice.asr.training import shards
from voice.asr.training.build import build
from voice.asr.training.train import COURSE, train

TRIES = 3
ROOT = Path(__file__).parents[3]
TARGET = ROOT / "voice" / "asr" / "models" / "zh-phone"


def make_shards(directory: Path, numbers: Iterable[int], processes: int) -> None:
    """Each in a process of its own: espeak-ng sometimes breaks down after some ten thousand changes of voice."""
    missing = [number for number in numbers if not shards.file_of(directory, number).exists()]
    with ThreadPoolExecutor(processes) as hands:
        made = hands.map(lambda number: _make_shard(directory, number), missing)
        for _ in track(made, "speaking", total=len(missing)):
            pass


def _make_shard(directory: Path, number: int) -> None:
    for _ in range(TRIES):
        process = multiprocessing.get_context("spawn").Process(target=shards.make, args=(directory, number))
        process.start()
        process.join()
        if process.exitcode == 0:
            return
    raise RuntimeError(f"shard {number} could not be made; the last try ended with {process.exitcode}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--directory", type=Path, default=ROOT / "var" / "training")
    parser.add_argument("--processes", type=int, default=1, help="that speak at once")
    parser.add_argument("--target", type=Path, default=TARGET, help="where the model goes")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    checkpoint = options.directory / "network.npz"
    if not checkpoint.exists():
        make_shards(options.directory, range(COURSE.shards), options.processes)
        unfinished = options.directory / "unfinished.npz"
        train(options.directory, unfinished)
        unfinished.rename(checkpoint)
    build(options.target, checkpoint)
    # Vosk gets a process of its own: nothing that training left behind is in its way.
    subprocess.run([sys.executable, "-m", "voice.asr.training.evaluate", str(options.target)], check=True)  # noqa: S603


if __name__ == "__main__":
    main()
