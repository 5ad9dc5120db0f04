"""The only words that dialer hears from voice.

Rule 1: standard library only, nothing here waits, reads a clock or touches the world.
Rule 2: HangupCause is what the network said, Conclusion is what the script believes; neither is an Outcome.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class HangupCause(StrEnum):
    """Why the citizen's leg ended, in the network's terms."""

    NORMAL = "normal"  # an answered call was ended by either side
    BUSY = "busy"  # 486, 600
    NO_ANSWER = "no_answer"  # we cancelled after ring_seconds, 408 after ringing, 480
    REJECTED = "rejected"  # 603, 403 after ringing
    VACANT_NUMBER = "vacant_number"  # 空号: 404, 410, 484, 604, Q.850 1
    SUSPENDED = "suspended"  # 停机
    SWITCHED_OFF = "switched_off"  # 关机, Q.850 20
    UNREACHABLE = "unreachable"  # 无法接通
    FORWARDED = "forwarded"  # 301, 302, 181: somebody set call forwarding
    CONGESTION = "congestion"  # 503, 5xx, Q.850 34
    TRUNK_FAULT = "trunk_fault"  # 401, 403, 407, no reply at all: our own line is ill, not the citizen's
    MEDIA_FAULT = "media_fault"  # 415, 488, an answered call whose audio never came, or our own ear or voice failed
    DROPPED = "dropped"  # the line broke in an answered call: audio stopped, or a BYE with a cause of the network's own
    ENDED_BY_ORDER = "ended_by_order"  # the centre's EndCall
    WORKER_LOST = "worker_lost"  # the process that conducted the call is gone
    NEVER_DIALLED = "never_dialled"  # no INVITE left (wire dead before the dial, prompts missing ...)


class Rang(StrEnum):
    """What can be proved about the citizen's telephone."""

    NEVER = "never"  # no INVITE left the house
    MAYBE = "maybe"  # an INVITE left and nothing is known of it
    YES = "yes"  # 180, 183, 2xx or a final answer of the callee's side was received


class Conclusion(StrEnum):
    """What the script believes it achieved."""

    NOTHING = "nothing"  # nobody listened to anything yet
    WARNED = "warned"  # the warning was played to its end to the person
    PROMISED = "promised"  # warned, and the person promised to stop
    DENIES = "denies"  # says there was no such contact: self-reported, low trust
    AWARE = "aware"  # says that he saw through it: self-reported, low trust
    HANDED_OVER = "handed_over"  # an officer was bridged
    OFFICER_MISSED = "officer_missed"  # an officer was wanted and none came
    WRONG_PERSON = "wrong_person"
    THIRD_PARTY = "third_party"
    REFUSED = "refused"
    CALL_LATER = "call_later"
    OPTED_OUT = "opted_out"
    MACHINE = "machine"  # voicemail, assistant, announcement
    UNHEARD = "unheard"  # answered, but not one word came back


@dataclass(frozen=True, slots=True)
class TurnRecord:
    """One prompt and its reply, as they happened. Times are milliseconds since the answer."""

    turn: int
    step: str
    said: str
    said_to_end: bool
    heard: str
    intents: tuple[str, ...]
    confidence: float  # 0..1, of the recogniser over the reply; of several, the lowest
    rule: str  # which rule or phrase made the first intent
    started_ms: int
    reply_gap_ms: int | None  # end of the citizen's speech to the first sample of our next prompt
    digit: str = ""


@dataclass(frozen=True, slots=True)
class OfficerPart:
    """What the officer's leg did. Escalation is the id that dialer gave with RingOfficer."""

    escalation: str
    answered_at: datetime | None
    accepted_at: datetime | None
    bridged_at: datetime | None
    ended_at: datetime | None
    brief_heard_to_end: bool


@dataclass(frozen=True, slots=True)
class Recordings:
    """Paths of WAV files, 8 kHz 16 bit. Empty string: there is none."""

    stereo: str = ""  # left: all that the citizen was sent, right: all that the citizen sent
    brief: str = ""  # mono: what the officer was told before the bridge


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a talk stands: what a call-back needs if the line breaks now. Facts are self-reported, and personal."""

    step: str = ""  # where his last reply that was understood has led; empty: to nothing yet
    owed: tuple[str, ...] = ()  # must-hear steps that were cut short by then, and are said again before it
    conclusion: Conclusion = Conclusion.NOTHING  # by then: what was said since may not have been heard
    facts: Mapping[str, str] = field(default_factory=dict)  # all that was learned
    over: bool = False  # only the goodbye is left, or an officer has the person: nothing to take up


@dataclass(frozen=True, slots=True)
class CallReport:
    """What became of one attempt's call. Written to the spool before it is sent; applied once, by attempt id."""

    attempt: str
    call_id: str  # the SIP Call-ID that was committed before the INVITE
    script_hash: str
    rang: Rang
    cause: HangupCause
    sip_code: int  # final SIP status, 0 when there was none
    conclusion: Conclusion
    facts: Mapping[str, str]  # what was learned, e.g. {"transferred": "yes", "amount_yuan": "990000"}; self-reported
    turns: tuple[TurnRecord, ...]
    officers: tuple[OfficerPart, ...]
    recordings: Recordings
    dialled_at: datetime | None
    answered_at: datetime | None
    ended_at: datetime
    events: str = ""  # what happened, as lines of voice.record; personal
    knowledge_hash: str = ""  # of the knowledge by which replies were understood
    standing: Standing | None = None  # when it ended; None: it was not answered

    @classmethod
    def never_dialled(
        cls, attempt: str, ended_at: datetime, *, call_id: str = "", script_hash: str = ""
    ) -> "CallReport":
        """No INVITE left the house: the wire was dead, prompts or script were missing."""
        return cls(
            attempt=attempt,
            call_id=call_id,
            script_hash=script_hash,
            rang=Rang.NEVER,
            cause=HangupCause.NEVER_DIALLED,
            sip_code=0,
            conclusion=Conclusion.NOTHING,
            facts={},
            turns=(),
            officers=(),
            recordings=Recordings(),
            dialled_at=None,
            answered_at=None,
            ended_at=ended_at,
        )
