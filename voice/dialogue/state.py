"""What a conversation knows at one moment. Values only; `voice.dialogue.machine` is the one place that makes new ones.

Rule 1: a Dialogue is never changed, only replaced.
Rule 2: of two conclusions the stronger stays, by the table below; facts that mean danger are never taken back.
Rule 3: WARNED and PROMISED stand on words of ours and need them played to the end; every other conclusion stands on what
        the person said or did, and holds from the moment that his reply led there.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from voice.report import Conclusion, Standing

# Told of whoever was on the line; who answers next is asked anew.
_OF_WHO_IS_THERE = frozenset({"identity", "speaker", "relation"})


class Phase(StrEnum):
    """Where the call is."""

    RINGING = "ringing"  # not answered yet
    GREETING = "greeting"  # answered; we wait for the person's own "喂"
    SPEAKING = "speaking"  # a prompt plays that ends in a question
    LISTENING = "listening"  # the question was said, the reply is awaited
    HOLDING = "holding"  # an officer is being fetched; we keep the person company
    BRIDGED = "bridged"  # the officer and the person talk; we are silent
    CLOSING = "closing"  # the last sentences play
    ENDED = "ended"  # the person hung up, or we did


class Search(StrEnum):
    """How far the search for an officer is. It is started at most once in a call."""

    NOT_WANTED = "not_wanted"
    WANTED = "wanted"
    MISSED = "missed"  # nobody came
    DISMISSED = "dismissed"  # the centre ended the call while we searched
    BRIDGED = "bridged"
    LEFT = "left"  # was bridged and is gone


@dataclass(frozen=True, slots=True)
class Officer:
    """What became of the wish for an officer."""

    search: Search = Search.NOT_WANTED
    escalation: str = ""  # the officer who accepted
    holds: int = 0  # prompts said while we hold
    told: frozenset[str] = frozenset()  # officer steps whose sentences were said: each only once


@dataclass(frozen=True, slots=True)
class Prompt:
    """What we say in this turn: the steps that were folded into it, and whether it still plays."""

    steps: tuple[str, ...] = ()
    playing: bool = False


@dataclass(frozen=True, slots=True)
class Question:
    """The question that is open, or was left for a moment, and how far its two ladders were climbed."""

    step: str = ""
    silences: int = 0  # in a row
    mismatches: int = 0  # in a row
    asked: int = 0  # times it was said, detours and ladders included
    doubted: str = ""  # where the doubtful reply leads that we asked about; asked once, then a human


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the person's last reply that was understood has settled; where a call-back goes on."""

    step: str = ""  # where it led; empty: nothing was understood yet
    owed: tuple[str, ...] = ()  # must-hear steps that were cut by then
    conclusion: Conclusion = Conclusion.NOTHING


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One conversation at one moment."""

    phase: Phase = Phase.RINGING
    turn: int = 0  # grows when a new prompt is said
    step: str = ""  # the last step of the present prompt: what a reply answers
    prompt: Prompt = Prompt()
    question: Question = Question()
    officer: Officer = Officer()
    owed: tuple[str, ...] = ()  # must-hear steps that were cut: said again before the next question
    conclusion: Conclusion = Conclusion.NOTHING
    facts: Mapping[str, str] = field(default_factory=dict)  # what the person told; self-reported
    heard: bool = False  # at least one word, or key, came back
    said: tuple[str, ...] = ()  # steps, once for every time that they were said
    careful: bool = False  # a high grade: what is doubtful is cleared with a question or by a human, never guessed
    confirmed: Confirmed = Confirmed()

    @classmethod
    def open(cls, *, careful: bool = False, resumes: Standing | None = None) -> "Dialogue":
        """The call is about to be dialled. resumes: the talk that it takes up, with all that was learned but who he is."""
        if resumes is None:
            return cls(careful=careful)
        facts = {key: value for key, value in resumes.facts.items() if key not in _OF_WHO_IS_THERE}
        return cls(careful=careful, conclusion=resumes.conclusion, facts=facts)

    @property
    def standing(self) -> Standing:
        """What a call-back needs if the line breaks now."""
        over = self.phase in (Phase.BRIDGED, Phase.CLOSING, Phase.ENDED)
        confirmed = self.confirmed
        return Standing(confirmed.step, confirmed.owed, confirmed.conclusion, self.facts, over)

    @property
    def prompts(self) -> int:
        """Prompts said so far, those of the hold aside: what MAX_PROMPTS bounds."""
        return self.turn - self.officer.holds


_STRENGTH: Mapping[Conclusion, int] = {
    Conclusion.NOTHING: 0,
    Conclusion.UNHEARD: 0,  # never granted by a step: it is what `concluded_at_end` makes of a silent line
    Conclusion.DENIES: 1,  # self-reported; "没有" is often false
    Conclusion.AWARE: 2,  # self-reported, but he had a story to tell
    Conclusion.CALL_LATER: 3,  # we shall ring again, which is safer than a denial nobody can check
    Conclusion.WARNED: 4,
    Conclusion.OPTED_OUT: 5,  # warned or not, his wish must reach a person who decides
    Conclusion.REFUSED: 6,  # above WARNED: he heard it and is not persuaded, so he needs a person
    Conclusion.PROMISED: 7,
    Conclusion.MACHINE: 8,  # who listened weighs more than what was said: no voicemail was ever warned
    Conclusion.THIRD_PARTY: 9,  # the fraudster himself may say "没事" on a forwarded line (Xiamen): his promise is none
    Conclusion.WRONG_PERSON: 10,
    Conclusion.OFFICER_MISSED: 11,  # somebody in danger got no help; only help erases that
    Conclusion.HANDED_OVER: 12,
}

_NEEDS_HEARING = frozenset({Conclusion.WARNED, Conclusion.PROMISED})


def stronger(now: Conclusion, new: Conclusion | None) -> Conclusion:
    """The conclusion that stays. Of two equals the earlier one."""
    return now if new is None or _STRENGTH[new] <= _STRENGTH[now] else new


def needs_hearing(conclusion: Conclusion | None) -> bool:
    """Is it reached only when our sentences were played to their end?"""
    return conclusion in _NEEDS_HEARING


# Which facts an intent tells. An officer step that is reached for the reason of the same name tells them too: whoever
# answers "有" to "您给他转过钱吗" has transferred.
_FACTS: Mapping[str, tuple[str, str]] = {
    "crisis": ("crisis", "yes"),
    "transferring_now": ("transferring_now", "yes"),
    "app_or_screen_share": ("screen_share", "yes"),
    "transferred": ("transferred", "yes"),
    "gave_code_or_info": ("gave_code_or_info", "yes"),
    "secrecy_coached": ("secrecy_coached", "yes"),
    "not_transferred": ("transferred", "no"),
    "will_stop": ("promised", "yes"),  # kept even when he hangs up before the read-back, which PROMISED needs
    "opt_out_complaint": ("opted_out", "yes"),  # kept even when a stronger conclusion hides OPTED_OUT
    "minor": ("minor", "yes"),
}


# What is told beside intents, and corrected by a later reply.
_TOLD_BY_SLOTS = ("sum_about", "speaker", "relation", "channel", "mentioned_type")
# A time belongs to what the reply was about. Of "我明天上午去转" nothing is kept: nobody asked us to ring then.
_TIMES: Mapping[str, str] = {"busy_later": "call_back_at", "third_party": "call_back_at", "visit_ok": "visit_at"}
# Meant to be done, not done: saying it takes back the promise of the contrary.
_CONTRARY: Mapping[str, frozenset[str]] = {
    "transfer": frozenset({"no_transfer"}),
    "code": frozenset({"no_code"}),
    "stay": frozenset({"leave_share", "uninstall", "hang_up"}),
    "tell_nobody": frozenset({"tell_family", "call_110", "call_96110", "go_station"}),
}
_DANGEROUS = frozenset({"transfer", "code"})
# Beside another intent the words of a promise may be part of a story ("他让我挂了电话"): then they are believed only when asked for.
_PROMISING = frozenset({"will_stop", "affirm", "aware_not_fooled", "not_transferred", "deny", "thanks_bye"})


def learned(
    facts: Mapping[str, str],
    intents: tuple[str, ...],
    amount_yuan: int | None = None,
    *,
    slots: Mapping[str, str] = MappingProxyType({}),
    pledges: tuple[str, ...] = (),
    against: tuple[str, ...] = (),
    promise_asked: bool = False,
) -> Mapping[str, str]:
    """The facts after a reply with this meaning. A "yes" is never taken back; everything else is corrected by a later reply.

    promise_asked: the question was what he will do now.
    """
    after = dict(facts)
    for key, value in (_FACTS[intent] for intent in intents if intent in _FACTS):
        if after.get(key) != "yes":
            after[key] = value
    if amount_yuan is not None:
        after["amount_yuan"] = str(amount_yuan)
        after.pop("sum_about", None)  # it was the earlier sum's
    if "speaker" in slots:
        after.pop("relation", None)  # it was the earlier speaker's
    after |= {key: slots[key] for key in _TOLD_BY_SLOTS if key in slots}
    if "when" in slots:
        after |= {_TIMES[intent]: slots["when"] for intent in intents if intent in _TIMES}
    if promise_asked or _PROMISING.issuperset(intents):
        after |= _pledged(facts, pledges, against)
    return after


def _pledged(facts: Mapping[str, str], pledges: tuple[str, ...], against: tuple[str, ...]) -> Mapping[str, str]:
    """Promises gather, and one is taken back by its contrary. That somebody meant to pay all the same stays known."""
    if not (pledges or against):
        return {}
    taken_back = frozenset[str]().union(*(_CONTRARY.get(each, frozenset()) for each in against))
    kept = [each for each in _listed(facts, "pledged") if each not in taken_back]
    overcome = {"undecided", *(each for each, contrary in _CONTRARY.items() if contrary & set(pledges))} - _DANGEROUS
    doubts = [each for each in _listed(facts, "pledged_against") if not pledges or each not in overcome]
    told = {"pledged": (*kept, *pledges), "pledged_against": (*doubts, *against)}
    return {key: ",".join(dict.fromkeys(each)) for key, each in told.items() if each or key in facts}


def _listed(facts: Mapping[str, str], key: str) -> list[str]:
    return [each for each in facts.get(key, "").split(",") if each]


def concluded_at_end(now: Dialogue) -> Conclusion:
    """What stands when the line is gone. An officer who was wanted and never came outweighs all but help itself."""
    if now.phase is Phase.RINGING:
        return Conclusion.NOTHING
    if now.officer.search in (Search.WANTED, Search.MISSED, Search.DISMISSED):
        return stronger(now.conclusion, Conclusion.OFFICER_MISSED)
    if not now.heard and now.conclusion is not Conclusion.HANDED_OVER:
        return Conclusion.UNHEARD  # we may have warned an empty room
    return now.conclusion
