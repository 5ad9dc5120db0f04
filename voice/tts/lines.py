"""The lines between us and the speech process: one JSON object each, orders in, replies out, the first reply says Ready.

Rule 1: one order is answered by exactly one reply with its number, in the order of arrival.
Rule 2: no text comes back, so a reply may be logged.
"""

from enum import StrEnum

import msgspec


class Speak(msgspec.Struct, frozen=True):
    """Order: render this into a WAV file at `path`, 22050 Hz mono 16 bit, whole or not at all."""

    number: int
    text: str  # as the voice wants it: hanzi, or pinyin with tone digits
    path: str
    voice: str  # full espeak identifier, e.g. "sit/cmn-latn-pinyin+f4"
    rate_wpm: int
    pitch: int  # 0..99, 50 is the voice's own


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """Reply, once: the engine is warm."""

    library: str  # version of espeak-ng


class Unable(msgspec.Struct, frozen=True, tag="unable"):
    """Reply in place of Ready: the engine cannot be started here; the process exits."""

    reason: str


class Spoken(msgspec.Struct, frozen=True, tag="spoken"):
    """Reply: the file is there."""

    number: int
    ms: int


class Why(StrEnum):
    """What went wrong with one order, in words the caller decides by."""

    VOICE = "voice"  # no such voice or variant
    SETTING = "setting"  # the engine did not take a rate or pitch
    FOREIGN = "foreign"  # the voice would spell a part of it in English letters
    SILENT = "silent"  # nothing audible came out
    CANCELLED = "cancelled"  # the driver cancelled itself more often than we repeat
    UNWRITTEN = "unwritten"  # the file could not be written


class NotSpoken(msgspec.Struct, frozen=True, tag="not_spoken"):
    """Reply: there is no file. `errno` is that of the operating system when the file could not be written."""

    number: int
    why: Why
    errno: int = 0


Reply = Ready | Unable | Spoken | NotSpoken

encode = msgspec.json.Encoder().encode
order_decoder: msgspec.json.Decoder[Speak] = msgspec.json.Decoder(Speak)
reply_decoder: msgspec.json.Decoder[Reply] = msgspec.json.Decoder(Reply)
