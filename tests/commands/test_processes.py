"""Processes start, say what keeps them from it, and end when they are told to."""

import json
import signal
import socket
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import pytest
from aiohttp import ClientError, ClientSession

from tests.commands.running import NOBODY_THERE, agegate, mistakes
from tests.support.processes import eventually, exit_code, free_port, start


@pytest.mark.parametrize(
    ("command", "settings", "words"),
    [
        ("serve", {}, "AGEGATE_DATABASE_URL is not set"),
        ("work", {"ENV": "development"}, "platform.toml: age_proof_provider: must"),
        ("dev", {"ENV": "production"}, "AGEGATE_ENV is production: agegate dev is"),
        ("dev", {"PORT": "0"}, "AGEGATE_PORT must not be 0"),
        ("dev", {"HOST": "192.0.2.7"}, "AGEGATE_HOST must be of this machine alone"),
        (
            "dev",
            {"DATABASE_URL": NOBODY_THERE},
            "AGEGATE_DATABASE_URL is set, AGEGATE_",
        ),
        ("dev", {"ADMIN_HOST": "no.invalid"}, "AGEGATE_ADMIN_HOST: no.invalid is not"),
    ],
)
def test_what_stops_a_start_is_one_line(
    command: str, settings: Mapping[str, str], words: str
) -> None:
    (line,) = mistakes(agegate(command, **settings))
    assert line.startswith(words)


@pytest.mark.parametrize("variable", ["PORT", "ADMIN_PORT"])
def test_a_port_that_is_taken_is_one_line(variable: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        ports = {"PORT": str(free_port()), "ADMIN_PORT": str(free_port())}
        ports[variable] = str(taken.getsockname()[1])
        found = mistakes(agegate("dev", **ports))
    words = f"port {ports[variable]} is taken by another program"
    assert found == [f"AGEGATE_{variable}: {words}"]


def test_a_worker_s_port_that_is_taken_is_one_line(
    production: dict[str, str], own_database_url: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        settings = {**production, "AGEGATE_DATABASE_URL": own_database_url}
        found = mistakes(
            agegate(
                "work",
                WORKER_PORT=port,
                **{
                    name.removeprefix("AGEGATE_"): one for name, one in settings.items()
                },
            )
        )
    assert found == [f"AGEGATE_WORKER_PORT: port {port} is taken by another program"]


async def test_processes_serve_work_and_end(
    own_database_url: str, production: dict[str, str], tmp_path: Path
) -> None:
    settings = {**production, "AGEGATE_DATABASE_URL": own_database_url}
    files = [tmp_path / "serve.log", tmp_path / "work.log"]
    web = start("serve", settings=settings, output=files[0])
    watched = free_port()
    worker = start(
        "work",
        settings={**settings, "AGEGATE_WORKER_PORT": str(watched)},
        output=files[1],
    )

    async def answered(port: str, path: str) -> str | None:
        async with ClientSession() as session:
            try:
                async with session.get(f"http://127.0.0.1:{port}{path}") as answer:
                    return await answer.text() if answer.status == 200 else None
            except ClientError:
                return None

    await eventually(lambda: answered(production["AGEGATE_PORT"], "/readyz"))
    await eventually(lambda: answered(str(watched), "/readyz"))
    metrics = await eventually(lambda: answered(str(watched), "/metrics"))
    assert "agegate_events_backlog" in metrics
    assert await answered(str(watched), "/v1/event-types") is None
    await _connected(own_database_url, "agegate-worker")
    for process in (web, worker):
        process.send_signal(signal.SIGTERM)
        assert await exit_code(process) == 0
    lines = [json.loads(line) for line in files[0].read_text().splitlines()]
    assert {"listening", "request", "draining"} <= {line["event"] for line in lines}


async def _connected(url: str, application: str) -> None:
    """Wait until a process of that name is at work in the database."""
    connection = await asyncpg.connect(url)
    sql = "SELECT 1 FROM pg_stat_activity WHERE application_name = $1 AND query ~ $2"

    async def found() -> bool | None:
        return await connection.fetchval(sql, application, "outbox|message") and True

    await eventually(found)
    await connection.close()


async def test_processes_do_not_start_on_what_is_not_ready(
    empty_database_url: str, production: dict[str, str], tmp_path: Path
) -> None:
    files = [tmp_path / "serve.log", tmp_path / "work.log"]
    empty = {**production, "AGEGATE_DATABASE_URL": empty_database_url}
    gone = {**production, "AGEGATE_DATABASE_URL": NOBODY_THERE}
    web = start("serve", settings=empty, output=files[0])
    worker = start("work", settings=gone, output=files[1])
    assert [await exit_code(web), await exit_code(worker)] == [1, 1]
    older = "the database's schema is older than this program: run agegate migrate\n"
    assert files[0].read_text() == older
    unreachable = "the database can't be reached (ConnectionRefusedError): see"
    assert files[1].read_text() == f"{unreachable} AGEGATE_DATABASE_URL\n"
