"""Compiles `scripts/shared/intents` into the shipped knowledge: `make knowledge`.

    python -m voice.script.build_knowledge

Rule: nothing is written while anything is wrong; findings are printed, one a line.
"""

import sys
from pathlib import Path

from voice.script.knowledge import FOLDER, check_knowledge, load_knowledge
from voice.understanding.knowledge import SHIPPED, encode

INTENTS_FOLDER = Path("scripts") / FOLDER


def main() -> int:
    knowledge, findings = load_knowledge(INTENTS_FOLDER)
    if knowledge is None:
        sys.stderr.writelines(f"{finding}\n" for finding in findings)
        return 1
    part = SHIPPED.with_name(SHIPPED.name + ".part")
    part.write_bytes(encode(knowledge))
    part.replace(SHIPPED)
    # Examples are played last: what the learned table makes of them may need `make understanding` first.
    findings = check_knowledge(INTENTS_FOLDER)
    sys.stderr.writelines(f"{finding}\n" for finding in findings)
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
