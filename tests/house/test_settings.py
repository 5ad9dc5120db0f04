"""`config/quanzu.toml` and `dialer/settings.py` say the same; and a mistake in either is answered so that it can be mended."""

import ast
import re
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, time
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_type_hints

import pytest

from dialer.domain.grade import Grade
from dialer.errors import SettingsFault
from dialer.settings import (
    CentreSettings,
    OfficerSettings,
    Settings,
    SourceSettings,
    TrunkSettings,
    dial_plan,
    load,
    policy,
)
from dialer.settings import sections as module
from voice.tts.settings import SpeechSettings as SynthesizerSettings

pytestmark = pytest.mark.house

ROOT = Path(__file__).parents[2]
FILE = ROOT / "config" / "quanzu.toml"
SWITCHED_OFF = re.compile(r"^#(?=[\[a-z_])", re.MULTILINE)


def everything() -> dict[str, Any]:
    """The file with what is switched off switched on."""
    return tomllib.loads(SWITCHED_OFF.sub("", FILE.read_text(encoding="utf-8")))


def names(kind: Any) -> set[str]:
    return {field.name for field in fields(kind)}


def findings(tmp_path: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    path = tmp_path / "quanzu.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsFault) as fault:
        load(path, environ or {})
    return [finding.replace(f"{tmp_path}/", "") for finding in fault.value.findings]


def test_the_file_gives_exactly_the_defaults() -> None:
    assert load(FILE, {}) == load(None, {})


def test_the_file_has_every_setting_and_no_other() -> None:
    written = everything()
    assert set(written) == names(Settings)
    for name, kind in get_type_hints(Settings).items():
        match written[name]:
            case list() as entries:
                assert [set(entry) for entry in entries] == [names(get_args(kind)[0])]
            case dict() if name == "grades":
                assert {grade: set(rules) for grade, rules in written[name].items()} == {
                    grade.value: names(get_args(kind)[1]) for grade in Grade
                }
            case dict() as section:
                assert set(section) == names(kind), name


@pytest.mark.parametrize(
    ("section", "kind"), [("trunks", TrunkSettings), ("officers", OfficerSettings), ("sources", SourceSettings)]
)
def test_a_switched_off_entry_shows_the_defaults_where_there_are_any(section: str, kind: Any) -> None:
    entry = everything()[section][0]
    for field in fields(kind):
        if field.default is not MISSING:
            shown = tuple(entry[field.name]) if isinstance(entry[field.name], list) else entry[field.name]
            assert shown == field.default, field.name


def test_a_sentence_stands_above_every_setting_in_the_file() -> None:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    explained: set[str] = set()
    for above, line in pairwise(lines):
        if line.startswith("[grades."):
            section = "grades"
        elif found := re.match(r"#?\[+(\w+)", line):
            section = found[1]
        elif found := re.match(r"#?(\w+) = ", line):
            setting = f"{section}.{found[1]}"
            assert re.match(r"# .+[.]$", above) or setting in explained, f"no sentence above {setting}"
            explained.add(setting)


def test_a_sentence_stands_below_every_setting_in_the_code() -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    classes = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name != "Settings"]
    for node in classes:
        for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(statement, ast.AnnAssign):
                assert isinstance(after, ast.Expr), f"{node.name}.{ast.unparse(statement.target)} has no sentence"


def test_names_carry_their_units() -> None:
    for kind in get_type_hints(Settings).values():
        if is_dataclass(kind):
            for field in fields(kind):  # type: ignore[arg-type]
                assert not re.search(r"(timeout|interval|delay|ttl|size)$", field.name), field.name


def test_the_voice_is_the_one_that_the_synthesizer_was_measured_with() -> None:
    ours, theirs = Settings().speech, SynthesizerSettings()
    assert (ours.voice, ours.rate_wpm) == (theirs.voice, theirs.rate_wpm)


def test_a_typo_is_answered_with_its_line_and_what_was_meant(tmp_path: Path) -> None:
    assert findings(tmp_path, "[sip]\n\nring_secs = 30\n") == [
        "quanzu.toml:3: sip.ring_secs: no such setting; did you mean 'ring_seconds'?"
    ]


def test_every_mistake_is_found_at_once(tmp_path: Path) -> None:
    text = """
[centre]
name = 5
[sipp]
[workers]
most = 0
[grades."特急"]
redial_after_seconds = [
  60,
  "soon",
]
visit = 3
[grades."xx"]
[[trunks]]
proxy = "sip:10.0.0.1"
lines = "many"
[log]
level = "loud"
"""
    assert findings(tmp_path, text, {"QUANZU_WORKERS__WARM": "x", "QUANZU_MQTT__URI": "y"}) == [
        "quanzu.toml:4: sipp: no such setting; did you mean 'sip'?",
        'quanzu.toml:3: centre.name: expected text in quotes, found a whole number, e.g. name = "拉萨市反诈骗中心"',
        "QUANZU_MQTT__URI: mqtt.uri: no such setting; did you mean 'url'?",
        "quanzu.toml:14: trunks.1.name: is missing; every entry needs it",
        "quanzu.toml:16: trunks.1.lines: expected a whole number at least 1, found text, e.g. lines = 8",
        "QUANZU_WORKERS__WARM: workers.warm: expected a whole number at least 1, found other text, e.g. warm = 2",
        "quanzu.toml:6: workers.most: expected a whole number at least 1, found one outside of that, e.g. most = 8",
        "quanzu.toml:12: grades.特急.visit: no such setting; did you mean 'visit_after_failures'?",
        (
            "quanzu.toml:8: grades.特急.redial_after_seconds: expected a list, each of it a number, found one of other things, "
            "e.g. redial_after_seconds = [120, 240, 360, 600]"
        ),
        "quanzu.toml:13: grades.xx: no such setting; known here are: 特急, 高, 中, 低",
        'quanzu.toml:18: log.level: expected one of debug, info, warning, error, found other text, e.g. level = "info"',
    ]


def test_what_contradicts_itself_is_found_with_its_line(tmp_path: Path) -> None:
    text = """
[centre]
zone = "Asia/Lhasa"
[mqtt]
url = "localhost:1883"
password_file = "/nowhere/password"
[[trunks]]
name = "mobile"
[[officers]]
id = "1"
name = "值班"
uri = "8001@10.0.0.1"
trunk = "mobil"
[workers]
warm = 9
"""
    assert findings(tmp_path, text) == [
        'quanzu.toml:3: centre.zone: no such time zone; write a name such as "Asia/Shanghai"',
        "quanzu.toml:5: mqtt.url: write it as mqtt://user:password@host:1883, or mqtts:// for TLS",
        "quanzu.toml:15: workers.warm: is more than workers.most; lower it",
        "quanzu.toml:12: officers.1.uri: write it as sip:number@host",
        "quanzu.toml:13: officers.1.trunk: no trunk of this name; did you mean 'mobile'?",
        "quanzu.toml:6: mqtt.password_file: cannot be read (No such file or directory); name a file that the daemon may read",
    ]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('[sip]\nbind_ip = "999.1.1.1"', "quanzu.toml:2: sip.bind_ip: is no address of a machine"),
        (
            '[[trunks]]\nname = "a"\ndomain = "10.0.0.1"',
            "quanzu.toml:3: trunks.1.domain: cannot be reached from sip.bind_ip",
        ),
        ('[[trunks]]\nname = "a"\nproxy = "sip:10.0.0.1:5060;lr"', "quanzu.toml:3: trunks.1.proxy: cannot be reached"),
        (
            '[[trunks]]\nname = "a"\nproxy = "sip:u@sip.example:5060;lr"',
            "quanzu.toml:3: trunks.1.proxy: cannot be reached",
        ),
    ],
)
def test_an_address_that_no_call_can_leave_from_or_reach_is_found(tmp_path: Path, text: str, found: str) -> None:
    assert [finding for finding in findings(tmp_path, text) if finding.startswith(found)]


@pytest.mark.parametrize(
    "proxy", ["sip:127.0.0.1:5060;lr", "sip:localhost", "sip:x@127.0.0.2:5060;lr", "sip:[::1]:5060;lr"]
)
def test_a_trunk_on_this_machine_is_reached_from_it(tmp_path: Path, proxy: str) -> None:
    file = tmp_path / "quanzu.toml"
    file.write_text(f'[[trunks]]\nname = "a"\nproxy = "{proxy}"\n', encoding="utf-8-sig")

    assert load(file, {}).trunks[0].proxy == proxy


@pytest.mark.parametrize(
    ("text", "says"),
    [("[sip]\nring_seconds = \n", "quanzu.toml:2: not valid TOML"), ("trunks = 3\n", "begin each with [[trunks]]")],
)
def test_a_file_that_cannot_be_understood_says_where(tmp_path: Path, text: str, says: str) -> None:
    assert says in findings(tmp_path, text)[0]


@pytest.mark.parametrize(
    ("key", "value", "found"),
    [
        ("name", "ABC中心", "write it in Chinese characters only"),
        ("name", "反" * 21, "has more than 20 characters"),
        ("region", "", "write it in Chinese characters only"),
        ("call_back", "call us", "is a telephone number"),
        ("call_back", "", "is a telephone number"),
    ],
)
def test_words_of_the_centre_that_the_voice_cannot_say_are_found(
    tmp_path: Path, key: str, value: str, found: str
) -> None:
    [finding] = findings(tmp_path, f'[centre]\n{key} = "{value}"\n')
    assert finding.startswith(f"quanzu.toml:2: centre.{key}: ")
    assert found in finding


def test_a_trunk_without_a_proxy_may_name_the_port_of_this_machine(tmp_path: Path) -> None:
    file = tmp_path / "quanzu.toml"
    file.write_text('[[trunks]]\nname = "a"\ndomain = "127.0.0.1:5070"\n')

    assert load(file, {}).trunks[0].domain == "127.0.0.1:5070"


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"nowhere\.toml: cannot be read"):
        load(tmp_path / "nowhere.toml", {})


def test_a_password_never_comes_out_of_a_mistake(tmp_path: Path) -> None:
    text = '[mqtt]\nurl = "mqtt:/quanzu:geheim@host"\n[[trunks]]\nname = "a"\npassword = 123454321\n'
    said = "\n".join(findings(tmp_path, text, {"QUANZU_TRUNKS__1__LINES": "geheim"}))
    assert "geheim" not in said
    assert "123454321" not in said
    environ = {"QUANZU_MQTT__URL": "mqtt://quanzu:geheim@host", "QUANZU_MQTT__PASSWORD": "geheim"}
    assert "geheim" not in repr(load(None, environ))


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    path = tmp_path / "quanzu.toml"
    path.write_text('[hours]\nopens = "08:30"\n[[trunks]]\nname = "mobile"\nlines = 2\n', encoding="utf-8")
    (tmp_path / "password").write_text("secret\n")
    settings = load(
        path,
        {
            "QUANZU_TRUNKS__1__LINES": "4",
            "QUANZU_TRUNKS__1__SERVES": "139, 0891",
            "QUANZU_TRUNKS__1__PASSWORD_FILE": str(tmp_path / "password"),
            "QUANZU_HOURS__CLOSES": "21:00",
            "QUANZU_LOG__JSON": "true",
            "QUANZU_GRADES__高__VISIT_AFTER_FAILURES": "7",
            "QUANZU_DIAL_PLAN__ONLY": "1",
            "QUANZU_OFFICERS__1__ID": "8001",
            "QUANZU_OFFICERS__1__NAME": "值班民警",
            "QUANZU_OFFICERS__1__URI": "sip:8001@127.0.0.1",
            "QUANZU_CONFIG": "is no setting",
            "PATH": "/bin",
        },
    )
    trunk = settings.trunks[0]
    assert (trunk.lines, trunk.serves, trunk.account().password) == (4, ("139", "0891"), "secret")
    assert (settings.hours.opens, settings.hours.closes) == (time(8, 30), time(21, 0))
    assert settings.log.json
    assert settings.officers[0].uri == "sip:8001@127.0.0.1"
    assert policy(settings).of(Grade.HIGH).visit_after_failures == 7
    assert policy(settings).hours.opens == time(8, 30)
    assert dial_plan(settings).allows("13800138000")
    assert not dial_plan(settings).allows("08916321234")


def test_the_database_is_a_file_under_the_data_directory_unless_one_is_named() -> None:
    assert load(None, {"QUANZU_DATA__DIR": "/srv/q"}).database_url == "sqlite+aiosqlite:////srv/q/quanzu.sqlite3"
    named = load(None, {"QUANZU_STORAGE__URL": "postgresql+asyncpg://q@db/q"})
    assert named.database_url == "postgresql+asyncpg://q@db/q"


def test_defaults_are_frozen() -> None:
    with pytest.raises(AttributeError):
        CentreSettings().name = "x"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ('[hours]\nholidays = ["2027-02-30"]', "quanzu.toml:2: hours.holidays: number 1 is no day"),
        ('[hours]\nholidays = ["2027-02-06", "2027-02-07 10"]', "quanzu.toml:2: hours.holidays: number 2 is no day"),
        ('[hours]\nholidays = ["2027-02-06", "2027-02-06 10:00-12:00"]', "hours.holidays: a day is there twice"),
        ("[hours]\nholidays = [2027-02-06]", "quanzu.toml:2: hours.holidays: expected a list"),
        ('[grades."中"]\noutside_hours = "x"', "grades.中.outside_hours: only 特急 and 高"),
        (
            '[grades."高"]\nshed_to_sms_after_seconds = 9',
            "grades.高.shed_to_sms_after_seconds: 特急 and 高 are never shed",
        ),
        ('[centre]\nzone = "Asia/Lasa"', "quanzu.toml:2: centre.zone: no such time zone"),
    ],
)
def test_hours_that_cannot_be_read_refuse_to_start(tmp_path: Path, text: str, finding: str) -> None:
    (told,) = findings(tmp_path, text)

    assert finding in told


def test_holidays_are_read_with_and_without_hours(tmp_path: Path) -> None:
    file = tmp_path / "quanzu.toml"
    file.write_text('[hours]\nholidays = ["2027-02-06", "2027-02-07 10:00-18:00"]')

    assert policy(load(file, {})).hours.holidays == {
        date(2027, 2, 6): None,
        date(2027, 2, 7): (time(10), time(18)),
    }
