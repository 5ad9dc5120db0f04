"""A private PostgreSQL: own directory, own socket, no port, no service; stopped, killed and started again at will.

    with Postgres() as server:
        url = server.database()  # a fresh, empty one

Rule 1: it refuses to run as root, so under root it runs as `nobody`, in a directory of its own beside pytest's.
Rule 2: nothing is synced to disk: it survives its own death here, not the machine's.
"""

import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Self

from tests.peers import require

USER = "quanzu"
START_SECONDS = 20.0
_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
_EMPTY = """
SET session_replication_role = replica; -- whatever refuses to be emptied
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SELECT format('TRUNCATE %s RESTART IDENTITY', string_agg(quote_ident(tablename), ', ')) FROM pg_tables
WHERE schemaname = 'public' AND tablename <> 'alembic_version' HAVING count(*) > 0 \\gexec
"""


class Postgres:
    """One cluster."""

    def __init__(self, *, quick: bool = True) -> None:
        """quick: see rule 2; otherwise as it would be in production."""
        self._bin = Path(require("postgres")).resolve().parent  # a link may lie elsewhere, alone
        self._who = {"user": "nobody", "group": "nogroup", "extra_groups": []} if os.geteuid() == 0 else {}
        self._home = Path(tempfile.mkdtemp(prefix="quanzu-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._settings = _QUICK if quick else ()
        self._made = 0
        self._reused = ""

    def start(self) -> None:
        """Returns when it answers."""
        log = (self._home / "log").open("ab")
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self._home}",
            "max_connections=200",
            *self._settings,
        ]
        with log:
            self._process = subprocess.Popen(
                [self._bin / "postgres", "-D", self._home / "data", *(f"-c{each}" for each in settings)],
                stderr=log,
                stdout=log,
                **self._who,
            )
        end = time.monotonic() + START_SECONDS
        while self._ran("pg_isready", "-q").returncode:
            assert self._process.poll() is None, (self._home / "log").read_text()
            assert time.monotonic() < end, "PostgreSQL does not answer"

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT: it ends all connections and writes everything down. SIGQUIT: as if it had crashed."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(START_SECONDS)
            self._process = None

    def database(self) -> str:
        """The address of a new, empty database."""
        self._made += 1
        name = f"t{self._made}"
        self._run("createdb", name)
        return f"postgresql://{USER}@/{name}?host={self._home}"

    def emptied(self) -> str:
        """The address of a database whose tables, if it has any, hold nothing: ten times faster than a new one."""
        if not self._reused:
            self._reused = self.database()
        self.execute(self._reused, _EMPTY)
        return self._reused

    def execute(self, url: str, statement: str) -> str:
        """What psql prints."""
        return self._run("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", _name_of(url), stdin=statement)

    def rows(self, url: str, query: str) -> list[Mapping[str, Any]]:
        """What a query finds; times are text in ISO 8601."""
        found: list[Mapping[str, Any]] = json.loads(
            self.execute(url, f"SELECT coalesce(json_agg(found), '[]') FROM ({query}) AS found")
        )
        return found

    def _run(self, program: str, *words: str, stdin: str = "") -> str:
        ran = self._ran(program, *words, stdin=stdin)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    def _ran(self, program: str, *words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "PGHOST": str(self._home), "PGUSER": USER, "PGDATABASE": "postgres"}
        return subprocess.run(
            [self._bin / program, *words],
            env=environ,
            input=stdin,
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )

    def __enter__(self) -> Self:
        try:
            if self._who:
                shutil.chown(self._home, "nobody", "nogroup")
            options = ("-U", USER, "--auth=trust", "-EUTF8", "--no-locale", "-N")
            initdb = [self._bin / "initdb", "-D", self._home / "data", *options]
            subprocess.run(initdb, stdout=subprocess.DEVNULL, check=True, cwd="/", **self._who)
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        shutil.rmtree(self._home)


def _name_of(url: str) -> str:
    return url.partition("@/")[2].partition("?")[0]
