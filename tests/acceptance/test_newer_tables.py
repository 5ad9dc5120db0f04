"""A daemon and commands of an older release on tables of a newer one: one sentence, nothing changed; whoever runs goes on."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.daemon import Daemon
from tests.sipp import until

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(120)]

SENTENCE = "The database was made by another version of Quanzu. Install that version, or a newer one.\n"


def a_newer_release_starts(daemon: Daemon) -> None:
    with closing(sqlite3.connect(daemon.data / "quanzu.sqlite3")) as db, db:
        db.execute("ALTER TABLE cases ADD COLUMN of_later VARCHAR(9) DEFAULT '' NOT NULL")
        db.execute("UPDATE alembic_version SET version_num = '9999'")


async def test_an_older_daemon_goes_on_and_when_it_starts_again_it_says_what_to_install(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()  # nobody is rung here, so it starts at once
    async with Daemon(tmp_path, cwd=tmp_path) as daemon:
        await daemon.alert("13800138000")
        a_newer_release_starts(daemon)
        for command in (("cases",), ("kpi",), ("stop", "--by", "li", "--why", "new release")):
            refused = await daemon.quanzu(*command)
            assert (refused.code, refused.err) == (1, SENTENCE)

        written = daemon.rows("SELECT seen_at FROM nodes")
        await until(lambda: daemon.rows("SELECT seen_at FROM nodes") != written, 30)  # it still says that it lives
        assert await daemon.stop() == 0
    again = await daemon.quanzu("run")
    assert again.code == 1
    assert again.err.endswith(SENTENCE)
    assert "Traceback" not in again.err
    assert daemon.rows("SELECT count(*) AS n FROM cases") == [{"n": 1}]
