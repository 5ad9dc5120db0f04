"""Foreign programs that tests talk to. A missing one skips the test loudly, or fails it where peers are promised."""

import os
import shutil
from pathlib import Path

import pytest


def require(program: str) -> str:
    """The path of this program. Without it: skip, or fail when REQUIRE_PEERS=1."""
    versions = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), reverse=True
    )  # Debian keeps these off everybody's PATH
    found = shutil.which(program, path=":".join([os.environ.get("PATH", ""), "/usr/sbin:/sbin", *map(str, versions)]))
    if found:
        return found
    if os.environ.get("REQUIRE_PEERS") == "1":
        pytest.fail(f"the peer {program} is not installed, and REQUIRE_PEERS=1 promises it")
    pytest.skip(f"NOT TESTED: the peer {program} is not installed")
