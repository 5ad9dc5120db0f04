"""Every setting of the daemon, frozen. `config/quanzu.toml` lists the same names with the same defaults; a test compares them.

Rule 1: only this file and its reader look at configuration files or the environment; everybody else is given values.
Rule 2: a name carries its unit, and a sentence stands beneath it.
Rule 3: relative paths count from the directory in which the daemon is started.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from dialer.dialplan import DialPlan
from dialer.domain.grade import Grade
from dialer.domain.policy import DEFAULT_GRADES, CallingHours, GradePolicy, Policy
from dialer.domain.stoppayment import StopRules
from dialer.errors import SettingsFault
from dialer.settings.centre import unspoken
from dialer.settings.holidays import holiday, mistakes
from dialer.settings.reader import Reader
from dialer.settings.sections import (
    CentreSettings,
    DataSettings,
    DialPlanSettings,
    HoursSettings,
    HttpSettings,
    IntakeSettings,
    LogSettings,
    MqttSettings,
    OfficerSettings,
    OfficersRingSettings,
    ScriptSettings,
    SipSettings,
    SmsSettings,
    SourceSettings,
    SpeechSettings,
    StopPaymentSettings,
    StorageSettings,
    TrunkSettings,
    WorkerSettings,
)

PORTS_PER_CALL = 16  # four legs, each with RTP and RTCP, and as many again while old ones close

__all__ = [
    "CentreSettings",
    "DataSettings",
    "DialPlanSettings",
    "HoursSettings",
    "HttpSettings",
    "IntakeSettings",
    "LogSettings",
    "MqttSettings",
    "OfficerSettings",
    "OfficersRingSettings",
    "ScriptSettings",
    "Settings",
    "SipSettings",
    "SmsSettings",
    "SourceSettings",
    "SpeechSettings",
    "StopPaymentSettings",
    "StorageSettings",
    "TrunkSettings",
    "WorkerSettings",
    "dial_plan",
    "load",
    "policy",
    "stop_rules",
]


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
    return Policy(
        hours,
        settings.grades,
        stop_payment_within_seconds=settings.stop_payment.within_seconds,
        sms_leaves=settings.sms.gateway,
    )


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
    yield from unspoken(settings.centre)
    yield from ((("hours", "holidays"), what) for what in mistakes(settings.hours.holidays))
    yield from _of_sources(settings)
    yield from _of_trunks_and_officers(settings)
    for grade, rules in settings.grades.items():
        if rules.outside_hours and not grade.serious:
            yield ("grades", grade.value, "outside_hours"), 'only 特急 and 高 are rung outside the hours; write ""'
        if rules.shed_to_sms_after_seconds and grade.serious:
            yield ("grades", grade.value, "shed_to_sms_after_seconds"), "特急 and 高 are never shed; write 0"
        if 0 < rules.sms_every_seconds < rules.sms_gap_seconds:
            yield ("grades", grade.value, "sms_every_seconds"), "is shorter than sms_gap_seconds, which holds them back"
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
    if _address(settings.sip.bind_ip) is None:
        yield ("sip", "bind_ip"), "is no address of a machine; write it in numbers, e.g. 10.0.0.5"
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
        elif _loops(settings.sip.bind_ip) and not _loops(_host(trunk.proxy or f"sip:{trunk.domain}")):
            yield (
                ("trunks", str(number), "proxy" if trunk.proxy else "domain"),
                (
                    "cannot be reached from sip.bind_ip, which is only this machine itself; write its address in the network there"
                ),
            )
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


def _host(uri: str) -> str:
    """Of sip:host:5060;lr the host."""
    found = re.match(r"sips?:(?:[^@]*@)?(\[[^]]*\]|[^:;]*)", uri)
    return found[1].strip("[]") if found else ""


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None


def _loops(host: str) -> bool:
    """It is this machine, as far as one sees without asking for names."""
    address = _address(host)
    return host == "localhost" if address is None else address.is_loopback


def _is_broker(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("mqtt", "mqtts") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number
        return False
