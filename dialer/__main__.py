"""The command line. English; says what to do when something is wrong; never prints a whole telephone number."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dialer.cli import alerts, centre, ears, numbers, rehearsing, replay, scripts, versions, work
from dialer.cli.start import Config, carry_out, settings_from
from dialer.errors import DialerError

app = typer.Typer(
    help="Quanzu (劝阻): rings people who are being defrauded.", no_args_is_help=True, pretty_exceptions_enable=False
)
scripts_app = typer.Typer(help="Call scripts.", no_args_is_help=True)


@app.command()
def run(config: Config = None) -> None:
    """Start the daemon."""
    from dialer.app.daemon import run as run_daemon
    from dialer.node.logs import configure

    settings = settings_from(config)
    configure(settings.log.level, json=settings.log.json)
    carry_out(run_daemon(settings))


@app.command()
def demo(
    directory: Annotated[Path, typer.Option("--dir", help="Where recordings and pages go.")] = Path("var/demo"),
    seed: Annotated[int | None, typer.Option(help="Repeat an earlier run's wordings.")] = None,
    picture: Annotated[Path | None, typer.Option(help="Write what the terminal shows at the end as SVG.")] = None,
) -> None:
    """Ring three simulated citizens over real SIP, and show it. Exit status 0: all came out as they should."""
    from dialer.demo import demo as run_demo

    if not carry_out(run_demo(directory, seed, Console(), picture)):
        raise typer.Exit(1)


@app.command()
def cases(
    case: Annotated[str, typer.Argument(help="One case in full; without it, a list.")] = "",
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 30,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    page: Annotated[Path | None, typer.Option(help="Write the page of the case's last call into this file.")] = None,
    config: Config = None,
) -> None:
    """Show cases."""
    from dialer.desk.commands import show_case, show_cases

    settings = settings_from(config)
    if case:
        carry_out(show_case(settings, case, Console(), page))
    else:
        carry_out(show_cases(settings, limit, Console(), open_only=open_only))


@app.command()
def call(
    script: Annotated[str, typer.Argument(help="Fraud type: code or Chinese title.")],
    number: Annotated[str, typer.Argument(help="Whom to ring.")],
    grade: Annotated[str, typer.Option(help="特急, 高, 中 or 低.")] = "高",
    config: Config = None,
) -> None:
    """Ring somebody now: a case of source `manual`, through all guards, the talk shown live. Needs a running daemon."""
    from dialer.desk.commands import call_live

    if not carry_out(call_live(settings_from(config), script, number, grade, Console())):
        raise typer.Exit(1)


app.add_typer(alerts.alert_app, name="alert")
app.add_typer(alerts.alert_app, name="alerts", hidden=True)
app.add_typer(scripts_app, name="scripts")
app.add_typer(work.work_app, name="work")
app.add_typer(numbers.numbers_app, name="numbers")
app.add_typer(ears.model_app, name="model")
app.command()(centre.stop)
app.command()(centre.go)
app.command()(centre.status)
app.command()(centre.audit)
app.command()(work.close)
app.command()(work.kpi)
app.command()(replay.replay)
app.command()(ears.understand)
app.command()(ears.hear)
for command in (*scripts.COMMANDS, *rehearsing.COMMANDS, *versions.COMMANDS):
    scripts_app.command(command.__name__)(command)


def main() -> None:
    """Entry point of the `quanzu` command."""
    from dialer.node.logs import configure

    configure("warning")
    try:
        app()
    except DialerError as fault:  # settings are read before anything runs
        print(fault, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
