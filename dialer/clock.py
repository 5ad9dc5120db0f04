"""The real clock, and what is told by a worker who knows no other."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from voice.report import CallReport


class SystemClock:
    """A dialer.ports.Clock over this machine's clocks."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def monotonic(self) -> float:
        return time.monotonic()


def moved(report: CallReport, by: timedelta) -> CallReport:
    """The report with all its times so much later: from this machine's time to another one."""

    def at(moment: datetime | None) -> datetime | None:
        return None if moment is None else moment + by

    officers = tuple(
        replace(
            part,
            answered_at=at(part.answered_at),
            accepted_at=at(part.accepted_at),
            bridged_at=at(part.bridged_at),
            ended_at=at(part.ended_at),
        )
        for part in report.officers
    )
    return replace(
        report,
        officers=officers,
        dialled_at=at(report.dialled_at),
        answered_at=at(report.answered_at),
        ended_at=report.ended_at + by,
    )
