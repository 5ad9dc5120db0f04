"""`quanzu scripts check | rehearse | new | schema`: script files as they lie in the folder. No database, no daemon."""

from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import AsJson, Config, carry_out, settings_from, told
from dialer.settings import Settings

Codes = Annotated[list[str] | None, typer.Argument(help="Codes of scripts; without them, all.")]


def check(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Codes, script files or folders of them; without, all.")
    ] = None,
    as_json: AsJson = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Estimate how long sentences take, do not measure them.")
    ] = False,
    config: Config = None,
) -> None:
    """Read scripts and print every mistake with file, line and column."""
    from dialer.console import scriptjson
    from dialer.console.scripts import print_check
    from dialer.desk.scriptfiles import check_paths, meant
    from dialer.sounding import heard

    settings = settings_from(config)
    with told():
        wanted = meant(Path(settings.scripts.dir), paths or [])
    if quick:
        with told():
            examined = check_paths(wanted)
    else:
        examined = carry_out(heard(settings, partial(check_paths, wanted), Console(stderr=True)))
    if as_json:
        print(scriptjson.check(examined))
    else:
        print_check(examined)
    if not scriptjson.all_good(examined, ()):
        raise typer.Exit(1)


def rehearse(
    codes: Codes = None,
    as_json: AsJson = False,
    aloud: Annotated[
        bool,
        typer.Option("--aloud", help="Speak them down a line and recognise them; 0 if 9 of 10 come out, and all help."),
    ] = False,
    config: Config = None,
) -> None:
    """Play the rehearsals in text: which come out as written, where the others differ, and what none of them enters."""
    if aloud:
        _rehearse_aloud(codes or [], settings_from(config), as_json=as_json)
        return
    from dialer.console import scriptjson
    from dialer.console.scripts import print_rehearsals
    from dialer.desk.scriptfiles import rehearse_codes

    with told():
        examined, findings = rehearse_codes(Path(settings_from(config).scripts.dir), codes or [])
    if as_json:
        print(scriptjson.rehearse(examined, findings))
    else:
        print_rehearsals(examined, findings, Console())
    if not scriptjson.all_good(examined, findings):
        raise typer.Exit(1)


def _rehearse_aloud(codes: list[str], settings: Settings, *, as_json: bool) -> None:
    from dialer.desk import aloud

    heard, unspoken = carry_out(aloud.rehearse_aloud(settings, codes, Console(stderr=True)))
    if as_json:
        print(aloud.as_json(heard, unspoken))
    else:
        aloud.show(heard, unspoken, Console())
    if unspoken or not aloud.good_enough(heard):
        raise typer.Exit(1)


def new(
    code: Annotated[str, typer.Argument(help="The fraud type, e.g. fake_loan.")],
    title: Annotated[str, typer.Option(help="In Chinese; without, the ministry's.")] = "",
    like: Annotated[str, typer.Option("--from", help="The script to start from.")] = "generic",
    config: Config = None,
) -> None:
    """Write a whole script and its rehearsals to start from. Nothing is ever overwritten."""
    from dialer.desk.scriptfiles import new_script

    with told():
        written = new_script(Path(settings_from(config).scripts.dir), code, title, like)
    for path in written:
        print(path)


def schema(shared: Annotated[bool, typer.Option(help="Of the files in shared/.")] = False) -> None:
    """Print the JSON Schema of scripts, for editors that complete and underline YAML."""
    import json

    from voice.script.schema import schema as made

    print(json.dumps(made(shared=shared), ensure_ascii=False, indent=2))


COMMANDS = (check, rehearse, new, schema)
