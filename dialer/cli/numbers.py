"""`quanzu numbers`: lists that keep the robot away, and the further numbers of people."""

from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import Config, carry_out, settings_from
from dialer.domain.contacts import Listing, NumberKind

numbers_app = typer.Typer(help="Whom the robot must not ring, and people's further numbers.", no_args_is_help=True)
Number = Annotated[str, typer.Argument(help="The telephone number; leave it out with --person-of.")]
PersonOf = Annotated[str, typer.Option(metavar="CASE", help="The person of this case, by whatever number.")]
By = Annotated[str, typer.Option("--by", help="Who orders it.")]
Why = Annotated[str, typer.Option("--why", help="Kept with the list.")]
Until = Annotated[str, typer.Option(help="Ends by itself, e.g. 2026-12-01T09:00; without it, when somebody allows it.")]


@numbers_app.command()
def block(
    by: By, why: Why, number: Number = "", person_of: PersonOf = "", until: Until = "", config: Config = None
) -> None:
    """The robot does not ring; on 特急 and 高 an officer decides at once, below that the case is closed."""
    _put(Listing.BLOCKED, number, person_of, by, why, until, config)


@numbers_app.command("officer-only")
def officer_only(
    by: By, why: Why, number: Number = "", person_of: PersonOf = "", until: Until = "", config: Config = None
) -> None:
    """The robot does not ring; an officer does, whatever the grade."""
    _put(Listing.OFFICER_ONLY, number, person_of, by, why, until, config)


@numbers_app.command()
def allow(by: By, number: Number = "", person_of: PersonOf = "", config: Config = None) -> None:
    """End every listing of this number, or of this person."""
    from dialer.desk.numberroom import Whom
    from dialer.desk.numberroom import allow as allow_it

    _one_of(number, person_of)
    carry_out(allow_it(settings_from(config), Whom(number, person_of), by, Console()))


@numbers_app.command("list")
def show(
    case: Annotated[str, typer.Option("--case", help="The numbers of this case's person instead.")] = "",
    every: Annotated[bool, typer.Option("--all", help="Also listings that have ended.")] = False,
    config: Config = None,
) -> None:
    """Who is on a list, or which numbers a person has; only the last four digits are shown."""
    from dialer.desk.numberroom import show_lists, show_numbers

    settings = settings_from(config)
    carry_out(show_numbers(settings, case, Console()) if case else show_lists(settings, Console(), every=every))


@numbers_app.command()
def add(
    case: Annotated[str, typer.Argument(help="A case of the person.")],
    number: Annotated[str, typer.Argument(help="The further number.")],
    kind: Annotated[NumberKind, typer.Option(help="Whose it is.")],
    by: By,
    note: Annotated[str, typer.Option(help="E.g. 女儿; kept, and told to nobody.")] = "",
    consent_of: Annotated[str, typer.Option(help="Who said that the robot may ring there; family needs it.")] = "",
    config: Config = None,
) -> None:
    """Enter one more number of a person, or somebody's consent for one that is there."""
    from dialer.desk.numberroom import add as add_it
    from dialer.domain.alert import OtherNumber

    other = OtherNumber(number, kind, note)
    carry_out(add_it(settings_from(config), case, other, by, Console(), consent_of=consent_of))


def _put(listing: Listing, number: str, person_of: str, by: str, why: str, until: str, config: Config) -> None:
    from dialer.desk.numberroom import Whom, put_on_list

    _one_of(number, person_of)
    whom = Whom(number, person_of)
    carry_out(put_on_list(settings_from(config), listing, whom, Console(), by=by, why=why, until=until))


def _one_of(number: str, person_of: str) -> None:
    if bool(number) == bool(person_of):
        raise typer.BadParameter("give a number, or --person-of CASE")
