"""`quanzu scripts publish | approve | rollback | history | list | diff`: versions in the database."""

from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.scripts import Codes
from dialer.cli.start import Config, carry_out, settings_from, told

Note = Annotated[str, typer.Option(help="Why, in a few words; it stays in the log.")]


def publish(
    author: Annotated[str, typer.Option(help="Who publishes.")],
    note: Note,
    codes: Codes = None,
    config: Config = None,
) -> None:
    """Make scripts the ones that calls follow, after check and rehearsals. A running daemon uses them from the next call on."""
    from dialer.desk.scriptroom import publish_codes
    from dialer.versions.publishing import Signed

    settings = settings_from(config)
    with told():
        signed = Signed(author, note).reasoned
    if not carry_out(publish_codes(settings, codes or [], signed, Console())):
        raise typer.Exit(1)


def approve(
    code: str,
    beginning: Annotated[str, typer.Argument(metavar="HASH", help="The proposal's hash, or its first characters.")],
    by: Annotated[str, typer.Option(help="Who approves: not the author.")],
    note: Note = "",
    config: Config = None,
) -> None:
    """Be the second person: see what people will hear anew, and make it what calls follow."""
    from dialer.desk.scriptroom import approve_version
    from dialer.versions.publishing import Signed

    with told():
        signed = Signed(by, note)
    carry_out(approve_version(settings_from(config), code, beginning, signed, Console()))


def rollback(
    code: str,
    author: Annotated[str, typer.Option(help="Who does it.")],
    note: Note,
    beginning: Annotated[
        str,
        typer.Argument(metavar="[HASH]", help="The version's hash, or its first characters; without, the one before."),
    ] = "",
    config: Config = None,
) -> None:
    """Go back to an earlier version, at once."""
    from dialer.desk.scriptroom import roll_back
    from dialer.versions.publishing import Signed

    with told():
        signed = Signed(author, note).reasoned
    carry_out(roll_back(settings_from(config), code, beginning, signed, Console()))


def history(code: str, config: Config = None) -> None:
    """Who did what with a script's versions, newest last."""
    from dialer.desk.scriptroom import show_history

    carry_out(show_history(settings_from(config), code, Console()))


def diff(
    code: str,
    first: Annotated[str, typer.Argument(metavar="[A]", help="A version's hash; without, the published one.")] = "",
    second: Annotated[str, typer.Argument(metavar="[B]", help="A version's hash; without, the file.")] = "",
    config: Config = None,
) -> None:
    """Show in words what differs: sentences and routes, or of `intents` what they know. Exit status 1: something does."""
    from dialer.desk.differing import show_difference

    if not carry_out(show_difference(settings_from(config), code, first, second, Console(soft_wrap=True))):
        raise typer.Exit(1)


def show(config: Config = None) -> None:
    """Every script: what calls follow, whether its file says the same, and what waits for approval."""
    from dialer.desk.scriptroom import show_list

    carry_out(show_list(settings_from(config), Console()))


show.__name__ = "list"  # of the command; a function of that name would hide Python's
COMMANDS = (publish, approve, rollback, history, diff, show)
