"""Deliveries at the terminal: listed, shown, sent again, given up."""

import base64
import json
import secrets
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from click.testing import Result

from service.domain.events import EventType
from service.kit.clock import SystemClock
from service.kit.database import Pool, make_pool, transaction
from service.outbox.flows import Outbox
from service.outbox.reader import read_file
from service.outbox.subscribers import Subscribers
from tests.commands.running import in_a_thread, mistakes, said
from tests.outbox.support import event

SUBSCRIBERS = f"""
[[subscribers]]
name = "rights"
url = "https://rights.example/a/secret/path?key=hidden"
secrets = ["whsec_{base64.b64encode(secrets.token_bytes(32)).decode()}"]
types = ["account.*"]
apps = ["plain"]
legal_ground = "contract"
region = "DE"
"""


@dataclass(frozen=True, kw_only=True)
class Terminal:
    """A database with events, and an operator's settings."""

    pool: Pool
    settings: dict[str, str]

    async def run(self, *arguments: str) -> Result:
        return await in_a_thread("events", *arguments, **self.settings)

    async def tell(self, *kinds: EventType, subject: UUID | None = None) -> UUID:
        subscribers = read_file(Path(self.settings["SUBSCRIBERS_FILE"]))
        outbox = Outbox(Subscribers(subscribers, {"plain": "any"}))
        told = [event(subject, one) for one in kinds]
        async with transaction(self.pool) as connection:
            await outbox.record(connection, *told, at=SystemClock().now())
        found = await self.pool.fetchval(
            "SELECT event_id FROM outbox_event ORDER BY event_id DESC LIMIT 1"
        )
        assert isinstance(found, UUID)
        return found


@pytest.fixture
async def terminal(
    own_database_url: str, keys_file: Path, profiles_dir: Path, tmp_path: Path
) -> AsyncGenerator[Terminal]:
    file = tmp_path / "subscribers.toml"
    file.write_text(SUBSCRIBERS)
    settings = {
        "ENV": "development",
        "DATABASE_URL": own_database_url,
        "KEYS_FILE": str(keys_file),
        "PROFILES_DIR": str(profiles_dir),
        "SUBSCRIBERS_FILE": str(file),
    }
    async with await make_pool(own_database_url) as pool:
        yield Terminal(pool=pool, settings=settings)


async def test_events_are_listed_shown_and_dropped(terminal: Terminal) -> None:
    subject = uuid4()
    event_id = await terminal.tell(EventType.ACCOUNT_ERASED, subject=subject)

    head, line = said(await terminal.run("list")).splitlines()
    assert head.split()[:3] == ["TIME", "TYPE", "SUBJECT"]
    assert line.split()[1:3] == ["account.erased", str(subject)]
    assert line.split()[3:6] == ["1", "rights", "pending"]
    told = json.loads(said(await terminal.run("list", "--json")))
    assert (told["event_id"], told["state"]) == (str(event_id), "pending")
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    for nothing in (
        ("--since", soon),
        ("--until", "2001-01-01"),
        ("--state", "dead"),
        ("--subscriber", "nobody"),
        ("--type", "consent.*"),
        ("--subject", str(uuid4())),
    ):
        assert said(await terminal.run("list", "--json", *nothing)) == ""

    shown = said(await terminal.run("show", str(event_id)))
    assert "rights: not yet" in shown
    assert json.loads(said(await terminal.run("show", "--json", str(event_id))))

    dropped = said(
        await terminal.run("drop", "--event", str(event_id), "--reason", "a test")
    )
    assert dropped.startswith("1 deliveries are dropped")
    assert await terminal.pool.fetchval("SELECT count(*) FROM outbox_delivery") == 0
    assert await terminal.pool.fetchval("SELECT count(*) FROM audit_entry") == 1


async def test_who_has_left_is_waited_for_no_more(terminal: Terminal) -> None:
    event_id = await terminal.tell(EventType.ACCOUNT_ERASED)
    head, line = said(await terminal.run("open")).splitlines()
    assert head.split()[-1] == "EVENT"
    assert line.split()[-2:] == ["rights", str(event_id)]
    told = json.loads(said(await terminal.run("open", "--json")))
    assert (told["event_id"], told["closed_at"]) == (str(event_id), None)
    assert said(await terminal.run("open", "--json", "--subscriber", "other")) == ""

    leaving = ("release", "--subscriber", "rights", "--reason", "a test")
    refused = await terminal.run(*leaving)
    assert refused.exit_code == 2
    assert "rights is still told" in refused.stderr
    Path(terminal.settings["SUBSCRIBERS_FILE"]).write_text("")
    assert said(await terminal.run(*leaving)).startswith("1 events wait for rights no")
    assert said(await terminal.run("open", "--json")) == ""


async def test_dead_letters_are_replayed_and_the_waiting_retried(
    terminal: Terminal,
) -> None:
    await terminal.tell(EventType.ACCOUNT_OPENED)
    await terminal.pool.execute("UPDATE outbox_delivery SET state = 'dead'")

    assert said(await terminal.run("replay", "--all")).startswith("1 ")
    await terminal.pool.execute(
        "UPDATE outbox_delivery SET due_at = due_at + interval '1 hour', attempts = 1"
    )
    assert said(await terminal.run("retry", "--subscriber", "rights")).startswith("1 ")
    assert said(
        await terminal.run("replay", "--delivered", "--subscriber", "rights")
    ).startswith("0 ")


@pytest.mark.parametrize(
    "wrong",
    [
        ("replay",),
        ("replay", "--delivered", "--all"),
        ("drop", "--reason", "all of them"),
        ("drop", "--subscriber", "rights"),
        ("list", "--since", "yesterday"),
        ("list", "--state", "lost"),
        ("show", "nonsense"),
    ],
)
async def test_what_says_too_little_does_nothing(
    terminal: Terminal, wrong: tuple[str, ...]
) -> None:
    result = await terminal.run(*wrong)

    assert result.exit_code == 2
    assert "Usage:" in result.stderr


async def test_an_event_that_is_not_there_is_one_line(terminal: Terminal) -> None:
    missing = uuid4()
    result = await terminal.run("show", str(missing))

    assert result.exit_code == 1
    assert result.stderr == f"Error: there is no event {missing}\n"


async def test_subscribers_are_shown_without_their_secrets(
    terminal: Terminal, tmp_path: Path
) -> None:
    shown = said(await in_a_thread("subscribers", **terminal.settings))
    head, line = shown.splitlines()
    assert head.split()[:2] == ["NAME", "ADDRESS"]
    assert line.split()[:2] == ["rights", "https://rights.example"]
    assert "whsec" not in shown
    assert "hidden" not in shown

    assert "1 subscribers are right" in said(
        await in_a_thread("subscribers", "check", **terminal.settings)
    )
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(SUBSCRIBERS.replace("https:", "http:").replace("DE", "Germany"))
    settings = {**terminal.settings, "SUBSCRIBERS_FILE": str(wrong)}
    found = mistakes(await in_a_thread("subscribers", "check", **settings))
    assert [line.split(": ")[1] for line in found] == [
        "subscribers.rights.region",
        "subscribers.rights.url",
    ]
