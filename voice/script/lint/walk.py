"""All that can happen next in a call, without its counters: what `voice.dialogue.machine` may do, and a little more.

Rule 1: for every move of the machine there is one here. Where it counts (rungs, wordings, questions asked), every count is tried.
Rule 2: intents come one by one: of several in a reply the machine takes one, and asks nothing of the others.
Rule 3: a call-back may go on at every step at which a talk can have been dropped, with all that was cut short before it.
Rule 4: whoever says that somebody else is, or will be, on the line is believed at once, wherever his words lead.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from voice.dialogue.routing import BACKCHANNELS, WANT_HUMAN
from voice.dialogue.state import Phase
from voice.script.lint.identity import STRANGERS, YES, asks_who, said
from voice.script.lint.ways import folded, questions_of_doubt
from voice.script.model import DOUBTED, RESUME, Script, Step, StepKind

HELLO = "hello"  # how every call begins


class Spot(NamedTuple):
    """A moment between two of our prompts."""

    phase: Phase = Phase.GREETING
    step: str = ""  # what a reply answers
    question: str = ""  # the one that is open, or was left
    known: bool = False  # the person has confirmed who he is, and nobody else came since
    searched: bool = False  # an officer was wanted already
    owed: frozenset[str] = frozenset()  # must-hear steps, cut and still to be said; those that matter for identity


class Move(NamedTuple):
    """One thing that may happen, what we say then, and where that leaves us."""

    event: str  # in words
    steps: tuple[Step, ...]
    known: bool  # just before we speak
    yes: bool  # a yes to the question who is on the line
    to: Spot


@dataclass(frozen=True, slots=True)
class _Reply:
    """What happened, before it is known what we say."""

    event: str
    target: str
    yes: bool = False
    stranger: bool = False
    doubted: str = ""
    resumed: str = ""  # where the call-back goes on
    owing: bool = False  # and says first what was cut short


class Walk:
    """The moves of one script, each told once: what was said before and led to the same moment is not told again.

    `mattering` are must-hear steps that may be said again at a wrong moment; `entries` are where a call-back may go on.
    """

    def __init__(self, script: Script, mattering: frozenset[str], entries: frozenset[str] = frozenset()) -> None:
        self._script = script
        self._mattering = mattering
        self._entries = sorted(entries)
        self._clears = questions_of_doubt(script)
        self._asks_who = frozenset(name for name, step in script.steps.items() if asks_who(script, step))
        self._strange_words = sorted(STRANGERS)
        self._foldings: dict[tuple[str, str, str, str], tuple[Step, ...]] = {}
        self._relative: dict[str, str] = {}
        self._gone: set[tuple[object, ...]] = set()

    def moves(self, spot: Spot) -> Iterator[Move]:
        """Everything new that can happen now."""
        script = self._script
        yield from self._go(spot, _Reply("the call must end", script.goodbye))
        match spot.phase:
            case Phase.GREETING:
                yield from self._greeted(spot)
            case Phase.HOLDING:
                yield from self._held(spot)
            case Phase.CLOSING:
                yield from self._closing(spot)
            case _:
                # Many words lead to the same place; one of them is told.
                meant = (each for reply in self._answers(spot) for each in self._cleared(spot, reply))
                for reply in {(r.target, r.yes, r.stranger, r.doubted): r for r in reversed([*meant])}.values():
                    yield from self._go(spot, reply)

    # --- what may happen --------------------------------------------------------------------------------------------------

    def _greeted(self, spot: Spot) -> Iterator[Move]:
        script = self._script
        yield from self._go(spot, _Reply(HELLO, script.opening))
        yield from self._go(spot, _Reply("machine_answer", script.machine, stranger=True))
        for reply in (*self._urgent(), *self._doubts(script.urgent), *self._officer_key()):
            yield from self._go(spot, reply)

    def _answers(self, spot: Spot) -> Iterator[_Reply]:
        """To a question: what it lists, what all questions know, and nothing that anybody knows."""
        script, step = self._script, self._script.steps[spot.step]
        cut, who = spot.phase is Phase.SPEAKING, spot.step in self._asks_who
        routes = {**script.globals, **step.replies, **script.urgent}
        yield from self._officer_key()
        yield from self._doubts(script.urgent if cut else routes)
        for intent, target in routes.items():
            if not cut or intent not in BACKCHANNELS or intent in script.urgent:
                yield _Reply(intent, target, yes=who and intent == YES, stranger=intent in STRANGERS)
        for digit, target in step.keys.items():
            yield _Reply(f"key {digit}", target, yes=who)
        if cut:
            return
        if step.pledge is not None:
            for target in (step.pledge.enough, step.pledge.partly, step.pledge.against):
                yield _Reply("a promise", target)
        for target in step.no_input:
            yield _Reply("silence", target)
        for target in step.no_match:
            yield _Reply("nothing understood", target)
            yield from (_Reply(each, target, stranger=True) for each in self._strange_words if each not in routes)

    def _urgent(self) -> Iterator[_Reply]:
        return (_Reply(intent, target) for intent, target in self._script.urgent.items())

    def _officer_key(self) -> Iterator[_Reply]:
        target = self._script.globals.get(WANT_HUMAN)
        if target is not None:
            yield _Reply("key 1", target)

    def _doubts(self, routes: Mapping[str, str]) -> Iterator[_Reply]:
        """On a high grade: it may mean this, and is asked about."""
        return (_Reply(f"{each}?", asked) for each, asked in self._script.clarify.items() if each in routes)

    def _cleared(self, spot: Spot, reply: _Reply) -> Iterator[_Reply]:
        """A doubt is confirmed: what the reply meant that was asked about."""
        if spot.step not in self._clears or self._ends_in(reply.target) != DOUBTED:
            yield reply
            return
        script = self._script
        replies = script.steps[spot.question].replies if spot.question else {}
        globals_ = script.globals if spot.question else {}
        routes = {**globals_, **replies, **script.urgent}
        for doubt, asked in script.clarify.items():
            if asked == spot.step and doubt in routes:
                yes = reply.event == YES and doubt == YES and spot.question in self._asks_who
                stranger = reply.stranger or doubt in STRANGERS
                yield replace(reply, doubted=routes[doubt], yes=reply.yes or yes, stranger=stranger)

    def _taken_up(self, reply: _Reply) -> Iterator[_Reply]:
        """In a call-back: wherever the talk may go on."""
        if not self._entries or self._ends_in(reply.target) != RESUME:
            yield reply
            return
        for entry in self._entries:
            yield replace(reply, resumed=entry)
            if self._mattering:
                yield replace(reply, resumed=entry, owing=True)

    def _ends_in(self, target: str) -> str:
        """What the target's statements lead to, unless that is a question, an officer or an ending."""
        if target not in self._relative:
            steps = folded(self._script.steps, target)
            self._relative[target] = steps[-1].then if steps else target
        return self._relative[target]

    # --- what we say then -------------------------------------------------------------------------------------------------

    def _go(self, spot: Spot, reply: _Reply) -> Iterator[Move]:
        """A prompt: the target's statements and what ends them."""
        known = spot.known and not reply.stranger
        for each in self._taken_up(reply):
            told = (each.target, each.doubted, each.resumed, each.owing, each.yes)
            key = (*told, known, spot.question, spot.searched, spot.owed)
            if key not in self._gone:
                self._gone.add(key)
                yield from self._prompts(each, spot._replace(known=known))

    def _prompts(self, reply: _Reply, now: Spot) -> Iterator[Move]:
        steps = self._folded(reply.target, now.question, reply.doubted, reply.resumed)
        if reply.owing:
            before = len(folded(self._script.steps, reply.target))
            cut = (self._script.steps[name] for name in sorted(self._mattering))
            steps = (*steps[:before], *(step for step in cut if step.identity is None), *steps[before:])
        if steps[-1].kind is StepKind.OFFICER and now.searched:
            steps = (*steps[:-1], *self._folded(steps[-1].no_officer, now.question))
        match steps[-1].kind:
            case StepKind.ASK:
                yield from self._asked(reply, now, steps)
            case StepKind.OFFICER if not now.searched:
                to = Spot(Phase.HOLDING, steps[-1].name, now.question, searched=True)
                yield _move(reply, steps, now.known, to)
            case kind:
                ending = steps if kind is StepKind.CLOSE else (self._script.steps[self._script.goodbye],)
                to = Spot(Phase.CLOSING, ending[-1].name, now.question, searched=now.searched)
                yield _move(reply, ending, now.known, to)

    def _folded(self, target: str, question: str, doubted: str = "", resumed: str = "") -> tuple[Step, ...]:
        key, script = (target, question, doubted, resumed), self._script
        if key not in self._foldings:
            self._foldings[key] = folded(
                script.steps, target, question=question, opening=script.opening, doubted=doubted, resumed=resumed
            )
        return self._foldings[key]

    def _asked(self, reply: _Reply, now: Spot, steps: tuple[Step, ...]) -> Iterator[Move]:
        last, question = steps[-1], now.question
        names = {step.name for step in steps}
        again = tuple(self._script.steps[name] for name in sorted(now.owed) if name not in names)
        if last.name in self._clears:
            steps = (*again, *steps)
        elif last.name == question:
            # It may have been asked too often: then its last rung, as if no question were open.
            rung = last.no_match[-1] if last.no_match else self._script.goodbye
            yield from self._prompts(replace(reply, target=rung, doubted=""), now._replace(question=""))
            steps = (*steps[:-1], *again, last)
        else:
            steps, question = (*again, *steps), last.name
        to = Spot(Phase.LISTENING, last.name, question, searched=now.searched)
        yield _move(reply, steps, now.known, to)
        owed = now.owed | ({step.name for step in steps} & self._mattering)
        if owed:
            yield _move(reply, steps, now.known, to._replace(phase=Phase.SPEAKING, owed=owed))

    def _held(self, spot: Spot) -> Iterator[Move]:
        """While an officer is fetched: answers, and nothing leads out but that nobody comes."""
        yield from self._go(spot, _Reply("nobody comes", spot.step))
        yield from self._strangers(spot)
        for reply in self._urgent():
            steps = self._folded(reply.target, spot.question)
            if steps[-1].kind is StepKind.OFFICER:
                yield _move(reply, steps, spot.known, spot._replace(step=steps[-1].name), on_hold=True)
        for intent, target in self._script.globals.items():
            steps = self._folded(target, spot.question)
            if len(steps) > 1 and steps[-1].kind is StepKind.ASK:
                known = spot.known and intent not in STRANGERS
                yield _move(_Reply(intent, target), steps[:-1], known, spot, on_hold=True)

    def _closing(self, spot: Spot) -> Iterator[Move]:
        """Only danger, or key 1, opens the talk again, and only for an officer."""
        yield from self._strangers(spot)
        for reply in (*self._urgent(), *self._officer_key()):
            ends = self._folded(reply.target, spot.question)[-1].kind
            if ends is StepKind.OFFICER and not spot.searched:
                yield from self._go(spot, reply)

    def _strangers(self, spot: Spot) -> Iterator[Move]:
        """Words that lead nowhere now, and tell that somebody else listens."""
        if spot.known:
            for each in self._strange_words:
                yield Move(each, (), known=False, yes=False, to=spot._replace(known=False))


def _move(reply: _Reply, steps: tuple[Step, ...], known: bool, to: Spot, *, on_hold: bool = False) -> Move:
    _, after = said(steps, known=known, yes=reply.yes, on_hold=on_hold)
    return Move(reply.event, steps, known, reply.yes, to._replace(known=after))
