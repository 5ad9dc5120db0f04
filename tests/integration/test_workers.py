"""Call workers as processes: born from the nursery, kept warm, killed, abandoned; and never a ring too many."""

import asyncio
import fcntl
import os
import signal
import sys
import termios
from dataclasses import replace
from pathlib import Path

import pytest
from msgspec import structs

from tests.orders import fallback_in, flight_refund, hasty, order_for
from tests.processes import descriptors_of, has_loaded, is_running, state_of, threads_of
from tests.sipp import sipp, until
from tests.workhouse import Workhouse, idle, lost, progressed, reported, send_raw, told, workhouse
from voice.asr.catalogue import BUNDLED
from voice.errors import WorkerLost
from voice.messages import Conduct, EndCall, LegProgress, OfficerWanted, Progress, Ready, TurnStarted
from voice.report import Conclusion, HangupCause, Rang
from voice.understanding.knowledge import encode, hashed, shipped
from voice.workers import spool
from voice.workers.pool import WorkerLink

pytestmark = pytest.mark.integration

SILENCE = 0  # hertz: RTP flows, and nothing is to be heard


def order(house: Workhouse, uri: str, attempt: str = "attempt-1") -> Conduct:
    return order_for(
        house.folder,
        attempt=attempt,
        call_id=f"call-of-{attempt}",
        uri=uri,
        ring_seconds=10.0,
        script=hasty(flight_refund()),
    )


async def conduct(house: Workhouse, link: WorkerLink, uri: str, attempt: str = "attempt-1") -> None:
    link.send(order(house, uri, attempt))


def unread(link: WorkerLink) -> int:
    """Bytes that have come to our end of the wire and were not read."""
    wire = link._writer.get_extra_info("socket")
    return int.from_bytes(fcntl.ioctl(wire.fileno(), termios.FIONREAD, bytes(4)), sys.byteorder)


# --- the pool -----------------------------------------------------------------------------------------------------------


async def test_warm_workers_stand_ready_are_taken_given_back_and_recycled(tmp_path: Path) -> None:
    async with sipp("refuse", tmp_path, status=486, header="") as peer:
        async with workhouse(tmp_path, warm=1, most=2, recycle_after_calls=2) as house:
            await idle(house.pool, 1)
            first = await house.pool.take()
            assert is_running(first.pid)
            second = await house.pool.take()
            assert first.pid != second.pid
            with pytest.raises(WorkerLost, match="busy"):
                await house.pool.take()
            assert house.pool.free == 0
            house.pool.give_back(second, usable=True)
            assert (await house.pool.take()) is second
            house.pool.give_back(second, usable=True)  # its second call: enough for one life
            await until(lambda: state_of(second.pid) == "")  # gone, and no zombie either
            await idle(house.pool, 1)  # somebody new stands ready in its place

            for attempt in ("a1", "a2"):
                await conduct(house, first, peer.uri(), attempt)
                assert (await reported(first)).cause is HangupCause.BUSY
                await told(first, Ready)
            house.pool.give_back(first, usable=True)
            third, again = await house.pool.take(), await house.pool.take()
            assert third.pid not in (first.pid, second.pid)
            assert again is first
            for link in (third, again):
                house.pool.give_back(link, usable=False)

        assert peer.call_ids() == ["call-of-a1", "call-of-a2"]


async def test_a_worker_shares_the_model_and_inherits_nothing_but_its_wire(tmp_path: Path) -> None:
    async with workhouse(tmp_path, warm=2, most=2) as house:
        await idle(house.pool, 2)
        one, other = await house.pool.take(), await house.pool.take()

        assert threads_of(house.nursery_pid) == 1
        assert not has_loaded(house.nursery_pid, "pjsua2")
        assert has_loaded(one.pid, "pjsua2")
        assert not has_loaded(one.pid, "numpy"), "25 MB a worker"
        sockets = [
            {name for name in descriptors_of(pid) if name.startswith("socket:")}
            for pid in (os.getpid(), house.nursery_pid, one.pid, other.pid)
        ]
        assert all(not (first & second) for first in sockets for second in sockets if first is not second)
        for link in (one, other):
            house.pool.give_back(link, usable=True)


async def test_an_idle_worker_that_dies_is_replaced_and_never_handed_out(tmp_path: Path) -> None:
    async with workhouse(tmp_path, warm=1, most=1) as house:
        await idle(house.pool, 1)
        first = await house.pool.take()
        house.pool.give_back(first, usable=True)
        os.kill(first.pid, signal.SIGKILL)
        await until(lambda: state_of(first.pid) == "")  # a zombie's other threads may still hold the wire

        second = await house.pool.take()

        assert second.pid != first.pid
        assert is_running(second.pid)
        house.pool.give_back(second, usable=True)
        os.kill(second.pid, signal.SIGKILL)
        await until(lambda: [link.pid for link in house.pool._idle] not in ([], [second.pid]))


async def test_a_caller_who_gives_up_waiting_for_a_fork_costs_no_worker(tmp_path: Path) -> None:
    async with workhouse(tmp_path, warm=0, most=1) as house:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(house.pool.take(), 0.05)  # the nursery loads the model for longer than that

        link = await house.pool.take()
        house.pool.give_back(link, usable=True)


async def test_a_dead_nursery_is_replaced_at_the_next_fork_and_takes_nobody_along(tmp_path: Path) -> None:
    async with workhouse(tmp_path, warm=0, most=2) as house:
        first = await house.pool.take()
        dead = house.nursery_pid
        os.kill(dead, signal.SIGKILL)
        await until(lambda: not is_running(dead))

        second = await house.pool.take()

        assert house.nursery_pid != dead
        assert is_running(first.pid)
        for link in (first, second):
            house.pool.give_back(link, usable=True)


async def test_a_missing_model_is_said_with_what_to_do_and_found_when_it_is_there(tmp_path: Path) -> None:
    model = tmp_path / "model"
    async with workhouse(tmp_path, str(model), warm=0, most=1) as house:
        with pytest.raises(WorkerLost, match=r"does not exist. Set speech\.model_dir"):
            await asyncio.wait_for(house.pool.take(), 10)
        model.symlink_to(BUNDLED)

        link = await house.pool.take()

        assert is_running(link.pid)
        house.pool.give_back(link, usable=True)


# --- a worker that dies, and one that is abandoned ----------------------------------------------------------------------


async def test_a_worker_killed_during_its_call_is_known_by_its_holder_and_replaced(tmp_path: Path) -> None:
    async with sipp("answer", tmp_path, SILENCE) as peer, workhouse(tmp_path, warm=1, most=1) as house:
        link = await house.pool.take()
        await conduct(house, link, peer.uri())
        await progressed(link, Progress.ANSWERED)
        os.kill(link.pid, signal.SIGKILL)

        with pytest.raises(WorkerLost):
            while True:
                await asyncio.wait_for(link.receive(), 5)

        house.pool.give_back(link, usable=False)
        assert spool.look(house.spool, "attempt-1") == spool.SpooledCall(
            "attempt-1", alive=False, progress=Progress.ANSWERED, report=None
        )
        await idle(house.pool, 1)


@pytest.mark.parametrize("end", ["end of file", "reset", "half an order"])
async def test_a_worker_whose_daemon_dies_finishes_its_talk_and_leaves_its_report(tmp_path: Path, end: str) -> None:
    async with sipp("answer", tmp_path, SILENCE) as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings())
        await conduct(house, link, peer.uri())
        await progressed(link, Progress.ANSWERED)
        if end == "half an order":
            send_raw(link, tail=b'{"type":"RingOfficer","escal')
        if end == "reset":
            link._writer.transport.pause_reading()  # type: ignore[attr-defined]  # what is unread makes a reset
            await until(lambda: spool.look(house.spool, "attempt-1").progress is Progress.ANSWERED)
            await until(lambda: unread(link) > 0)  # the first prompt was told, and nobody reads it
        link._writer.transport.abort()

        report = await house.left("attempt-1")

        assert (report.cause, report.conclusion) == (HangupCause.NORMAL, Conclusion.UNHEARD)
        assert [turn.step for turn in report.turns] == ["asked", "asked", "silent"]
        assert all(turn.said_to_end for turn in report.turns)
        assert Path(report.recordings.stereo).is_file()
        await until(lambda: not is_running(link.pid))
        assert peer.call_ids() == ["call-of-attempt-1"]


async def test_an_abandoned_worker_rings_the_fall_back_officer_once(tmp_path: Path) -> None:
    async with (
        sipp("answer", tmp_path, SILENCE) as peer,
        sipp("refuse", tmp_path, status=486, header="") as officer,
        workhouse(tmp_path, warm=0) as house,
    ):
        link = await house.worker(house.settings())
        fallback = structs.replace(fallback_in(tmp_path), uri=officer.uri("officer"))
        script = replace(hasty(flight_refund()), opening="ask_officer")  # the talk wants an officer from its first word
        link.send(structs.replace(order(house, peer.uri()), script=script, fallback=fallback))
        await told(link, OfficerWanted)
        link.close()

        report = await house.left("attempt-1")

        assert officer.call_ids() == ["call-of-attempt-1-fallback"]
        assert report.conclusion is Conclusion.OFFICER_MISSED
        assert [part.escalation for part in report.officers] == ["attempt-1-fallback"]


async def test_an_order_on_a_dead_wire_is_not_dialled(tmp_path: Path) -> None:
    async with sipp("answer", tmp_path) as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings())
        os.kill(link.pid, signal.SIGSTOP)
        await until(lambda: state_of(link.pid) == "T")
        await conduct(house, link, peer.uri())
        link.close()
        await link._writer.wait_closed()
        os.kill(link.pid, signal.SIGCONT)

        report = await house.left("attempt-1")

        assert (report.cause, report.rang, report.dialled_at) == (HangupCause.NEVER_DIALLED, Rang.NEVER, None)
        assert spool.look(house.spool, "attempt-1").progress is Progress.ACCEPTED
        await until(lambda: not is_running(link.pid))
        assert peer.messages() == []


async def test_a_call_that_cannot_be_written_down_is_not_dialled(tmp_path: Path) -> None:
    (tmp_path / "no-folder").write_text("")
    async with sipp("answer", tmp_path) as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings(spool_dir=str(tmp_path / "no-folder")))
        await conduct(house, link, peer.uri())

        report = await reported(link)

        assert (report.cause, report.rang) == (HangupCause.NEVER_DIALLED, Rang.NEVER)
        await told(link, Ready)
        assert peer.messages() == []
        link.close()


async def test_a_report_that_cannot_be_spooled_still_reaches_the_daemon(tmp_path: Path) -> None:
    async with sipp("refuse", tmp_path, status=486, header="") as peer, workhouse(tmp_path, warm=0) as house:
        (house.spool / "attempt-1.report.json").mkdir(parents=True)
        link = await house.worker(house.settings())
        await conduct(house, link, peer.uri())

        assert (await reported(link)).cause is HangupCause.BUSY
        await told(link, Ready)
        link.close()


async def test_one_worker_understands_each_call_by_the_knowledge_of_its_order(tmp_path: Path) -> None:
    known = hashed(replace(shipped(), complete="^没有$"))
    file = tmp_path / f"{known.hash}.json"
    file.write_bytes(encode(known))
    async with sipp("refuse", tmp_path, status=486, header="") as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings())
        hashes = []
        for attempt, path in (("attempt-1", ""), ("attempt-2", str(file)), ("attempt-3", str(tmp_path / "lost.json"))):
            link.send(structs.replace(order(house, peer.uri(), attempt), knowledge=path))
            hashes.append((await reported(link)).knowledge_hash)
            await told(link, Ready)
        link.close()

    assert hashes == [shipped().hash, known.hash, shipped().hash]


async def test_an_order_to_end_right_behind_the_order_to_ring_is_not_lost(tmp_path: Path) -> None:
    async with sipp("ring", tmp_path) as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings())
        send_raw(link, order(house, peer.uri()), EndCall())

        assert (await reported(link)).cause is HangupCause.ENDED_BY_ORDER
        link.close()


async def test_no_signal_from_a_terminal_ends_a_talk_and_no_word_reaches_it(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    async with sipp("answer", tmp_path, SILENCE) as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.pool.take()
        await conduct(house, link, peer.uri())
        await progressed(link, Progress.ANSWERED)
        for number in (signal.SIGINT, signal.SIGINT):
            os.killpg(os.getpgid(house.nursery_pid), number)
        os.kill(link.pid, signal.SIGTERM)
        await told(link, TurnStarted)

        report = await reported(link)

        assert (report.cause, report.conclusion) == (HangupCause.NORMAL, Conclusion.UNHEARD)
        assert os.getpgid(house.nursery_pid) != os.getpgid(0)
        assert is_running(house.nursery_pid)
        await told(link, Ready)
        house.pool.give_back(link, usable=True)
    assert capfd.readouterr() == ("", "")


async def test_a_worker_that_does_not_understand_its_daemon_leaves(tmp_path: Path) -> None:
    async with workhouse(tmp_path, warm=0) as house:
        link = await house.worker(house.settings())
        send_raw(link, tail=b'{"type":"Dance"}\n')

        await lost(link)

        await until(lambda: not is_running(link.pid))
        link.close()


async def test_everything_is_told_in_its_order(tmp_path: Path) -> None:
    async with sipp("refuse", tmp_path, status=603, header="") as peer, workhouse(tmp_path, warm=0) as house:
        link = await house.pool.take()
        await conduct(house, link, peer.uri())
        heard = [await link.receive() for _ in range(4)]

        assert [type(message).__name__ for message in heard] == ["LegProgress", "LegProgress", "Reported", "Ready"]
        progress = [message.progress for message in heard if isinstance(message, LegProgress)]
        assert progress == [Progress.ACCEPTED, Progress.INVITING]
        assert spool.look(house.spool, "attempt-1").report is not None
        house.pool.give_back(link, usable=True)
