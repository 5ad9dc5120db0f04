"""What the linter proves about privacy holds in the machine itself, whatever people say and in whatever order."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import assume, currently_in_test_context, event, given, settings
from hypothesis import strategies as st

from tests.conversation import Conversation
from voice.dialogue.actions import Say
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    EndOrdered,
    Event,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.machine import advance
from voice.dialogue.state import Dialogue, Phase
from voice.report import Conclusion, Standing
from voice.script.lint import privacy
from voice.script.lint.heard import Places, versions
from voice.script.loader import load
from voice.script.model import BACK, DOUBTED, REPEAT, RESUME, Identity, Pledge, Script, Sentence, Step, StepKind
from voice.script.resuming import for_resuming
from voice.script.source import Finding, Place
from voice.script.speak import for_group
from voice.script.variables import VARIABLES, variables_in
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit

SCRIPTS = Path(__file__).parents[2] / "scripts"
PERSONAL = "您有{sum}。"
ASKS = ("asked", "who_is_it", "detail", "family", "sure")
TELLS = ("opening", "himself", "warn", "answer", "other_person")
ENDS = ("human", "danger", "bye", "voicemail", "third")
NAMES = (*ASKS, *TELLS, *ENDS)
INTENTS = ("affirm", "deny", "who_are_you", "hand_over_family", "third_party", "transferred", "want_human", "off_topic")

# Only a yes leads to the statement that takes him for confirmed; that no other way does is a finding of its own.
some_step = st.sampled_from([name for name in NAMES if name != "himself"])
anywhere = st.one_of(some_step, st.sampled_from((BACK, REPEAT)))
rungs = st.lists(anywhere, min_size=1, max_size=2).map(tuple)
answers = st.dictionaries(st.sampled_from(INTENTS), anywhere, max_size=4)


@st.composite
def scripts(draw: st.DrawFn) -> Script:
    """A small script whose ways are drawn, and in which everything is personal that can be."""
    steps = [_asked(draw, name) for name in ASKS] + [_told(draw, name) for name in TELLS] + _ends(draw)
    texts = {step.name: PERSONAL for step in steps} | {"who_is_it": "您是本人吗？", "hold": PERSONAL}
    return Script(
        code="drawn",
        title="随机",
        hash="",
        opening="opening",
        steps={step.name: step for step in steps},
        sentences={name: Sentence(name, text) for name, text in texts.items()},
        urgent={"transferred": draw(st.sampled_from(("danger", "human", "warn")))},
        globals={"want_human": "human", **draw(st.dictionaries(st.sampled_from(INTENTS), some_step, max_size=3))},
        goodbye="bye",
        machine="voicemail",
        clarify=draw(st.sampled_from(({}, {"transferred": "sure"}, {"transferred": "sure", "affirm": "sure"}))),
    )


def _asked(draw: st.DrawFn, name: str) -> Step:
    replies = draw(answers)
    if name == "who_is_it":
        replies = {**replies, "affirm": "himself"}
    if name == "sure":
        replies = {**replies, "affirm": DOUBTED}
    pledge = Pledge(("no_transfer",), draw(anywhere), draw(anywhere), draw(anywhere)) if draw(st.booleans()) else None
    return Step(
        name,
        StepKind.ASK,
        (name,),
        replies=replies,
        keys=draw(st.dictionaries(st.just("2"), anywhere, max_size=1)),
        pledge=pledge if name == "detail" else None,
        no_input=draw(rungs),
        no_match=draw(rungs),
        identity=Identity.LOST if name == "family" else None,
    )


def _told(draw: st.DrawFn, name: str) -> Step:
    identity = {"himself": Identity.CONFIRMED, "other_person": Identity.LOST}.get(name)
    then = draw(st.sampled_from(("who_is_it", "who_is_it", "asked"))) if name == "opening" else draw(anywhere)
    return Step(name, StepKind.TELL, (name,), then=then, identity=identity, must_hear=draw(st.booleans()))


def _ends(draw: st.DrawFn) -> list[Step]:
    hold, missed = ("hold",), ("bye", "answer", BACK)
    return [
        Step(
            "human",
            StepKind.OFFICER,
            ("human",),
            reason="want_human",
            hold=hold,
            no_officer=draw(st.sampled_from(missed)),
        ),
        Step("danger", StepKind.OFFICER, ("danger",), reason="transferred", hold=hold, no_officer=draw(anywhere)),
        Step("bye", StepKind.CLOSE, ("bye",)),
        Step("voicemail", StepKind.CLOSE, ("voicemail",), concludes=Conclusion.MACHINE),
        Step("third", StepKind.CLOSE, ("third",), concludes=Conclusion.THIRD_PARTY),
    ]


def found(script: Script) -> list[Finding]:
    """What the linter says; a sentence's line is its number, so that it can be told which one it is about."""
    lines = {name: Place("drawn.yaml", line, 1) for line, name in enumerate(script.sentences, 1)}
    return list(
        privacy.check(versions(script, Places(dict.fromkeys(script.steps, Place("drawn.yaml", 1, 1)), lines))[0])
    )


def made_clean(script: Script) -> Script | None:
    """The script with every sentence made harmless that the linter complains of: what is personal in it is proved to be safe."""
    for _ in range(3):
        findings = found(script)
        if any(finding.code == "identity-unasked" for finding in findings):
            himself = replace(script.steps["himself"], must_hear=False)  # said again, it would be too late
            script = replace(script, steps={**script.steps, "himself": himself})
            continue
        told = {finding.place.line for finding in findings if finding.code.startswith("personal")}
        harmless = {
            name: replace(sentence, text="好的。") if line in told else sentence
            for line, (name, sentence) in enumerate(script.sentences.items(), 1)
        }
        script = replace(script, sentences=harmless)
        if not told:
            return script
    return None


# --- whoever is rung ------------------------------------------------------------------------------------------------------

meant = st.lists(st.sampled_from((*INTENTS, "affirm", "affirm", "machine_answer")), max_size=2, unique=True)
meanings = st.tuples(meant, st.sampled_from((False, False, True)), st.sampled_from((False, False, True)))
habits = st.one_of(
    meanings,
    meanings,
    st.just((["affirm"], False, False)),
    st.sampled_from(
        ("heard", "heard", "heard", "silence", "silence", "key 1", "key 2", "missed", "end", "time", "came", "left")
    ),
)


def told(now: Dialogue, habit: object) -> Event:
    """The habit as the event that the machine would get at this moment."""
    match habit:
        case (list(intents), bool(doubtful), bool(promises)):
            matches = tuple(IntentMatch(intent, 0.5, "drawn") for intent in intents)
            pledges = ("no_transfer",) if promises else ()
            return ReplyUnderstood(now.turn, Understood("……", matches, pledges=pledges, doubtful=doubtful))
        case "heard":
            return PromptFinished(now.turn)
        case "silence":
            return SilenceElapsed(now.turn)
        case "key 1" | "key 2":
            return DigitPressed(str(habit)[-1])
        case "missed":
            return NoOfficerCame()
        case "end":
            return EndOrdered()
        case "time":
            return TimeIsUp()
        case "came":
            return OfficerAccepted("a")
        case _:
            return OfficerLeft("a")


def leaks(script: Script, careful: bool, history: list[object], resumes: Standing | None = None) -> list[str]:
    """Personal sentences that were said while it was not confirmed who listens."""
    if resumes is not None:
        script = for_resuming(script, resumes)
    now, _ = advance(script, Dialogue.open(careful=careful, resumes=resumes), Answered())
    leaked = []
    for habit in history:
        now, actions = advance(script, now, told(now, habit))
        for action in actions:
            said = action.sentences if isinstance(action, Say) else ()
            personal = [s for s in said if is_personal(script.sentences[s].text)]
            if now.facts.get("identity") != "confirmed":
                leaked += personal
            elif personal and currently_in_test_context():
                event("something personal was said")
        if now.phase is Phase.ENDED:
            break
    return leaked


def is_personal(text: str) -> bool:
    return any(VARIABLES[name].personal for name in variables_in(text))


@given(
    script=scripts(),
    careful=st.booleans(),
    histories=st.lists(st.lists(habits, min_size=5, max_size=40), min_size=1, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_what_the_linter_passes_never_tells_a_stranger(
    script: Script, careful: bool, histories: list[list[object]]
) -> None:
    clean = made_clean(script)
    assume(clean is not None)
    assert clean
    event(f"{sum(is_personal(sentence.text) for sentence in clean.sentences.values())} personal sentences proved")

    for history in histories:
        assert leaks(clean, careful, history) == []


@given(
    careful=st.booleans(),
    group=st.sampled_from(("", "elder", "minor", "finance", "tibetan")),
    history=st.lists(habits, max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_the_shipped_script_that_names_a_sum_never_names_it_to_a_stranger(
    careful: bool, group: str, history: list[object]
) -> None:
    script = for_group(INVESTMENT, group)

    assert leaks(script, careful, history) == []


def with_call_back(script: Script, *, asks: bool) -> Script:
    """The drawn script with an opening for call-backs. asks: it learns who answers before it goes on."""
    steps = [
        Step("resumed", StepKind.TELL, ("resumed",), then="resumed_who" if asks else RESUME, must_hear=True),
        replace(script.steps["who_is_it"], name="resumed_who", replies={"affirm": "resumed_himself"}, pledge=None),
        Step("resumed_himself", StepKind.TELL, ("resumed_himself",), then=RESUME, identity=Identity.CONFIRMED),
    ]
    said = {name: Sentence(name, PERSONAL) for name in ("resumed", "resumed_himself")}
    return replace(
        script,
        resuming="resumed",
        steps={**script.steps, **{step.name: step for step in steps}},
        sentences={**script.sentences, **said},
    )


anywhere_dropped = st.builds(
    Standing,
    step=st.sampled_from((*NAMES, "", "gone")),
    owed=st.lists(st.sampled_from((*TELLS, "gone")), max_size=2, unique=True).map(tuple),
    facts=st.sampled_from(({}, {"identity": "confirmed"})),
)


@given(
    script=scripts(),
    asks=st.sampled_from((True, True, True, False)),
    careful=st.booleans(),
    calls=st.lists(st.tuples(anywhere_dropped, st.lists(habits, min_size=5, max_size=40)), min_size=1, max_size=8),
)
@settings(max_examples=150, deadline=None)
def test_nor_does_a_call_back_wherever_the_talk_was_dropped(
    script: Script, asks: bool, careful: bool, calls: list[tuple[Standing, list[object]]]
) -> None:
    clean = made_clean(with_call_back(script, asks=asks))
    assume(clean is not None)
    assert clean

    for standing, history in calls:
        assert leaks(clean, careful, history, standing) == []


@given(
    careful=st.booleans(),
    group=st.sampled_from(("", "elder", "minor", "finance", "tibetan")),
    step=st.integers(min_value=0),
    history=st.lists(habits, max_size=60),
)
@settings(max_examples=200, deadline=None)
def test_the_shipped_script_does_not_name_it_to_who_answers_the_call_back(
    careful: bool, group: str, step: int, history: list[object]
) -> None:
    script = for_group(INVESTMENT, group)
    names = sorted(script.steps)
    standing = Standing(names[step % len(names)], ("warn",), facts={"identity": "confirmed"})

    assert leaks(script, careful, history, standing) == []


INVESTMENT = load(SCRIPTS / "investment.yaml", SCRIPTS / "shared")


def test_the_sum_is_named_to_the_person_himself() -> None:
    """Otherwise the properties above would hold of a script that is silent."""
    yes: list[object] = [(["affirm"], False, False), "heard"]
    now, _ = advance(INVESTMENT, Dialogue.open(), Answered())
    said = []
    for habit in ["silence", "heard", *yes, *yes]:
        now, actions = advance(INVESTMENT, now, told(now, habit))
        said += [s for action in actions if isinstance(action, Say) for s in action.sentences]

    assert any(is_personal(INVESTMENT.sentences[s].text) for s in said)


def test_the_sum_is_named_in_a_call_back_to_the_person_himself() -> None:
    talk = Conversation(INVESTMENT, resumes=Standing("at_stake")).answered().prompt_ends().contact_means("affirm")

    assert talk.state.prompt.steps == ("resumed_who.himself", "at_stake", "withdrawn")
    assert any(is_personal(text) for text in talk.said)


def test_a_call_back_that_goes_on_without_asking_who_answers_is_found() -> None:
    resumed = replace(INVESTMENT.steps["resumed"], then=RESUME)
    steps = {**INVESTMENT.steps, "resumed": resumed}

    told = found(replace(INVESTMENT, steps=steps, groups={}))

    assert {finding.code for finding in told} == {"personal-too-early"}
    assert any(finding.message.endswith(": resumed > at_stake") for finding in told)


def test_a_leak_in_a_shipped_script_would_be_found() -> None:
    """The proof is not empty: every step that is made personal without having asked is told."""
    asked = INVESTMENT.steps["asked"].say[0]
    sentences = {**INVESTMENT.sentences, asked: replace(INVESTMENT.sentences[asked], text=PERSONAL)}

    (finding,) = found(replace(INVESTMENT, sentences=sentences, groups={}))

    assert finding.code == "personal-too-early"
    assert finding.message.endswith(": opening > asked")
