"""Official Vosk models from the Vosk site, for machines that reach it.

Rule 1: the archive's checksum is compared with the one in the site's list before anything is unpacked.
Rule 2: a model is unpacked beside its place and renamed, so that half a model never has a whole one's name.
"""

import hashlib
import json
import shutil
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import vosk

from voice.asr.catalogue import check_model
from voice.errors import ModelNotFetched

OFFICIAL = ("vosk-model-small-cn-0.22", "vosk-model-cn-0.22")
ANSWER_SECONDS = 30.0
BLOCK = 1 << 16

Told = Callable[[int, int | None], None]
"""Bytes that are here, and of how many, if that is known."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What the site says of a model."""

    url: str
    md5: str


def fetch(name: str, directory: Path, told: Told, list_url: str = vosk.MODEL_LIST_URL) -> Path:
    """Download and unpack a model into `directory`; where it lies. Raises ModelNotFetched, ModelMissing."""
    if name not in OFFICIAL:
        raise ModelNotFetched(f"there is no model '{name}' to fetch; there are {' and '.join(OFFICIAL)}")
    target = directory / name
    if not target.is_dir():
        directory.mkdir(parents=True, exist_ok=True)
        try:
            _fetch(name, target, told, list_url)
        except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as fault:
            raise ModelNotFetched(
                f"{name} could not be fetched ({fault or type(fault).__name__}). On a machine without the Internet, download "
                f"{name}.zip from the Vosk site elsewhere, unpack it to {target}, and run `quanzu model test`."
            ) from fault
    check_model(target)
    return target


def _fetch(name: str, target: Path, told: Told, list_url: str) -> None:
    offer = _offer_of(name, list_url)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as folder:
        archive = Path(folder) / "model.zip"
        if _download(offer.url, archive, told) != offer.md5:
            raise ValueError("the checksum is wrong; try again")
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        shutil.move(Path(folder) / name, target)  # within one file system: a rename


def _offer_of(name: str, list_url: str) -> Offer:
    with urllib.request.urlopen(list_url, timeout=ANSWER_SECONDS) as answer:  # noqa: S310 - the library's own address
        for model in json.load(answer):
            if model["name"] == name:
                return Offer(str(model["url"]), str(model["md5"]))
    raise ValueError("the site's list does not have it; see `quanzu model list`")


def _download(url: str, path: Path, told: Told) -> str:
    """The MD5 of what was fetched, which is what the site's list offers."""
    digest = hashlib.md5(usedforsecurity=False)
    with urllib.request.urlopen(url, timeout=ANSWER_SECONDS) as answer, path.open("wb") as out:  # noqa: S310 - as above
        total = int(answer.headers.get("Content-Length", 0)) or None
        done = 0
        while block := answer.read(BLOCK):
            out.write(block)
            digest.update(block)
            done += len(block)
            told(done, total)
    return digest.hexdigest()
