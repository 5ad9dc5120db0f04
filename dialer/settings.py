"""Every setting of the daemon, frozen. `config/quanzu.toml` lists the same names with the same defaults; a test compares them.

Rule 1: only this file and its reader look at configuration files or the environment; everybody else is given values.
Rule 2: a name carries its unit, and a sentence stands beneath it.
Rule 3: relative paths count from the directory in which the daemon is started.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import time
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from msgspec import Meta

from dialer.dialplan import DialPlan
from dialer.domain.grade import Grade
from dialer.domain.policy import DEFAULT_GRADES, CallingHours, GradePolicy, Policy
from dialer.domain.stoppayment import StopRules
from dialer.errors import SettingsFault
from dialer.holidays import holiday, mistakes
from dialer.settings_reader import Reader
from voice.ports import Trunk

Count = Annotated[int, Meta(ge=1)]
Port = Annotated[int, Meta(ge=0, le=65535)]
Seconds = Annotated[float, Meta(gt=0)]
PORTS_PER_CALL = 16  # four legs, each with RTP and RTCP, and as many again while old ones close


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


@dataclass(frozen=True, slots=True)
class Settings:
    """All of it. `[[trunks]]` and `[[officers]]` may be empty; then nothing can be dialled, or nobody be handed a call."""

    centre: CentreSettings = CentreSettings()
    data: DataSettings = DataSettings()
    storage: StorageSettings = StorageSettings()
    mqtt: MqttSettings = MqttSettings()
    speech: SpeechSettings = SpeechSettings()
    scripts: ScriptSettings = ScriptSettings()
    sip: SipSettings = SipSettings()
    trunks: tuple[TrunkSettings, ...] = ()
    officers: tuple[OfficerSettings, ...] = ()
    officers_ring: OfficersRingSettings = OfficersRingSettings()
    workers: WorkerSettings = WorkerSettings()
    hours: HoursSettings = HoursSettings()
    grades: Mapping[Grade, GradePolicy] = field(default_factory=lambda: DEFAULT_GRADES)
    stop_payment: StopPaymentSettings = StopPaymentSettings()
    sms: SmsSettings = SmsSettings()
    dial_plan: DialPlanSettings = DialPlanSettings()
    intake: IntakeSettings = IntakeSettings()
    sources: tuple[SourceSettings, ...] = ()
    http: HttpSettings = HttpSettings()
    log: LogSettings = LogSettings()

    @property
    def data_dir(self) -> Path:
        return Path(self.data.dir)

    @property
    def database_url(self) -> str:
        """The database to use, SQLite under data.dir unless another is named."""
        return self.storage.url or f"sqlite+aiosqlite:///{self.data_dir / 'quanzu.sqlite3'}"

    def trunk(self, name: str) -> TrunkSettings | None:
        """The trunk of that name."""
        return next((trunk for trunk in self.trunks if trunk.name == name), None)


def load(path: Path | None, environ: Mapping[str, str]) -> Settings:
    """Read the file (none: the defaults) and lay the environment over it. Raises SettingsFault with every finding."""
    reader = Reader(path, environ)
    settings = reader.read(Settings)
    findings = list(_contradictions(settings))
    mqtt = _with_secret(settings.mqtt, ("mqtt",), findings)
    trunks = [_with_secret(trunk, ("trunks", str(n)), findings) for n, trunk in enumerate(settings.trunks, 1)]
    if findings:
        raise SettingsFault([f"{reader.where(*at)}: {'.'.join(at)}: {what}" for at, what in findings])
    return replace(settings, mqtt=mqtt, trunks=tuple(trunks))


def policy(settings: Settings) -> Policy:
    """What casework consults."""
    holidays = dict(map(holiday, settings.hours.holidays))
    hours = CallingHours(settings.hours.opens, settings.hours.closes, settings.centre.zone, holidays)
    return Policy(hours, settings.grades, stop_payment_within_seconds=settings.stop_payment.within_seconds)


def stop_rules(settings: Settings) -> StopRules:
    """Who may order a stop payment, and when two of them have to."""
    authorised = frozenset(officer.id for officer in settings.officers if officer.may_order_stop_payment)
    return StopRules(authorised, settings.stop_payment.second_above_yuan)


def dial_plan(settings: Settings) -> DialPlan:
    """Which numbers of people may be rung at all."""
    return DialPlan(settings.dial_plan.only, settings.dial_plan.never)


Finding = tuple[tuple[str, ...], str]
HasPassword = TypeVar("HasPassword", MqttSettings, TrunkSettings)


def _with_secret(section: HasPassword, at: tuple[str, ...], findings: list[Finding]) -> HasPassword:
    if not section.password_file:
        return section
    try:
        return replace(section, password=Path(section.password_file).read_text(encoding="utf-8").rstrip("\n"))
    except OSError as fault:
        findings.append(
            ((*at, "password_file"), f"cannot be read ({fault.strerror}); name a file that the daemon may read")
        )
        return section


def _contradictions(settings: Settings) -> Iterator[Finding]:
    """What each setting alone cannot know."""
    yield from _of_one_value(settings)
    yield from ((("hours", "holidays"), what) for what in mistakes(settings.hours.holidays))
    yield from _of_sources(settings)
    yield from _of_trunks_and_officers(settings)
    for grade, rules in settings.grades.items():
        if rules.outside_hours and not grade.serious:
            yield ("grades", grade.value, "outside_hours"), 'only 特急 and 高 are rung outside the hours; write ""'
        for each in fields(rules):
            value = getattr(rules, each.name)
            numbers = value if isinstance(value, tuple) else (value,)
            if any(isinstance(number, (int, float)) and number < 0 for number in numbers):
                yield ("grades", grade.value, each.name), "is below zero; write a number of seconds or a count"


def _of_one_value(settings: Settings) -> Iterator[Finding]:
    if settings.http.listen and not re.fullmatch(r"[^\s]+:\d{1,5}", settings.http.listen):
        yield ("http", "listen"), "write it as host:port, e.g. 127.0.0.1:8096"
    try:
        ZoneInfo(settings.centre.zone)
    except (KeyError, ValueError):
        yield ("centre", "zone"), 'no such time zone; write a name such as "Asia/Shanghai"'
    if settings.mqtt.url and not _is_broker(settings.mqtt.url):
        yield ("mqtt", "url"), "write it as mqtt://user:password@host:1883, or mqtts:// for TLS"
    if not settings.mqtt.topic_prefix or set(settings.mqtt.topic_prefix) & set("+#"):
        yield ("mqtt", "topic_prefix"), "a prefix has no + or # in it and is not empty, e.g. quanzu"
    if settings.sip.rtp_port_to - settings.sip.rtp_port_from < PORTS_PER_CALL * settings.workers.most:
        ports = PORTS_PER_CALL * settings.workers.most
        yield (
            ("sip", "rtp_port_to"),
            f"{settings.workers.most} workers need {ports} ports; widen the range or lower workers.most",
        )
    if settings.workers.warm > settings.workers.most:
        yield ("workers", "warm"), "is more than workers.most; lower it"
    if settings.sms.gateway and not settings.mqtt.url:
        yield ("sms", "gateway"), "the gateway is reached over the broker; set mqtt.url"


def _of_sources(settings: Settings) -> Iterator[Finding]:
    names = [source.name for source in settings.sources]
    for number, source in enumerate(settings.sources, 1):
        if names.index(source.name) != number - 1:
            yield ("sources", str(number), "name"), "is there twice; give each source a name of its own"
        if source.token_sha256 and not re.fullmatch(r"[0-9a-fA-F]{64}", source.token_sha256):
            yield (
                ("sources", str(number), "token_sha256"),
                "is no SHA-256; write the 64 digits of printf %s TOKEN | sha256sum",
            )
        if source.alerts_per_minute < 0:
            yield ("sources", str(number), "alerts_per_minute"), "is below zero"


def _of_trunks_and_officers(settings: Settings) -> Iterator[Finding]:
    trunks = [trunk.name for trunk in settings.trunks]
    for number, trunk in enumerate(settings.trunks, 1):
        if trunks.index(trunk.name) != number - 1:
            yield ("trunks", str(number), "name"), f"'{trunk.name}' is there twice; give each trunk a name of its own"
        if trunk.proxy and not trunk.proxy.startswith(("sip:", "sips:")):
            yield ("trunks", str(number), "proxy"), "write it as sip:host:5060;lr"
    ids = [officer.id for officer in settings.officers]
    for number, officer in enumerate(settings.officers, 1):
        if ids.index(officer.id) != number - 1:
            yield ("officers", str(number), "id"), "is there twice; give each officer an id of his own"
        if not officer.uri.startswith(("sip:", "sips:")):
            yield ("officers", str(number), "uri"), "write it as sip:number@host"
        if officer.trunk and officer.trunk not in trunks:
            close = get_close_matches(officer.trunk, trunks, n=1, cutoff=0.5)
            hint = f"did you mean '{close[0]}'?" if close else "add it under [[trunks]]"
            yield ("officers", str(number), "trunk"), f"no trunk of this name; {hint}"


def _is_broker(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
