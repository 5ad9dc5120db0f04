"""What the daemon and a call worker tell one another. Values only; `voice.workers.wire` puts them on the wire.

The daemon orders Conduct, RingOfficer, StopOfficer, NoOfficerFree, EndCall, Shutdown; a worker tells the rest. Both ways for the
whole call: an officer is wanted during it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from voice.ports import Prompt, Trunk
from voice.report import CallReport, Standing, TurnRecord
from voice.script.model import Script


class Message(msgspec.Struct, frozen=True, tag_field="type", tag=True):
    """Anything on the wire."""


class FallbackOfficer(msgspec.Struct, frozen=True):
    """Whom the worker rings by itself when the daemon is gone."""

    uri: str
    trunk: Trunk
    brief: Prompt
    ring_seconds: float = 30.0
    accept_seconds: float = 15.0


class Conduct(Message, frozen=True):
    """Daemon -> worker: conduct this conversation."""

    attempt: str
    call_id: str
    uri: str
    trunk: Trunk
    ring_seconds: float
    max_call_seconds: float
    script: Script  # sentences already spoken-out for this call, no variables left
    prompts: Mapping[str, Prompt]  # sentence id -> rendered sentence
    recording_dir: str  # a directory of this attempt's own; exists
    knowledge: str = ""  # path of the published knowledge, named by its hash; empty: the shipped one
    group: str = ""  # whose variant of the script it is; for the record
    careful: bool = False  # a high grade: a doubtful reply is cleared with a question or by a human
    resumes: Standing | None = None  # the dropped talk that this call takes up; the script is made for it already
    officer_wait_seconds: float = 60.0  # after WantOfficer; then the fallback is rung, or nobody came
    fallback: FallbackOfficer | None = None


class RingOfficer(Message, frozen=True):
    """Daemon -> worker: ring this officer and brief him. The Escalation is committed already.

    Answered by OfficerLegs while the conversation waits for an officer; afterwards ignored: the report, which follows, ends it.
    """

    escalation: str
    call_id: str
    uri: str
    trunk: Trunk
    brief: Prompt
    ring_seconds: float
    accept_seconds: float  # from the end of the brief to the key


class StopOfficer(Message, frozen=True):
    """Daemon -> worker: this officer is not wanted any more."""

    escalation: str


class NoOfficerFree(Message, frozen=True):
    """Daemon -> worker: nobody (more) can be rung."""


class EndCall(Message, frozen=True):
    """Daemon -> worker: end the talk politely."""


class Shutdown(Message, frozen=True):
    """Daemon -> worker: exit when idle."""


class Ready(Message, frozen=True):
    """Worker -> daemon: idle and able."""

    pid: int
    legs: int  # read from the library


class Unfit(Message, frozen=True):
    """Worker -> daemon: instead of Ready, before it exits: this process cannot conduct calls, and what to do about it."""

    advice: str


class Progress(StrEnum):
    """How far the citizen's leg is; each is written to the spool before it is sent."""

    ACCEPTED = "accepted"  # the worker has the order, no INVITE yet
    INVITING = "inviting"  # the next thing is the INVITE: from here on it may have rung
    RINGING = "ringing"
    ANSWERED = "answered"


class LegProgress(Message, frozen=True):
    """Worker -> daemon."""

    attempt: str
    progress: Progress
    at: datetime


class TurnStarted(Message, frozen=True):
    """Worker -> daemon: we began to say this (live view)."""

    attempt: str
    turn: int
    step: str
    said: str
    at: datetime


class TurnEnded(Message, frozen=True):
    """Worker -> daemon: the turn is over, with all that is known of it."""

    attempt: str
    record: TurnRecord
    at: datetime
    standing: Standing | None = None  # where the talk stands now; None: a worker of the release before


class OfficerWanted(Message, frozen=True):
    """Worker -> daemon: find an officer; the talk goes on."""

    attempt: str
    reason: str
    facts: Mapping[str, str]
    at: datetime


class OfficerStage(StrEnum):
    """How far an officer's leg is."""

    RINGING = "ringing"
    BRIEFED = "briefed"  # answered and heard the brief to its end
    ACCEPTED = "accepted"  # pressed 1
    BRIDGED = "bridged"
    DECLINED = "declined"  # busy, rejected, pressed another key, or hung up before accepting
    UNANSWERED = "unanswered"  # did not answer, or did not press in time
    ENDED = "ended"  # the bridged talk is over


class OfficerLeg(Message, frozen=True):
    """Worker -> daemon."""

    attempt: str
    escalation: str
    stage: OfficerStage
    at: datetime


class Reported(Message, frozen=True):
    """Worker -> daemon: the call is over; the same report lies in the spool until the daemon has committed it."""

    report: CallReport


ToWorker = Conduct | RingOfficer | StopOfficer | NoOfficerFree | EndCall | Shutdown
ToDaemon = Ready | Unfit | LegProgress | TurnStarted | TurnEnded | OfficerWanted | OfficerLeg | Reported
