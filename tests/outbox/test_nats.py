"""Events into NATS JetStream, proven against a real server."""

import json
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from cloudevents.core.formats.json import JSONFormat
from standardwebhooks import Webhook

from service.domain.events import EventType
from service.kit.clock import SystemClock
from service.outbox.nats_jetstream import NatsTransport, open_nats
from service.outbox.subscribers import Broker, Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome
from tests.outbox.support import WRITTEN_SECRET, World, event, subscriber
from tests.outbox.test_transport import make_certificate
from tests.support.nats_accounts import USER, Key, write_server
from tests.support.nats_server import NatsServer, needs_nats, running
from tests.support.processes import free_port

pytestmark = needs_nats


@pytest.fixture
async def server(tmp_path: Path) -> AsyncGenerator[NatsServer]:
    async with running(tmp_path / "store") as one, one.stream():
        yield one


@pytest.fixture
async def transport() -> AsyncGenerator[NatsTransport]:
    async with open_nats() as one:
        yield one


def to(server: NatsServer, **changes: object) -> Subscriber:
    return subscriber(url=f"{server.url}/EVENTS", timeout_seconds=2, **changes)


def envelope(body: bytes = b"{}", **changes: object) -> Envelope:
    one = Envelope(
        event_id=uuid4(),
        subject_id=uuid4(),
        app="plain",
        type="account.opened",
        body=body,
        headers={"Content-Type": "application/cloudevents+json"},
    )
    return replace(one, **changes)  # type: ignore[arg-type]


async def test_a_receiver_of_the_stream_reads_what_a_webhook_would(
    world: World, server: NatsServer, transport: NatsTransport
) -> None:
    world.clock.time = SystemClock().now()
    told = event()
    await world.tell(told)

    await world.working(transport=transport).step(url=f"{server.url}/EVENTS")

    (message,) = await server.messages()
    assert message.subject == "agegate.plain.account"
    read = JSONFormat().read(None, message.data)
    assert read.get_subject() == str(told.subject_id)
    headers = message.headers or {}
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    assert headers["Nats-Msg-Id"] == read.get_id() == headers["webhook-id"]
    Webhook(WRITTEN_SECRET).verify(message.data, headers)
    assert await world.states() == [("delivered", 1, None)]


async def test_what_is_sent_again_is_there_once(
    server: NatsServer, transport: NatsTransport
) -> None:
    one = envelope()

    assert await transport.deliver(to(server), one) == Delivered()
    assert await transport.deliver(to(server), one) == Delivered()
    assert await transport.deliver(to(server), envelope()) == Delivered()

    assert len(await server.messages()) == 2


async def test_a_subject_is_in_order_and_each_family_has_a_name(
    world: World, server: NatsServer, transport: NatsTransport
) -> None:
    subjects = [uuid4() for _ in range(5)]
    kinds = [EventType.ACCOUNT_OPENED, EventType.ACCOUNT_AGED_UP] * 4
    for kind in kinds:
        await world.tell(*(event(subject, kind) for subject in subjects))
    working = world.working(transport=transport)

    while await working.step(url=f"{server.url}/EVENTS"):
        pass

    found = defaultdict(list)
    for message in await server.messages():
        read = json.loads(message.data)
        found[read["subject"]].append(int(read["sequence"]))
    assert [*found.values()] == [[*range(1, 9)]] * 5


async def test_a_server_that_was_down_misses_nothing(
    world: World, server: NatsServer, transport: NatsTransport
) -> None:
    subjects = [uuid4() for _ in range(4)]
    working = world.working(transport=transport)
    for part in range(3):
        await world.tell(*(event(subject) for subject in subjects))
        if part == 1:
            await server.stop()
        await working.step(url=f"{server.url}/EVENTS")
    assert {state for state, _, _ in await world.states()} == {"pending", "delivered"}

    await server.start()
    for _ in range(20):
        world.clock.advance(timedelta(hours=6))
        await working.step(url=f"{server.url}/EVENTS")

    messages = [json.loads(one.data) for one in await server.messages()]
    numbers = defaultdict(list)
    for message in messages:
        numbers[message["subject"]].append(int(message["sequence"]))
    assert [*numbers.values()] == [[1, 2, 3]] * 4
    assert {state for state, _, _ in await world.states()} == {"delivered"}


async def test_nobody_there_is_a_failure(transport: NatsTransport) -> None:
    nobody = subscriber(url=f"nats://127.0.0.1:{free_port()}/EVENTS")
    answer = await transport.deliver(nobody, envelope())
    assert answer == Failed(outcome=Outcome.UNREACHABLE)


async def test_no_such_stream_is_a_failure(
    server: NatsServer, transport: NatsTransport
) -> None:
    other = replace(to(server), url=f"{server.url}/OTHER")
    elsewhere = to(server, broker=Broker(prefix="elsewhere"))
    for one in (other, replace(elsewhere, name="elsewhere")):
        answer = await transport.deliver(one, envelope())
        assert answer == Failed(outcome=Outcome.REFUSED)
    assert await server.messages() == []


async def test_our_own_network_is_closed_unless_the_subscriber_is_in_it(
    server: NatsServer, transport: NatsTransport
) -> None:
    outside = to(server, allow_private=False)
    answer = await transport.deliver(outside, envelope())
    assert answer == Failed(outcome=Outcome.UNREACHABLE)


async def test_nothing_is_said_in_the_clear_unless_allowed(
    tmp_path: Path, transport: NatsTransport
) -> None:
    broker = Broker(user="agegate", password="violin-harbour")
    login = ("--user", "agegate", "--pass", "violin-harbour")
    async with running(tmp_path / "store", *login) as server:
        strict = to(server, allow_insecure=False, broker=broker)
        answer = await transport.deliver(strict, envelope())
    assert answer == Failed(outcome=Outcome.UNREACHABLE)


async def test_tls_and_a_password_come_from_the_file(
    tmp_path: Path, transport: NatsTransport
) -> None:
    pem = make_certificate(tmp_path)
    login = ("--user", "agegate", "--pass", "violin-harbour")
    tls = ("--tls", "--tlscert", str(pem), "--tlskey", str(pem))
    async with running(tmp_path / "store", *login, *tls) as server:
        right = Broker(user="agegate", password="violin-harbour", ca_file=pem)
        wrong = replace(right, password="violin-harbor")
        stranger = replace(right, ca_file=None)
        secure = to(server, allow_insecure=False)

        for name, broker in (("wrong", wrong), ("stranger", stranger)):
            answer = await transport.deliver(
                replace(secure, name=name, broker=broker), envelope()
            )
            assert answer == Failed(outcome=Outcome.UNREACHABLE), name
        answer = await transport.deliver(replace(secure, broker=right), envelope())
        assert answer == Failed(outcome=Outcome.REFUSED)  # there is no stream


async def test_credentials_of_a_user_come_from_a_file(
    tmp_path: Path, transport: NatsTransport
) -> None:
    configuration, credentials = write_server(tmp_path)
    other = tmp_path / "other.creds"
    text = credentials.read_text()
    other.write_text(text.replace(text.splitlines()[-2], Key(USER).seed))
    server = NatsServer(tmp_path, ("--config", str(configuration)), jetstream=False)
    try:
        await server.start()
        answers = [
            await transport.deliver(
                to(server, name=name, broker=Broker(credentials_file=file)), envelope()
            )
            for name, file in (("right", credentials), ("wrong", other), ("none", None))
        ]
    finally:
        await server.stop()
    assert answers == [
        Failed(outcome=Outcome.REFUSED),  # let in, but there is no stream
        Failed(outcome=Outcome.UNREACHABLE),
        Failed(outcome=Outcome.UNREACHABLE),
    ]
