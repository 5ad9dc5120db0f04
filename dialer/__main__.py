"""The command line. English; says what to do when something is wrong; never prints a whole telephone number."""

import asyncio
import os
import sys
from collections.abc import Coroutine
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from dialer.errors import DialerError
from dialer.settings import Settings, load
from voice.errors import VoiceError

T = TypeVar("T")
app = typer.Typer(
    help="Quanzu (劝阻): rings people who are being defrauded.", no_args_is_help=True, pretty_exceptions_enable=False
)
alert_app = typer.Typer(help="Alerts.", no_args_is_help=True)
scripts_app = typer.Typer(help="Call scripts.", no_args_is_help=True)
app.add_typer(alert_app, name="alert")
model_app = typer.Typer(help="Speech models.", no_args_is_help=True)
app.add_typer(scripts_app, name="scripts")
app.add_typer(model_app, name="model")

DEFAULT_CONFIG = Path("config/quanzu.toml")
Config = Annotated[
    Path | None, typer.Option(help="Settings file; the environment variable QUANZU_CONFIG names another default.")
]


def settings_from(config: Path | None) -> Settings:
    """The settings that the user means. Raises SettingsFault with every mistake."""
    named = config or (Path(os.environ["QUANZU_CONFIG"]) if "QUANZU_CONFIG" in os.environ else None)
    path = named or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    environ = {k: v for k, v in os.environ.items() if k != "QUANZU_CONFIG"}
    return load(path, environ)


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Run it; an error of ours is one clear line and exit status 1."""
    try:
        return asyncio.run(work)
    except (DialerError, VoiceError) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None


@app.command()
def run(config: Config = None) -> None:
    """Start the daemon."""
    from dialer.app import run as run_daemon
    from dialer.logs import configure

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


@alert_app.command("add")
def alert_add(
    number: Annotated[str, typer.Option(help="Whom to ring.")],
    fraud_type: Annotated[str, typer.Option("--type", help="Code or Chinese title, e.g. flight_refund or 机票退改签.")],
    grade: Annotated[str, typer.Option(help="特急, 高, 中 or 低.")] = "高",
    sum_yuan: Annotated[int | None, typer.Option("--sum", help="Money at risk, in yuan.")] = None,
    surname: Annotated[str, typer.Option(help="Family name, if known.")] = "",
    external_id: Annotated[str, typer.Option("--id", help="The source's own name for it; repeating it is safe.")] = "",
    config: Config = None,
) -> None:
    """Write an alert into the casebook; a running daemon notices within 250 ms."""
    from dialer.commands import add_alert, alert_body

    body = alert_body(number, fraud_type, grade, sum_yuan=sum_yuan, surname=surname, external_id=external_id)
    case = carry_out(add_alert(settings_from(config), body))
    print(f"case {case}")


@app.command()
def cases(
    case: Annotated[str, typer.Argument(help="One case in full; without it, a list.")] = "",
    limit: Annotated[int, typer.Option(help="How many, newest first.")] = 30,
    open_only: Annotated[bool, typer.Option("--open", help="Only those that are not closed.")] = False,
    page: Annotated[Path | None, typer.Option(help="Write the page of the case's last call into this file.")] = None,
    config: Config = None,
) -> None:
    """Show cases."""
    from dialer.commands import show_case, show_cases

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
    from dialer.commands import call_live

    if not carry_out(call_live(settings_from(config), script, number, grade, Console())):
        raise typer.Exit(1)


@scripts_app.command("check")
def scripts_check(directory: Annotated[Path, typer.Argument()] = Path("scripts")) -> None:
    """Read every script; print all mistakes with file, line and column."""
    from voice.script.loader import load_all

    scripts, findings = load_all(directory)
    for finding in findings:
        print(finding)
    print(f"{len(scripts)} good, {len(findings)} findings")
    if findings or not scripts:
        raise typer.Exit(1)


@scripts_app.command("publish")
def scripts_publish(
    directory: Annotated[Path, typer.Argument()] = Path("scripts"),
    author: Annotated[str, typer.Option(help="Who publishes.")] = "",
    note: Annotated[str, typer.Option(help="What changed.")] = "",
    config: Config = None,
) -> None:
    """Publish every good script whose content is new. A running daemon uses it from the next call on."""
    from dialer.commands import publish_scripts

    findings = carry_out(publish_scripts(settings_from(config), directory, author=author, note=note))
    for finding in findings:
        print(finding)
    if findings:
        raise typer.Exit(1)


@app.command()
def understand(
    file: Annotated[Path, typer.Argument(help="Lines of intent<TAB>reply.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print the figures as JSON.")] = False,
    aloud: Annotated[
        bool, typer.Option(help="Speak every reply, send it through A-law, and recognise it first.")
    ] = False,
    config: Config = None,
) -> None:
    """Measure understanding on labelled replies: accuracy, recall of the urgent six, confusions, worst misses."""
    from dialer import ears

    measured = carry_out(ears.measure_file(settings_from(config), file, Console(stderr=True), aloud=aloud))
    if as_json:
        print(ears.as_json(measured))
    else:
        ears.show(measured, Console())


@app.command()
def hear(
    file: Annotated[Path, typer.Argument(help="A WAV recording.")],
    right: Annotated[bool, typer.Option(help="Of a stereo call, what the contact said.")] = False,
    config: Config = None,
) -> None:
    """Show what is heard in a recording, when, and what it meant."""
    from dialer import ears

    carry_out(ears.hear(settings_from(config), file, Console(), right=right))


@model_app.command("list")
def model_list(config: Config = None) -> None:
    """Speech models that are here, and those that can be fetched."""
    from dialer import ears

    ears.list_models(settings_from(config), Console())


@model_app.command("fetch")
def model_fetch(name: str, config: Config = None) -> None:
    """Download an official Vosk model, with its checksum."""
    from dialer import ears

    try:
        path = ears.fetch_model(settings_from(config), name, Console())
    except (DialerError, VoiceError) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None
    print(f'{path}\nset speech.model_dir = "{path}" in the settings to use it')


@model_app.command("test")
def model_test(
    recordings: Annotated[list[Path] | None, typer.Argument(help="Your own WAVs, heard as well.")] = None,
    config: Config = None,
) -> None:
    """Speak eight sentences to the model and see whether they are understood."""
    from dialer import ears

    if not carry_out(ears.test_model(settings_from(config), recordings or [], Console())):
        raise typer.Exit(1)


def main() -> None:
    """Entry point of the `quanzu` command."""
    from dialer.logs import configure

    configure("warning")
    try:
        app()
    except DialerError as fault:  # settings are read before anything runs
        print(fault, file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
