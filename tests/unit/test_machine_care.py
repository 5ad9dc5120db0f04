"""What the machine does where a guess, a bare yes or the same words again are not good enough."""

from dataclasses import replace

import pytest

from tests.conversation import Conversation
from tests.smallscript import SCRIPT
from voice.dialogue.actions import Say
from voice.dialogue.state import Phase
from voice.script.model import BACK, DOUBTED, Identity, Pledge, Script, Sentence, Step, StepKind

pytestmark = pytest.mark.unit

SURE = Step(
    "sure",
    StepKind.ASK,
    ("sure.1",),
    replies={"affirm": DOUBTED, "deny": BACK},
    no_input=("unclear",),
    no_match=("unclear",),
)


def changed(*steps: Step, **rest: object) -> Script:
    """The small script with these steps in it."""
    texts = {sentence: Sentence(sentence, f"«{sentence}»") for step in steps for sentence in step.say}
    return replace(
        SCRIPT,
        steps={**SCRIPT.steps, **{step.name: step for step in steps}},
        sentences={**texts, **SCRIPT.sentences},
        **rest,  # type: ignore[arg-type]
    )


CAREFUL = changed(SURE, clarify={"transferred": "sure", "wrong_number": "sure"})


def asked(*, careful: bool = True) -> Conversation:
    return Conversation(CAREFUL, careful=careful).answered().prompt_ends()


# --- doubt ----------------------------------------------------------------------------------------------------------------


def test_what_may_be_danger_is_asked_about_once_and_then_believed() -> None:
    talk = asked().contact_may_mean("transferred")
    assert talk.steps[-1] == "sure"

    talk.prompt_ends().contact_means("affirm")
    assert talk.steps[-1] == "paid"


def test_a_doubt_that_is_denied_leads_back_to_the_question() -> None:
    talk = asked().contact_may_mean("transferred").prompt_ends().contact_means("deny")

    assert talk.steps == ("asked", "sure", "asked")
    assert talk.state.phase is Phase.SPEAKING


def test_who_is_doubtful_a_second_time_gets_a_human() -> None:
    talk = asked().contact_may_mean("wrong_number").prompt_ends().contact_means("deny").prompt_ends()
    talk.contact_may_mean("wrong_number")

    assert talk.steps[-1] == "unclear"
    assert talk.state.phase is Phase.HOLDING


@pytest.mark.parametrize("mumble", ["doubtful", "nothing", "silence"])
def test_who_does_not_clear_a_doubt_gets_a_human(mumble: str) -> None:
    talk = asked().contact_may_mean("transferred").prompt_ends()
    match mumble:
        case "doubtful":
            talk.contact_may_mean("unsure")
        case "nothing":
            talk.contact_mumbles()
        case _:
            talk.silence()

    assert talk.steps[-1] == "unclear"


def test_danger_that_nobody_can_ask_about_is_believed() -> None:
    assert asked().contact_may_mean("transferring_now").steps[-1] == "stop_now"


def test_a_doubtful_reply_of_another_kind_is_no_reply() -> None:
    assert asked().contact_may_mean("deny").steps == ("asked", "asked")


def test_on_a_low_grade_the_likeliest_meaning_is_taken() -> None:
    assert asked(careful=False).contact_may_mean("deny").steps[-1] == "denied"


def test_what_may_be_danger_cuts_us_short_with_the_question_about_it() -> None:
    talk = Conversation(CAREFUL, careful=True).answered().contact_may_mean("transferred")

    assert talk.actions[-1] == Say(2, "sure", ("opening.1", "sure.1"))  # the opening must be heard


def test_a_doubtful_word_while_we_speak_does_not_cut_us_short() -> None:
    assert Conversation(CAREFUL, careful=True).answered().contact_may_mean("deny").actions == ()


# --- teach-back -----------------------------------------------------------------------------------------------------------

TEACH = replace(
    SCRIPT.steps["promise"],
    pledge=Pledge(("no_transfer",), enough="promised", partly="asked", against="denied"),
)


def taught() -> Conversation:
    talk = Conversation(changed(TEACH)).answered().prompt_ends().contact_means("unsure").prompt_ends()
    assert talk.state.step == "promise"
    return talk


@pytest.mark.parametrize(
    ("pledges", "against", "leads_to"),
    [
        (("no_transfer",), (), "promised"),
        (("no_transfer", "tell_family"), (), "promised"),
        (("tell_family",), (), "asked"),
        (("no_transfer",), ("transfer",), "denied"),
        ((), ("undecided",), "denied"),
        ((), (), "promise"),  # nothing of the kind was said: asked again
    ],
)
def test_a_promise_is_scored_by_what_he_says_himself(
    pledges: tuple[str, ...], against: tuple[str, ...], leads_to: str
) -> None:
    assert taught().contact_promises(*pledges, against=against).steps[-1] == leads_to


# --- keys, other words, identity ------------------------------------------------------------------------------------------


def test_a_key_answers_the_question_that_lists_it_and_no_other() -> None:
    script = changed(replace(SCRIPT.steps["asked"], keys={"2": "wrong"}))

    assert Conversation(script).answered().prompt_ends().presses("2").steps[-1] == "wrong"
    assert Conversation(script).answered().prompt_ends().presses("3").actions == ()


def test_key_one_fetches_an_officer_whatever_a_question_lists() -> None:
    script = changed(replace(SCRIPT.steps["asked"], keys={"1": "wrong"}))

    assert Conversation(script).answered().prompt_ends().presses("1").steps[-1] == "human"


def test_a_question_that_is_said_again_is_said_in_other_words() -> None:
    script = changed(SURE)
    asked_twice = replace(script.sentences["asked.1"], again=("sure.1",))
    script = replace(script, sentences={**script.sentences, "asked.1": asked_twice})
    talk = Conversation(script).answered().prompt_ends().silence()

    assert talk.said[-2:] == ("«asked.1»", "«sure.1»")


def test_who_is_on_the_line_is_known_from_the_step_that_settles_it() -> None:
    script = changed(replace(SCRIPT.steps["warn"], identity=Identity.CONFIRMED))
    talk = Conversation(script).answered().prompt_ends()
    assert "identity" not in talk.state.facts

    talk.contact_means("affirm")
    assert talk.state.facts["identity"] == "confirmed"

    talk.prompt_ends().contact_means("wrong_number")
    assert talk.state.facts["identity"] == "lost"
