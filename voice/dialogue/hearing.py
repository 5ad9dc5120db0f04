"""What the ear reports while somebody may be speaking. Frozen facts, counted in samples of the call's own clock.

Rule 1: the ear reports, `voice.dialogue.turntaking` decides where a reply begins and ends.
Rule 2: every chunk of audio gives at least one report, so the clock of the decisions never stands still.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """Voice, long enough to be speech, since this sample."""

    at: int


@dataclass(frozen=True, slots=True)
class Partial:
    """What is believed so far of the present utterance; may be empty."""

    text: str
    at: int  # the sample after the audio that was heard
    complete: bool = False  # the text is already a whole answer: no long pause needed


@dataclass(frozen=True, slots=True)
class SilentFor:
    """So many samples without voice, up to `at`: since the last voiced sample, or since hearing began."""

    samples: int
    at: int


Hearing = SpeechStarted | Partial | SilentFor
