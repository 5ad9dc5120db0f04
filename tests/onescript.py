"""A folder with one of the shipped scripts and what it shares: a daemon that starts looks at every script, and some tests start often.

scripts = one_script(tmp_path / "scripts")
prompts = await spoken(tmp_path / "voice", scripts)
"""

import shutil
from pathlib import Path

from tests.daemon import REPOSITORY, Daemon

SCRIPT = "flight_refund"
READY_SECONDS = 300.0  # alone it takes ten


def one_script(folder: Path) -> Path:
    """The folder, made."""
    shutil.copytree(REPOSITORY / "scripts" / "shared", folder / "shared")
    (folder / "rehearsals").mkdir()
    for name in (f"{SCRIPT}.yaml", f"rehearsals/{SCRIPT}.yaml"):
        shutil.copy(REPOSITORY / "scripts" / name, folder / name)
    return folder


async def spoken(folder: Path, scripts: Path) -> Path:
    """Where every prompt of the folder's scripts lies, rendered by a daemon that has come and gone."""
    folder.mkdir()
    async with Daemon(folder, ready_seconds=READY_SECONDS, scripts={"dir": str(scripts)}) as daemon:
        await daemon.logged("prompts are ready", seconds=READY_SECONDS)
    return daemon.data / "prompts"
