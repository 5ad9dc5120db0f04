"""Visits (见面劝阻) as figures: was the person met, and in time. Pure.

Rule: what counts as met is a result that only somebody who stood before the person can give; the time is that of the arrival.
"""

from datetime import datetime, timedelta

from dialer.domain.work import MET, WorkItem, WorkKind, WorkResult, WorkState


def counts(item: WorkItem) -> bool:
    """Whether it is a visit that somebody ordered and still had to make: not cancelled, and not found needless."""
    return (
        item.kind is WorkKind.VISIT
        and item.state is not WorkState.CANCELLED
        and item.result is not WorkResult.NOT_NEEDED
    )


def met(item: WorkItem) -> bool:
    """They stood face to face (见面率)."""
    return item.kind is WorkKind.VISIT and item.result in MET


def met_in_time(item: WorkItem) -> bool:
    """And he was there before the deadline (见面及时率)."""
    return met(item) and item.arrived_at is not None and item.arrived_at <= item.deadline


def arrival_after(item: WorkItem, moment: datetime) -> timedelta | None:
    """How long it took from this moment until somebody was there."""
    return item.arrived_at - moment if item.arrived_at is not None else None
