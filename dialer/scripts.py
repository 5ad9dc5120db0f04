"""Call scripts as the daemon uses them: files are published as immutable versions, calls take the last good one.

Rule 1: a file with a mistake is reported with file, line and step; the last good version stays in use.
Rule 2: a call follows one version from its first word to its last, and its report carries the version's hash.
"""

from pathlib import Path

import msgspec
import structlog

from dialer.domain.alert import FraudType
from dialer.domain.attempt import ClaimedAttempt
from dialer.errors import ScriptMissing
from dialer.ports import Clock, ScriptShelf, ScriptVersion
from dialer.settings import CentreSettings
from voice.script.loader import load_all
from voice.script.model import Script
from voice.script.speak import spoken

log = structlog.get_logger(__name__)


class Scripts:
    """Publishes and hands out script versions."""

    def __init__(self, shelf: ScriptShelf, centre: CentreSettings, clock: Clock) -> None:
        self._shelf, self._centre, self._clock = shelf, centre, clock

    async def publish_all(self, directory: Path, *, author: str, note: str) -> list[str]:
        """Publish every good file whose content is new; the findings of the others."""
        scripts, findings = load_all(directory)
        for script in scripts.values():
            version = ScriptVersion(
                script.code,
                script.hash,
                msgspec.json.encode(script).decode(),
                self._clock.now(),
                author,
                note,
            )
            if await self._shelf.publish(version):
                log.info("script published", script=script.code, hash=script.hash[:12])
        for finding in findings:
            log.error("script has a mistake, its last good version stays in use", finding=finding)
        return findings

    async def for_call(self, attempt: ClaimedAttempt) -> Script:
        """The current version for this fraud type, or the generic one, with this call's words filled in."""
        for code in (attempt.fraud_type.value, FraudType.GENERIC.value):
            version = await self._shelf.current(code)
            if version is not None:
                return self.fill(msgspec.json.decode(version.content, type=Script))
        raise ScriptMissing

    async def published(self) -> list[Script]:
        """The current version of every code, with the centre's words filled in."""
        versions = [await self._shelf.current(code) for code in await self._shelf.codes()]
        return [self.fill(msgspec.json.decode(v.content, type=Script)) for v in versions if v is not None]

    def fill(self, script: Script) -> Script:
        """The script as it is spoken by this centre."""
        return spoken(script, {"centre": self._centre.name, "call_back": self._centre.call_back})
