"""What a call leaves on disk: whole reports, honest progress, and a lock that dies with its worker."""

import fcntl
import multiprocessing
import os
import signal
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from voice.errors import NotSpooled
from voice.messages import Progress
from voice.report import CallReport, Conclusion, HangupCause, Rang, Recordings
from voice.workers.spool import CallFile, SpooledCall, forget, look, read

pytestmark = pytest.mark.unit

REPORT = CallReport(
    attempt="a1",
    call_id="c1",
    script_hash="h",
    rang=Rang.YES,
    cause=HangupCause.BUSY,
    sip_code=486,
    conclusion=Conclusion.NOTHING,
    facts={},
    turns=(),
    officers=(),
    recordings=Recordings(),
    dialled_at=None,
    answered_at=None,
    ended_at=datetime(2026, 11, 22, tzinfo=UTC),
)


def test_an_attempt_that_left_nothing_is_dead_and_never_began(tmp_path: Path) -> None:
    assert look(tmp_path, "a1") == SpooledCall("a1", alive=False, progress=None, report=None)
    assert list(read(tmp_path / "absent")) == []


def test_progress_is_the_last_line_and_the_holder_is_alive(tmp_path: Path) -> None:
    with CallFile(tmp_path, "a1") as call:
        call.note(Progress.ACCEPTED)
        call.note(Progress.INVITING)

        assert look(tmp_path, "a1") == SpooledCall("a1", alive=True, progress=Progress.INVITING, report=None)
    assert not look(tmp_path, "a1").alive


def test_a_report_is_read_back_as_it_was_and_forgotten_when_committed(tmp_path: Path) -> None:
    with CallFile(tmp_path, "a1") as call:
        call.report(REPORT)

    assert [entry.report for entry in read(tmp_path)] == [REPORT]
    forget(tmp_path, "a1")
    assert list(read(tmp_path)) == []
    assert list(tmp_path.iterdir()) == []


def test_half_a_report_is_no_report(tmp_path: Path) -> None:
    (tmp_path / "a1.report.json").write_bytes(b'{"attempt": "a1", "call')

    assert look(tmp_path, "a1").report is None


@pytest.mark.parametrize("torn", ["accepted\ninv", "accepted\n\0\0\0", "accepted\nrin"])
def test_a_line_that_a_power_cut_tore_may_have_been_the_one_before_the_ring(tmp_path: Path, torn: str) -> None:
    (tmp_path / "a1.call").write_text(torn)

    assert look(tmp_path, "a1").progress is Progress.INVITING


def test_a_step_that_was_missed_does_not_take_back_a_later_one(tmp_path: Path) -> None:
    (tmp_path / "a1.call").write_text("accepted\ninviting\nanswered\nringing\n")

    assert look(tmp_path, "a1").progress is Progress.ANSWERED


def test_two_who_ask_at_once_do_not_take_one_another_for_a_worker(tmp_path: Path) -> None:
    with CallFile(tmp_path, "a1"):
        pass
    with (tmp_path / "a1.call").open() as asking:
        fcntl.flock(asking, fcntl.LOCK_SH)

        assert not look(tmp_path, "a1").alive


def test_a_spool_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(NotSpooled):
        CallFile(tmp_path / "file", "a1")

    with CallFile(tmp_path, "a1") as call, pytest.raises(NotSpooled):
        (tmp_path / "a1.report.json").mkdir()
        call.report(REPORT)


def test_what_a_broken_off_report_left_is_forgotten_too(tmp_path: Path) -> None:
    (tmp_path / "a1.report.json.part").write_bytes(b'{"att')
    forget(tmp_path, "a1")

    assert list(tmp_path.iterdir()) == []


def hold(directory: str, told: Connection) -> None:
    with CallFile(Path(directory), "a1") as call:
        call.note(Progress.RINGING)
        told.send("holding")
        signal.pause()


def test_a_killed_worker_frees_its_lock_and_leaves_its_progress(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    worker = context.Process(target=hold, args=(str(tmp_path), there))
    worker.start()
    assert here.recv() == "holding"
    assert look(tmp_path, "a1").alive

    os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()

    assert look(tmp_path, "a1") == SpooledCall("a1", alive=False, progress=Progress.RINGING, report=None)
