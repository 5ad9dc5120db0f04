"""Whether a script may be published: it is whole, its rehearsals come out as written, and they enter every step.

Rule 1: everything that speaks against it is told at once, with its place.
Rule 2: a file is named after its code; its rehearsals lie under the same name in `rehearsals/`, and others may add to them.
Rule 3: a script answers for the steps of its own file and the blocks they run; shared ones must be entered by a rehearsal of some script.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from voice.errors import ScriptFault
from voice.script.coverage import Coverage, coverage, entered, written_as
from voice.script.knowledge import FOLDER, examine_knowledge
from voice.script.lint import Seconds
from voice.script.loader import Loaded, read
from voice.script.model import Script, Sentence
from voice.script.rehearsal import Rehearsal, load_rehearsals
from voice.script.rehearse import RehearsalResult, rehearse
from voice.script.source import Finding, Place, did_you_mean
from voice.script.speak import spoken
from voice.script.variables import EXAMPLES
from voice.understanding import understand
from voice.understanding.model import Understand

Listen = Callable[[Path, Sentence, int, Place], Iterable[Finding]]  # a recording, its sentence, the rate, the place


def _trusted(_recording: Path, _sentence: Sentence, _rate_wpm: int, _place: Place) -> Iterable[Finding]:
    return ()


@dataclass(frozen=True, slots=True)
class Sound:
    """What a script sounds like, from those who can say: this room has no ears. Without them recordings are trusted, lengths guessed."""

    listen: Listen = _trusted
    seconds: Seconds | None = None  # of a text at a rate, as the voice says it


UNHEARD = Sound()


@dataclass(frozen=True, slots=True)
class Examined:
    """One script file and all that speaks against publishing it."""

    path: Path
    code: str
    script: Script | None  # None: it cannot be compiled
    findings: tuple[Finding, ...] = ()
    results: tuple[RehearsalResult, ...] = ()
    coverage: Coverage = Coverage()

    @property
    def failed(self) -> tuple[RehearsalResult, ...]:
        return tuple(result for result in self.results if not result.passed)

    @property
    def passed(self) -> bool:
        return self.script is not None and not any(finding.blocks for finding in self.findings) and not self.failed


def files(directory: Path) -> Mapping[str, Path]:
    """The script files of a directory, by the code that their name promises."""
    return {path.stem: path for path in sorted(directory.glob("*.yaml"))}


def check(paths: Iterable[Path], sound: Sound = UNHEARD) -> list[Examined]:
    """Read these script files; the shared blocks lie beside them."""
    return [_checked(path, sound)[0] for path in paths]


def examine(
    directory: Path, codes: Collection[str] = (), sound: Sound = UNHEARD
) -> tuple[list[Examined], list[Finding]]:
    """Check and rehearse the scripts of these codes, or all; and what is wrong with no script in particular."""
    paths = [path for code, path in files(directory).items() if not codes or code in codes]
    written, findings = _rehearsals(directory / "rehearsals", [path.stem for path in paths])
    every = {examined.code: (examined, loaded) for examined, loaded in (_checked(path, sound) for path in paths)}
    places: set[Place] = set()
    found = []
    meaning = partial(understand, knowledge=examine_knowledge(directory / FOLDER)[0])
    for code, (examined, loaded) in every.items():
        mine, broken = written.get(code, []), [f for f in findings if Path(f.place.file).stem == code]
        played = _rehearsed(replace(examined, findings=(*examined.findings, *broken)), loaded, mine, meaning)
        if script := loaded.script:
            steps = {step for result in played.results for step in entered(script, result)}
            places |= {loaded.places.steps[step] for step in steps}
        found.append(played)
    lost = [f for f in findings if Path(f.place.file).stem not in every]
    return found, [*lost, *(_shared_missed([loaded for _, loaded in every.values()], places) if not codes else ())]


def _checked(path: Path, sound: Sound) -> tuple[Examined, Loaded]:
    loaded = read(path, path.parent / "shared", sound.seconds)
    script, findings = loaded.script, list(loaded.findings)
    if script is not None and script.code != path.stem:
        message = (
            f"the script's code is '{script.code}'; a script is found by its file's name, so both must be the same"
        )
        findings.append(Finding(Place(path.as_posix(), 1, 1), "wrong-name", message))
    if script is not None:
        findings += _listened(script, path.parent, loaded, sound)
    if path.suffix == ".yml":
        message = "no call reads a script whose file ends in .yml; end its name in .yaml"
        findings.append(Finding(Place(path.as_posix(), 1, 1), "wrong-name", message))
    findings += examine_knowledge(path.parent / FOLDER)[1]
    return Examined(path, path.stem, script, tuple(findings)), loaded


def _listened(script: Script, directory: Path, loaded: Loaded, sound: Sound) -> Iterable[Finding]:
    for sentence in script.sentences.values():
        if sentence.recording:
            place = loaded.places.sentences[sentence.id]
            yield from sound.listen(directory / sentence.recording, sentence, script.rate_wpm, place)


def _rehearsals(directory: Path, codes: Sequence[str]) -> tuple[Mapping[str, list[Rehearsal]], list[Finding]]:
    """Every rehearsal by its script, and what is wrong with their files."""
    written: dict[str, list[Rehearsal]] = defaultdict(list)
    findings: list[Finding] = []
    for path in sorted(directory.glob("*.yaml")):
        try:
            for rehearsal in load_rehearsals(path):
                written[rehearsal.script].append(rehearsal)
        except ScriptFault as fault:
            findings += fault.details
    known = files(directory.parent)
    for code in written.keys() - known.keys():
        message = f"there is no script '{code}'{did_you_mean(code, known)}"
        findings.append(Finding(written[code][0].place, "no-such-script", message))
    for code in codes:
        if code not in written and not any(Path(f.place.file).stem == code for f in findings):
            place = Place((directory / f"{code}.yaml").as_posix(), 1, 1)
            findings.append(Finding(place, "not-rehearsed", f"script '{code}' has no rehearsals"))
    return written, findings


def _rehearsed(examined: Examined, loaded: Loaded, rehearsals: Sequence[Rehearsal], meaning: Understand) -> Examined:
    script = examined.script
    if script is None or any(finding.blocks for finding in loaded.findings):
        return examined
    aloud = spoken(script, EXAMPLES)
    results = tuple(rehearse(aloud, rehearsal, meaning) for rehearsal in rehearsals)
    covered = coverage(script, results, loaded.own)
    missed = [
        Finding(loaded.own[written_as(step)], "not-rehearsed", f"no rehearsal enters step '{step}'")
        for step in covered.missed_steps
        if results
    ]
    return replace(examined, results=results, coverage=covered, findings=(*examined.findings, *missed))


def _shared_missed(every: Sequence[Loaded], entered: set[Place]) -> list[Finding]:
    """Shared steps that no rehearsal of any script enters."""
    missed: dict[Place, str] = {}
    for loaded in every:
        for name in loaded.script.steps if loaded.script else ():
            place = loaded.places.steps[name]
            if place not in entered and Path(place.file).parent.name == "shared":
                missed.setdefault(place, name)
    return [
        Finding(place, "not-rehearsed", f"no rehearsal of any script enters step '{name}'")
        for place, name in sorted(missed.items())
    ]
