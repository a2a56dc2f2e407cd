"""A PostgreSQL server of our own, for development and tests. POSIX only.

Its binaries come from a wheel, or from the machine. The server lives as long as its
owner: it stops when the owner stops it, exits or is killed, and the data stay. Another
process that asks for the same directory attaches to the running server.

What is in the directory: ``cluster`` (PostgreSQL's own), ``server.log``, ``lock`` (held
while a server starts) and, where an unprivileged account can't reach the installed
binaries, ``binaries-…`` with links to them.
"""

import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Self
from urllib.parse import quote

from service.kit.embedded_postgres_programs import (
    EmbeddedPostgresError,
    Programs,
    choose_programs,
)

__all__ = ["SETTINGS", "EmbeddedPostgres", "EmbeddedPostgresError"]

SOCKET_DIRECTORY_BYTES = 107 - len("/.s.PGSQL.65535")  # a socket's path is that short
NO_PROCESS = "4194305"  # one more than the greatest number a process can have

# No TCP, and no value that somebody typed in the log: an error's words, its detail and
# its statement may all hold one, so the client hears of errors and the log does not.
SETTINGS = MappingProxyType(
    {
        "listen_addresses": "",
        "log_error_verbosity": "terse",
        "log_min_duration_statement": "-1",
        "log_min_error_statement": "panic",
        "log_min_messages": "log",
        "log_parameter_max_length": "0",
        "log_parameter_max_length_on_error": "0",
        "log_statement": "none",
    }
)
NO_SETTINGS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class _Server:
    """A running server, as its own postmaster.pid describes it."""

    pid: int
    port: str
    sockets: Path
    ready: bool

    @property
    def dsn(self) -> str:
        host = quote(str(self.sockets))
        return f"postgresql://app@/postgres?host={host}&port={self.port}"

    def is_owned(self) -> bool:
        """Tell whether the process that started the server still wants it."""
        try:
            with _locked(self.sockets / "owner", fcntl.LOCK_SH | fcntl.LOCK_NB):
                return False
        except BlockingIOError:
            return True
        except OSError:
            return False


class EmbeddedPostgres:
    """A server on the directory *data*, started with *settings* over ``SETTINGS``.

    Whoever opens a TCP port with ``listen_addresses`` lets every account of this
    machine in: the server trusts local connections, and relies on its socket lying in
    a directory of mode 0700.
    """

    def __init__(
        self,
        data: Path,
        settings: Mapping[str, str] = NO_SETTINGS,
        *,
        binaries: Path | None = None,
        namespaces: bool = True,
    ) -> None:
        """Look for the programs in *binaries*, else in the wheel, else on PATH.

        Root runs the server in a user namespace, or without *namespaces* as nobody.
        """
        self.data = data.resolve()
        self.log = self.data / "server.log"
        self._cluster = self.data / "cluster"
        self._settings = {**SETTINGS, **settings}
        self._binaries = binaries
        self._namespaces = namespaces
        self._ownership: int | None = None
        self._supervisor: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start the server."""
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the server."""
        self.stop()

    def start(self, timeout: float = 30) -> str:
        """Return the DSN of a server on the directory, started here if none runs.

        Blocks for a tenth of a second, or for one second on an empty directory.
        """
        deadline = time.monotonic() + timeout
        self.data.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _locked(self.data / "lock"):
            programs = choose_programs(
                self.data, binaries=self._binaries, namespaces=self._namespaces
            )
            self._initialise(programs)
            while time.monotonic() < deadline:
                server = self._find(programs) or self._launch(programs, deadline)
                if server and server.is_owned():
                    if server.ready:
                        return server.dsn
                elif server:  # its owner has died
                    with suppress(OSError):
                        os.kill(server.pid, signal.SIGINT)
                time.sleep(0.05)
        self.stop()
        raise EmbeddedPostgresError(f"PostgreSQL did not start.\n{self._last_words()}")

    def stop(self) -> None:
        """Stop the server, if it was started here, and wait for its end."""
        if self._ownership is not None:
            os.close(self._ownership)  # from here on nobody attaches
            self._ownership = None
        if self._supervisor is not None:
            self._supervisor.communicate()  # closes the pipe, and waits
            self._supervisor = None

    def _initialise(self, programs: Programs) -> None:
        """Make the cluster, whole or not at all."""
        if self._cluster.exists():
            return
        draft = self.data / "cluster.new"
        shutil.rmtree(draft, ignore_errors=True)
        made = programs.run(
            "initdb",
            *(f"--pgdata={draft}", "--username=app", "--auth=trust"),
            *("--encoding=UTF8", "--locale=C"),
            *("--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
            *("--no-instructions", "--no-sync"),
        )
        if made.returncode:
            raise EmbeddedPostgresError(made.stderr)
        draft.rename(self._cluster)

    def _find(self, programs: Programs) -> _Server | None:
        """Return the server that runs on the cluster, or None."""
        try:
            lines = (self._cluster / "postmaster.pid").read_text("utf-8").splitlines()
            pid, port, sockets = int(lines[0]), lines[3], Path(lines[4])
        except (OSError, ValueError, IndexError):
            return None
        ready = programs.is_ready(sockets, port)
        return None if ready is None else _Server(pid, port, sockets, ready)

    def _launch(self, programs: Programs, deadline: float) -> _Server | None:
        """Start the server as ours; return None when its forerunner is in the way."""
        self.stop()
        self._disown_number()
        sockets = _make_socket_directory()
        self._ownership = _lock(sockets / "owner")
        programs.give(sockets)
        settings = (f"--{name}={value}" for name, value in self._settings.items())
        self._supervisor = programs.supervise(
            self.log, sockets, "-D", str(self._cluster), *settings
        )
        while time.monotonic() < deadline and self._supervisor.poll() is None:
            server = self._find(programs)
            if server and server.ready and server.sockets == sockets:
                return server
            time.sleep(0.02)
        self.stop()
        if not (self._cluster / "postmaster.pid").exists():
            raise EmbeddedPostgresError(self._last_words())
        return None

    def _disown_number(self) -> None:
        """Correct a postmaster.pid that names a process which is no PostgreSQL.

        A container that starts again gives the number of the server that was killed to
        another program, and PostgreSQL would then take that for a server.
        """
        file = self._cluster / "postmaster.pid"
        with suppress(OSError):
            pid, rest = file.read_text("utf-8").split("\n", 1)
            if Path(f"/proc/{pid}/comm").read_text("utf-8") != "postgres\n":
                file.write_text(f"{NO_PROCESS}\n{rest}", "utf-8")

    def _last_words(self) -> str:
        words = self.log.read_text("utf-8", "replace") if self.log.exists() else ""
        return f"{words[-2000:]}\nThe whole log: {self.log}"


def _make_socket_directory() -> Path:
    """Return a new private directory, short enough for the path of a socket."""
    directory = tempfile.mkdtemp(prefix="agegate-")
    if len(os.fsencode(directory)) > SOCKET_DIRECTORY_BYTES:
        Path(directory).rmdir()
        directory = tempfile.mkdtemp(prefix="agegate-", dir="/tmp")
    return Path(directory)


def _lock(file: Path, operation: int = fcntl.LOCK_EX) -> int:
    """Lock *file*, made if missing; closing the descriptor returned unlocks it."""
    descriptor = os.open(file, os.O_RDONLY | os.O_CREAT, 0o644)
    try:
        fcntl.flock(descriptor, operation)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


@contextmanager
def _locked(file: Path, operation: int = fcntl.LOCK_EX) -> Generator[None]:
    descriptor = _lock(file, operation)
    try:
        yield
    finally:
        os.close(descriptor)
