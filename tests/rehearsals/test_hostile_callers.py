"""Whoever is on the line, every shipped script keeps its promises, as everybody hears it and as each group does."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dialer.settings import SipSettings
from tests.hostile import GOODBYE_MS, Knows, Line, Move
from voice.dialogue.events import EndOrdered, HungUp, NoOfficerCame, OfficerAccepted, OfficerLeft
from voice.dialogue.state import Search
from voice.script.loader import load_all
from voice.script.speak import for_group, spoken
from voice.script.variables import EXAMPLES, VARIABLES, variables_in
from voice.understanding.intents import INTENTS, URGENT
from voice.understanding.model import AGAINST, PLEDGES, IntentMatch, Understood

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
COMPILED, _ = load_all(SCRIPTS)
MAX_CALL_MS = int(SipSettings().max_call_seconds * 1000)
KEY = "要钱、要码、要共享屏幕"
FRAUDSTERS_WORDS = (
    *(
        "验证码告诉我",
        "验证码发我",
        "密码告诉我",
        "念一下验证码",
        "报一下卡号",
        "卡号是多少",
        "转到我",
        "转账到",
        "安全账户里",
    ),
    *(
        "点击链接",
        "点开链接",
        "请打开共享",
        "请您转账",
        "不要告诉家",
        "别告诉家",
        "不要告诉民警",
        "请您保密",
        "加我微信",
    ),
)
PERSONAL = {name for name, variable in VARIABLES.items() if variable.personal}


@cache
def versions(code: str) -> tuple[Knows, ...]:
    """The script with unmistakable words for every variable, as everybody hears it and as each group does."""
    script = COMPILED[code]
    personal = [name for name, each in script.sentences.items() if PERSONAL & set(variables_in(each.text))]
    filled = spoken(script, EXAMPLES)
    return tuple(
        Knows.of(version, personal, FRAUDSTERS_WORDS, KEY)
        for version in (filled, *(for_group(filled, group) for group in script.groups))
    )


intents = (
    st.sampled_from(INTENTS) | st.sampled_from(sorted(URGENT)) | st.sampled_from(["deny", "repeat_please", "affirm"])
)
words = st.builds(
    lambda names, pledges, against, doubtful: Understood(
        "……" if names else "",
        tuple(IntentMatch(name, 1.0, "drawn") for name in names),
        pledges=tuple(pledges),
        against=tuple(against),
        doubtful=doubtful,
    ),
    st.lists(intents, max_size=2, unique=True),
    st.lists(st.sampled_from(sorted(PLEDGES)), max_size=1),
    st.lists(st.sampled_from(sorted(AGAINST)), max_size=1),
    st.booleans(),
)
officers = st.sampled_from(
    [OfficerAccepted("a"), OfficerAccepted("b"), OfficerLeft("a"), NoOfficerCame(), NoOfficerCame()]
)
digits = st.sampled_from(["1", "1", "2", "#"])
# At once, in the middle of any sentence, just before we would give up waiting, or never.
moments = st.sampled_from([0, 40, 300, 1200, 3900, 9000, 30_000])
moves = st.lists(
    st.builds(Move, moments, words | words | digits | officers | st.just(""), st.sampled_from([300, 1500, 20_000])),
    min_size=1,
    max_size=8,
)
endings = st.sampled_from([[], [], [Move(500, HungUp())], [Move(500, EndOrdered())]])


@pytest.mark.parametrize("code", sorted(COMPILED))
@given(caller=moves, ending=endings, careful=st.booleans())
@settings(max_examples=50, deadline=None)
def test_every_call_ends_in_time_and_keeps_every_promise(
    code: str, caller: list[Move], ending: list[Move], *, careful: bool
) -> None:
    for knows in versions(code):
        line = Line(knows, MAX_CALL_MS, careful)
        line.talk([*caller, *ending])

        assert line.now <= MAX_CALL_MS + GOODBYE_MS
        # Only an officer who is being fetched may hold the line until it is cut.
        assert not line.cut or line.state.officer.search is not Search.NOT_WANTED


def test_every_shipped_script_is_played() -> None:
    assert {"flight_refund", "generic"} <= COMPILED.keys()
    assert all(len(versions(code)) == 1 + len(script.groups) for code, script in COMPILED.items())
