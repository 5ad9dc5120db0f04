"""The wire between the daemon and a call worker: JSON lines over a socketpair, both ways for the whole call.

One message is one JSON object on one line, `{"type": "...", ...}`. End-of-file from the daemon means that the daemon is
gone: the worker finishes its talk, spools its report and exits.
"""

import msgspec

from voice.messages import Message, ToDaemon, ToWorker

_encoder = msgspec.json.Encoder()
to_worker_decoder: msgspec.json.Decoder[ToWorker] = msgspec.json.Decoder(ToWorker)
to_daemon_decoder: msgspec.json.Decoder[ToDaemon] = msgspec.json.Decoder(ToDaemon)


def encode(message: Message) -> bytes:
    """One line."""
    return _encoder.encode(message) + b"\n"
