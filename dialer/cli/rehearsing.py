"""`quanzu scripts say | talk`: a script by ear and in conversation, before anybody is rung with it."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from dialer.cli.start import Config, carry_out, settings_from

Group = Annotated[str, typer.Option(help="As this group of people hears it, e.g. elder.")]


def say(
    code: Annotated[str, typer.Argument(help="Code of the script.")],
    step: Annotated[str, typer.Argument(help="One step; without it, all.")] = "",
    group: Group = "",
    out: Annotated[Path | None, typer.Option(help="A folder; with a step, a file NAME.wav as well.")] = None,
    play: Annotated[bool, typer.Option("--play", help="Play the step here.")] = False,
    config: Config = None,
) -> None:
    """Render what a phone would play, as 8 kHz A-law, with the seconds of every sentence and step."""
    from dialer.desk.saying import Wish
    from dialer.desk.saying import say as say_it

    carry_out(say_it(settings_from(config), Wish(code, step, group, out, play), Console()))


def talk(
    code: Annotated[str, typer.Argument(help="Code of the script.")],
    group: Group = "",
    careful: Annotated[
        bool, typer.Option("--careful", help="As on a high grade: doubtful replies are asked about.")
    ] = False,
    config: Config = None,
) -> None:
    """Hold the conversation here: type what the person says, or the path of a WAV; see what was understood, what follows and why."""
    from dialer.desk.talking import Setting, typed
    from dialer.desk.talking import talk as talk_it

    console = Console()
    carry_out(talk_it(settings_from(config), Setting(code, group, careful), typed(console), console))


COMMANDS = (say, talk)
