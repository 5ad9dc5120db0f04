"""What people say to us and what our scripts say, as far as it lies in the repository. Reads files, decides nothing.

Rule: nothing but hanzi comes out. A script or a list of replies that is not there gives nothing, and the word list alone stands.
"""

import re
from functools import cache
from pathlib import Path

_ROOT = Path(__file__).parents[3]
SCRIPTS = _ROOT / "scripts"
REPLIES = _ROOT / "voice" / "understanding" / "training" / "replies"

_HANZI = re.compile("[一-鿿]+")
_NO_HANZI = re.compile("[A-Za-z0-9]")  # said in a way that the letters do not tell


@cache
def scripted() -> tuple[str, ...]:
    """Every run of hanzi in the call scripts and in what they share: sentences, phrases of intents, examples."""
    lines = [line for file in sorted(SCRIPTS.rglob("*.yaml")) for line in file.read_text(encoding="utf-8").splitlines()]
    return tuple(sorted({run for line in lines for run in _HANZI.findall(re.sub(r"(^|\s)#.*", "", line))}))


@cache
def replies(folder: Path = REPLIES) -> tuple[str, ...]:
    """The replies that understanding learns from, each once, without punctuation."""
    lines = [line for file in sorted(folder.glob("*.tsv")) for line in file.read_text(encoding="utf-8").splitlines()]
    said = (line.partition("\t")[2] for line in lines if not line.startswith("#"))
    return tuple(sorted({"".join(_HANZI.findall(reply)) for reply in said if not _NO_HANZI.search(reply)} - {""}))
