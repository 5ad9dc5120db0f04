"""Weighted finite-state transducers, built arc by arc and written in OpenFst's `const` format.

Nothing is composed, determinised or minimised here, so OpenFst's own Python package is not needed (one process that holds it
and Vosk stands still for ever: both carry OpenFst, finding).
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

_MAGIC, _VERSION = 2125659606, 2
_EXPANDED, _INPUT_SORTED, _OUTPUT_SORTED = 0x1, 0x1000_0000, 0x4000_0000
_INFINITE = float("inf")


@dataclass(frozen=True, slots=True)
class Arc:
    input: int
    output: int
    cost: float
    to: int


@dataclass(slots=True)
class Fst:
    """State 0 is the start."""

    arcs: list[list[Arc]] = field(default_factory=list)
    ends: dict[int, float] = field(default_factory=dict)  # state -> cost of ending there

    def state(self) -> int:
        self.arcs.append([])
        return len(self.arcs) - 1

    def arc(self, start: int, label_in: int, label_out: int, to: int, cost: float = 0.0) -> None:
        self.arcs[start].append(Arc(label_in, label_out, cost, to))

    def write(self, file: Path, sort_by: Literal["input", "output"]) -> None:
        """Sorted, because the decoder looks up words in it; the property bit tells it so."""
        file.write_bytes(self._header(sort_by) + self._states() + b"".join(_packed(s, sort_by) for s in self.arcs))

    def _header(self, sort_by: Literal["input", "output"]) -> bytes:
        properties = _EXPANDED | (_INPUT_SORTED if sort_by == "input" else _OUTPUT_SORTED)
        names = b"".join(struct.pack("<i", len(name)) + name for name in (b"const", b"standard"))
        count = sum(map(len, self.arcs))
        return (
            struct.pack("<i", _MAGIC)
            + names
            + struct.pack("<iiQqqq", _VERSION, 0, properties, 0, len(self.arcs), count)
        )

    def _states(self) -> bytes:
        packed, place = bytearray(), 0
        for number, arcs in enumerate(self.arcs):
            silent_in, silent_out = sum(not arc.input for arc in arcs), sum(not arc.output for arc in arcs)
            end = self.ends.get(number, _INFINITE)
            packed += struct.pack("<fIIII", end, place, len(arcs), silent_in, silent_out)
            place += len(arcs)
        return bytes(packed)


def _packed(arcs: Sequence[Arc], sort_by: Literal["input", "output"]) -> bytes:
    ordered = sorted(arcs, key=lambda arc: arc.input if sort_by == "input" else arc.output)
    return b"".join(struct.pack("<iifi", arc.input, arc.output, arc.cost, arc.to) for arc in ordered)
