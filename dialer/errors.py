"""The family of errors of dialer. A class's docstring is its message; retryable is said once, on the class.

Rule 1: no message holds a number, a name, a sum or a spoken word; they end up in logs and on topics.
"""

from collections.abc import Sequence
from datetime import datetime


class DialerError(Exception):
    """Something in the dialer went wrong."""

    retryable = False

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


class AlertRejected(DialerError):
    """The alert was refused. The reason names the field and what to do."""

    def __init__(self, reason: str, field: str, advice: str) -> None:
        self.reason = reason  # a code, e.g. "unknown_grade"
        self.field = field
        self.advice = advice
        super().__init__(f"{reason} ({field}): {advice}" if field else f"{reason}: {advice}")


class FileUnreadable(DialerError):
    """The file cannot be imported. The message says what it lacks."""


class NumberRefused(DialerError):
    """The number may not be rung. The reason says why; the number itself is never repeated."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason  # a code, e.g. "emergency_number"
        self.advice = advice
        super().__init__(f"{reason}: {advice}")


class CaseConflict(DialerError):
    """Somebody else changed the case or the attempt first. Read it again and decide anew."""

    retryable = True


class TakenOver(CaseConflict):
    """Another node has this attempt now, or nobody has. Leave it alone; what its worker reports is still the truth."""


class CallsStopped(DialerError):
    """The centre has stopped calls. The attempt waits in the queue; `quanzu go` lets calls leave again."""

    retryable = True


class OutsideHours(DialerError):
    """It is outside the calling hours of this grade. The attempt waits until they begin; `[hours]` in the settings has them."""

    retryable = True

    def __init__(self, opens_at: datetime) -> None:
        self.opens_at = opens_at
        super().__init__()


class NumberListed(DialerError):
    """The number, or its person, is on a list of those the robot does not ring; `quanzu numbers list` shows it."""


class NotOnFile(DialerError):
    """There is no such case, attempt, escalation, work item or SMS in the casebook."""


class SeveralOnFile(DialerError):
    """Several cases end with that. Write more of the id; `quanzu cases` lists them."""


class WorkRefused(DialerError):
    """That cannot be done with the work item. The message says why and what to do instead."""

    def __init__(self, reason: str, advice: str) -> None:
        self.reason = reason  # a code, e.g. "not_yours"
        self.advice = advice
        super().__init__(f"{reason}: {advice}")


class NoGateway(DialerError):
    """There is no SMS gateway, so every SMS is recorded as unsendable. Set mqtt.url and sms.gateway; see docs/operating.md."""


class StorageDown(DialerError):
    """The database cannot be used. Check storage.url, the file's permissions and that nobody holds it locked."""

    retryable = True


class DiskFull(StorageDown):
    """The disk of the database is full. Free some space; nothing that was accepted is lost, nothing new is accepted."""


class PortTaken(DialerError):
    """The address for HTTP cannot be listened on. Change http.listen."""


class BrokerDown(DialerError):
    """The MQTT broker does not answer. Alerts wait there and events wait in the outbox; check mqtt.url."""

    retryable = True


class TrunkDown(DialerError):
    """The SIP trunk does not take our calls. Check its proxy, user and password under [[trunks]]; attempts are kept."""

    retryable = True


class ScriptMissing(DialerError):
    """No published script fits this fraud type, and there is no generic one. Run `quanzu scripts publish`."""


class VersionUnreadable(ScriptMissing):
    """A published version was written by another release of Quanzu and cannot be read. Publish the file again."""


class NoSuchScript(DialerError):
    """There is no such script file."""


class NoSuchVersion(DialerError):
    """No version of this script begins with that hash, or several do. `quanzu scripts history CODE` lists them."""


class AlreadyCurrent(DialerError):
    """That version is the current one already; nothing was changed."""


class NotRecorded(DialerError):
    """No call of that name was recorded. `quanzu cases` lists cases; a call that nobody answered has no events."""


class NotProposed(DialerError):
    """That version waits for nobody: it was not proposed, or another one became current since. Propose it again."""


class Unsigned(DialerError):
    """A version's history says who and why: give a name, and a few words as --note."""


class OwnProposal(DialerError):
    """Whoever proposed a version cannot approve it. Somebody else has to read it: `quanzu scripts diff CODE HASH`."""


class SettingsFault(DialerError):
    """The settings have mistakes; each finding names the line and what to write instead."""

    def __init__(self, findings: Sequence[str]) -> None:
        self.findings = tuple(findings)
        super().__init__("\n".join(findings))


class AnotherDaemon(DialerError):
    """Another daemon runs on this data directory. Stop it, or give this one a data.dir of its own."""


class NoDaemon(DialerError):
    """No daemon runs on this data directory, so nobody would ring. Start one with `make run`, then call again."""


class NoDataDirectory(DialerError):
    """The data directory cannot be made or written. Check data.dir and who may write there."""


class NoCasebook(DialerError):
    """Give the daemon's settings with --config or QUANZU_CONFIG, from its directory; a casebook is made when it first starts."""


class RepliesUnreadable(DialerError):
    """The file of replies cannot be read. Write one `intent<TAB>reply` a line, in UTF-8."""


class NoPlayer(DialerError):
    """Nothing here plays sound. Install one (apt-get install alsa-utils), or write a file with --out and play it elsewhere."""


class NotWritten(DialerError):
    """A file cannot be written. Give another place with --out."""
