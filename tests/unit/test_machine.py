"""The conversation's machine, call by call."""

from collections.abc import Callable
from dataclasses import replace
from itertools import product

import pytest

from tests.conversation import ESCALATION, Conversation
from tests.smallscript import SCRIPT
from voice.dialogue.actions import Bridge, DismissOfficers, HangUp, Say, StopSaying, WaitForReply, WantOfficer
from voice.dialogue.events import (
    Answered,
    DigitPressed,
    EndOrdered,
    Event,
    HungUp,
    NoOfficerCame,
    OfficerAccepted,
    OfficerLeft,
    PromptFinished,
    ReplyUnderstood,
    SilenceElapsed,
    TimeIsUp,
)
from voice.dialogue.machine import HOLD_PAUSE_MS, MAX_ASKED, MAX_HOLDS, MAX_PROMPTS, advance
from voice.dialogue.state import Dialogue, Phase, stronger
from voice.report import Conclusion
from voice.understanding.model import IntentMatch, Understood

pytestmark = pytest.mark.unit


def means(*intents: str) -> Understood:
    return Understood("……", tuple(IntentMatch(intent, 1.0, "given") for intent in intents))


def ringing() -> Conversation:
    return Conversation(SCRIPT)


def asked() -> Conversation:
    """The opening and its question were said."""
    return ringing().answered().prompt_ends()


def warned() -> Conversation:
    return asked().contact_means("affirm").prompt_ends()


def holding() -> Conversation:
    """Has paid; an officer is being fetched, the first words of it were said."""
    return asked().contact_means("transferred").prompt_ends()


def bridged() -> Conversation:
    return holding().officer_accepts()


# --- the beginning ------------------------------------------------------------------------------------------------------


def test_after_the_answer_we_wait_for_the_person_to_greet() -> None:
    talk = ringing().tell(Answered())

    assert talk.actions == (WaitForReply(0, SCRIPT.greeting_ms, ()),)


@pytest.mark.parametrize("greeting", ["hello_only", "who_are_you", "affirm"])
def test_any_greeting_starts_the_opening(greeting: str) -> None:
    talk = ringing().tell(Answered()).contact_means(greeting)

    assert talk.actions == (Say(1, "asked", ("opening.1", "asked.1")),)


def test_silence_instead_of_a_greeting_starts_the_opening() -> None:
    talk = ringing().tell(Answered()).silence()

    assert talk.actions == (Say(1, "asked", ("opening.1", "asked.1")),)


def test_a_voicemail_is_left_one_neutral_sentence() -> None:
    talk = ringing().tell(Answered()).contact_means("machine_answer").prompt_ends()

    assert (talk.steps, talk.actions) == (("voicemail",), (HangUp(),))
    assert talk.state.conclusion is Conclusion.MACHINE


def test_who_has_just_paid_is_not_read_an_opening() -> None:
    talk = ringing().tell(Answered()).contact_means("transferred")

    assert talk.steps == ("paid",)


def test_key_one_at_the_greeting_fetches_an_officer() -> None:
    talk = ringing().tell(Answered()).presses("1")

    assert talk.actions == (Say(1, "human", ("human.1",)), WantOfficer("want_human", {}))


# --- questions and replies ----------------------------------------------------------------------------------------------


def test_the_question_is_waited_on_with_what_it_expects() -> None:
    talk = asked()

    assert talk.actions == (WaitForReply(1, 4000, ("affirm", "deny", "unsure")),)


def test_a_statement_and_the_question_after_it_are_one_prompt_and_one_turn() -> None:
    talk = asked().contact_means("affirm")

    assert talk.actions == (Say(2, "promise", ("warn.1", "promise.1")),)


def test_the_warning_counts_only_when_it_was_played_to_its_end() -> None:
    cut = asked().contact_means("affirm").hangs_up()
    heard = asked().contact_means("affirm").prompt_ends().hangs_up()

    assert cut.state.conclusion is Conclusion.NOTHING
    assert heard.state.conclusion is Conclusion.WARNED


def test_a_promise_is_read_back_and_then_we_hang_up() -> None:
    talk = warned().contact_means("will_stop").prompt_ends()

    assert talk.steps == ("asked", "promise", "promised")
    assert talk.actions == (HangUp(),)
    assert (talk.state.phase, talk.state.conclusion) == (Phase.ENDED, Conclusion.PROMISED)
    assert talk.state.facts == {"promised": "yes"}


def test_a_question_of_his_is_answered_and_ours_is_asked_again() -> None:
    talk = asked().contact_means("who_are_you")

    assert talk.actions == (Say(2, "asked", ("who.1", "asked.1")),)


def test_the_questions_own_replies_come_before_what_is_understood_everywhere() -> None:
    talk = asked().contact_means("who_are_you", "affirm")

    assert talk.steps[-1] == "promise"


def test_two_silences_leave_the_question() -> None:
    talk = asked().silence().prompt_ends().silence()

    assert talk.steps == ("asked", "asked", "silent")


def test_two_replies_that_mean_nothing_go_to_a_person() -> None:
    talk = asked().contact_mumbles().prompt_ends().contact_mumbles()

    assert talk.steps == ("asked", "asked", "unclear")
    assert WantOfficer("unclear", {}) in talk.actions


def test_a_word_between_two_silences_starts_the_ladder_anew() -> None:
    talk = asked().silence().prompt_ends().contact_mumbles().prompt_ends().silence()

    assert talk.steps[-1] == "asked"


def test_a_cough_is_silence() -> None:
    talk = asked().tell(ReplyUnderstood(1, Understood("")))

    assert talk.steps == ("asked", "asked")
    assert not talk.state.heard


def test_nobody_is_asked_the_same_question_for_ever() -> None:
    talk = asked()
    while talk.steps[-1] == "asked":
        talk.contact_means("who_are_you").prompt_ends()

    assert talk.steps.count("asked") == MAX_ASKED
    assert talk.steps[-1] == "unclear"


def test_a_line_from_which_not_one_word_came_was_unheard_even_if_we_said_everything() -> None:
    talk = asked().silence().prompt_ends().silence().prompt_ends()

    assert (talk.actions, talk.state.conclusion) == ((HangUp(),), Conclusion.UNHEARD)


# --- while we speak -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("backchannel", ["affirm", "hello_only", "off_topic"])
def test_a_mere_backchannel_does_not_interrupt_us(backchannel: str) -> None:
    talk = ringing().answered().contact_means(backchannel)

    assert talk.actions == ()


def test_who_are_you_does_not_interrupt_the_opening_which_is_just_saying_it() -> None:
    talk = ringing().answered().contact_means("who_are_you")

    assert talk.actions == ()


def test_a_reply_that_the_question_knows_interrupts_us() -> None:
    talk = ringing().answered().contact_means("deny")

    assert talk.actions == (StopSaying(), Say(2, "denied", ("denied.1",)))


def test_a_reply_that_nobody_knows_does_not_interrupt_us() -> None:
    talk = ringing().answered().contact_means("visit_ok")

    assert talk.actions == ()


def test_urgent_words_cut_us_short_and_fetch_an_officer() -> None:
    talk = asked().contact_means("affirm").contact_means("transferring_now")

    want = WantOfficer("transferring_now", {"transferring_now": "yes"})
    assert talk.actions == (StopSaying(), Say(3, "stop_now", ("stop_now.1",)), want)
    assert talk.state.phase is Phase.HOLDING


def test_the_most_urgent_of_several_meanings_is_answered() -> None:
    talk = asked().contact_means("transferred", "affirm", "who_are_you")

    assert talk.steps[-1] == "paid"


def test_what_must_be_heard_is_said_again_before_the_next_question_when_it_was_cut() -> None:
    talk = ringing().answered().contact_means("unsure")

    assert talk.actions == (StopSaying(), Say(2, "promise", ("opening.1", "promise.1")))


def test_on_the_way_back_the_answer_comes_before_what_must_be_heard_again() -> None:
    talk = asked().contact_means("affirm").contact_means("who_are_you")

    assert talk.actions == (StopSaying(), Say(3, "promise", ("who.1", "warn.1", "promise.1")))


def test_what_was_heard_to_its_end_is_not_said_again() -> None:
    talk = warned().contact_means("who_are_you")

    assert talk.actions == (Say(3, "promise", ("who.1", "promise.1")),)


def test_what_was_cut_by_the_wish_for_an_officer_is_said_to_its_end_when_nobody_came() -> None:
    talk = asked().contact_means("affirm").presses("1").prompt_ends().no_officer()

    assert talk.state.prompt.steps == ("later", "warn", "promise")


def test_who_speaks_of_dying_is_not_read_the_rest_of_a_warning() -> None:
    crisis = replace(SCRIPT.steps["paid"], name="crisis", reason="crisis", no_officer="company")
    company = replace(SCRIPT.steps["promise"], name="company")
    steps = {**SCRIPT.steps, "crisis": crisis, "company": company}
    script = replace(SCRIPT, steps=steps, urgent={**SCRIPT.urgent, "crisis": "crisis"})

    talk = Conversation(script).answered().prompt_ends().contact_means("affirm").contact_means("crisis").no_officer()

    assert talk.state.prompt.steps == ("company",)


def test_urgent_words_during_the_last_sentence_open_the_talk_again() -> None:
    talk = warned().contact_means("will_stop").contact_means("transferred")

    assert talk.steps[-1] == "paid"
    assert talk.state.phase is Phase.HOLDING


def test_other_words_during_the_last_sentence_change_nothing_but_what_we_know() -> None:
    talk = warned().contact_means("will_stop").contact_means("who_are_you")

    assert talk.actions == ()


# --- late events --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "late",
    [ReplyUnderstood(1, means("transferred")), SilenceElapsed(1), PromptFinished(1)],
    ids=lambda e: type(e).__name__,
)
@pytest.mark.parametrize("at", [warned, holding], ids=["listening", "holding"])
def test_an_event_of_an_earlier_turn_changes_nothing(at: Callable[[], Conversation], late: Event) -> None:
    before = at().state

    assert advance(SCRIPT, before, late) == (before, ())


@pytest.mark.parametrize(
    "event", [SilenceElapsed(1), Answered(), OfficerAccepted("x"), OfficerLeft("x"), NoOfficerCame()]
)
def test_an_event_that_does_not_belong_to_speaking_changes_nothing(event: Event) -> None:
    before = ringing().answered().state

    assert advance(SCRIPT, before, event) == (before, ())


# --- the officer --------------------------------------------------------------------------------------------------------


def test_the_wish_for_an_officer_carries_what_we_know() -> None:
    talk = asked().contact_means("transferred", "amount", amount_yuan=990000)

    want = WantOfficer("transferred", {"transferred": "yes", "amount_yuan": "990000"})
    assert talk.actions == (Say(2, "paid", ("paid.1",)), want)


def test_the_hold_speaks_in_turn_with_short_pauses() -> None:
    talk = holding()
    assert talk.actions == (WaitForReply(2, HOLD_PAUSE_MS, ()),)
    assert HOLD_PAUSE_MS <= 2000

    said = [talk.silence().actions, talk.prompt_ends().silence().actions, talk.prompt_ends().silence().actions]

    assert said == [(Say(n, "paid", (hold,)),) for n, hold in ((3, "hold.1"), (4, "hold.2"), (5, "hold.1"))]


def test_while_we_hold_facts_are_collected_and_nothing_lets_the_person_go() -> None:
    talk = holding().contact_means("thanks_bye", "amount", amount_yuan=20000)

    assert talk.actions == (Say(3, "paid", ("hold.1",)),)
    assert talk.state.facts == {"transferred": "yes", "amount_yuan": "20000"}


def test_a_question_asked_while_we_hold_is_answered() -> None:
    talk = holding().contact_means("who_are_you")

    assert talk.actions == (Say(3, "paid", ("who.1",)),)
    assert talk.state.phase is Phase.HOLDING


def test_urgent_words_while_we_hold_are_answered_once_and_want_no_second_officer() -> None:
    talk = holding().silence().contact_means("transferring_now")
    assert talk.actions == (StopSaying(), Say(4, "stop_now", ("stop_now.1",)))

    talk.prompt_ends().contact_means("transferring_now")

    assert talk.actions == (Say(5, "stop_now", ("hold.2",)),) or talk.actions == (Say(5, "stop_now", ("hold.1",)),)
    assert talk.count(WantOfficer) == 1


def test_an_officer_who_accepts_is_bridged_and_we_fall_silent() -> None:
    talk = holding().silence().officer_accepts()

    assert talk.actions == (StopSaying(), Bridge(ESCALATION))
    assert (talk.state.phase, talk.state.conclusion) == (Phase.BRIDGED, Conclusion.HANDED_OVER)


@pytest.mark.parametrize(
    "event", [TimeIsUp(), DigitPressed("1"), NoOfficerCame(), OfficerAccepted("other"), OfficerLeft("other")]
)
def test_a_bridged_talk_is_left_alone(event: Event) -> None:
    before = bridged().state

    assert advance(SCRIPT, before, event) == (before, ())


def test_when_the_bridged_officer_leaves_we_say_goodbye_and_hang_up() -> None:
    talk = bridged().officer_leaves()
    assert talk.actions == (Say(3, "bye", ("bye.1",)),)

    talk.prompt_ends()

    assert (talk.actions, talk.state.conclusion) == ((HangUp(),), Conclusion.HANDED_OVER)


def test_when_the_centre_ends_a_bridged_talk_we_hang_up_at_once() -> None:
    assert bridged().end_ordered().actions == (HangUp(),)


def test_when_nobody_comes_the_person_is_told_what_to_do_alone() -> None:
    talk = holding().no_officer()
    assert talk.actions == (Say(3, "missed", ("missed.1",)),)

    talk.prompt_ends()

    assert (talk.actions, talk.state.conclusion) == ((HangUp(),), Conclusion.OFFICER_MISSED)


def test_when_nobody_comes_the_talk_may_go_on_and_a_second_wish_starts_no_second_search() -> None:
    talk = asked().presses("1").prompt_ends().no_officer()
    assert talk.actions == (Say(3, "asked", ("later.1", "asked.1")),)

    talk.prompt_ends().contact_means("want_human")

    assert talk.actions == (Say(4, "asked", ("later.1", "asked.1")),)
    assert talk.count(WantOfficer) == 1


def test_an_officer_who_accepts_after_all_is_bridged() -> None:
    talk = asked().presses("1").prompt_ends().no_officer().officer_accepts()

    assert talk.actions == (StopSaying(), Bridge(ESCALATION))


def test_missing_the_officer_is_not_forgotten_by_a_later_promise() -> None:
    talk = asked().presses("1").prompt_ends().no_officer().prompt_ends()
    talk.contact_means("affirm").prompt_ends().contact_means("will_stop").prompt_ends()

    assert talk.state.conclusion is Conclusion.OFFICER_MISSED


def test_who_hangs_up_while_we_hold_was_not_helped() -> None:
    talk = holding().hangs_up()

    assert (talk.actions, talk.state.conclusion) == ((DismissOfficers(),), Conclusion.OFFICER_MISSED)


def test_a_hold_that_nobody_ends_ends_itself() -> None:
    talk = holding()
    for _ in range(MAX_HOLDS):
        talk.silence().prompt_ends()
    talk.silence()

    assert talk.actions == (Say(talk.state.turn, "missed", ("missed.1",)),)


def test_key_one_while_we_hold_changes_nothing() -> None:
    assert holding().presses("1").actions == ()


def test_other_keys_change_nothing() -> None:
    assert asked().presses("5").actions == ()


# --- the end ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [EndOrdered(), TimeIsUp()], ids=["ordered", "time"])
def test_an_order_to_end_stops_us_and_says_goodbye(order: Event) -> None:
    talk = ringing().answered().tell(order)
    assert talk.actions == (StopSaying(), Say(2, "bye", ("bye.1",)))

    assert talk.prompt_ends().actions == (HangUp(),)


def test_an_order_to_end_while_it_rings_gives_up() -> None:
    talk = ringing().end_ordered()

    assert (talk.actions, talk.state.conclusion) == ((HangUp(),), Conclusion.NOTHING)


def test_an_order_to_end_the_hold_dismisses_the_officers() -> None:
    talk = holding().end_ordered()

    assert talk.actions == (Say(3, "bye", ("bye.1",)), DismissOfficers())
    assert talk.officer_accepts().actions == ()
    assert talk.prompt_ends().state.conclusion is Conclusion.OFFICER_MISSED


def test_an_officer_who_accepts_during_the_goodbye_of_a_call_out_of_time_is_still_bridged() -> None:
    talk = holding().time_is_up().officer_accepts()

    assert talk.actions == (StopSaying(), Bridge(ESCALATION))


def test_a_call_out_of_time_dismisses_the_officers_when_it_hangs_up() -> None:
    assert holding().time_is_up().prompt_ends().actions == (DismissOfficers(), HangUp())


def test_an_endless_talker_is_said_goodbye() -> None:
    talk = asked()
    for question in range(MAX_PROMPTS):
        target = ("asked", "promise")[question % 2]
        talk.state = _jumped(talk.state, target)
        talk.contact_means("who_are_you").prompt_ends()
        if talk.state.phase is Phase.ENDED:
            break

    assert talk.steps[-1] == "bye"
    assert len(talk.steps) == MAX_PROMPTS + 1


def _jumped(state: Dialogue, step: str) -> Dialogue:
    """As if the talk had wandered to the other question."""
    from dataclasses import replace

    from voice.dialogue.state import Question

    return replace(state, step=step, question=Question(step)) if state.phase is Phase.LISTENING else state


def test_a_caller_who_was_never_reached_concludes_nothing() -> None:
    assert ringing().hangs_up().state.conclusion is Conclusion.NOTHING


# --- tables -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "new", "stays"),
    [
        (Conclusion.PROMISED, Conclusion.WARNED, Conclusion.PROMISED),
        (Conclusion.WARNED, Conclusion.REFUSED, Conclusion.REFUSED),
        (Conclusion.WARNED, Conclusion.DENIES, Conclusion.WARNED),
        (Conclusion.PROMISED, Conclusion.WRONG_PERSON, Conclusion.WRONG_PERSON),
        (Conclusion.OFFICER_MISSED, Conclusion.PROMISED, Conclusion.OFFICER_MISSED),
        (Conclusion.OFFICER_MISSED, Conclusion.HANDED_OVER, Conclusion.HANDED_OVER),
        (Conclusion.PROMISED, None, Conclusion.PROMISED),
    ],
)
def test_a_weaker_conclusion_does_not_erase_a_stronger(
    now: Conclusion, new: Conclusion | None, stays: Conclusion
) -> None:
    assert stronger(now, new) is stays


@pytest.mark.parametrize("conclusion", list(Conclusion))
def test_every_conclusion_has_its_strength(conclusion: Conclusion) -> None:
    assert stronger(conclusion, conclusion) is conclusion


def test_who_paid_cannot_unsay_it() -> None:
    talk = asked().contact_means("transferred").prompt_ends().contact_means("not_transferred")

    assert talk.state.facts["transferred"] == "yes"


def _in_every_phase() -> list[Conversation]:
    return [
        ringing(),
        ringing().tell(Answered()),
        ringing().answered(),
        asked(),
        holding(),
        holding().silence(),
        bridged(),
        warned().contact_means("will_stop"),
        asked().hangs_up(),
    ]


def _every_event(turn: int) -> list[Event]:
    return [
        Answered(),
        PromptFinished(turn),
        SilenceElapsed(turn),
        *(ReplyUnderstood(turn, means(*said)) for said in ((), ("affirm",), ("transferred",), ("who_are_you",))),
        *(DigitPressed(digit) for digit in "1#"),
        OfficerAccepted(ESCALATION),
        OfficerLeft(ESCALATION),
        NoOfficerCame(),
        EndOrdered(),
        TimeIsUp(),
        HungUp(),
    ]


@pytest.mark.parametrize(
    ("talk", "event"),
    [(talk, event) for talk in _in_every_phase() for event in _every_event(talk.state.turn)],
    ids=lambda value: value.state.phase.value if isinstance(value, Conversation) else type(value).__name__,
)
def test_every_event_in_every_phase_has_a_defined_answer(talk: Conversation, event: Event) -> None:
    after, actions = advance(SCRIPT, talk.state, event)

    assert (after, actions) == advance(SCRIPT, talk.state, event)
    if isinstance(event, HungUp):
        assert after.phase is Phase.ENDED
    if talk.state.phase is Phase.ENDED:
        assert (after, actions) == (talk.state, ())
    if any(isinstance(action, Say) for action in actions):
        assert after.turn == talk.state.turn + 1
    if any(isinstance(action, HangUp) for action in actions):
        assert after.phase is Phase.ENDED


def test_all_phases_are_covered_above() -> None:
    assert {talk.state.phase for talk in _in_every_phase()} == set(Phase)
    assert len(list(product(_in_every_phase(), _every_event(0)))) == 9 * 15
