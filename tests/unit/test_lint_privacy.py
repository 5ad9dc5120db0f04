"""Every way on which something personal could reach a stranger is told, with its steps; and the machine really goes that way."""

from dataclasses import replace

import pytest

from tests.unit.test_privacy_proof import leaks
from voice.report import Conclusion
from voice.script.lint import privacy
from voice.script.lint.heard import Places, versions
from voice.script.model import BACK, DOUBTED, REPEAT, Identity, Script, Sentence, Step, StepKind
from voice.script.source import Place

pytestmark = pytest.mark.unit

PERSONAL = "您有{sum}。"
STRANGERS = {"third_party": "third", "hand_over_family": "family", "wrong_number": "third", "minor": "third"}


def _step(name: str, kind: StepKind, **rest: object) -> Step:
    return Step(name, kind, (name,), **rest)  # type: ignore[arg-type]


_STEPS = (
    _step("opening", StepKind.TELL, then="who"),
    _step(
        "who",
        StepKind.ASK,
        replies={"affirm": "himself", "machine_answer": "voicemail", **STRANGERS},
        keys={"2": "himself"},
        no_input=("bye",),
        no_match=(REPEAT, "bye"),
    ),
    _step("himself", StepKind.TELL, identity=Identity.CONFIRMED, then="warn"),
    _step("warn", StepKind.TELL, must_hear=True, then="paid"),
    _step("paid", StepKind.ASK, replies={"deny": "bye"}, no_input=(REPEAT, "bye"), no_match=(REPEAT, "bye")),
    _step("answer", StepKind.TELL, then=BACK),
    _step(
        "family",
        StepKind.ASK,
        identity=Identity.LOST,
        replies={"affirm": "opening"},
        no_input=("bye",),
        no_match=("bye",),
    ),
    _step("sure", StepKind.ASK, replies={"affirm": DOUBTED, "deny": BACK}, no_input=("human",), no_match=("human",)),
    _step("human", StepKind.OFFICER, reason="want_human", hold=("hold",), no_officer="bye"),
    _step("danger", StepKind.OFFICER, reason="transferred", hold=("hold",), no_officer="bye"),
    _step("third", StepKind.CLOSE, concludes=Conclusion.THIRD_PARTY),
    _step("voicemail", StepKind.CLOSE, concludes=Conclusion.MACHINE),
    _step("bye", StepKind.CLOSE),
)
WHOLE = Script(
    code="small",
    title="小剧本",
    hash="",
    opening="opening",
    steps={step.name: step for step in _STEPS},
    sentences={name: Sentence(name, f"「{name}」") for name in (*(step.name for step in _STEPS), "hold")}
    | {"who": Sentence("who", "您是{surname}女士吗？", "您是本人吗？")},
    urgent={"transferred": "danger"},
    globals={"want_human": "human", "who_are_you": "answer", "machine_answer": "voicemail", **STRANGERS},
    goodbye="bye",
    machine="voicemail",
    clarify={"transferred": "sure"},
)
TO_WARNING = ["silence", "heard", (["affirm"], False, False)]


def found(script: Script) -> list[tuple[str, str]]:
    """Code and what is said after the last colon: the way."""
    lines = {name: Place("small.yaml", line, 3) for line, name in enumerate(script.steps, 1)}
    places = Places(lines, {name: Place("small.yaml", 1, 9) for name in script.sentences})
    return [(f.code, f.message.rsplit(": ", 1)[-1]) for f in privacy.check(versions(script, places)[0])]


def personal(*names: str, script: Script = WHOLE) -> Script:
    return replace(script, sentences={**script.sentences, **{n: Sentence(n, PERSONAL) for n in names}})


def changed(name: str, script: Script = WHOLE, **fields: object) -> Script:
    return replace(script, steps={**script.steps, name: replace(script.steps[name], **fields)})  # type: ignore[arg-type]


def test_after_a_yes_the_person_may_be_told() -> None:
    assert found(personal("himself", "warn", "paid", script=changed("warn", must_hear=False))) == []


@pytest.mark.parametrize(
    ("script", "code", "way"),
    [
        (personal("opening"), "personal-too-early", "opening"),
        (personal("answer"), "personal-too-early", "opening > who (who_are_you) > answer"),
        (personal("danger"), "personal-too-early", "(transferred) > danger"),
        (personal("sure"), "personal-too-early", "(transferred?) > sure"),
        (personal("human"), "personal-too-early", "(key 1) > human"),
        (personal("hold"), "personal-too-early", "(transferred) > danger"),
        (personal("bye"), "personal-too-early", "(the call must end) > bye"),
        (personal("third"), "personal-too-early", "opening > who (third_party) > third"),
        (personal("voicemail"), "personal-to-voicemail", "(machine_answer) > voicemail"),
        (personal("family"), "personal-too-early", "opening > who (hand_over_family) > family"),
    ],
)  # fmt: skip
def test_nothing_personal_before_he_has_said_who_he_is(script: Script, code: str, way: str) -> None:
    assert (code, way) in found(script)


def test_any_other_reply_than_yes_identifies_nobody() -> None:
    replies = {**WHOLE.steps["who"].replies, "unsure": "himself"}

    assert found(changed("who", replies=replies)) == [("identity-unasked", "opening > who (unsure) > himself")]


def test_a_yes_to_another_question_identifies_nobody() -> None:
    script = replace(WHOLE, sentences={**WHOLE.sentences, "who": Sentence("who", "您接到过电话吗？")})

    assert ("identity-unasked", "opening > who (affirm) > himself") in found(script)


def test_a_question_that_asks_for_him_in_one_wording_only_identifies_nobody() -> None:
    script = replace(
        WHOLE, sentences={**WHOLE.sentences, "who": Sentence("who", "您是{surname}女士吗？", "您在听吗？")}
    )

    assert [code for code, _ in found(script)] == ["identity-unasked"]


def test_who_says_yes_and_calls_somebody_else_must_not_be_taken_for_himself() -> None:
    replies = {intent: target for intent, target in WHOLE.steps["who"].replies.items() if intent != "hand_over_family"}
    script = personal("warn", script=changed("who", replies=replies))

    assert "identity-half-asked" in [code for code, _ in found(script)]


def test_going_back_to_a_statement_that_confirms_does_not_confirm_again() -> None:
    """He hands the telephone over, and the question that follows is one to which only he was let."""
    script = changed("himself", then="bye")
    asked = replace(WHOLE.steps["paid"], name="himself", identity=Identity.CONFIRMED)
    script = replace(
        script,
        steps={
            **script.steps,
            "himself": asked,
            "left": replace(WHOLE.steps["answer"], name="left", identity=Identity.LOST),
        },
        globals={**WHOLE.globals, "hand_over_family": "left"},
        sentences={**WHOLE.sentences, "left": Sentence("left", "好的。")},
    )
    who = replace(script.steps["who"], replies={**script.steps["who"].replies, "hand_over_family": "left"})
    script = replace(script, steps={**script.steps, "who": who})

    assert ("identity-unasked", "opening > who (affirm) > himself (hand_over_family) > left > himself") in found(script)


LEAKS = {
    # He is told, interrupts with "等一下我叫他来", and what he had to hear is said again to whoever takes the telephone.
    "a cut sentence is said again to somebody else": (
        personal("warn"),
        "personal-to-others",
        "opening > who (affirm) > himself > warn > paid (hand_over_family) > warn > family",
        [*TO_WARNING, (["hand_over_family"], False, False)],
    ),
    "a global question leads to somebody else and back": (
        personal("paid", script=replace(changed("family", replies={"affirm": "paid"}), globals=WHOLE.globals)),
        "personal-too-early",
        "opening > who (hand_over_family) > family (affirm) > paid",
        ["silence", "heard", (["hand_over_family"], False, False), "heard", (["affirm"], False, False)],
    ),
    "nobody has said yes and the officer does not come": (
        personal("late", script=replace(
            changed("human", no_officer="late"),
            steps={**WHOLE.steps, "human": replace(WHOLE.steps["human"], no_officer="late"),
                   "late": replace(WHOLE.steps["bye"], name="late", say=("late",))},
        )),
        "personal-too-early",
        "(key 1) > human (nobody comes) > late",
        ["key 1", "missed"],
    ),
    "danger is told of, doubted, and confirmed": (
        personal("danger", script=replace(WHOLE, urgent={"transferred": "danger"})),
        "personal-too-early",
        "(transferred) > danger",
        ["silence", "heard", (["transferred"], False, False)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("leak", sorted(LEAKS))
def test_a_way_that_is_told_is_one_that_the_machine_goes(leak: str) -> None:
    script, code, way, history = LEAKS[leak]

    assert (code, way) in found(script)
    assert leaks(script, careful=False, history=history)


def test_a_doubt_that_is_confirmed_leads_on_as_if_it_had_not_been_doubted() -> None:
    script = personal("danger", script=replace(WHOLE, globals={**WHOLE.globals}))

    assert leaks(
        script,
        careful=True,
        history=["silence", "heard", (["transferred"], True, False), "heard", (["affirm"], False, False)],
    )


def test_what_only_words_for_somebody_else_lead_to_is_told_even_when_nothing_knows_them() -> None:
    """ "我让我儿子听", and the script understands nothing: the next prompt may be heard by the son."""
    globals_ = {intent: target for intent, target in WHOLE.globals.items() if intent != "hand_over_family"}
    script = personal("paid", script=replace(WHOLE, globals=globals_))

    assert (
        "personal-to-others",
        "opening > who (affirm) > himself > warn > paid (hand_over_family) > paid",
    ) in found(script)


@pytest.mark.parametrize(
    "question",
    [
        "请问您是{surname}先生或女士本人吗？",
        "请问您是机主本人吗？",
        "请问是机主本人吗？",
        "您是不是本人？",
        "您就是{surname}女士吧？",
    ],
)
def test_who_is_asked_for_by_name_settles_it_with_a_yes(question: str) -> None:
    assert found(personal("warn", script=asking(question))) == []


@pytest.mark.parametrize(
    "question",
    [
        "请问您是机主的家人吗？",
        "您不是本人吧？",
        "请问机主在家吗？",
        "您认识{surname}先生吗？",
        "请问您是替本人接的电话吗？",
        "您方便叫一下本人吗？",
        "请问这是机主的手机吗？",
        "您是{surname}先生的儿子吗？",
        "您能联系上机主本人吗？",
        "您是本人还是家属？",
        "他是机主本人吗？",
    ],
)
def test_a_yes_that_somebody_else_could_say_settles_nothing(question: str) -> None:
    assert "identity-unasked" in {code for code, _ in found(personal("warn", script=asking(question)))}


def asking(question: str) -> Script:
    script = changed("warn", must_hear=False)
    return replace(script, sentences={**script.sentences, "who": Sentence("who", question)})
