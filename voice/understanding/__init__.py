"""Utterance to intents and slots, pure."""

from voice.understanding.shortly import is_complete
from voice.understanding.understand import understand, warm_up

__all__ = ["is_complete", "understand", "warm_up"]
