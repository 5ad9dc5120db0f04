"""Call scripts as calls use them: the published version, with this centre's words in it.

Rule 1: a call follows one version from its first word to its last, and its report carries the version's hash.
Rule 2: what lies in files is nobody's business here; `dialer.versions.publishing` puts versions on the shelf.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import msgspec
import structlog

from dialer.domain.alert import FraudType
from dialer.domain.attempt import ClaimedAttempt, TalkToResume
from dialer.errors import ScriptMissing, VersionUnreadable
from dialer.ports.shelf import Shelf, Version
from dialer.settings import CentreSettings
from dialer.versions.callwords import OWN_TYPE, group_of, values_of
from voice.report import Standing
from voice.script.model import Script
from voice.script.resuming import for_resuming, goes_on_at
from voice.script.speak import for_group, spoken
from voice.script.variables import VARIABLE

log = structlog.get_logger(__name__)
KNOWLEDGE = "intents"  # what intents know lies on the same shelf
# What stands in place of a call is sent even when no script is published, or none that knows the occasion yet.
WITHOUT_SCRIPT: Mapping[str, str] = {
    "robot_cannot_ring": "【{centre}】您可能正遇到诈骗。请先不要转账，不要说验证码，马上拨打{call_back}核实。"
}


class Scripts:
    """Hands out script versions."""

    def __init__(self, shelf: Shelf, centre: CentreSettings) -> None:
        self._shelf, self._centre = shelf, centre

    async def for_call(self, attempt: ClaimedAttempt) -> Script:
        """The current version for this fraud type, or the generic one, for this person's group, with this call's words."""
        own = attempt.facts.get(OWN_TYPE, "") if attempt.fraud_type is FraudType.GENERIC else ""
        for code in (own, attempt.fraud_type.value, FraudType.GENERIC.value):
            version = await self._shelf.current(code) if code != KNOWLEDGE else None
            if version is not None:
                script = for_group(decoded(version), group_of(attempt))
                return self.fill(script, values_of(attempt, ZoneInfo(self._centre.zone)))
        raise ScriptMissing

    async def for_talk(self, attempt: ClaimedAttempt) -> tuple[Script, Standing | None, str]:
        """The script of this call; of a call-back also the talk as it is taken up, and the step with which it goes on.

        It goes on in the version that the dropped talk followed. Where that is not on the shelf, or opens no call-back, the current
        one begins anew.
        """
        if attempt.talk is None:
            return await self.for_call(attempt), None, ""
        standing, script = attempt.talk.standing, await self._followed(attempt, attempt.talk)
        if script is None:
            script, standing = await self.for_call(attempt), replace(standing, step="", owed=())
        if not script.resuming:
            return script, standing, script.opening
        return for_resuming(script, standing), standing, goes_on_at(script, standing)

    async def _followed(self, attempt: ClaimedAttempt, talk: TalkToResume) -> Script | None:
        version = await self._shelf.by_hash(talk.script_hash)
        if version is None:
            return None
        script = for_group(decoded(version), group_of(attempt))
        return self.fill(script, values_of(attempt, ZoneInfo(self._centre.zone))) if script.resuming else None

    async def sms_text(self, fraud_type: FraudType, occasion: str) -> tuple[str, str]:
        """The published text for this occasion with the centre's words in it, and its version's hash. Raises ScriptMissing."""
        for code in (fraud_type.value, FraudType.GENERIC.value):
            version = await self._shelf.current(code)
            text = decoded(version).sms.get(occasion, "") if version is not None else ""
            if version is not None and text:
                return self._written(text), version.hash
        if occasion in WITHOUT_SCRIPT:
            return self._written(WITHOUT_SCRIPT[occasion]), ""
        raise ScriptMissing

    async def codes(self) -> list[str]:
        """Scripts that have a published version."""
        return [code for code in await self._shelf.codes() if code != KNOWLEDGE]

    async def own_types(self) -> Mapping[str, str]:
        """The fraud types that this centre has published a script for, beside the ministry's: code, and title, to code."""
        found: dict[str, str] = {}
        for code in set(await self.codes()) - set(FraudType):
            version = await self._shelf.current(code)
            try:
                found |= {decoded(version).title.lower(): code, code: code} if version else {}
            except VersionUnreadable as fault:
                log.error("published script cannot be read", script=code, advice=str(fault))
        return found

    async def published(self) -> list[Script]:
        """The current version of every code, with the centre's words filled in."""
        found = []
        for code in await self.codes():
            version = await self._shelf.current(code)
            try:
                found += [self.fill(decoded(version))] if version else []
            except VersionUnreadable as fault:
                log.error("published script cannot be read", script=code, advice=str(fault))
        return found

    def fill(self, script: Script, values: Mapping[str, str] = MappingProxyType({})) -> Script:
        """The script as it is spoken by this centre, with what is known of one call."""
        return spoken(script, {**values, **self._ours()})

    def _written(self, text: str) -> str:
        """As it is read, not spoken: digits stay digits."""
        ours = self._ours()
        return VARIABLE.sub(lambda found: ours.get(found[1], found[0]), text)

    def _ours(self) -> dict[str, str]:
        centre = self._centre
        return {"centre": centre.name, "region": centre.region, "call_back": centre.call_back}


def version_of(script: Script, author: str, note: str, at: datetime) -> Version:
    """A script as it lies on the shelf."""
    return Version(script.code, script.hash, msgspec.json.encode(script).decode(), at, author, note)


def decoded(version: Version) -> Script:
    """The script of a version. Raises VersionUnreadable."""
    try:
        return msgspec.json.decode(version.content, type=Script)
    except msgspec.DecodeError:
        raise VersionUnreadable from None


def renderings(script: Script) -> Iterator[tuple[int, list[str]]]:
    """What the voice has to say of a filled script, at every speed at which some group of people hears it."""
    texts = [sentence.text for sentence in script.sentences.values() if not sentence.recording]
    groups = (for_group(script, code) for code in script.groups)
    for rate in dict.fromkeys((script.rate_wpm, *(group.rate_wpm for group in groups))):
        yield rate, texts
