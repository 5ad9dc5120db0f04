"""`quanzu replay`: a recorded call, played again."""

from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import Config, carry_out, settings_from


def replay(
    call: Annotated[str, typer.Argument(help="A case (its last call), an attempt, or a SIP Call-ID.")],
    through: Annotated[
        str, typer.Option("--with", help="A version's hash, a script file, or `file` for the one in the folder.")
    ] = "",
    config: Config = None,
) -> None:
    """Play a call's events through its script again; with another version, show where it first differs. Status 1: it does."""
    from dialer.desk.replaying import replay_call

    if not carry_out(replay_call(settings_from(config), call, through, Console())):
        raise typer.Exit(1)
