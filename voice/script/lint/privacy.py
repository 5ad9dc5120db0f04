"""Nothing personal reaches anybody but the person himself: proved over every way that a call can take.

Rule 1: the ways are those of `voice.script.lint.walk`; every moment of a call is looked at once, the shortest way to it first.
Rule 2: a moment at which it is not known who listens stands for the same moment at which it is: more is forbidden there.
Rule 3: a moment from which no way leads to anything that could tell is not followed; most scripts name nothing personal.
Rule 4: of a call-back nothing is known but that it opens anew: it may go on at any step, and only after a yes to who he is.
Rule 5: one finding for each sentence, with the shortest way on which it would be said to somebody else.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import replace

from voice.dialogue.state import Phase
from voice.script.lint.ahead import Ahead
from voice.script.lint.heard import Heard
from voice.script.lint.identity import HAND_OVER, STRANGERS, YES, loses, said
from voice.script.lint.walk import HELLO, Move, Spot, Walk
from voice.script.lint.ways import folded
from voice.script.model import Identity, Script, Step, StepKind
from voice.script.resuming import entries
from voice.script.source import Finding
from voice.script.variables import VARIABLES, variables_in

_LONGEST_WAY = 12  # prompts told of a way; the first ones are left out beyond that

Personal = Mapping[str, tuple[str, ...]]  # sentence -> its personal variables


def check(heard: Heard) -> Iterator[Finding]:
    """Every sentence that may tell a stranger something personal, and every way that takes somebody for the person unasked."""
    personal = _personal(heard.script)
    settles = any(step.identity is Identity.CONFIRMED for step in heard.script.steps.values())
    if heard.goes_elsewhere and (personal or settles):
        ordinary = _Search(heard, personal)
        yield from ordinary.findings()
        if heard.script.resuming:
            yield from ordinary.of_call_back().findings()
        yield from _half_asked(heard)
        yield from _handed_over(heard)


def _half_asked(heard: Heard) -> Iterator[Finding]:
    """A reply's first meaning that the question lists is taken: "是的，我叫他来听" must not be the yes alone."""
    script = heard.script
    for step in script.steps.values():
        if YES not in step.replies or not any(
            s.identity is Identity.CONFIRMED for s in folded(script.steps, step.replies[YES])
        ):
            continue
        missing = sorted(STRANGERS - step.replies.keys())
        if missing:
            problem = f"step '{step.name}' asks who is on the line and does not list {', '.join(missing)}"
            advice = "list them: said beside a yes, they would be lost"
            yield Finding(heard.steps[step.name], "identity-half-asked", problem, advice)


def _handed_over(heard: Heard) -> Iterator[Finding]:
    """Who hands the telephone over must not stay confirmed in the call's facts."""
    script = heard.script
    routes = [("globals", script.globals), *((f"step '{s.name}'", s.replies) for s in script.steps.values())]
    for where, route in routes:
        if HAND_OVER not in route:
            continue
        steps = folded(script.steps, route[HAND_OVER])
        if steps and steps[-1].kind is StepKind.ASK and not any(loses(step) for step in steps):
            problem = f"{where} leads '{HAND_OVER}' to '{steps[0].name}', which does not say 'identity: lost'"
            yield Finding(heard.steps[steps[0].name], "identity-kept", problem, "add 'identity: lost' to that step")


def _personal(script: Script) -> Personal:
    """With its other wordings a sentence is one."""
    found: dict[str, tuple[str, ...]] = {}
    for name, sentence in script.sentences.items():
        texts = (script.sentences[each].text for each in (name, *sentence.again))
        names = [v for text in texts for v in variables_in(text) if v in VARIABLES and VARIABLES[v].personal]
        if names:
            found[name] = tuple(dict.fromkeys(names))
    return found


class _Search:
    """Breadth first over all moments of a call."""

    def __init__(self, heard: Heard, personal: Personal, goes_on_at: frozenset[str] = frozenset()) -> None:
        self._heard, self._personal = heard, personal
        self._walk = Walk(heard.script, self._mattering(), goes_on_at)
        self._before: dict[Spot, tuple[Spot, Move] | None] = {Spot(): None}
        self._looked_at: set[tuple[object, ...]] = set()
        self._found: dict[tuple[str, str], Finding] = {}
        self._told: frozenset[tuple[str, str]] = frozenset()
        self._ahead = Ahead(heard.script, self._telling(), goes_on_at)

    def of_call_back(self) -> "_Search":
        """The call that takes up a dropped one, wherever that was; what was found already is not told again."""
        script = self._heard.script
        search = _Search(
            replace(self._heard, script=replace(script, opening=script.resuming)), self._personal, entries(script)
        )
        search._told = frozenset(self._found)
        return search

    def findings(self) -> Iterator[Finding]:
        ahead = deque([Spot()])
        while ahead:
            spot = ahead.popleft()
            if spot.phase is Phase.HOLDING:
                self._hold(spot)
            for move in self._walk.moves(spot):
                self._look(spot, move)
                if move.to not in self._before and move.to._replace(known=False) not in self._before:
                    self._before[move.to] = (spot, move)
                    if move.to.owed or self._ahead.may_tell(move.to.step, move.to.question):
                        ahead.append(move.to)
        yield from (finding for key, finding in self._found.items() if key not in self._told)

    def _mattering(self) -> frozenset[str]:
        steps = self._heard.script.steps.values()
        return frozenset(
            s.name for s in steps if s.must_hear and (s.identity or any(x in self._personal for x in s.say))
        )

    def _telling(self) -> frozenset[str]:
        """The steps that say something personal, or settle who is on the line."""
        steps = self._heard.script.steps.values()
        return frozenset(
            s.name
            for s in steps
            if s.identity is Identity.CONFIRMED or any(each in self._personal for each in (*s.say, *s.hold))
        )

    def _look(self, spot: Spot, move: Move) -> None:
        on_hold = spot.phase is Phase.HOLDING and move.to.phase is Phase.HOLDING
        prompt = (tuple(step.name for step in move.steps), move.known, move.yes, on_hold)
        if prompt in self._looked_at:
            return
        self._looked_at.add(prompt)
        for step, to_him, unasked in said(move.steps, known=move.known, yes=move.yes, on_hold=on_hold)[0]:
            if unasked:
                self._unasked(step, spot, move)
            for name in step.say if not to_him else ():
                self._leak(name, step, spot, move)

    def _hold(self, spot: Spot) -> None:
        step = self._heard.script.steps[spot.step]
        for name in (step.hold or step.say) if not spot.known else ():
            self._leak(name, step, spot, None)

    def _leak(self, name: str, step: Step, spot: Spot, move: Move | None) -> None:
        if name not in self._personal or ("leak", name) in self._found:
            return
        variable = "{" + self._personal[name][0] + "}"
        way = self._way(spot, move, step)
        if step.name == self._heard.script.machine:
            code, when = "personal-to-voicemail", "to a voicemail"
        elif self._was_known(spot, move):
            code, when = "personal-to-others", "when somebody else may be on the line"
        else:
            code, when = "personal-too-early", "before he has confirmed who he is"
        problem = f"{variable} is personal, and step '{step.name}' may say it {when}: {way}"
        advice = f"ask first with the block 'identity', or say it without {variable}"
        self._found["leak", name] = Finding(self._heard.places.sentences[name], code, problem, advice)

    def _unasked(self, step: Step, spot: Spot, move: Move) -> None:
        if ("unasked", step.name) not in self._found:
            problem = f"step '{step.name}' takes it for confirmed who is on the line, without a yes to that question"
            advice = "lead there by 'affirm' from a question that asks for 本人, or take the block 'identity'"
            finding = Finding(
                self._heard.steps[step.name], "identity-unasked", f"{problem}: {self._way(spot, move, step)}", advice
            )
            self._found["unasked", step.name] = finding

    # --- the way there ----------------------------------------------------------------------------------------------------

    def _moves_to(self, spot: Spot, move: Move | None) -> list[Move]:
        moves = [move] if move else []
        while before := self._before[spot]:
            spot = before[0]
            moves.append(before[1])
        return moves[::-1]

    def _was_known(self, spot: Spot, move: Move | None) -> bool:
        return any(each.known or each.to.known for each in self._moves_to(spot, move))

    def _way(self, spot: Spot, move: Move | None, end: Step) -> str:
        """opening > asked (affirm) > warn; with the rest of the last prompt when that is why."""
        words = ""
        moves = self._moves_to(spot, move)
        for number, each in enumerate(moves):
            steps = each.steps
            if each is move and not any(loses(step) for step in steps):
                steps = steps[: steps.index(end) + 1]
            names = " > ".join(step.name for step in steps)
            if number or each.event != HELLO:
                words += f" ({each.event})"
            words += f" > {names}" if names and words else names
        parts = words.split(" > ")
        words = words.strip()
        return words if len(parts) <= _LONGEST_WAY else "... > " + " > ".join(parts[-_LONGEST_WAY:])
