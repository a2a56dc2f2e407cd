"""PostgreSQL servers that are killed, frozen and promoted, on loopback; fsync is on."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import asyncpg

from service.kit.database import make_pool
from service.kit.embedded_postgres import EmbeddedPostgres
from service.kit.embedded_postgres_programs import choose_programs
from service.kit.migrations import migrate
from tests.support.processes import eventually, free_port

STANDBY: Final = "standby"
DATABASE: Final = "postgres"

SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "80",
    "shared_buffers": "32MB",
    "wal_sender_timeout": "0",
}


@dataclass(frozen=True)
class Database:
    """One server, reached by the same address whenever it runs."""

    server: EmbeddedPostgres
    port: int

    @classmethod
    def at(cls, directory: Path) -> "Database":
        port = free_port()
        return cls(EmbeddedPostgres(directory, {**SETTINGS, "port": str(port)}), port)

    @property
    def url(self) -> str:
        return f"postgresql://app@127.0.0.1:{self.port}/{DATABASE}"

    @property
    def cluster(self) -> Path:
        return self.server.data / "cluster"

    async def start(self) -> None:
        await asyncio.to_thread(self.server.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self.server.stop)

    async def restart(self) -> None:
        """Start again what was killed, and recover."""
        await self.stop()
        await self.start()

    def pid(self) -> int:
        return int((self.cluster / "postmaster.pid").read_text("utf-8").split()[0])

    def kill(self) -> None:
        """Kill the postmaster; its backends notice, and end in their own time."""
        os.kill(self.pid(), signal.SIGKILL)

    async def run(self, sql: str, *arguments: object) -> list[asyncpg.Record]:
        """Run one statement as the superuser, on a connection of its own."""
        connection = await asyncpg.connect(self.url, timeout=10)
        try:
            return await connection.fetch(sql, *arguments)
        finally:
            await connection.close(timeout=10)

    async def terminate_backends(self) -> None:
        await self.run(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'agegate%'"
        )

    async def kill_backend(self) -> None:
        """Kill one backend with SIGKILL: the server restarts all of them."""
        rows = await self.run(
            "SELECT pid FROM pg_stat_activity"
            " WHERE application_name LIKE 'agegate%' LIMIT 1"
        )
        for row in rows:
            os.kill(row["pid"], signal.SIGKILL)


@asynccontextmanager
async def one_database() -> AsyncGenerator[Database]:
    """Yield a migrated server of one's own."""
    with tempfile.TemporaryDirectory(prefix="agegate-faults-") as directory:
        Path(directory).chmod(0o755)  # the server may run under another account
        database = Database.at(Path(directory) / "primary")
        try:
            await database.start()
            await _migrate(database)
            yield database
        finally:
            await database.stop()


@dataclass(frozen=True)
class Pair:
    """A primary, and the standby that each of its commits waits for."""

    primary: Database
    standby: Database

    @property
    def url(self) -> str:
        hosts = f"127.0.0.1:{self.primary.port},127.0.0.1:{self.standby.port}"
        return f"postgresql://app@{hosts}/{DATABASE}?target_session_attrs=read-write"

    async def cut(self) -> None:
        """Part the standby from its primary, for ever."""
        await self.standby.run("ALTER SYSTEM SET primary_conninfo = ''")
        await self.standby.run("SELECT pg_reload_conf()")

        async def parted() -> bool | None:
            rows = await self.primary.run("SELECT 1 FROM pg_stat_replication")
            return None if rows else True

        await eventually(parted)

    async def promote(self) -> None:
        """Make the standby a primary, and return when it is one."""
        await self.standby.run("SELECT pg_promote(true, 30)")

    def freeze_primary(self) -> None:
        """Have the primary take connections, and never answer again."""
        self._signal_primary(signal.SIGSTOP)

    def thaw_primary(self) -> None:
        """Have it go on, if it still runs, so that it can be stopped."""
        with suppress(OSError):
            self._signal_primary(signal.SIGCONT)

    def _signal_primary(self, number: signal.Signals) -> None:
        pid = self.primary.pid()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        for one in (pid, *map(int, children)):
            os.kill(one, number)


@asynccontextmanager
async def two_databases() -> AsyncGenerator[Pair]:
    """Yield a migrated primary with a synchronous standby."""
    with tempfile.TemporaryDirectory(prefix="agegate-faults-") as directory:
        Path(directory).chmod(0o755)
        pair = Pair(
            Database.at(Path(directory) / "primary"),
            Database.at(Path(directory) / "standby"),
        )
        try:
            await pair.primary.start()
            await _migrate(pair.primary)
            await asyncio.to_thread(_copy, pair)
            await pair.standby.start()
            await _replicate(pair.primary)
            yield pair
        finally:
            pair.thaw_primary()
            await pair.standby.stop()
            await pair.primary.stop()


async def _migrate(database: Database) -> None:
    async with await make_pool(database.url) as pool:
        await migrate(pool)


def _copy(pair: Pair) -> None:
    """Make the standby's directory: a copy of the primary that follows it."""
    data = pair.standby.server.data
    data.mkdir(mode=0o700)
    programs = choose_programs(data, binaries=None, namespaces=True)
    copied = programs.run(
        *("pg_basebackup", "--host=127.0.0.1", f"--port={pair.primary.port}"),
        *("--username=app", f"--pgdata={pair.standby.cluster}", "--wal-method=stream"),
        *("--checkpoint=fast", "--no-sync"),
    )
    assert copied.returncode == 0, copied.stderr
    follow = (
        f"primary_conninfo = 'host=127.0.0.1 port={pair.primary.port} user=app"
        f" application_name={STANDBY}'\n"
    )
    auto = pair.standby.cluster / "postgresql.auto.conf"
    auto.write_text(auto.read_text("utf-8") + follow, "utf-8")
    (pair.standby.cluster / "standby.signal").touch()
    programs.give(pair.standby.cluster)


async def _replicate(primary: Database) -> None:
    """Have commits wait for the standby, once it is there."""
    await primary.run(f"ALTER SYSTEM SET synchronous_standby_names = '{STANDBY}'")
    await primary.run("SELECT pg_reload_conf()")

    async def synchronous() -> bool | None:
        rows = await primary.run(
            "SELECT 1 FROM pg_stat_replication WHERE sync_state = 'sync'"
        )
        return True if rows else None

    await eventually(synchronous)
