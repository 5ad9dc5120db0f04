"""Foreign programs that tests talk to. A missing one skips the test loudly, or fails it where peers are promised."""

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest


def require(program: str) -> str:
    """The path of this program. Without it: skip, or fail when REQUIRE_PEERS=1."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), reverse=True
    )  # Debian keeps these off everybody's PATH
    found = shutil.which(program, path=":".join([os.environ.get("PATH", ""), "/usr/sbin:/sbin", *map(str, versions)]))
    return found or _missing(program)


def require_library(file: str) -> str:
    """The path of this library below /usr/lib, e.g. "*/faketime/libfaketimeMT.so.1". Without it: the same."""
    found = sorted(Path("/usr/lib").glob(file))
    return str(found[0]) if found else _missing(Path(file).name)


def _missing(peer: str) -> NoReturn:
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(f"the peer {peer} is not installed, and REQUIRE_PEERS=1 promises it")
    pytest.skip(f"NOT TESTED: the peer {peer} is not installed")
