"""The family of errors of voice. A class's docstring is its message; retryable is said once, on the class."""

from collections.abc import Sequence
from typing import Any


class VoiceError(Exception):
    """Something went wrong in a conversation."""

    retryable = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class SpeechDown(VoiceError):
    """The speech process does not answer. New calls wait until it is back; see `journalctl -u quanzu`."""

    retryable = True


class PromptsNotStored(SpeechDown):
    """Rendered prompts cannot be written: the disk is full or the folder is not ours. Free space or set speech.cache_dir."""


class PromptsMissing(VoiceError):
    """A rendered prompt of this call is not there any more. Do not clear the prompt cache while calls are made."""

    retryable = True


class NotSpooled(VoiceError):
    """The call's progress cannot be written down, so nobody is rung. Free space, or see who owns the spool's folder."""

    retryable = True


class Unspeakable(VoiceError):
    """The voice cannot say this sentence. Reword it, or give a recording in its place."""


class RecordedSentenceUnfit(VoiceError):
    """A recorded sentence cannot be played. Save it as WAV, PCM 16 bit, mono, 16 kHz or more."""


class RecordedSentenceLost(VoiceError):
    """A recorded sentence of a published script is not there. Put the recording back, or publish the script again."""


class ModelMissing(VoiceError):
    """The speech model's directory is missing or incomplete. Set speech.model_dir to an unpacked Vosk model."""


class RecognizerFault(VoiceError):
    """The recogniser failed on this utterance. It counts as heard and not understood; the next one starts afresh."""


class PhoneFault(VoiceError):
    """The SIP library refused an order."""


class ScriptFault(VoiceError):
    """A call script has a mistake; the last good version stays in use."""

    def __init__(self, findings: Sequence[Any]) -> None:
        self.details = tuple(findings)  # as they were found, when whoever found them has more than words
        self.findings = [str(finding) for finding in findings]
        super().__init__("\n".join(self.findings))


class WorkerLost(VoiceError):
    """A call worker's process ended without a report."""

    retryable = True


class RecordingLost(VoiceError):
    """A recording could not be written. See that the disk of the recordings' directory has room."""


class WorkersBusy(VoiceError):
    """All call workers are in a conversation. Raise workers.most if this machine can carry more."""

    retryable = True


class ModelNotFetched(VoiceError):
    """The speech model could not be fetched. Unpack it by hand into data.dir/models and set speech.model_dir."""


class RecordUnreadable(VoiceError):
    """The record of this call was written by another release of Quanzu, or is damaged; it cannot be played again."""
