"""What ships is what is written: the compiled knowledge belongs to `scripts/shared/intents`."""

from pathlib import Path

import pytest

from voice.script.knowledge import load_knowledge
from voice.understanding.knowledge import SHIPPED, encode

pytestmark = pytest.mark.house

FOLDER = Path(__file__).parents[2] / "scripts" / "shared" / "intents"


def test_the_shipped_knowledge_is_current() -> None:
    knowledge, findings = load_knowledge(FOLDER)

    assert knowledge is not None, [str(finding) for finding in findings]
    assert encode(knowledge) == SHIPPED.read_bytes(), "run `make knowledge`"
