"""A talk that was dropped is taken up: where it goes on, what comes along, and what is asked again."""

from pathlib import Path

import pytest

from tests.conversation import Conversation
from tests.orders import flight_refund
from tests.unit.test_lint import checked
from tests.unit.test_loader import WHOLE
from voice.dialogue.state import Dialogue
from voice.report import Conclusion, Standing
from voice.script.loader import load
from voice.script.resuming import begins_at, entries, for_resuming, goes_on_at
from voice.script.speak import for_group

pytestmark = pytest.mark.unit
REFUND = flight_refund()
SCRIPTS = Path(__file__).parents[2] / "scripts"
INVESTMENT = load(SCRIPTS / "investment.yaml", SCRIPTS / "shared")


def talk() -> Conversation:
    return Conversation(REFUND).answered()


# --- where a talk stands


def test_before_the_first_reply_a_talk_stands_at_its_beginning() -> None:
    assert talk().prompt_ends().state.standing == Standing()


def test_it_stands_where_the_last_understood_reply_has_led() -> None:
    standing = talk().prompt_ends().contact_means("affirm").state.standing

    assert (standing.step, standing.over) == ("warn", False)


def test_what_was_said_since_that_reply_is_not_taken_for_heard() -> None:
    """The line may have broken while the warning was played; nobody notices before some seconds have passed."""
    heard = talk().prompt_ends().contact_means("affirm").prompt_ends()
    answered = heard.state.standing
    assert heard.state.conclusion is Conclusion.WARNED

    assert (answered.step, answered.conclusion) == ("warn", Conclusion.NOTHING)
    later = heard.contact_means("not_transferred").state.standing
    assert (later.step, later.conclusion) == ("act", Conclusion.WARNED)


@pytest.mark.parametrize("said", [(), ("off_topic",), ("who_are_you",)])
def test_a_detour_or_a_mumble_leaves_it_at_the_question(said: tuple[str, ...]) -> None:
    asked = talk().prompt_ends().contact_means("affirm").prompt_ends()

    assert asked.contact_means(*said).state.standing.step == ("warn" if not said else "paid_yet")


def test_an_answer_that_cuts_our_question_short_settles_nothing_yet() -> None:
    assert talk().contact_means("affirm").state.standing.step == ""


def test_danger_is_settled_at_once_and_a_call_back_fetches_the_officer_again() -> None:
    cut = talk().prompt_ends().contact_means("affirm").contact_means("transferred")
    standing = cut.state.standing
    assert (standing.step, standing.owed, standing.over) == ("paid", ("warn",), False)
    assert standing.facts["transferred"] == "yes"

    again = Conversation(REFUND, resumes=standing).answered().prompt_ends().contact_means("affirm")

    assert again.state.prompt.steps == ("resumed_who.himself", "resume.warn", "paid")
    assert again.state.facts["transferred"] == "yes"


def test_a_doubt_that_was_cleared_stands_where_the_doubted_reply_leads() -> None:
    asked = Conversation(REFUND, careful=True).answered().prompt_ends()
    doubted = asked.contact_may_mean("transferred")
    assert doubted.state.standing.step == "", "not understood yet"

    assert doubted.prompt_ends().contact_means("affirm").state.standing.step == "paid"


def test_a_talk_of_which_only_the_goodbye_is_left_is_over() -> None:
    denies = talk().prompt_ends().contact_means("deny").prompt_ends().contact_means("deny")
    assert denies.state.standing.over

    angry = talk().prompt_ends().contact_means("angry_abuse")
    assert angry.state.standing.over


def test_a_talk_that_an_officer_has_is_over() -> None:
    bridged = talk().prompt_ends().contact_means("want_human")
    assert not bridged.state.standing.over

    assert bridged.officer_accepts().state.standing.over


# --- how it is taken up


def test_the_call_back_says_that_the_line_broke_asks_who_answers_and_goes_on() -> None:
    standing = Standing("act", conclusion=Conclusion.WARNED, facts={"transferred": "no", "identity": "confirmed"})
    again = Conversation(REFUND, resumes=standing).answered()
    assert again.said[0].startswith("刚才电话断了，我是拉萨市反诈骗中心智能助手")
    assert again.said[-1] == "请问您是机主本人吗？" or "本人吗" in again.said[-1]
    assert again.state.facts == {"transferred": "no"}, "who is there is asked anew"

    goes_on = again.prompt_ends().contact_means("affirm")

    assert goes_on.state.prompt.steps == ("resumed_who.himself", "act", "promise")
    end = goes_on.prompt_ends().contact_promises("no_transfer").prompt_ends()
    assert (end.state.conclusion, end.state.facts["transferred"]) == (Conclusion.PROMISED, "no")


def test_whoever_else_answers_hears_nothing_of_the_talk() -> None:
    other = Conversation(REFUND, resumes=Standing("act")).answered().prompt_ends().contact_means("third_party")

    assert other.state.prompt.steps == ("third_party",)
    assert other.prompt_ends().state.conclusion is Conclusion.THIRD_PARTY


def test_its_opening_is_said_again_when_it_was_cut_short() -> None:
    cut = Conversation(REFUND, resumes=Standing("act")).answered().contact_means("repeat_please")

    assert "resumed" in cut.state.prompt.steps


@pytest.mark.parametrize(
    ("dropped", "goes_on"),
    [
        ("", "asked"),
        ("opening", "asked"),
        ("gone_from_the_script", "asked"),
        ("family", "asked"),  # somebody else was being fetched
        ("third_party", "asked"),
        ("warn", "warn"),
        ("who_is_it", "at_stake"),  # nobody is asked twice who he is
        ("who_is_it.himself", "at_stake"),
        ("at_stake", "at_stake"),
        ("paid", "paid"),
    ],
)
def test_where_a_call_back_goes_on(dropped: str, goes_on: str) -> None:
    assert goes_on_at(INVESTMENT, Standing(dropped)) == goes_on


def test_every_entry_is_a_step_that_can_be_entered() -> None:
    assert begins_at(INVESTMENT) in entries(INVESTMENT) <= INVESTMENT.steps.keys()
    assert all(goes_on_at(INVESTMENT, Standing(name)) in entries(INVESTMENT) for name in INVESTMENT.steps)


def test_a_group_with_a_way_of_its_own_goes_it_from_the_beginning() -> None:
    tibetan = for_group(REFUND, "tibetan")
    again = Conversation(tibetan, resumes=Standing("act")).answered()

    assert again.state.prompt.steps == ("resumed", "language")


def test_a_script_without_an_opening_for_call_backs_is_followed_as_ever(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    small = checked(tmp_path, WHOLE).script
    assert small is not None

    assert for_resuming(small, Standing("asked")) is small
    assert Dialogue.open(resumes=Standing(facts={"speaker": "kin", "channel": "qq"})).facts == {"channel": "qq"}


# --- what the linter refuses

CALL_BACK = """\
  resumed:
    tell:
      - 刚才电话断了，我是{centre}智能助手。
      - 有录音，不会让您转账，不问密码。
    must_hear: true
    then: resumed_who
  resumed_who:
    ask: 请问您是机主本人吗？
    replies: {affirm: himself, third_party: bye, hand_over_family: bye, wrong_number: bye, minor: bye, machine_answer: bye}
    no_input: [repeat, bye]
    no_match: [repeat, bye]
  himself:
    tell: 谢谢您。
    identity: confirmed
    then: resume
"""
CALLED_BACK = WHOLE.replace("goodbye: bye", "resuming: resumed\ngoodbye: bye") + CALL_BACK


def codes(tmp_path: Path, text: str) -> set[str]:
    (tmp_path / "shared").mkdir(exist_ok=True)
    return {finding.code for finding in checked(tmp_path, text).findings}


def test_a_whole_call_back_has_no_findings(tmp_path: Path) -> None:
    assert codes(tmp_path, CALLED_BACK) == set()


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [
        ("刚才电话断了，我是", "我是", "opening-lacks"),
        ("    must_hear: true\n    then: resumed_who", "    then: resumed_who", "not-must-hear"),
        ("\n      - 有录音，不会让您转账，不问密码。", "", "opening-lacks"),
        ("then: resume\n", "then: asked\n", "resumes-nothing"),
        ("affirm: himself", "affirm: bye", "resumes-nothing"),
        ("then: back", "then: resume", "resumes-unasked"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_call_back_is_told(tmp_path: Path, was: str, now: str, code: str) -> None:
    assert was in CALLED_BACK
    assert code in codes(tmp_path, CALLED_BACK.replace(was, now))
