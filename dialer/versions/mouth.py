"""Every sentence of a script as sound: as somebody recorded it, else by the voice.

Rule 1: a recording that was lost is told, and said by the voice if it can; whoever is in danger is rung all the same.
"""

from collections.abc import Mapping

import structlog

from voice.errors import RecordedSentenceLost, RecordedSentenceUnfit, Unspeakable
from voice.ports import Prompt, Prompts, Recorded
from voice.script.model import Script, Sentence

log = structlog.get_logger(__name__)


class Mouth:
    """The voice and the recordings together."""

    def __init__(self, voice: Prompts, recorded: Recorded) -> None:
        self.voice, self.recorded = voice, recorded

    async def of(self, script: Script) -> Mapping[str, Prompt]:
        """Sentence id -> prompt, for a script whose variables are filled. Raises what Prompts and Recorded raise."""
        prompts: dict[str, Prompt] = {}
        for sentence in script.sentences.values():
            if sentence.recording:
                prompts[sentence.id] = await self._recorded(sentence, script)
        said = [each for each in script.sentences.values() if not each.recording]
        rendered = await self.voice.render([each.text for each in said], script.rate_wpm)
        return {**prompts, **{each.id: rendered[each.text] for each in said}}

    async def _recorded(self, sentence: Sentence, script: Script) -> Prompt:
        try:
            return await self.recorded.prompt(sentence.recording, sentence.recording_sha256, sentence.text)
        except (RecordedSentenceLost, RecordedSentenceUnfit) as fault:
            log.error("recorded sentence lost", script=script.code, sentence=sentence.id, advice=str(fault))
            try:
                return (await self.voice.render([sentence.text], script.rate_wpm))[sentence.text]
            except Unspeakable:
                raise fault from None
