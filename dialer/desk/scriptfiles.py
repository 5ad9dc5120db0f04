"""Script files as the command line sees them. No database, no daemon: what an admin does most often has to be quick."""

from collections.abc import Sequence
from pathlib import Path

from dialer.domain.alert import FraudType
from dialer.errors import NoSuchScript
from dialer.sounding import SOUND
from voice.errors import ScriptFault
from voice.script.fresh import fresh
from voice.script.gate import Examined, Sound, check, examine, files
from voice.script.knowledge import FOLDER, load_knowledge
from voice.script.model import Script
from voice.script.source import Finding, did_you_mean
from voice.understanding.knowledge import Knowledge, shipped


def check_paths(paths: Sequence[Path], sound: Sound = SOUND) -> list[Examined]:
    """Script files, or folders of them. Raises NoSuchScript."""
    found: list[Path] = []
    for path in paths:
        inside = [*files(path).values(), *sorted(path.glob("*.yml"))] if path.is_dir() else [path]
        if not inside:
            raise NoSuchScript(f"{path} holds no script; a script is a file NAME.yaml")
        found += inside
    return check(found, sound)


def meant(directory: Path, names: Sequence[Path]) -> list[Path]:
    """What somebody who names scripts means: a file or folder; or, as everywhere else, a code. Without names, all.

    Raises NoSuchScript for a code that is none; a file that is not there is told of by the check.
    """
    known = files(directory)
    found = [name if name.exists() or name.suffix else known.get(str(name), name) for name in names]
    for name in found:
        if not (name.exists() or name.suffix):
            raise NoSuchScript(f"{directory} holds no script '{name}'{did_you_mean(str(name), known)}")
    return found or [directory]


def rehearse_codes(directory: Path, codes: Sequence[str]) -> tuple[list[Examined], list[Finding]]:
    """Check and rehearse. Raises NoSuchScript."""
    known = files(directory)
    for code in codes:
        if code not in known:
            raise NoSuchScript(f"{directory} holds no script '{code}'{did_you_mean(code, known)}")
    if not known:
        raise NoSuchScript(f"{directory} holds no script; set scripts.dir")
    return examine(directory, codes, SOUND)


def written(directory: Path, code: str) -> Script:
    """The script as it lies in the folder. Raises NoSuchScript, and ScriptFault with all findings."""
    known = files(directory)
    if code not in known:
        raise NoSuchScript(f"{directory} holds no script '{code}'{did_you_mean(code, known)}")
    return read_script(known[code])


def read_script(path: Path) -> Script:
    """A file's script, with mistakes or without as long as it is whole. Raises ScriptFault with all findings."""
    examined = check([path], SOUND)[0]
    if examined.script is None:
        raise ScriptFault(examined.findings)
    return examined.script


def written_knowledge(directory: Path) -> Knowledge:
    """What intents know as it lies in the folder of scripts; without such a folder, the shipped. Raises ScriptFault with all findings."""
    folder = directory / FOLDER
    if not any(folder.rglob("*.yaml")):
        return shipped()
    knowledge, findings = load_knowledge(folder)
    if knowledge is None:
        raise ScriptFault([str(finding) for finding in findings])
    return knowledge


def new_script(directory: Path, code: str, title: str, like: str) -> tuple[Path, Path]:
    """A whole script and its rehearsals to start from. A code that is not the ministry's needs a title. Raises NoSuchScript, ScriptFault."""
    known = [kind.value for kind in FraudType]
    if code not in known and not title:
        hint = did_you_mean(code, known) or f"; known are {', '.join(known)}"
        raise NoSuchScript(f"the ministry has no fraud type '{code}'{hint}; give a --title to begin one of your own")
    return fresh(directory, code, title or FraudType(code).chinese, like)
