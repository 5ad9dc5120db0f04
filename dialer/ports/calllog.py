"""What is written down of a call while it goes on."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from dialer.domain.attempt import Hold, UnfinishedAttempt
from voice.report import Standing, TurnRecord


class CallLog(Protocol):
    """What happens during one attempt's call. Used by caller and by recovery. With a hold that is not the newest: TakenOver."""

    async def begin_dialling(
        self,
        hold: Hold,
        *,
        call_id: str,
        script_hash: str,
        now: datetime,
        hours_rule: str = "",
        goes_on_at: str = "",
    ) -> None:
        """The commit before the INVITE. Raises CaseConflict when the claim is not (any more) this node's, CallsStopped, NumberListed.

        hours_rule: by which rule it leaves outside the calling hours. goes_on_at: the step with which a call-back takes up the
        dropped talk. Both are kept with the case."""

    async def note_progress(self, hold: Hold, progress: str, at: datetime, *, worker_pid: int | None = None) -> None:
        """accepted, inviting, ringing, answered: moves forward only; late or repeated messages change nothing."""

    async def note_turn_started(self, hold: Hold, turn: int, step: str, said: str, at: datetime) -> None: ...

    async def note_turn_ended(
        self,
        hold: Hold,
        record: TurnRecord,
        at: datetime,
        standing: Standing | None = None,
        heard_at: datetime | None = None,
    ) -> None:
        """standing: where the talk stands now, for a call-back. heard_at: by the node's clock."""

    async def unfinished_attempts(self) -> Sequence[UnfinishedAttempt]:
        """Everything CLAIMED to ANSWERED, of every node."""
