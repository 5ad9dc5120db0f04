"""The command line beside a running daemon: what it writes, the daemon rings; what it shows, is so."""

import json
import re
import shutil
import statistics
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
import pytest_asyncio

from tests.daemon import REPOSITORY, Daemon, quanzu
from tests.sipp import Sipp, sipp

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

SAMPLES = 9
NOTICED_SECONDS = 3.0  # at most, on a machine that does other things too
USUALLY_SECONDS = 0.8  # a daemon that looked every two seconds could not keep it; 0.15 s is usual


@dataclass(frozen=True, slots=True)
class Centre:
    """A daemon and a telephone that answers, is silent for a while, and hangs up."""

    daemon: Daemon
    peer: Sipp


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> AsyncIterator[Centre]:
    folder = tmp_path_factory.mktemp("centre")
    shutil.copytree(prompts, folder / "var" / "prompts")
    async with (
        sipp("answer_then_bye", folder, tone_hz=0, talk_ms=6500) as peer,
        Daemon(folder, trunk=f"127.0.0.1:{peer.port}") as daemon,
    ):
        yield Centre(daemon, peer)


# --- call


async def test_call_rings_and_shows_the_talk_live(centre: Centre) -> None:
    ran = await centre.daemon.quanzu("call", "flight_refund", "13800138000")
    assert ran.code == 0, ran.err
    case = ran.out.split()[1]
    [attempt] = centre.daemon.rows("SELECT * FROM attempts WHERE case_id = ? AND state = 'ended'", case)
    assert attempt["call_id"] in centre.peer.call_ids()
    shown = [line.strip() for line in ran.out.splitlines()]
    for part in ("通话 answered", "劝阻：您好", "结束 ended"):
        assert any(part in line for line in shown), ran.out
    assert "138****8000" in ran.out
    assert "13800138000" not in ran.out


async def test_the_case_is_of_source_manual(centre: Centre) -> None:
    [alert] = centre.daemon.rows("SELECT * FROM alerts WHERE number = '13800138000'")
    assert (alert["source"], alert["state"]) == ("manual", "accepted")


@pytest.mark.parametrize("number", ["110", "96110", "+12025550123"])
async def test_call_refuses_in_one_line_what_may_not_be_rung(centre: Centre, number: str) -> None:
    rung = len(centre.peer.call_ids())
    ran = await centre.daemon.quanzu("call", "flight_refund", number)
    assert (ran.code, ran.out) == (1, "")
    assert _is_one_line(ran.err)
    assert re.match(r"\w+_number \(number\): \w", ran.err)
    assert len(centre.peer.call_ids()) == rung


async def test_call_with_a_typo_in_the_fraud_type_says_what_was_meant(centre: Centre) -> None:
    ran = await centre.daemon.quanzu("call", "flight_refnd", "13800138000")
    assert ran.code == 1
    assert ran.err == "unknown_fraud_type (fraud_type): did you mean 'flight_refund'?\n"


async def test_call_without_a_daemon_says_to_start_one(tmp_path: Path) -> None:
    ran = await Daemon(tmp_path).quanzu("call", "flight_refund", "13800138000")
    assert ran.code == 1
    assert _is_one_line(ran.err)
    assert "make run" in ran.err


async def test_a_call_is_played_again_from_the_casebook(centre: Centre) -> None:
    [attempt] = centre.daemon.rows("SELECT * FROM attempts WHERE number = '13800138000' AND state = 'ended'")
    for name in (attempt["case_id"], attempt["case_id"][-8:], attempt["id"], attempt["call_id"]):
        ran = await centre.daemon.quanzu("replay", name)
        assert ran.code == 0, ran.out + ran.err
        assert re.fullmatch(r"\d+ events through version [0-9a-f]{12}: the same as in the call\n", ran.out)


async def test_a_call_through_another_script_shows_where_it_differs(centre: Centre) -> None:
    [attempt] = centre.daemon.rows("SELECT * FROM attempts WHERE number = '13800138000' AND state = 'ended'")
    ran = await centre.daemon.quanzu("replay", attempt["id"], "--with", str(REPOSITORY / "scripts" / "generic.yaml"))
    assert ran.code == 1
    assert "in the call" in ran.out
    assert ran.out.count("says (asked)") == 2
    assert re.search(r"differs at event \d+ of \d+, ", ran.out)


async def test_a_call_that_was_not_recorded_is_one_line(centre: Centre) -> None:
    ran = await centre.daemon.quanzu("replay", "nosuchcall")
    assert (ran.code, ran.out) == (1, "")
    assert _is_one_line(ran.err)


# --- cases


async def test_cases_lists_them_with_the_end_of_the_number_only(centre: Centre) -> None:
    ran = await centre.daemon.quanzu("cases")
    assert ran.code == 0
    assert "…8000" in ran.out
    assert "13800138000" not in ran.out


async def test_a_list_fits_a_terminal_and_the_end_of_an_id_names_a_case(centre: Centre) -> None:
    [alert] = centre.daemon.rows("SELECT case_id FROM alerts WHERE number = '13800138000'")
    narrow = {"COLUMNS": "80", "QUANZU_CONFIG": str(centre.daemon.settings)}
    ran = await quanzu("cases", environ=narrow)
    for whole in (alert["case_id"][-8:], "高 机票退改签", "…8000", "next ring"):
        assert whole in ran.out
    assert not [line for line in ran.out.splitlines() if len(line) > 80 or "… " in line]
    shown = await quanzu("audit", alert["case_id"][-8:], environ=narrow)
    assert alert["case_id"] in shown.out
    assert "+00:00" not in shown.out


async def test_one_case_is_shown_in_full_and_its_page_is_written(centre: Centre, tmp_path: Path) -> None:
    [alert] = centre.daemon.rows("SELECT case_id FROM alerts WHERE number = '13800138000'")
    page = tmp_path / "call.html"
    ran = await centre.daemon.quanzu("cases", alert["case_id"], "--page", str(page))
    assert ran.code == 0
    for part in ("attempt 1", "attempt_dialling", "call_answered", "attempt_ended", "您好"):
        assert part in ran.out
    html = page.read_text(encoding="utf-8")
    assert "data:audio/wav;base64," in html
    assert "http:" not in html
    assert "https:" not in html


async def test_a_case_that_is_not_there_is_one_line(centre: Centre) -> None:
    ran = await centre.daemon.quanzu("cases", "nosuchcase")
    assert ran.code == 1
    assert _is_one_line(ran.err)


# --- alert add


async def test_an_alert_by_command_line_is_noticed_within_a_quarter_second_or_so(tmp_path: Path, prompts: Path) -> None:
    """From the row's time to the claim's and to DIALLING, by the casebook's own clock."""
    shutil.copytree(prompts, tmp_path / "var" / "prompts")
    async with (
        sipp("refuse", tmp_path, status=486, header="X-None: 0") as peer,
        Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}") as daemon,
    ):
        noticed, dialling = [], []
        for sample in range(SAMPLES):
            case = await daemon.alert(f"1380013801{sample}")
            [attempt] = await daemon.until_rows(
                "SELECT * FROM attempts WHERE case_id = ? AND dialled_at IS NOT NULL", case
            )
            claimed = daemon.rows(
                "SELECT at FROM history WHERE attempt_id = ? AND what = 'attempt_claimed'", attempt["id"]
            )
            noticed.append(_seconds(attempt["created_at"], claimed[0]["at"]))
            dialling.append(_seconds(attempt["created_at"], attempt["dialled_at"]))
        told = f"noticed after {_median_and_most(noticed)}, dialling after {_median_and_most(dialling)}"
        print(told)
        assert statistics.median(noticed) <= USUALLY_SECONDS, told
        assert max(noticed) <= NOTICED_SECONDS, told
        assert len(peer.call_ids()) == SAMPLES


async def test_the_same_alert_by_name_is_safe_to_repeat(centre: Centre) -> None:
    first, again = [await centre.daemon.alert("13800138001", "--id", "from-paper-7") for _ in range(2)]
    assert first == again
    assert len(centre.daemon.rows("SELECT 1 FROM alerts WHERE external_id = 'from-paper-7'")) == 1


# --- scripts


async def test_scripts_check_is_content_with_the_scripts_that_are_delivered() -> None:
    ran = await quanzu("scripts", "check", "--quick")
    assert ran.code == 0, ran.out
    assert ran.out.endswith(" good, 0 findings\n")


async def test_a_broken_script_is_named_with_file_line_and_step(tmp_path: Path) -> None:
    script, line = _broken(tmp_path)
    ran = await quanzu("scripts", "check", str(tmp_path / "scripts"), "--quick")
    assert ran.code == 1
    assert f"{script}:{line}:" in ran.out
    assert "'warn' leads to 'paid_yot'" in ran.out
    assert "did you mean 'paid_yet'?" in ran.out


async def test_a_broken_script_never_replaces_the_last_good_one(tmp_path: Path, prompts: Path) -> None:
    shutil.copytree(prompts, tmp_path / "var" / "prompts")
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts")
    async with sipp("refuse", tmp_path, status=486, header="X-None: 0") as peer:
        daemon = Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}", cwd=tmp_path)
        async with daemon:
            await daemon.alert("13800138000")
            [good] = await daemon.until_rows("SELECT * FROM attempts WHERE outcome = 'busy'")
        _, line = _broken(tmp_path)
        async with daemon:
            finding = await daemon.logged("script has a mistake, its last good version stays in use", seconds=60)
            assert f"flight_refund.yaml:{line}:" in finding["finding"]
            published = await daemon.quanzu("scripts", "publish", "--author", "王", "--note", "改措辞")
            assert published.code == 1
            assert f"flight_refund.yaml:{line}:" in published.out
            await daemon.alert("13800138001")
            query = "SELECT * FROM attempts WHERE outcome = 'busy' AND number = '13800138001'"
            [after] = await daemon.until_rows(query)
        assert after["script_hash"] == good["script_hash"] != ""
        assert len(peer.call_ids()) == 2


async def test_a_script_that_is_published_meanwhile_is_used_from_the_next_call_on(
    tmp_path: Path, prompts: Path
) -> None:
    shutil.copytree(prompts, tmp_path / "var" / "prompts")
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts")
    async with (
        sipp("refuse", tmp_path, status=486, header="X-None: 0") as peer,
        Daemon(tmp_path, trunk=f"127.0.0.1:{peer.port}", cwd=tmp_path) as daemon,
    ):
        await daemon.alert("13800138000")
        [before] = await daemon.until_rows("SELECT * FROM attempts WHERE outcome = 'busy'")
        script = tmp_path / "scripts" / "flight_refund.yaml"
        script.write_text(
            script.read_text(encoding="utf-8").replace("赔钱不用您先操作", "赔钱不用您动手"), encoding="utf-8"
        )
        await daemon.logged("script file is good and not published yet", seconds=60)
        published = await daemon.quanzu("scripts", "publish", "--author", "王", "--note", "改措辞")
        assert published.code == 0, published.out + published.err
        await daemon.alert("13800138001")
        [after] = await daemon.until_rows(
            "SELECT * FROM attempts WHERE outcome = 'busy' AND number = '13800138001'", seconds=20
        )
        assert after["script_hash"] != before["script_hash"]


async def test_an_admin_and_a_second_person_publish_compare_and_go_back(tmp_path: Path, prompts: Path) -> None:
    """All on the command line, no daemon."""
    folder = _one_script(tmp_path, prompts)
    office = Daemon(tmp_path, scripts={"dir": str(folder), "approval": True})
    wang, li = ("--author", "王", "--note", "首发"), ("--author", "李", "--note", "改题")

    async def ok(*words: str) -> str:
        ran = await office.quanzu("scripts", *words)
        assert ran.code == 0, ran.out + ran.err
        return ran.out

    out = await ok("publish", "generic", *wang)
    assert out.startswith("generic is published for the first time: all of it is new\n")
    proposed = out.splitlines()[-1].split()
    assert proposed[2] == "proposed;"
    mine = await office.quanzu("scripts", "approve", "generic", proposed[1], "--by", "王")
    assert mine.code == 1
    assert _is_one_line(mine.err)
    approved = await ok("approve", "generic", proposed[1], "--by", "李")
    assert "    + 您当面见过他本人吗？" not in approved  # another script's
    assert "    + 我不让您转账，不问验证码。\n" in approved
    assert approved.splitlines()[-1] == f"generic {proposed[1]} of 王 approved by 李, published"
    assert "is published already" in await ok("publish", "generic", *li)

    script = folder / "generic.yaml"
    script.write_text(script.read_text(encoding="utf-8").replace("title: 通用", "title: 通用新"), encoding="utf-8")
    shared = folder / "shared" / "lines.yaml"
    said = shared.read_text(encoding="utf-8")
    shared.write_text(said.replace("我不让您转账，不问验证码。", "我不让您转账，也不问验证码。"), encoding="utf-8")
    assert "not published yet" in await ok("list")
    out = await ok("publish", "generic", *li)
    assert out.startswith("people will hear, and did not before:\n  generic\n    + 我不让您转账，也不问验证码。\n")
    second = out.splitlines()[-1].split()[1]
    for words in (("generic",), ("generic", proposed[1], second)):
        differs = await office.quanzu("scripts", "diff", *words)
        assert differs.code == 1
        assert "has the title: 通用 → 通用新" in differs.out
    assert "    + 我不让您转账，也不问验证码。\n" in await ok("approve", "generic", second, "--by", "王")
    assert f"{proposed[1]} is the published version again" in await ok("rollback", "generic", *wang)

    history = await ok("history", "generic")
    assert re.findall(r"proposed|approved|published|rolled back", history) == [
        *("proposed", "approved", "proposed", "approved", "rolled back")
    ]
    assert (await office.quanzu("scripts", "rollback", "generic", "ffff", *wang)).code == 1


async def test_what_intents_know_is_published_and_compared_like_a_script(tmp_path: Path, prompts: Path) -> None:
    folder = _one_script(tmp_path, prompts)
    office = Daemon(tmp_path, scripts={"dir": str(folder)})

    published = await office.quanzu("scripts", "publish", "intents", "--author", "王", "--note", "首发")
    same = await office.quanzu("scripts", "diff", "intents")
    wishes = folder / "shared" / "intents" / "want_human.yaml"
    said = wishes.read_text(encoding="utf-8")
    wishes.write_text(said.replace("\n  - ", "\n  - 摆给领导听\n  - ", 1), encoding="utf-8")
    differs = await office.quanzu("scripts", "diff", "intents")
    never = await office.quanzu("scripts", "diff", "parcel")

    assert (published.code, same.code, same.out[:9]) == (0, 0, "0 changes")
    assert differs.code == 1
    assert differs.out.startswith("intent 'want_human'\n  has the phrases\n    + 摆给领导听\n1 changes from ")
    assert (never.code, "'parcel' was never published here" in never.err) == (1, True)


def _one_script(office: Path, prompts: Path) -> Path:
    """A folder with one script, its rehearsals and all that is shared, in an office that has its prompts."""
    shutil.copytree(prompts, office / "var" / "prompts")
    folder = office / "scripts"
    for name in ("generic.yaml", "rehearsals/generic.yaml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(REPOSITORY / "scripts" / name, folder / name)
    shutil.copytree(REPOSITORY / "scripts" / "shared", folder / "shared")
    return folder


async def test_check_and_rehearse_speak_json(tmp_path: Path) -> None:
    checked = json.loads((await quanzu("scripts", "check", "--json", "--quick")).out)
    assert checked["v"] == 1
    assert checked["ok"] is True
    assert {"code", "file", "hash", "ok"} <= checked["scripts"][0].keys()

    script, line = _broken(tmp_path)
    found = json.loads((await quanzu("scripts", "check", str(script), "--json", "--quick")).out)
    assert found["ok"] is False
    assert (script.as_posix(), line, "no-such-step") in {
        (finding["file"], finding["line"], finding["code"]) for finding in found["findings"]
    }

    [played] = json.loads((await quanzu("scripts", "rehearse", "generic", "--json")).out)["scripts"]
    assert played["rehearsals"][0].keys() >= {
        "it",
        "persona",
        "file",
        "line",
        "ok",
        "faults",
        "conclusion",
        "steps",
        "talk",
    }
    assert played["rehearsals"][0]["talk"][0].keys() == {"ours", "step", "text", "intents"}
    assert played["coverage"]["steps"]["asked"] > 0
    assert played["coverage"]["replies"][0].keys() == {"step", "reply", "taken"}


def _broken(folder: Path) -> tuple[Path, int]:
    """A copy of the scripts in which one step leads nowhere; the file and the line."""
    if not (folder / "scripts").exists():
        shutil.copytree(REPOSITORY / "scripts", folder / "scripts")
    script = folder / "scripts" / "flight_refund.yaml"
    lines = script.read_text(encoding="utf-8").splitlines()
    line = next(number for number, text in enumerate(lines, 1) if text.strip() == "then: paid_yet")
    lines[line - 1] = lines[line - 1].replace("paid_yet", "paid_yot")
    script.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return script, line


def _is_one_line(text: str) -> bool:
    return bool(text.strip()) and text.count("\n") == 1 and text.endswith("\n")


def _seconds(begun: str, ended: str) -> float:
    return (datetime.fromisoformat(ended) - datetime.fromisoformat(begun)).total_seconds()


def _median_and_most(seconds: list[float]) -> str:
    return f"{statistics.median(seconds) * 1000:.0f} ms (at most {max(seconds) * 1000:.0f} ms)"


# --- alert import


async def test_a_file_of_alerts_is_imported_once_however_often_it_is_given(tmp_path: Path) -> None:
    centre = Daemon(tmp_path)
    async with centre.storage():
        pass  # made by the first start
    file = tmp_path / "alerts.csv"
    heading, line = "号码,等级,类型\n", "{},高,机票退改签\n"
    numbers = ["13800138001", "13800138002", "110", "13800138003", "13800138001"]
    file.write_text(heading + "".join(line.format(number) for number in numbers), encoding="gb18030")

    first = await centre.quanzu("alerts", "import", str(file), "--source", "bank")
    assert first.code == 1
    assert first.out.splitlines()[-1] == "3 cases opened, 1 folded or known, 1 refused"
    assert f"{file}:4: emergency_number (number): " in first.out
    assert "13800138001" not in first.out + first.err

    again = await centre.quanzu("alerts", "import", str(file), "--source", "bank")
    assert again.out.splitlines()[-1] == "0 cases opened, 4 folded or known, 1 refused"
    assert centre.rows("SELECT count(*) AS n FROM cases") == [{"n": 3}]
    assert centre.rows("SELECT count(*) AS n FROM alerts WHERE state = 'accepted'") == [{"n": 3}]

    refused = await centre.quanzu("alerts", "rejected")
    assert "emergency_number" in refused.out
