"""Official models are fetched whole or not at all; the site is a real web server on loopback."""

import hashlib
import http.server
import json
import threading
import zipfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from voice.asr.catalogue import BUNDLED
from voice.asr.fetch import fetch
from voice.errors import ModelNotFetched

pytestmark = pytest.mark.integration

NAME = "vosk-model-small-cn-0.22"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A site that offers the bundled model under an official name; the address of its list."""
    folder = tmp_path / "site"
    folder.mkdir()
    with zipfile.ZipFile(folder / f"{NAME}.zip", "w") as packed:
        for file in BUNDLED.rglob("*"):
            packed.write(file, Path(NAME) / file.relative_to(BUNDLED))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    address = f"http://127.0.0.1:{server.server_port}"
    md5 = hashlib.md5((folder / f"{NAME}.zip").read_bytes()).hexdigest()
    offer = [{"name": NAME, "url": f"{address}/{NAME}.zip", "md5": md5}]
    (folder / "model-list.json").write_text(json.dumps(offer))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"{address}/model-list.json"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_model_is_fetched_with_progress_and_lies_whole_in_its_place(site: str, tmp_path: Path) -> None:
    seen: list[tuple[int, int | None]] = []

    where = fetch(NAME, tmp_path / "models", lambda done, total: seen.append((done, total)), site)

    assert (where / "am" / "final.mdl").read_bytes() == (BUNDLED / "am" / "final.mdl").read_bytes()
    assert seen[-1][0] == seen[-1][1]
    assert [path.name for path in (tmp_path / "models").iterdir()] == [NAME]


def test_a_model_that_is_here_is_not_fetched_again(site: str, tmp_path: Path) -> None:
    where = fetch(NAME, tmp_path / "models", lambda *_: None, site)

    assert fetch(NAME, tmp_path / "models", lambda *_: None, "http://127.0.0.1:9/nobody") == where


def test_a_wrong_checksum_leaves_nothing(site: str, tmp_path: Path) -> None:
    listing = tmp_path / "site" / "model-list.json"
    listing.write_text(listing.read_text().replace('"md5": "', '"md5": "0'))

    with pytest.raises(ModelNotFetched, match="checksum"):
        fetch(NAME, tmp_path / "models", lambda *_: None, site)

    assert list((tmp_path / "models").iterdir()) == []


@pytest.mark.parametrize("name", ["nope", "../outside", ""])
def test_a_name_that_nobody_offers_is_answered_with_those_that_are_before_anything_is_asked(
    name: str, tmp_path: Path
) -> None:
    with pytest.raises(ModelNotFetched, match=r"there are vosk-model-small-cn-0\.22 and vosk-model-cn-0\.22"):
        fetch(name, tmp_path / "models", lambda *_: None, "http://127.0.0.1:9/nobody")

    assert not (tmp_path / "models").exists()


def test_an_offline_machine_is_told_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelNotFetched, match="On a machine without the Internet"):
        fetch(NAME, tmp_path / "models", lambda *_: None, "http://127.0.0.1:9/nobody")
