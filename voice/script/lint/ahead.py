"""Whether a moment of a call can still lead to certain steps. It may say yes too often, and never no where there is a way.

Rule: from everywhere a call may come to what is urgent, to common questions and to its ends, and by `back` to the question that is open; with
none open, or one that was asked too often, to the opening.
"""

from collections.abc import Iterable, Iterator

from voice.script.lint.ways import targets_of
from voice.script.model import BACK, REPEAT, RESUME, Script, Step


class Ahead:
    """The ways of one script to some of its steps; `entries` are where `resume` may go on."""

    def __init__(self, script: Script, wanted: frozenset[str], entries: frozenset[str]) -> None:
        self._script, self._wanted, self._entries = script, wanted, entries
        self._known: dict[str, bool] = {}
        routes = (script.urgent, script.globals, script.clarify)
        anywhere = (script.goodbye, script.machine, *(target for route in routes for target in route.values()))
        self._anywhere = self._reached(anywhere, frozenset())

    def may_tell(self, step: str, question: str) -> bool:
        """Can one of the wanted steps come after this one, while this question is open?"""
        return self._leads(step) or self._leads(question or self._script.opening)

    def _leads(self, start: str) -> bool:
        if start not in self._known:
            self._known[start] = not self._wanted.isdisjoint(self._reached((start,), self._anywhere))
        return self._known[start]

    def _reached(self, starts: Iterable[str], besides: frozenset[str]) -> frozenset[str]:
        ahead, found = [*starts], {*besides}
        while ahead:
            name = ahead.pop()
            step = self._script.steps.get(name)
            if step is not None and name not in found:
                found.add(name)
                ahead += [*targets_of(step), *self._relative(step)]
        return frozenset(found)

    def _relative(self, step: Step) -> Iterator[str]:
        if step.no_match and step.no_match[-1] in (BACK, REPEAT):
            yield self._script.opening
        if RESUME in (step.then, step.no_officer, *step.replies.values(), *step.keys.values()):
            yield from self._entries
            yield self._script.opening  # with no entry it is as `back`
