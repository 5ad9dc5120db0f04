"""`quanzu understand | hear | model`: what the ears are worth, seen from the command line.

Rule 1: figures come from the same ear and the same understanding as in a call; by which knowledge is said.
Rule 2: a model is tested by what came with the release, so that it is the model that is tested.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, Progress, TimeRemainingColumn
from rich.table import Column, Table

from dialer.desk.knowing import Known, knowledge_of
from dialer.desk.whose import Whose
from dialer.errors import RepliesUnreadable
from dialer.settings import Settings
from voice.asr.catalogue import BUNDLED, check_model, find_model
from voice.asr.fetch import OFFICIAL, fetch
from voice.asr.recognizer import load_model
from voice.errors import ModelMissing, RecordingLost
from voice.ports import SAMPLE_RATE
from voice.tts.settings import SpeechSettings
from voice.tts.synthesizer import open_synthesizer
from voice.understanding import understand
from voice.understanding.intents import URGENT
from voice.understanding.measure import Labelled, Measured, measure, read_labelled
from voice.workers.aloud import Utterance, read_recording, spoken_and_heard, utterances

SELF_CHECK = (
    ("没有接到过", "deny"),
    ("我刚刚转了九十九万", "transferred"),
    ("我正在转账", "transferring_now"),
    ("知道了不会转账", "will_stop"),
    ("你是骗子", "suspect_scam"),
    ("转人工", "want_human"),
    ("打错了", "wrong_number"),
    ("现在不方便", "busy_later"),
)


async def measure_file(
    settings: Settings, path: Path, console: Console, *, whose: Whose, aloud: bool
) -> tuple[Known, Measured]:
    """The figures of a file of labelled replies, and by which knowledge. Raises RepliesUnreadable with file and line, ScriptFault, NoCasebook."""
    known = await knowledge_of(settings, whose)
    try:
        replies = read_labelled(path.read_text(encoding="utf-8-sig"), str(path))  # as Notepad saves it
    except UnicodeDecodeError:
        raise RepliesUnreadable(f"{path} is not UTF-8; save it as UTF-8.") from None
    except OSError as fault:
        raise RepliesUnreadable(f"{path}: cannot be read: {fault.strerror}") from None
    except ValueError as fault:
        raise RepliesUnreadable(str(fault)) from None
    heard = await _heard(settings, replies, console) if aloud else [each.reply for each in replies]
    return known, measure(zip(replies, heard, strict=True), partial(understand, knowledge=known.knowledge))


async def _heard(settings: Settings, replies: Sequence[Labelled], console: Console) -> list[str]:
    model = load_model(find_model(settings.speech.model_dir))
    speech = SpeechSettings(espeak_library=settings.speech.espeak_library, espeak_data=settings.speech.espeak_data)
    heard: list[str] = []
    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    async with open_synthesizer(speech) as synthesizer:
        with Progress(*columns, console=console, transient=True) as progress:
            task = progress.add_task("speaking and hearing", total=len(replies))
            async for text in spoken_and_heard([each.reply for each in replies], model, synthesizer):
                heard.append(text)
                progress.advance(task)
    return heard


def as_json(known: Known, measured: Measured) -> str:
    """For programs: intents (the version's hash), accuracy, urgent_recall, false_urgent, per_intent, confusions, worst."""
    return json.dumps({"intents": known.knowledge.hash, **asdict(measured)}, ensure_ascii=False, indent=2)


def show(known: Known, measured: Measured, console: Console) -> None:
    """For people."""
    console.print(str(known), highlight=False, soft_wrap=True)
    console.print(
        f"{measured.replies} replies: accuracy {measured.accuracy:.1%}, urgent recall {measured.urgent_recall:.1%}, "
        f"false urgent {measured.false_urgent:.1%}"
    )
    recalls = Table("intent", "replies", "recall", title="per intent, weakest first")
    for intent, figures in sorted(measured.per_intent.items(), key=lambda item: item[1]["recall"]):
        mark = " urgent" if intent in URGENT else ""
        recalls.add_row(intent + mark, f"{figures['replies']:.0f}", f"{figures['recall']:.0%}")
    console.print(recalls)
    if measured.confusions:
        confusions = Table("meant", "taken for", "times", title="confusions")
        for meant, taken, times in measured.confusions[:20]:
            confusions.add_row(meant, taken, str(times))
        console.print(confusions)
    if measured.worst:
        worst = Table("meant", "reply", "heard", "taken for", "because", title="worst misses")
        for miss in measured.worst:
            worst.add_row(
                miss.intent, miss.reply, miss.heard, miss.taken_for, f"{miss.evidence} ({miss.confidence:.2f})"
            )
        console.print(worst)


async def hear(settings: Settings, path: Path, console: Console, *, whose: Whose, right: bool) -> None:
    """Transcript, timing and understanding of one recording: every utterance, its words, and what it was taken for meanwhile."""
    known = await knowledge_of(settings, whose)
    console.print(str(known), highlight=False, soft_wrap=True)
    model = load_model(find_model(settings.speech.model_dir))
    pcm = read_recording(path, right=right)
    heard = await utterances(pcm, model)
    table = Table("from", "to", Column("heard", overflow="fold"), "confidence", "understood", "because")
    for one in heard:
        understood = understand(one.transcript.text, knowledge=known.knowledge)
        table.add_row(
            f"{one.began / SAMPLE_RATE:.2f} s",
            f"{one.ended / SAMPLE_RATE:.2f} s",
            one.transcript.text,
            f"{one.transcript.confidence:.2f}",
            " ".join(understood.names()),
            understood.intents[0].evidence if understood.intents else "",
        )
    console.print(table if heard else "no words heard")
    for number, one in enumerate(heard, 1):
        _show_utterance(number, one, console)


def _show_utterance(number: int, one: Utterance, console: Console) -> None:
    words = Table("word", "from", "to", "confidence", title=f"{number}. words; times in the recogniser's own audio")
    for word in one.transcript.words:
        words.add_row(
            word.text, f"{word.start_ms / 1000:.2f} s", f"{word.end_ms / 1000:.2f} s", f"{word.confidence:.2f}"
        )
    console.print(words)
    partials = Table("at", "believed", title=f"{number}. believed while it lasted")
    for sample, text in one.believed:
        partials.add_row(f"{sample / SAMPLE_RATE:.2f} s", text)
    console.print(partials)


def list_models(settings: Settings, console: Console) -> None:
    """The bundled model, those in data.dir, and the official ones that can be fetched."""
    chosen = Path(settings.speech.model_dir).resolve() if settings.speech.model_dir else BUNDLED.resolve()
    table = Table("", "model", "where", "state")
    here = {directory.name: directory for directory in (BUNDLED, *sorted(_models_dir(settings).glob("*/")))}
    for name, directory in here.items():
        table.add_row("*" if directory.resolve() == chosen else "", name, str(directory), _state(directory))
    for name in OFFICIAL:
        if name not in here:
            table.add_row("", name, f"quanzu model fetch {name}", "not here")
    console.print(table)


def _state(directory: Path) -> str:
    try:
        check_model(directory)
    except ModelMissing:
        return "incomplete"
    size = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file())
    return f"complete, {size / 1e6:.1f} MB"


def _models_dir(settings: Settings) -> Path:
    return settings.data_dir / "models"


def fetch_model(settings: Settings, name: str, console: Console) -> Path:
    """Download an official model with progress; where it lies now. Raises ModelNotFetched."""
    columns = ("{task.description}", BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("fetching", total=None)
        return fetch(
            name, _models_dir(settings), lambda done, total: progress.update(task, completed=done, total=total)
        )


async def test_model(settings: Settings, recordings: Sequence[Path], console: Console) -> bool:
    """A self-check on spoken sentences, then the user's own recordings; True when every sentence was understood and every file read."""
    directory = find_model(settings.speech.model_dir)
    console.print(f"model {directory}")
    labelled = [Labelled(intent, reply) for reply, intent in SELF_CHECK]
    heard = await _heard(settings, labelled, console)
    table = Table("spoken", "heard", "understood", "")
    good = unread = 0
    for each, text in zip(labelled, heard, strict=True):
        names = understand(text).names()
        good += each.intent in names
        table.add_row(each.reply, text, " ".join(names), "" if each.intent in names else "missed")
    console.print(table)
    console.print(f"{good} of {len(labelled)} understood")
    for path in recordings:
        console.print(str(path), soft_wrap=True)
        try:
            await hear(settings, path, console, whose=Whose.SHIPPED, right=False)
        except RecordingLost as fault:  # of the others one still wants to know
            console.print(str(fault), soft_wrap=True)
            unread += 1
    return not unread and good == len(labelled)
