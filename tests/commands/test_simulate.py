"""Trying out receivers: the one that ships is right, careless ones are not."""

import base64
import json
import secrets
import sqlite3
import subprocess
import sys
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from aiohttp import ClientError, ClientSession
from aiohttp.test_utils import TestServer

from service.domain.events import EventType
from tests.commands.running import in_a_thread, said
from tests.outbox.support import Receiver, failing
from tests.support.processes import CLEAN, ROOT, eventually, free_port

SECRET = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
EXAMPLE = ROOT / "deploy" / "examples" / "receiver.py"


@pytest.fixture
async def example(tmp_path: Path) -> AsyncGenerator[str]:
    """The address of the receiver that ships, running as a process of its own."""
    port = free_port()
    url = f"http://127.0.0.1:{port}/"
    process = subprocess.Popen(
        [sys.executable, EXAMPLE, str(port), tmp_path / "events.sqlite3"],
        env={**CLEAN, "RECEIVER_SECRET": SECRET},
        stderr=subprocess.DEVNULL,
    )

    async def up() -> int | None:
        try:
            async with ClientSession() as session, session.get(url) as response:
                return response.status
        except ClientError:
            return None

    await eventually(up)
    yield url
    process.kill()
    process.wait()


async def test_the_receiver_that_ships_is_right(example: str, tmp_path: Path) -> None:
    told = ("events", "simulate", "--to", example, "--allow-private")

    lines = said(await in_a_thread(*told, "--secret", SECRET)).splitlines()

    for event_type in EventType:
        (line,) = [one for one in lines if one.startswith(f"{event_type} ")]
        assert line.endswith("taken (204)")
    ends = [
        (line.split()[0], line[line.index("  ") :].split()) for line in lines[-6:-2]
    ]
    assert ends == [
        (f"{[*EventType][-1]},", ["taken", "taken", "(204)"]),
        ("forged:", ["refused", "refused", "(401)"]),
        ("altered:", ["refused", "refused", "(401)"]),
        ("replayed:", ["refused", "refused", "(401)"]),
    ]
    assert lines[-1] == "Every answer is right."

    with sqlite3.connect(tmp_path / "events.sqlite3") as kept:
        bodies = [
            json.loads(body) for (body,) in kept.execute("SELECT body FROM event")
        ]
    assert [one["type"] for one in bodies] == [*EventType]
    assert len({one["subject"] for one in bodies}) == 1


async def test_another_secret_is_refused(example: str) -> None:
    other = f"whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"
    told = ("events", "simulate", "--to", example, "--allow-private")

    result = await in_a_thread(*told, "--secret", other, "--type", "account.*")

    assert result.exit_code == 1
    wrong = [line for line in result.stdout.splitlines() if line.endswith("WRONG")]
    assert [line.split()[0] for line in wrong] == [
        *(one for one in EventType if one.startswith("account.")),
        f"{wrong[-2].split()[0]},",
    ]


async def test_a_receiver_that_takes_everything_is_wrong() -> None:
    receiver = Receiver()
    async with TestServer(receiver.app()) as server:
        result = await in_a_thread(
            *("events", "simulate", "--to", str(server.make_url("/hook"))),
            *("--secret", SECRET, "--type", "consent.given", "--allow-private"),
        )

    assert result.exit_code == 1
    wrong = [line for line in result.stdout.splitlines() if line.endswith("WRONG")]
    assert [line.split(":")[0] for line in wrong] == ["forged", "altered", "replayed"]
    assert len(receiver.taken) == 5
    assert len({one.id for one in receiver.taken}) == 4


async def test_a_breakdown_is_no_refusal() -> None:
    async with TestServer(Receiver(answer=failing(500)).app()) as server:
        result = await in_a_thread(
            *("events", "simulate", "--to", str(server.make_url("/hook"))),
            *("--secret", SECRET, "--type", "consent.given", "--allow-private"),
        )

    assert result.exit_code == 1
    assert result.stdout.count("<- WRONG") == 5


async def test_who_is_not_there_is_wrong() -> None:
    result = await in_a_thread(
        *("events", "simulate", "--to", "http://127.0.0.1:1/", "--secret", SECRET),
        *("--type", "consent.given", "--allow-private"),
    )
    assert result.exit_code == 1
    assert result.stdout.count("can't be reached") == 5


async def test_the_secret_is_that_of_the_subscriber(tmp_path: Path) -> None:
    receiver = Receiver()
    async with TestServer(receiver.app()) as server:
        url = str(server.make_url("/hook"))
        file = tmp_path / "subscribers.toml"
        file.write_text(f"""
            [[subscribers]]
            name = "rights"
            url = "{url}"
            secrets = ["{SECRET}"]
            types = ["account.*"]
            apps = ["plain"]
            legal_ground = "contract"
            region = "DE"
            allow_insecure = true
            allow_private = true
            """)
        result = await in_a_thread(
            *("events", "simulate", "--to", url, "--type", "account.opened"),
            "--allow-private",
            SUBSCRIBERS_FILE=file,
        )
    assert "account.opened, once more" in result.stdout
    assert len(receiver.taken) == 5


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--to", "http://receiver.example/"), "--to: must begin with https://"),
        (("--to", "nats://receiver.example/"), "--to: must begin with https://"),
        (("--to", "https://127.0.0.1/"), "--to: is an address of our own networks"),
        (("--to", "https://a:hunter2@receiver.example/"), "--to: must not hold a user"),
        (("--to", "https://receiver.example/"), "--secret: is needed"),
        (
            ("--to", "https://receiver.example/", "--secret", "hunter2"),
            "--secret: must start with whsec_",
        ),
        (
            ("--to", "https://receiver.example/", "--secret", SECRET, "--type", "x"),
            "--type: must be an event like",
        ),
    ],
)
async def test_what_is_given_wrongly_is_named(
    arguments: tuple[str, ...], words: str
) -> None:
    result = await in_a_thread("events", "simulate", *arguments)
    assert result.exit_code == 2
    assert words in result.stderr
    assert "hunter2" not in result.stderr
