"""Writes the acoustic model as Kaldi reads it: a transition model and an nnet3 network, in Kaldi's binary format.

Written from the format (hmm/transition-model.cc, hmm/hmm-topology.cc, nnet3/nnet-nnet.cc,
matrix/compressed-matrix.cc); no Kaldi tool is needed. Tokens end
with a space, numbers carry their size before them.
"""

import struct
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from voice.asr.training.network import Affine

_HALF = float(np.log(0.5))


def write_final_mdl(file: Path, pdfs: Sequence[int], layers: Sequence[Affine], log_priors: NDArray[np.float32]) -> None:
    """`pdfs`: network output of phone 1, 2, ...; what `log_priors` holds is subtracted from the network's log probabilities."""
    writer = _Writer()
    writer.raw(b"\0B")
    _transition_model(writer, pdfs)
    _network(writer, layers, log_priors)
    file.write_bytes(bytes(writer.made))


class _Writer:
    def __init__(self) -> None:
        self.made = bytearray()

    def raw(self, what: bytes) -> None:
        self.made += what

    def tokens(self, *tokens: str) -> None:
        self.raw("".join(f"{token} " for token in tokens).encode())

    def integer(self, value: int) -> None:
        self.raw(b"\4" + struct.pack("<i", value))

    def single(self, value: float) -> None:
        self.raw(b"\4" + struct.pack("<f", value))

    def double(self, value: float) -> None:
        self.raw(b"\10" + struct.pack("<d", value))

    def integers(self, values: Sequence[int]) -> None:
        self.raw(b"\4" + struct.pack("<i", len(values)) + np.asarray(values, "<i4").tobytes())

    def vector(self, values: NDArray[np.float32] | Sequence[float]) -> None:
        self.tokens("FV")
        self.integer(len(values))
        self.raw(np.asarray(values, "<f4").tobytes())

    def matrix(self, values: NDArray[np.float32]) -> None:
        """As Kaldi's CompressedMatrix of two bytes a number: half the size, and no word comes out differently."""
        least, span = float(values.min()), float(values.max() - values.min()) or 1.0
        self.tokens("CM2")
        self.raw(struct.pack("<ffii", least, span, *values.shape))
        self.raw(np.round((values - least) / span * 65535).astype("<u2").tobytes())


def _transition_model(writer: _Writer, pdfs: Sequence[int]) -> None:
    """Every phone has one state that emits. Transition ids of phone p: self-loop 2p-1, exit 2p."""
    count = len(pdfs)
    writer.tokens("<TransitionModel>", "<Topology>")
    writer.integers(range(1, count + 1))
    writer.integers([-1] + [0] * count)  # phone -> entry of the topology
    writer.integer(1)  # one entry
    writer.integer(2)  # of two states
    writer.integer(0)  # the first has pdf class 0 ...
    writer.integer(2)  # ... and two transitions, to itself and on
    for target in (0, 1):
        writer.integer(target)
        writer.single(0.5)
    writer.integer(-1)  # the second is the end: no pdf, no transition
    writer.integer(0)
    writer.tokens("</Topology>", "<Triples>")
    writer.integer(count)
    for phone, pdf in enumerate(pdfs, 1):
        for value in (phone, 0, pdf):
            writer.integer(value)
    writer.tokens("</Triples>", "<LogProbs>")
    writer.vector([0.0] + [_HALF] * (2 * count))
    writer.tokens("</LogProbs>", "</TransitionModel>")


def _network(writer: _Writer, layers: Sequence[Affine], log_priors: NDArray[np.float32]) -> None:
    width = layers[0].weights.shape[1] // len(layers[0].offsets)
    lines = [f"input-node name=input dim={width}"]
    before = "input"
    for number, layer in enumerate(layers, 1):
        source = ", ".join(f"Offset({before}, {offset})" if offset else before for offset in layer.offsets)
        source = f"Append({source})" if len(layer.offsets) > 1 else source
        affine, shape = _names(number, layer)
        lines += [
            f"component-node name={affine} component={affine} input={source}",
            f"component-node name={shape} component={shape} input={affine}",
        ]
        before = shape
    lines.append(f"output-node name=output input={before} objective=linear")
    writer.tokens("<Nnet3>")
    writer.raw(("\n" + "\n".join(lines) + "\n\n").encode())
    writer.tokens("<NumComponents>")
    writer.integer(2 * len(layers))
    for number, layer in enumerate(layers, 1):
        _components(writer, number, layer)
    writer.tokens("</Nnet3>", "<LeftContext>")
    writer.integer(0)
    writer.tokens("<RightContext>")
    writer.integer(0)
    writer.tokens("<Priors>")
    writer.vector(np.exp(log_priors))


def _names(number: int, layer: Affine) -> tuple[str, str]:
    return f"tdnn{number}.affine", f"tdnn{number}.relu" if layer.relu else "output.log-softmax"


def _components(writer: _Writer, number: int, layer: Affine) -> None:
    affine, shape = _names(number, layer)
    writer.tokens("<ComponentName>", affine, "<FixedAffineComponent>", "<LinearParams>")
    writer.matrix(layer.weights)
    writer.tokens("<BiasParams>")
    writer.vector(layer.bias)
    writer.tokens("</FixedAffineComponent>")
    kind = "RectifiedLinearComponent" if layer.relu else "LogSoftmaxComponent"
    writer.tokens("<ComponentName>", shape, f"<{kind}>", "<Dim>")
    writer.integer(len(layer.bias))
    for statistics in ("<ValueAvg>", "<DerivAvg>"):
        writer.tokens(statistics)
        writer.vector([])
    writer.tokens("<Count>")
    writer.double(0.0)
    writer.tokens(f"</{kind}>")
