"""One total table joins the network's words with the script's."""

import pytest

from dialer.domain.outcome import TABLE, Outcome, outcome_of
from voice.report import Conclusion, HangupCause

pytestmark = pytest.mark.unit


def test_every_cause_and_conclusion_has_one_outcome() -> None:
    assert set(TABLE) == {(cause, conclusion) for cause in HangupCause for conclusion in Conclusion}


def test_every_outcome_can_happen_and_has_a_sentence_of_its_own() -> None:
    assert set(TABLE.values()) == set(Outcome) - {Outcome.SHED}  # what was shed was never rung
    assert len({outcome.sentence for outcome in Outcome}) == len(Outcome)


@pytest.mark.parametrize(
    ("cause", "conclusion", "outcome"),
    [
        (HangupCause.NORMAL, Conclusion.PROMISED, Outcome.REACHED_PROMISED),
        (HangupCause.NORMAL, Conclusion.NOTHING, Outcome.HUNG_UP),
        (HangupCause.BUSY, Conclusion.NOTHING, Outcome.BUSY),
        (HangupCause.VACANT_NUMBER, Conclusion.NOTHING, Outcome.VACANT_ALARM),
        (HangupCause.SUSPENDED, Conclusion.NOTHING, Outcome.VACANT_ALARM),
        (HangupCause.SWITCHED_OFF, Conclusion.MACHINE, Outcome.OUT_OF_REACH),  # an announcement before the answer
        (HangupCause.NORMAL, Conclusion.MACHINE, Outcome.MACHINE),
        (HangupCause.MEDIA_FAULT, Conclusion.WARNED, Outcome.CUT_OFF),  # played into the void
        (HangupCause.MEDIA_FAULT, Conclusion.PROMISED, Outcome.REACHED_PROMISED),  # this was heard
        (HangupCause.DROPPED, Conclusion.NOTHING, Outcome.CUT_OFF),
        (HangupCause.DROPPED, Conclusion.WARNED, Outcome.CUT_OFF),
        (HangupCause.DROPPED, Conclusion.DENIES, Outcome.DENIED),
        (HangupCause.WORKER_LOST, Conclusion.NOTHING, Outcome.LOST),
        (HangupCause.CONGESTION, Conclusion.NOTHING, Outcome.LINE_FAULT),
    ],
)
def test_what_a_call_meant(cause: HangupCause, conclusion: Conclusion, outcome: Outcome) -> None:
    assert outcome_of(cause, conclusion) is outcome


@pytest.mark.parametrize("cause", [HangupCause.BUSY, HangupCause.NO_ANSWER, HangupCause.NEVER_DIALLED])
def test_a_warning_that_the_network_denies_is_not_believed(cause: HangupCause) -> None:
    assert outcome_of(cause, Conclusion.WARNED) is outcome_of(cause, Conclusion.NOTHING)


@pytest.mark.parametrize("cause", HangupCause)
def test_an_officer_is_never_forgotten(cause: HangupCause) -> None:
    assert outcome_of(cause, Conclusion.HANDED_OVER) is Outcome.HANDED_TO_OFFICER
    assert outcome_of(cause, Conclusion.OFFICER_MISSED) is Outcome.NEEDS_OFFICER
