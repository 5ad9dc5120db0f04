"""By which knowledge a worker understands: the one it was forked with, or a published one that it reads meanwhile."""

from dataclasses import replace
from pathlib import Path

import pytest

from voice.understanding.knowledge import Knowledge, encode, hashed, shipped
from voice.workers.knowing import knowing

pytestmark = pytest.mark.unit


@pytest.fixture
def taught() -> Knowledge:
    known = shipped()
    owners = {**known.phrases.owners, "摆龙门阵": "want_human"}
    complete = known.complete.removesuffix("$") + "|摆龙门阵$"
    return hashed(replace(known, phrases=replace(known.phrases, owners=owners), complete=complete))


def test_without_a_file_it_is_the_shipped_one() -> None:
    assert knowing("").hash == shipped().hash
    assert knowing("").understand("没转成功").top == "not_transferred"
    assert knowing("").is_whole("没有接到过")
    assert not knowing("").is_whole("没有")


def test_a_file_of_the_shipped_hash_is_not_even_looked_for(tmp_path: Path) -> None:
    assert knowing(str(tmp_path / f"{shipped().hash}.json")).hash == shipped().hash


def test_a_published_one_is_read_and_kept(tmp_path: Path, taught: Knowledge) -> None:
    path = tmp_path / f"{taught.hash}.json"
    path.write_bytes(encode(taught))

    known = knowing(str(path))

    assert known.hash == taught.hash
    assert known.understand("摆龙门阵", ("affirm",)).top == "want_human"
    assert known.is_whole("摆龙门阵")
    path.unlink()
    assert knowing(str(path)) is known


def test_a_lost_file_costs_no_call_and_the_next_call_looks_again(tmp_path: Path, taught: Knowledge) -> None:
    path = tmp_path / f"{taught.hash}.json"

    assert knowing(str(path)).hash == shipped().hash

    path.write_bytes(encode(taught).replace("摆龙门阵".encode(), "龙门阵摆".encode()))
    assert knowing(str(path)).hash == shipped().hash
    path.write_bytes(encode(taught))
    assert knowing(str(path)).hash == taught.hash
