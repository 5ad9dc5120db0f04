"""Alerts over HTTP, from a client that knows nothing of us; what it is told is so in the casebook."""

import asyncio
import hashlib
import http.client
import json
import shutil
import socket
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from tests.daemon import Daemon
from tests.sipp import Sipp, sipp

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120), pytest.mark.asyncio(loop_scope="module")]

TOKEN, OTHER_TOKEN = "a-token-that-nobody-guesses", "another"
ALERT: Mapping[str, Any] = {"number": "13800138000", "grade": "高", "fraud_type": "机票退改签"}


@dataclass(frozen=True, slots=True)
class Centre:
    daemon: Daemon
    peer: Sipp
    port: int

    async def post(self, body: object, token: str = TOKEN, path: str = "/api/alerts") -> tuple[int, dict[str, Any]]:
        """One POST; status and answer."""
        return await asyncio.to_thread(self._post, body if isinstance(body, bytes) else json.dumps(body), token, path)

    def _post(self, body: bytes | str, token: str, path: str) -> tuple[int, dict[str, Any]]:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            link.request("POST", path, body, {"Authorization": f"Bearer {token}"} if token else {})
            answer = link.getresponse()
            return answer.status, json.loads(answer.read() or b"{}")
        finally:
            link.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def centre(tmp_path_factory: pytest.TempPathFactory, prompts: Path) -> AsyncIterator[Centre]:
    folder = tmp_path_factory.mktemp("http")
    shutil.copytree(prompts, folder / "var" / "prompts")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    sources = [
        {"name": "bank", "token_sha256": hashlib.sha256(TOKEN.encode()).hexdigest()},
        {"name": "small", "token_sha256": hashlib.sha256(OTHER_TOKEN.encode()).hexdigest(), "alerts_per_minute": 1},
    ]
    async with (
        sipp("answer_then_bye", folder, tone_hz=0, talk_ms=1500) as peer,
        Daemon(folder, trunk=f"127.0.0.1:{peer.port}", http={"listen": f"127.0.0.1:{port}"}, sources=sources) as daemon,
    ):
        yield Centre(daemon, peer, port)


async def test_an_alert_is_answered_after_it_is_committed_and_its_person_is_rung(centre: Centre) -> None:
    status, answer = await centre.post({**ALERT, "id": "b-1"})

    assert (status, answer["accepted"], answer["folded"]) == (201, True, False)
    [kept] = centre.daemon.rows("SELECT * FROM alerts WHERE external_id = 'b-1'")
    assert (kept["source"], kept["case_id"]) == ("bank", answer["case"])
    await centre.peer.invited(1)


async def test_an_alert_that_is_sent_again_is_the_same_alert(centre: Centre) -> None:
    _, first = await centre.post({**ALERT, "id": "b-2"})
    status, again = await centre.post({**ALERT, "id": "b-2"})

    assert (status, again["alert"], again["folded"]) == (200, first["alert"], True)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "not_json"),
        ({**ALERT, "grade": "urgent"}, "unknown_grade"),
        ({**ALERT, "number": "110"}, "emergency_number"),
        ({**ALERT, "group": "老年"}, "unknown_group"),
    ],
)
async def test_a_refused_alert_is_kept_and_told_with_its_reason(centre: Centre, body: object, reason: str) -> None:
    status, answer = await centre.post(body)

    assert (status, answer["reason"]) == (422, reason)
    assert answer["advice"]
    assert centre.daemon.rows("SELECT 1 FROM alerts WHERE state = 'rejected' AND reason = ?", reason)


@pytest.mark.parametrize("token", ["", "wrong", OTHER_TOKEN[:-1]])
async def test_without_a_token_nothing_is_read_or_kept(centre: Centre, token: str) -> None:
    before = centre.daemon.rows("SELECT count(*) AS n FROM alerts")
    status, answer = await centre.post(ALERT, token)

    assert (status, answer["reason"]) == (401, "no_token")
    assert centre.daemon.rows("SELECT count(*) AS n FROM alerts") == before


async def test_a_source_that_runs_wild_is_told_to_wait(centre: Centre) -> None:
    assert (await centre.post({**ALERT, "id": "s-1"}, OTHER_TOKEN))[0] == 200
    status, answer = await centre.post({**ALERT, "id": "s-2"}, OTHER_TOKEN)

    assert (status, answer["reason"]) == (429, "over_quota")
    assert (await centre.post({**ALERT, "id": "b-3"}))[0] == 200, "the others are not held up"


async def test_a_body_without_end_is_refused_unread(centre: Centre) -> None:
    status, answer = await centre.post(b"x" * 200_000)

    assert (status, answer["reason"]) == (413, "too_long")


async def test_numbers_and_tokens_are_not_in_the_log(centre: Centre) -> None:
    log = centre.daemon.log_text()

    assert "13800138000" not in log
    assert TOKEN not in log


async def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        listen = f"127.0.0.1:{taken.getsockname()[1]}"
        ran = await Daemon(tmp_path, http={"listen": listen}).quanzu("run")

    assert ran.code == 1
    assert f"HTTP cannot listen on {listen}" in ran.err
