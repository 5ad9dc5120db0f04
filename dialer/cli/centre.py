"""Commands for the centre's whole: the emergency stop, how the robot does, and the proof of what was done in a case."""

from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import Config, carry_out, settings_from

By = Annotated[str, typer.Option("--by", help="Who orders it.")]
Why = Annotated[str, typer.Option("--why", help="Kept with the order.")]


def stop(
    by: By,
    why: Why = "",
    end_calls: Annotated[
        bool, typer.Option("--end-calls", help="Also end the talks of the robot, politely; officers' talks go on.")
    ] = False,
    config: Config = None,
) -> None:
    """Emergency stop: no call leaves any more, on any node, within a second. Needs the database, nothing else."""
    from dialer.desk.commands import stop_calls
    from dialer.domain.stop import StopLevel

    level = StopLevel.END_CALLS if end_calls else StopLevel.NO_NEW_CALLS
    carry_out(stop_calls(settings_from(config), level, by, why, Console()))


def go(by: By, why: Why = "", config: Config = None) -> None:
    """End the emergency stop: what is due is rung, the most urgent first."""
    from dialer.desk.commands import stop_calls
    from dialer.domain.stop import StopLevel

    carry_out(stop_calls(settings_from(config), StopLevel.GO, by, why, Console()))


def status(config: Config = None) -> None:
    """Whether everybody is rung in time, why not, and how many wait. Exit status 1: somebody is late, or calls are stopped."""
    from dialer.desk.robotroom import show_status

    if not carry_out(show_status(settings_from(config), Console())):
        raise typer.Exit(1)


def audit(case: str, config: Config = None) -> None:
    """A case's whole history, and for each attempt the proof: rang, may have rung, never rang."""
    from dialer.desk.commands import audit_case

    carry_out(audit_case(settings_from(config), case, Console()))
