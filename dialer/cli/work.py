"""`quanzu work | kpi | close`: what people have to do, did, and what came of it."""

from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import AsJson, Config, carry_out, settings_from
from dialer.domain import breakdown
from dialer.domain.work import WorkKind
from dialer.domain.workflow import Verb

work_app = typer.Typer(help="Work for people: visits, calls of officers, stop payments.", no_args_is_help=True)
Item = Annotated[str, typer.Argument(metavar="ID", help="Of the item; its last characters are enough.")]
By = Annotated[str, typer.Option("--by", help="Who does it, e.g. a service number.")]
Note = Annotated[str, typer.Option(help="Kept with the item, told to nobody.")]


@work_app.command("list")
def show(
    open_only: Annotated[bool, typer.Option("--open/--all", help="Only what is not over.")] = True,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    mine: Annotated[str, typer.Option(metavar="WHO", help="Only what this person has accepted.")] = "",
    limit: Annotated[int, typer.Option(help="How many, most urgent first.")] = 50,
    config: Config = None,
) -> None:
    """Work items by deadline."""
    from dialer.desk.workroom import Wish, show_list

    wish = Wish(every=not open_only, overdue=overdue, owner=mine, limit=limit)
    carry_out(show_list(settings_from(config), wish, Console()))


@work_app.command("show")
def show_one(item: Item, config: Config = None) -> None:
    """One item in full, and what can be done to it."""
    from dialer.desk.workroom import show_one as show_it

    carry_out(show_it(settings_from(config), item, Console()))


@work_app.command()
def accept(item: Item, by: By, config: Config = None) -> None:
    """It is yours now."""
    _do(item, Verb.ACCEPT, by, config)


@work_app.command("give-back")
def give_back(item: Item, by: By, config: Config = None) -> None:
    """Somebody else has to do it. Of a stop payment that waits for a second officer: his no."""
    _do(item, Verb.GIVE_BACK, by, config)


@work_app.command()
def arrive(item: Item, by: By, config: Config = None) -> None:
    """You are where the person should be. 见面及时率 counts this moment."""
    _do(item, Verb.ARRIVE, by, config)


@work_app.command()
def finish(
    item: Item,
    by: By,
    result: Annotated[str, typer.Option(help="What came of it; `quanzu work show ID` lists the words.")],
    note: Note = "",
    config: Config = None,
) -> None:
    """It is done; what follows for the case follows now."""
    _do(item, Verb.FINISH, by, config, result=result, note=note)


@work_app.command()
def cancel(item: Item, by: By, note: Note = "", config: Config = None) -> None:
    """It was ordered by mistake; somebody then says what becomes of the case."""
    _do(item, Verb.CANCEL, by, config, note=note)


@work_app.command("order-stop-payment")
def order_stop_payment(item: Item, by: By, config: Config = None) -> None:
    """An authorised officer orders a stop payment (止付). It is logged and told; carrying it out is done elsewhere."""
    _do(item, Verb.ORDER, by, config)


@work_app.command()
def second(item: Item, by: By, config: Config = None) -> None:
    """Be the second authorised officer for a stop payment that another one has ordered."""
    _do(item, Verb.SECOND, by, config)


@work_app.command()
def want(
    kind: Annotated[WorkKind, typer.Argument(help="What is to be done.")],
    case: Annotated[str, typer.Argument(help="On which case.")],
    by: By,
    consent_of: Annotated[str, typer.Option(help="family_contact: who said yes.")] = "",
    consent_at: Annotated[str, typer.Option(help="family_contact: when, e.g. 2026-11-22T14:05.")] = "",
    config: Config = None,
) -> None:
    """Ask for work on a case. The family is contacted only with consent, and never by the robot."""
    from dialer.desk.workroom import want as want_it

    wanted = want_it(settings_from(config), case, kind, by, Console(), given_by=consent_of, given_at=consent_at)
    carry_out(wanted)


def kpi(
    days: Annotated[int, typer.Option(help="Cases opened in the last so many days.", min=1)] = 30,
    by: Annotated[
        breakdown.By, typer.Option(help="What the rows are; an hour is one of the centre's day.")
    ] = breakdown.By.GRADE,
    as_json: AsJson = False,
    config: Config = None,
) -> None:
    """The centre's figures, each with numerator and denominator: docs/operating.md says what counts."""
    from dialer.desk.workroom import show_figures

    carry_out(show_figures(settings_from(config), days, by, Console(), as_json=as_json))


def close(
    case: Annotated[str, typer.Argument(help="Which case.")],
    by: By,
    why: Annotated[str, typer.Option(help="Kept with the case.")],
    config: Config = None,
) -> None:
    """Close a case: a person's decision. Open work on it stays open."""
    from dialer.desk.workroom import close_case

    carry_out(close_case(settings_from(config), case, by, why, Console()))


def _do(item: str, verb: Verb, by: str, config: Config, *, result: str = "", note: str = "") -> None:
    from dialer.desk.workroom import do

    carry_out(do(settings_from(config), item, verb, by, Console(), result=result, note=note))
