"""The fork server: loads the speech model once, then forks a call worker for every wire it is handed.

Rule 1: this process never imports pjsua2 and starts no thread: what a fork copies must stand still.
Rule 2: end-of-file on the control socket means that the daemon is gone: no more forks, exit. Living workers finish.
Rule 3: the daemon sees a worker's death as end-of-file on that worker's wire; the nursery only reaps.

`python -m voice.workers.nursery FD`, FD being a SOCK_SEQPACKET socket. A request is one packet of JSON settings with one
descriptor, the worker's end of its wire (SCM_RIGHTS); the answer is the worker's pid.
"""

import contextlib
import gc
import os
import signal
import socket
import sys

import msgspec

import voice.call
import voice.understanding  # noqa: F401 - shared by every worker
from voice.asr import preload
from voice.workers.wire import WorkerSettings

_MOST_BYTES = 65536


def main(descriptor: int) -> None:
    """Serve until the daemon is gone."""
    os.setsid()  # a Ctrl-C in the daemon's terminal must not end conversations
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # the kernel reaps
    control = socket.socket(fileno=descriptor)
    gc.freeze()  # keep the shared pages shared
    while True:
        packet, descriptors, _, _ = socket.recv_fds(control, _MOST_BYTES, 1)
        if not packet:
            return
        settings = msgspec.json.decode(packet, type=WorkerSettings)
        pid = os.fork()
        if pid == 0:
            control.close()
            _become_worker(settings, descriptors[0])
        os.close(descriptors[0])
        with contextlib.suppress(BrokenPipeError):
            control.send(str(pid).encode())


def _become_worker(settings: WorkerSettings, descriptor: int) -> None:
    code = 1
    try:
        from voice.workers.worker import work  # brings pjsua2, which the nursery must not know

        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        work(socket.socket(fileno=descriptor), settings, preload.model())
        code = 0
    finally:
        os._exit(code)  # pjsua2 objects must not meet the interpreter's exit (finding: abort in ~Call)


if __name__ == "__main__":
    main(int(sys.argv[1]))
