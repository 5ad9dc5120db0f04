"""Which speech model we listen with: the directory from the settings, or the small one that is bundled.

Rule 1: a directory is checked file by file before Vosk sees it, because Vosk answers a broken one with a bare failure.
Rule 2: nothing here imports Vosk, so the settings check of the daemon may use it.
"""

from pathlib import Path

from voice.errors import ModelMissing

BUNDLED = Path(__file__).parent / "models" / "zh-phone"

_ALWAYS = ("am/final.mdl", "conf/mfcc.conf", "conf/model.conf")
_STATIC_GRAPH = ("graph/HCLG.fst", "graph/words.txt")
_DYNAMIC_GRAPH = ("graph/HCLr.fst", "graph/Gr.fst", "graph/disambig_tid.int")


def find_model(setting: str = "") -> Path:
    """The directory to load: the setting's, or the bundled one when it is empty. Raises ModelMissing."""
    directory = Path(setting).expanduser() if setting.strip() else BUNDLED
    check_model(directory)
    return directory


def check_model(directory: Path) -> None:
    """Raise ModelMissing with what is missing and what to do."""
    if not directory.is_dir():
        raise ModelMissing(
            f"The speech model's directory {directory} does not exist. "
            "Set speech.model_dir to an unpacked Vosk model, or leave it empty to use the bundled one."
        )
    missing = [name for name in _needed(directory) if not _filled(directory / name)]
    if missing:
        raise ModelMissing(
            f"The speech model in {directory} is incomplete: missing or empty are {', '.join(missing)}. "
            "Unpack the model again, or set speech.model_dir to a complete Vosk model."
        )


def _needed(directory: Path) -> tuple[str, ...]:
    static = (directory / "graph" / "HCLG.fst").exists()
    return _ALWAYS + (_STATIC_GRAPH if static else _DYNAMIC_GRAPH)


def _filled(file: Path) -> bool:
    return file.is_file() and file.stat().st_size > 0
