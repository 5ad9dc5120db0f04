"""Two forked processes recognise the same audio with a model that only their fork server loaded.

Run as a program with a file of raw PCM; prints what each child heard, one line each, and whether it had to load anything.
"""

import asyncio
import multiprocessing
import sys
from multiprocessing.connection import Connection
from pathlib import Path


def listen(pcm: bytes, said: Connection) -> None:
    had = "voice.asr.preload" in sys.modules
    from voice.asr.preload import model
    from voice.asr.recognizer import VoskRecognizer

    async def recognise() -> str:
        recognizer = VoskRecognizer(model())
        for at in range(0, len(pcm), 1600):
            await recognizer.feed(pcm[at : at + 1600])
        heard = await recognizer.finish()
        recognizer.close()
        return heard.text

    said.send((had, "numpy" in sys.modules, asyncio.run(recognise())))


def main() -> None:
    pcm = Path(sys.argv[1]).read_bytes()
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["voice.asr.preload"])
    for _ in range(2):
        ours, theirs = context.Pipe()
        child = context.Process(target=listen, args=(pcm, theirs))
        child.start()
        print(*ours.recv())
        child.join()
        print(child.exitcode)


if __name__ == "__main__":
    main()
