"""The fork server: loads the speech model once, then forks a call worker for every wire it is handed.

Rule 1: this process never imports pjsua2 and starts no thread: what a fork copies must stand still.
Rule 2: end-of-file on the control socket means that the daemon is gone: no more forks, exit. Living workers finish.
Rule 3: it answers nothing. Whether a worker lives is seen on that worker's wire: Ready, Unfit, or the end.
Rule 4: a worker inherits its own wire and nothing else.

`python -m voice.workers.nursery FD`, FD being a SOCK_SEQPACKET socket. A request is one packet of JSON settings with one
descriptor, the worker's end of its wire (SCM_RIGHTS).
"""

import contextlib
import gc
import os
import select
import signal
import socket
import sys
import traceback
from collections.abc import Iterator
from typing import NoReturn

import msgspec
import structlog  # noqa: F401 - imported by what a worker brings; here it is imported once for all

import voice.asr.ear
import voice.call
import voice.sip.cause
import voice.sip.recording
import voice.workers.spool  # noqa: F401 - these modules, too, are shared by every worker
from voice.asr import preload
from voice.errors import ModelMissing
from voice.messages import Unfit
from voice.understanding import warm_up, warm_up_the_rest
from voice.workers.wire import WorkerSettings, encode

_MOST_BYTES = 65536


def main(descriptor: int) -> None:
    """Serve until the daemon is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    control = socket.socket(fileno=descriptor)
    warm_up()
    gc.collect()
    gc.freeze()  # keep the shared pages shared
    rest = warm_up_the_rest()
    while True:
        _warm_up_meanwhile(control, rest)
        packet, descriptors, _, _ = socket.recv_fds(control, _MOST_BYTES, 1)
        if not packet:
            return
        settings = msgspec.json.decode(packet, type=WorkerSettings)
        wire = socket.socket(fileno=descriptors[0])
        if isinstance(preload.MODEL, ModelMissing):
            control.close()  # first, so that the next request goes to the next nursery, which looks again
            with contextlib.suppress(OSError):
                wire.sendall(encode(Unfit(str(preload.MODEL))))
            return
        try:
            pid = os.fork()
        except OSError:  # out of processes or memory: the wire's end says so
            pid = -1
        if pid == 0:
            control.close()
            _become_worker(settings, wire)
        wire.close()


def _warm_up_meanwhile(control: socket.socket, rest: Iterator[None]) -> None:
    """Compile, as long as nobody asks for a worker, what few replies need: whoever asks waits for one part at most."""
    while not select.select([control], [], [], 0)[0]:
        for _ in rest:
            gc.freeze()
            break
        else:
            return


def _become_worker(settings: WorkerSettings, wire: socket.socket) -> NoReturn:
    code = 1
    try:
        from voice.workers.worker import work  # brings pjsua2, which the nursery must not know

        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        work(wire, settings, preload.model())
        code = 0
    except Exception as fault:  # noqa: BLE001 - the process ends here; values stay out of the log, see docs/decisions/0008
        where = traceback.extract_tb(fault.__traceback__)[-1]
        sys.stderr.write(
            f"a call worker died: {type(fault).__name__} in {where.name}, {where.filename}:{where.lineno}\n"
        )
    finally:
        os._exit(code)  # pjsua2 objects must not meet the interpreter's exit (finding: abort in ~Call)


if __name__ == "__main__":
    main(int(sys.argv[1]))
