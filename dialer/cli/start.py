"""How every command begins: which settings, and what an error of ours looks like."""

import asyncio
import os
import sys
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from dialer.errors import DialerError
from dialer.settings import Settings, load
from voice.errors import VoiceError

T = TypeVar("T")
DEFAULT_CONFIG = Path("config/quanzu.toml")
Config = Annotated[
    Path | None, typer.Option(help="Settings file; the environment variable QUANZU_CONFIG names another default.")
]
AsJson = Annotated[bool, typer.Option("--json", help="For programs.")]


def settings_from(config: Path | None) -> Settings:
    """The settings that the user means. Raises SettingsFault with every mistake."""
    named = config or (Path(os.environ["QUANZU_CONFIG"]) if "QUANZU_CONFIG" in os.environ else None)
    path = named or (DEFAULT_CONFIG if DEFAULT_CONFIG.is_file() else None)
    environ = {k: v for k, v in os.environ.items() if k != "QUANZU_CONFIG"}
    return load(path, environ)


@contextmanager
def told() -> Iterator[None]:
    """An error of ours is one clear line and exit status 1."""
    try:
        yield
    except (DialerError, VoiceError) as fault:
        print(fault, file=sys.stderr)
        raise typer.Exit(1) from None


def carry_out(work: Coroutine[Any, Any, T]) -> T:
    """Run it."""
    with told():
        return asyncio.run(work)
