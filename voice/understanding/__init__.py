"""Utterance to intents and slots, pure."""

from voice.understanding.shortly import is_complete
from voice.understanding.understand import understand, warm_up, warm_up_the_rest

__all__ = ["is_complete", "understand", "warm_up", "warm_up_the_rest"]
