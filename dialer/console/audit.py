"""`quanzu audit`: one case from its first alert to its end, and for each attempt what can be proved: rang, may have rung, never rang.

Rule 1: a verdict stands on what was committed; each names the evidence, so that somebody else can check it.
Rule 2: what is not proved is not said: without a report and without "ringing" a call may have rung.
Rule 3: no number, name, sum or spoken word; those are in `quanzu cases`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from dialer.console.casebook import SHORT, at, facts_line, taken_up
from dialer.domain.attempt import MAY_HAVE_RUNG, AttemptState
from dialer.ports.views import AttemptLine, CaseStory
from voice.report import HangupCause, Rang

_VERDICTS: Mapping[Rang, str] = {Rang.YES: "rang", Rang.MAYBE: "may have rung", Rang.NEVER: "never rang"}


@dataclass(frozen=True, slots=True)
class Proof:
    """What can be proved about one attempt."""

    rang: Rang | None  # None: it is not over, or not begun
    because: str

    @property
    def verdict(self) -> str:
        return "not over" if self.rang is None else _VERDICTS[self.rang]


def proof_of(attempt: AttemptLine) -> Proof:
    """The verdict and the committed facts that it stands on."""
    if attempt.state is AttemptState.DUE:
        return Proof(None, "not begun; nothing has left the house")
    if attempt.state is AttemptState.CLAIMED:
        return Proof(None, f"claimed by {attempt.owner}; DIALLING is not committed, so no INVITE has left")
    if attempt.state in MAY_HAVE_RUNG and not attempt.owner:
        return Proof(
            None, f"its node fell silent, nobody is rung meanwhile; last heard of: {attempt.progress or 'order sent'}"
        )
    if attempt.state in MAY_HAVE_RUNG:
        return Proof(None, f"in the hands of {attempt.owner}; last heard of: {attempt.progress or 'order sent'}")
    if attempt.answered_at is not None:
        return Proof(Rang.YES, "the answer (2xx) was committed")
    if attempt.ringing_at is not None:
        return Proof(Rang.YES, "ringing (180 or 183) was committed")
    if attempt.dialled_at is None:
        return Proof(Rang.NEVER, "DIALLING was never committed, and no INVITE leaves before that")
    rang = Rang(attempt.rang) if attempt.rang else Rang.MAYBE
    return Proof(rang, _reported(attempt, rang))


def _reported(attempt: AttemptLine, rang: Rang) -> str:
    lost = attempt.state is AttemptState.LOST
    match rang:
        case Rang.YES:
            return f"the worker's report: the far end answered with SIP {attempt.sip_code or '1xx'}"
        case Rang.NEVER if lost:
            return "the worker is dead, and its spool has no synced line 'inviting', which stands before every INVITE"
        case Rang.NEVER if attempt.cause == HangupCause.NEVER_DIALLED.value:
            return "the worker's report: it ended before the INVITE"
        case Rang.NEVER:
            return f"the worker's report: refused before anything rang, SIP {attempt.sip_code or 'without an answer'}"
        case _ if lost:
            return "the worker is dead after its synced line 'inviting', and nothing came back"
        case _:
            return "the worker's report: an INVITE left, and no answer to it says whether it rang"


def audit_sheet(story: CaseStory, zone: str) -> RenderableType:
    """The whole history, then a proof for each attempt, then what does not fit together."""
    line = story.line
    head = Text(
        f"case {line.id}  {line.fraud_type.chinese}  {line.grade.value}  state {line.state}  "
        f"outcome {line.outcome.value if line.outcome else '-'}"
    )
    back = [Text(line) for line in taken_up(story)]
    return Group(head, _alerts(story, zone), _history(story, zone), _proofs(story, zone), *back, *_odd(story))


def _alerts(story: CaseStory, zone: str) -> Table:
    table = Table(title=f"{len(story.alerts)} alerts", title_justify="left")
    for heading in ("received", "source", "its name", "grade", "sha256 of the body"):
        table.add_column(heading)
    for alert in story.alerts:
        told = (alert.source, alert.external_id or "-", alert.grade.value, alert.body_sha256[:16])
        table.add_row(at(alert.received_at, zone), *told)
    return table


def _history(story: CaseStory, zone: str) -> Table:
    table = Table(title="history", title_justify="left")
    for heading in ("at", "what", "attempt", "facts"):
        table.add_column(heading, no_wrap=heading in ("at", "attempt"), overflow="fold")
    for line in story.history:
        table.add_row(at(line.at, zone), line.what, line.attempt_id[-SHORT:], facts_line(line.facts, zone))
    return table


def _proofs(story: CaseStory, zone: str) -> Table:
    table = Table(title="attempts", title_justify="left")
    for heading in ("attempt", "dialled", "Call-ID", "verdict", "because"):
        table.add_column(heading, no_wrap=heading in ("attempt", "dialled"), overflow="fold")
    for attempt in story.attempts:
        proof = proof_of(attempt)
        dialled = at(attempt.dialled_at, zone) or "never"
        table.add_row(attempt.id[-SHORT:], dialled, attempt.call_id or "-", proof.verdict, proof.because)
    return table


def _odd(story: CaseStory) -> Iterator[Text]:
    """What must not be, said aloud."""
    for before, after in _neighbours([each for each in story.attempts if each.dialled_at is not None]):
        ended = before.ended_at
        if ended is None or (after.dialled_at is not None and after.dialled_at < ended):
            yield Text(
                f"ODD: attempt {after.id[-SHORT:]} was dialled before {before.id[-SHORT:]} was over", style="bold red"
            )
    pending = [each.case_id for each in story.attempts if each.ended_at is None]
    if len(pending) > len(set(pending)):
        yield Text(f"ODD: {len(pending)} attempts are not over", style="bold red")


def _neighbours(attempts: Sequence[AttemptLine]) -> Iterator[tuple[AttemptLine, AttemptLine]]:
    return pairwise(sorted(attempts, key=lambda each: str(each.dialled_at)))
