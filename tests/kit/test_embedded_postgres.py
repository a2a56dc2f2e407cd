import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest

from service.kit.embedded_postgres import EmbeddedPostgres, EmbeddedPostgresError
from service.kit.embedded_postgres_programs import find_binaries, link_programs

ROOT = Path(__file__).parents[2]
OWNER = [sys.executable, "-m", "tests.support.postgres_owner"]
STRANGER = 12_345
# A server of tests need not survive the machine; killing it is another matter.
FAST = {"fsync": "off"}

only_root = pytest.mark.skipif(os.geteuid() != 0, reason="root alone runs as others")
only_procfs = pytest.mark.skipif(
    not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc"
)


@pytest.fixture(scope="module")
def reachable() -> Generator[Path]:
    """A directory that every account can reach; pytest's own are private."""
    with tempfile.TemporaryDirectory(prefix="agegate-tests-") as directory:
        Path(directory).chmod(0o755)
        yield Path(directory)


@pytest.fixture(scope="module")
async def data(reachable: Path) -> Path:
    """The directory of a server that is not running."""
    directory = reachable / "data"
    with EmbeddedPostgres(directory, FAST) as postgres:
        assert await visit(postgres.start()) == 1
    return directory


@pytest.fixture
def copy(data: Path, reachable: Path) -> Generator[Path]:
    """A copy of the directory, for a test that gives it away."""
    directory = reachable / "copy"
    shutil.copytree(data, directory)
    yield directory
    shutil.rmtree(directory)


@pytest.fixture
def postgres(data: Path) -> Generator[EmbeddedPostgres]:
    """A server on the directory, not started yet, and stopped after the test."""
    postgres = EmbeddedPostgres(data, FAST)
    yield postgres
    postgres.stop()


async def visit(dsn: str) -> int:
    """Add a visit, and return how many there are."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute("CREATE TABLE IF NOT EXISTS visit (at timestamptz)")
        await connection.execute("INSERT INTO visit VALUES (now())")
        count: int = await connection.fetchval("SELECT count(*) FROM visit")
    finally:
        await connection.close()
    return count


@contextmanager
def another_process(data: Path) -> Generator["subprocess.Popen[str]"]:
    """Start a process that asks for a server on *data* as well."""
    with subprocess.Popen(
        [*OWNER, data], cwd=ROOT, stdin=-1, stdout=-1, text=True
    ) as process:
        yield process


def hear(process: "subprocess.Popen[str]") -> str:
    """Return the line that *process* says next."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def postmaster(data: Path) -> int:
    return int((data / "cluster" / "postmaster.pid").read_text().split("\n")[0])


def processes_about(data: Path) -> list[str]:
    """Return the command lines in which *data* occurs."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_text().replace("\0", " ")
        except OSError:  # it has just ended
            continue
        if str(data) in command:
            found.append(command)
    return found


def eventually(holds: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.02)
    return holds()


def sockets_of(dsn: str) -> Path:
    return Path(parse_qs(urlsplit(dsn).query)["host"][0])


async def test_rows_survive_a_restart(postgres: EmbeddedPostgres) -> None:
    visits = await visit(postgres.start())
    postgres.stop()
    assert await visit(postgres.start()) == visits + 1


@only_procfs
async def test_nothing_is_left_after_a_stop(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    sockets = sockets_of(postgres.start())
    assert processes_about(data)
    postgres.stop()
    assert not processes_about(data)
    assert not sockets.exists()


@only_procfs
async def test_a_killed_owner_leaves_no_process_and_its_rows(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    with another_process(data) as owner:
        dsn = hear(owner)
        visits = await visit(dsn)
        owner.kill()
    assert eventually(lambda: not processes_about(data))
    assert not sockets_of(dsn).exists()
    assert await visit(postgres.start()) == visits + 1


async def test_a_killed_owner_is_followed_at_once(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    with another_process(data) as owner:
        before = hear(owner)
        visits = await visit(before)
        owner.kill()
    after = postgres.start()  # while the server of the other is still shutting down
    assert after != before
    assert await visit(after) == visits + 1


@only_procfs
async def test_a_server_without_its_supervisor_is_followed_too(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    with another_process(data) as owner:
        dsn = hear(owner)
        visits = await visit(dsn)
        children = Path(f"/proc/{owner.pid}/task/{owner.pid}/children").read_text()
        os.kill(int(children.split()[0]), signal.SIGKILL)
        owner.kill()
    assert processes_about(data)
    assert await visit(postgres.start()) == visits + 1
    shutil.rmtree(sockets_of(dsn))  # which is the supervisor's task


async def test_a_killed_server_recovers_what_was_committed(data: Path) -> None:
    with EmbeddedPostgres(data) as postgres:  # as in development, fsync and all
        visits = await visit(postgres.start())
        os.kill(postmaster(data), signal.SIGKILL)
        postgres.stop()
        assert await visit(postgres.start()) == visits + 1


async def test_the_number_of_a_killed_server_may_be_given_to_another_program(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    visits = await visit(postgres.start())
    os.kill(postmaster(data), signal.SIGKILL)
    postgres.stop()
    file = data / "cluster" / "postmaster.pid"
    _, rest = file.read_text().split("\n", 1)
    file.write_text(f"{os.getppid()}\n{rest}")
    assert await visit(postgres.start()) == visits + 1


async def test_a_second_process_attaches(
    postgres: EmbeddedPostgres, data: Path
) -> None:
    dsn = postgres.start()
    visits = await visit(dsn)
    with another_process(data) as second:
        assert hear(second) == dsn
        second.communicate()
    assert await visit(dsn) == visits + 1  # it outlived the one that had attached


async def test_of_many_starters_one_starts(data: Path) -> None:
    with another_process(data) as one, another_process(data) as two:
        said = {hear(one), hear(two)}
        assert len(said) == 1
        assert await visit(said.pop())
        one.kill()
        two.kill()


async def test_an_interrupted_initialisation_is_repeated(reachable: Path) -> None:
    data = reachable / "interrupted"
    half = data / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(data, FAST) as postgres:
        assert await visit(postgres.start()) == 1


async def test_a_long_temporary_directory_does_not_reach_the_socket(
    data: Path, reachable: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = reachable / ("long" * 30)
    long.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(long))
    with EmbeddedPostgres(data, FAST) as postgres:
        assert await visit(postgres.start())


async def test_the_environment_does_not_matter(
    postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"PGPORT": "1", "PGDATA": "/nowhere", "LANG": "xx"}.items():
        monkeypatch.setenv(name, value)
    assert await visit(postgres.start())


async def test_it_listens_on_tcp_only_when_told_to(data: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with EmbeddedPostgres(data, {**FAST, "port": str(port)}) as postgres:
        assert await visit(postgres.start())
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port))
    open_to_all = {**FAST, "port": str(port), "listen_addresses": "127.0.0.1"}
    with EmbeddedPostgres(data, open_to_all) as postgres:
        assert await visit(f"postgresql://app@127.0.0.1:{port}/postgres")


async def test_no_value_reaches_the_log(postgres: EmbeddedPostgres) -> None:
    connection = await asyncpg.connect(postgres.start())
    await connection.execute("CREATE TABLE person (email text UNIQUE, born date)")
    insert = "INSERT INTO person VALUES ($1, CAST($2::text AS date))"
    await connection.execute(insert, "ada@child.example", "2016-02-29")
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(insert, "ada@child.example", "2016-02-29")
    with pytest.raises(asyncpg.DatetimeFieldOverflowError):
        await connection.execute(insert, "bob@child.example", "2017-02-29")
    with pytest.raises(asyncpg.PostgresSyntaxError):
        await connection.execute("SELECT 'cleo@child.example' FROM")
    await connection.close()
    postgres.stop()
    log = postgres.log.read_text()
    assert "database system is ready" in log
    assert "child.example" not in log
    assert "-02-29" not in log


def test_a_setting_that_is_refused_is_told(data: Path) -> None:
    postgres = EmbeddedPostgres(data, {"shared_buffers": "plenty"})
    with pytest.raises(EmbeddedPostgresError, match="shared_buffers"):
        postgres.start()


def test_programs_that_are_missing_are_told(data: Path, tmp_path: Path) -> None:
    postgres = EmbeddedPostgres(data, binaries=tmp_path)
    with pytest.raises(EmbeddedPostgresError, match="no initdb"):
        postgres.start()


@only_root
async def test_without_namespaces_root_runs_it_as_nobody(copy: Path) -> None:
    with EmbeddedPostgres(copy, FAST, namespaces=False) as postgres:
        assert await visit(postgres.start())
        assert (copy / "cluster" / "postmaster.pid").stat().st_uid == 65534
        assert copy.stat().st_mode & 0o777 == 0o700


@only_root
async def test_nobody_gets_links_to_programs_out_of_reach(
    copy: Path, tmp_path: Path
) -> None:
    hidden = link_programs(find_binaries(), tmp_path)
    tmp_path.chmod(0o700)
    nobody = EmbeddedPostgres(copy, FAST, binaries=hidden, namespaces=False)
    with nobody as postgres:
        assert await visit(postgres.start())
    assert [*copy.glob("binaries-*")]


@only_root
async def test_root_runs_the_server_of_somebody_else_as_them(copy: Path) -> None:
    for path in (copy, *copy.rglob("*")):
        os.chown(path, STRANGER, STRANGER)
    with EmbeddedPostgres(copy, FAST) as postgres:
        assert await visit(postgres.start())
        assert (copy / "cluster" / "postmaster.pid").stat().st_uid == STRANGER


@only_root
def test_a_directory_out_of_reach_for_nobody_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    postgres = EmbeddedPostgres(tmp_path / "data", FAST, namespaces=False)
    with pytest.raises(EmbeddedPostgresError, match="Choose another directory"):
        postgres.start()
