"""The sections of the settings: every name carries its unit, and a sentence stands beneath it.

Rule: values and defaults only; what contradicts what is `dialer.settings`' matter.
"""

from dataclasses import dataclass, field
from datetime import time
from typing import Annotated, Literal

from msgspec import Meta

from voice.ports import Trunk

Count = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0)]


@dataclass(frozen=True, slots=True)
class CentreSettings:
    name: str = "拉萨市反诈骗中心"
    """How the centre calls itself in calls and pages."""
    region: str = "拉萨"
    """The city or county, as scripts say it."""
    call_back: str = "96110"
    """The number that people are asked to dial themselves if they doubt us."""
    zone: str = "Asia/Shanghai"
    """The time zone of calling hours and of all that people read."""


@dataclass(frozen=True, slots=True)
class DataSettings:
    dir: str = "var"
    """Where the database, the recordings, the prompt cache and the spool are kept."""


@dataclass(frozen=True, slots=True)
class StorageSettings:
    url: str = field(default="", repr=False)
    """The database, e.g. postgresql://quanzu@db/quanzu for several nodes; empty: a SQLite file in data.dir."""


@dataclass(frozen=True, slots=True)
class MqttSettings:
    url: str = field(default="", repr=False)
    """The broker, mqtt://user:password@host:1883 or mqtts:// with TLS; empty: no broker, alerts come by command line only."""
    password: str = field(default="", repr=False)
    """The broker's password, in place of one in the url."""
    password_file: str = ""
    """A file that holds it, in place of writing it here."""
    client_id: str = "quanzu"
    """Our name at the broker, another one for each node; it stays the same, for the broker keeps our alerts under it."""
    topic_prefix: str = "quanzu"
    """Every topic begins with it."""
    session_expiry_seconds: Annotated[int, Meta(ge=0, le=4294967295)] = 604800
    """How long the broker keeps our alerts while we are away."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    model_dir: str = ""
    """Directory of an unpacked Vosk model; empty: the small one that is bundled."""
    voice: str = "sit/cmn+steph2"
    """The voice that speaks, by its espeak-ng name."""
    rate_wpm: Annotated[int, Meta(ge=80, le=260)] = 160
    """How fast it speaks, in espeak's words per minute; 160 is about three hanzi a second."""
    espeak_library: str = ""
    """Another libespeak-ng.so.1 than the bundled one."""
    espeak_data: str = ""
    """The espeak-ng-data directory that belongs to espeak_library."""


@dataclass(frozen=True, slots=True)
class ScriptSettings:
    dir: str = "scripts"
    """The folder of script files that admins edit. What is published lies in the database."""
    approval: bool = False
    """A published script waits for somebody else's `quanzu scripts approve`."""


@dataclass(frozen=True, slots=True)
class SipSettings:
    bind_ip: str = "127.0.0.1"
    """The address of this machine that the trunks see; 127.0.0.1 rings nothing outside it."""
    ring_seconds: Seconds = 45.0
    """How long a telephone may ring before we give up."""
    max_call_seconds: Seconds = 300.0
    """The longest talk, the officer's part included."""
    rtp_port_from: Port = 20000
    """First port for audio."""
    rtp_port_to: Port = 29999
    """Last port for audio."""


@dataclass(frozen=True, slots=True)
class TrunkSettings:
    name: str
    """What the trunk is called in this file and on pages."""
    proxy: str = ""
    """The carrier's proxy, e.g. sip:10.0.0.1:5060;lr; empty: dial the domain itself."""
    user: str = ""
    """User of the digest account; empty: the carrier knows us by our address."""
    password: str = field(default="", repr=False)
    """Its password."""
    password_file: str = ""
    """A file that holds the password, in place of writing it here."""
    caller_id: str = "96110"
    """The number that people see."""
    domain: str = "127.0.0.1"
    """Host part of From and of the number dialled."""
    lines: Count = 8
    """How many calls it carries at once."""
    serves: tuple[str, ...] = ()
    """It is used for numbers that begin with one of these; empty: for all."""

    def account(self) -> Trunk:
        """What a call needs of it."""
        return Trunk(self.proxy, self.user, self.password, self.caller_id, self.domain)


@dataclass(frozen=True, slots=True)
class OfficerSettings:
    id: str
    """The officer's short name in the files of cases, e.g. his service number."""
    name: str
    """The name that colleagues read."""
    uri: str
    """His telephone, e.g. sip:8001@10.0.0.1."""
    tier: Count = 1
    """Who is rung first; tier 2 is rung when nobody of tier 1 took it in time."""
    trunk: str = ""
    """Name of the trunk he is rung through; empty: his address is dialled directly."""
    may_order_stop_payment: bool = False
    """He may order a stop payment (止付), or be the second person for one."""


@dataclass(frozen=True, slots=True)
class OfficersRingSettings:
    ring_seconds: Seconds = 20.0
    """How long an officer's telephone rings before the next one is rung."""
    accept_seconds: Seconds = 8.0
    """How long he has, after the brief, to press 1."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    warm: Count = 2
    """How many call workers stand ready; an idle one costs about 1 % of a core."""
    most: Count = 8
    """How many there may be: the most calls at once on this machine."""
    recycle_after_calls: Count = 1000
    """A worker is replaced after so many calls."""
    kept_for_critical: Annotated[int, Meta(ge=0)] = 1
    """So many of this node's lines are kept for 特急 and never taken by other grades; of a single line none is."""


@dataclass(frozen=True, slots=True)
class HoursSettings:
    opens: time = time(9, 0)
    """From when on the robot may ring, in the centre's zone; grades with a rule in outside_hours do not wait for it."""
    closes: time = time(22, 30)
    """Until when; the same time as opens means the whole day."""
    holidays: tuple[str, ...] = ()
    """Days with hours of their own, e.g. ["2027-02-06", "2027-02-07 10:00-18:00"]; a day without hours is closed."""


@dataclass(frozen=True, slots=True)
class StopPaymentSettings:
    within_seconds: Seconds = 600.0
    """By when an officer must have decided on a stop payment that was prepared."""
    second_above_yuan: Annotated[int, Meta(ge=0)] = 50000
    """Above this sum, and when nobody knows the sum, a second authorised officer has to agree."""


@dataclass(frozen=True, slots=True)
class SmsSettings:
    gateway: bool = False
    """An SMS gateway reads <prefix>/sms/send, the one topic that carries telephone numbers; see docs/security.md first."""
    retry_seconds: Seconds = 60.0
    """An SMS of which the gateway has said nothing is given to it again after this time, under the same id."""
    give_up_after_seconds: Seconds = 3600.0
    """And not any more after this: a warning that comes a day late does harm."""


@dataclass(frozen=True, slots=True)
class DialPlanSettings:
    only: tuple[str, ...] = ()
    """People's numbers that begin with one of these are rung, e.g. 1 and 0891; empty: the whole country."""
    never: tuple[str, ...] = ()
    """And never those that begin with one of these; emergency, short, service and premium numbers never are anyway."""


@dataclass(frozen=True, slots=True)
class IntakeSettings:
    most_body_bytes: Annotated[int, Meta(ge=256)] = 65536
    """An alert that is longer is rejected unread."""


@dataclass(frozen=True, slots=True)
class SourceSettings:
    name: str
    """Who sends: the last part of its topic, or the owner of the token."""
    token_sha256: str = field(default="", repr=False)
    """SHA-256 of its token for HTTP, hex (printf %s TOKEN | sha256sum); empty: it may not use HTTP."""
    alerts_per_minute: int = 0
    """More are refused, by each node: over HTTP with 429, over MQTT kept as rejected; 0: no limit."""


@dataclass(frozen=True, slots=True)
class HttpSettings:
    listen: str = ""
    """Where POST /api/alerts is served, e.g. 127.0.0.1:8096, behind a proxy that speaks TLS; empty: nowhere."""


@dataclass(frozen=True, slots=True)
class LogSettings:
    level: Literal["debug", "info", "warning", "error"] = "info"
    """How much is told."""
    json: bool = False
    """One JSON object a line, for a log collector; otherwise plain lines for people and the journal."""
