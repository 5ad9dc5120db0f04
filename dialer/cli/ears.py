"""`quanzu understand | hear | model`: what the ears are worth."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import AsJson, Config, carry_out, settings_from, told
from dialer.desk.whose import Whose

Knowledge = Annotated[
    Whose, typer.Option(help="What intents know: as the folder has it, as it is published, or as it was shipped.")
]
model_app = typer.Typer(help="Speech models.", no_args_is_help=True)


def understand(
    file: Annotated[Path, typer.Argument(help="Lines of intent<TAB>reply.")],
    as_json: AsJson = False,
    aloud: Annotated[
        bool, typer.Option(help="Speak every reply, send it through A-law, and recognise it first.")
    ] = False,
    knowledge: Knowledge = Whose.FOLDER,
    config: Config = None,
) -> None:
    """Measure understanding on labelled replies: accuracy, recall of the urgent six, confusions, worst misses."""
    from dialer.desk import ears

    settings = settings_from(config)
    known, measured = carry_out(ears.measure_file(settings, file, Console(stderr=True), whose=knowledge, aloud=aloud))
    if as_json:
        print(ears.as_json(known, measured))
    else:
        ears.show(known, measured, Console())


def hear(
    file: Annotated[Path, typer.Argument(help="A WAV recording.")],
    right: Annotated[bool, typer.Option(help="Of a stereo call, what the contact said.")] = False,
    knowledge: Knowledge = Whose.FOLDER,
    config: Config = None,
) -> None:
    """Show what is heard in a recording, when, and what it meant."""
    from dialer.desk import ears

    carry_out(ears.hear(settings_from(config), file, Console(), whose=knowledge, right=right))


@model_app.command("list")
def model_list(config: Config = None) -> None:
    """Speech models that are here, and those that can be fetched."""
    from dialer.desk import ears

    ears.list_models(settings_from(config), Console())


@model_app.command("fetch")
def model_fetch(name: str, config: Config = None) -> None:
    """Download an official Vosk model, with its checksum."""
    from dialer.desk import ears

    with told():
        path = ears.fetch_model(settings_from(config), name, Console())
    print(f'{path}\nset speech.model_dir = "{path}" in the settings to use it')


@model_app.command("test")
def model_test(
    recordings: Annotated[list[Path] | None, typer.Argument(help="Your own WAVs, heard as well.")] = None,
    config: Config = None,
) -> None:
    """Speak eight sentences to the model and see whether they are understood."""
    from dialer.desk import ears

    if not carry_out(ears.test_model(settings_from(config), recordings or [], Console())):
        raise typer.Exit(1)
