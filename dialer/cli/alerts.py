"""`quanzu alert add | import | schema | rejected`: alerts by hand, from files, and for the people who build sources."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import Config, carry_out, settings_from

alert_app = typer.Typer(help="Alerts.", no_args_is_help=True)


@alert_app.command()
def add(
    number: Annotated[str, typer.Option(help="Whom to ring.")],
    fraud_type: Annotated[str, typer.Option("--type", help="Code or Chinese title, e.g. flight_refund or 机票退改签.")],
    grade: Annotated[str, typer.Option(help="特急, 高, 中 or 低.")] = "高",
    sum_yuan: Annotated[int | None, typer.Option("--sum", help="Money at risk, in yuan.")] = None,
    surname: Annotated[str, typer.Option(help="Family name, if known.")] = "",
    group: Annotated[str, typer.Option(help="老人, 未成年, 财务 or 藏语, if known.")] = "",
    external_id: Annotated[str, typer.Option("--id", help="The source's own name for it; repeating it is safe.")] = "",
    config: Config = None,
) -> None:
    """Write an alert into the casebook; a running daemon notices within 250 ms."""
    from dialer.desk.commands import add_alert, alert_body

    body = alert_body(
        number, fraud_type, grade, sum_yuan=sum_yuan, surname=surname, group=group, external_id=external_id
    )
    case = carry_out(add_alert(settings_from(config), body))
    print(f"case {case}")


@alert_app.command("import")
def import_file(
    file: Annotated[Path, typer.Argument(help="CSV with a heading, or JSON Lines.")],
    source: Annotated[str, typer.Option(help="Who found these; repeats are folded by it.")] = "import",
    config: Config = None,
) -> None:
    """Take in every alert of a file; what is refused is told with its line. Importing a file again changes nothing."""
    from dialer.desk.commands import import_alerts

    done = carry_out(import_alerts(settings_from(config), file, source, Console(stderr=True)))
    for row in done.refused:
        print(f"{file}:{row.line}: {row.refusal}{f' ({row.field})' if row.field else ''}: {row.advice}")
    print(f"{done.opened} cases opened, {done.folded} folded or known, {len(done.refused)} refused")
    if done.refused:
        raise typer.Exit(1)


@alert_app.command()
def schema() -> None:
    """The payload as JSON Schema."""
    import json

    from dialer.filing.intake import schema as payload_schema

    print(json.dumps(payload_schema(), ensure_ascii=False, indent=2))


@alert_app.command()
def rejected(limit: Annotated[int, typer.Option(help="How many, newest first.")] = 30, config: Config = None) -> None:
    """Alerts that were refused, with the reason; their bodies stay in the casebook."""
    from dialer.desk.commands import show_rejected

    carry_out(show_rejected(settings_from(config), limit, Console()))
