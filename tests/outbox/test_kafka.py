"""Events into Kafka, by its protocol, to as much of a broker as a producer needs.

With AGEGATE_TEST_KAFKA=host:port, where topics are made by themselves, also against a
real one.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.outbox.subscribers import Broker, Subscriber
from service.outbox.transport import Delivered, Failed, Outcome
from tests.outbox.support import World, event, subscriber
from tests.outbox.test_nats import envelope
from tests.support.processes import free_port

pytest.importorskip("aiokafka", reason="aiokafka is not made for this Python")

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import MessageSizeTooLargeError, TopicAuthorizationFailedError

from service.outbox.kafka import KafkaTransport, message_of, open_kafka
from tests.support.kafka_broker import Broker as KafkaBroker

BROKER = os.environ.get("AGEGATE_TEST_KAFKA")

needs_kafka = pytest.mark.skipif(
    BROKER is None, reason="AGEGATE_TEST_KAFKA names no Kafka broker"
)


@pytest.fixture
async def transport() -> AsyncGenerator[KafkaTransport]:
    async with open_kafka() as one:
        yield one


def to(address: str, **changes: object) -> Subscriber:
    return subscriber(url=f"kafka://{address}", **changes)


def test_the_subject_is_the_key_and_each_family_has_a_topic() -> None:
    one = replace(envelope(b'{"id": 1}'), type="consent.given", app="terra-maestro")

    message = message_of(to("kafka.example:9092"), one)

    assert message == {
        "topic": "agegate.terra-maestro.consent",
        "key": str(one.subject_id).encode(),
        "value": b'{"id": 1}',
        "headers": [("content-type", b"application/cloudevents+json")],
    }


@pytest.mark.parametrize(
    ("address", "prefix", "topic"),
    [
        ("kafka.example", "agegate", "agegate.plain.account"),
        ("kafka.example:9092/", "prod.age", "prod.age.plain.account"),
        ("kafka.example:9092/age-events", "agegate", "age-events"),
    ],
)
def test_the_topic_can_be_chosen(address: str, prefix: str, topic: str) -> None:
    told = to(address, broker=Broker(prefix=prefix))
    assert message_of(told, envelope())["topic"] == topic


async def test_a_broker_out_of_reach_is_a_failed_attempt(
    world: World, transport: KafkaTransport
) -> None:
    await world.tell(event())
    working = world.working(transport=transport)

    assert await working.step(url=f"kafka://127.0.0.1:{free_port()}") == 1

    assert await world.states() == [("pending", 1, None)]
    assert await world.due_at() > world.clock.now()


async def test_what_is_no_broker_costs_no_more_than_the_time_it_may_take(
    transport: KafkaTransport,
) -> None:
    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await gone.wait()
        writer.close()

    gone = asyncio.Event()
    server = await asyncio.start_server(silent, "127.0.0.1")
    async with server:
        port = server.sockets[0].getsockname()[1]
        told = to(f"127.0.0.1:{port}", timeout_seconds=0.2)
        answer = await transport.deliver(told, envelope())
        gone.set()
    assert answer.outcome in {Outcome.TIMED_OUT, Outcome.UNREACHABLE}  # type: ignore[union-attr]


async def test_an_address_of_nobody_is_not_connected_to(
    transport: KafkaTransport,
) -> None:
    answer = await transport.deliver(to("169.254.169.254:9092"), envelope())
    assert answer == Failed(outcome=Outcome.UNREACHABLE)


async def test_an_event_is_kept_by_every_replica_and_by_its_subject(
    world: World, transport: KafkaTransport
) -> None:
    broker, told = KafkaBroker(), event()
    await world.tell(told)
    async with broker.listening() as address:
        await world.working(transport=transport).step(url=f"kafka://{address}")
        await transport.close()

    (record,) = broker.records
    read = json.loads(record.value)
    assert record.topic == "agegate.plain.account"
    assert record.key == str(told.subject_id).encode() == read["subject"].encode()
    headers = dict(record.headers)
    assert headers["webhook-id"] == read["id"].encode()
    assert headers["content-type"].startswith(b"application/cloudevents+json")
    assert {"webhook-timestamp", "webhook-signature"} < headers.keys()
    assert broker.acks == {-1}
    assert await world.states() == [("delivered", 1, None)]


async def test_what_the_producer_sends_again_is_there_once(
    transport: KafkaTransport,
) -> None:
    broker = KafkaBroker(hangs_up=1)
    async with broker.listening() as address:
        answer = await transport.deliver(to(address), envelope())
        await transport.close()

    assert answer == Delivered()
    assert broker.produced == 2
    assert len(broker.records) == 1


async def test_a_subject_is_in_order_and_nothing_is_lost_while_the_broker_is_down(
    world: World, transport: KafkaTransport
) -> None:
    broker, subjects = KafkaBroker(), [uuid4() for _ in range(4)]
    working = world.working(transport=transport)

    async def step() -> None:
        await working.step(url=f"kafka://127.0.0.1:{broker.port}", timeout_seconds=0.5)

    async with broker.listening():
        await world.tell(*(event(subject) for subject in subjects))
        await step()
    await world.tell(*(event(subject) for subject in subjects))
    await step()
    assert {state for state, _, _ in await world.states()} == {"delivered", "pending"}

    async with broker.listening():
        await world.tell(*(event(subject) for subject in subjects))
        while "pending" in {state for state, _, _ in await world.states()}:
            world.clock.advance(timedelta(hours=6))
            await step()
        await transport.close()

    found: dict[bytes, list[int]] = defaultdict(list)
    for record in broker.records:
        number = int(json.loads(record.value)["sequence"])
        if number not in found[record.key]:  # at least once
            found[record.key].append(number)
    assert [*found.values()] == [[1, 2, 3]] * 4


@pytest.mark.parametrize(
    "error", [MessageSizeTooLargeError.errno, TopicAuthorizationFailedError.errno]
)
async def test_what_the_broker_refuses_is_a_failed_attempt(
    transport: KafkaTransport, error: int
) -> None:
    broker = KafkaBroker(error=error)
    async with broker.listening() as address:
        answer = await transport.deliver(to(address), envelope())
        broker.error = 0
        after = await transport.deliver(to(address), envelope())
        await transport.close()

    assert answer == Failed(outcome=Outcome.REFUSED)
    assert after == Delivered()


async def test_a_broker_that_names_an_address_of_nobody_is_not_followed(
    transport: KafkaTransport, caplog: pytest.LogCaptureFixture
) -> None:
    broker = KafkaBroker(advertised="169.254.169.254")
    async with broker.listening() as address:
        answer = await transport.deliver(to(address, timeout_seconds=0.5), envelope())

    assert isinstance(answer, Failed)
    assert broker.records == []
    assert "Connect call failed" not in caplog.text


@needs_kafka
async def test_a_subject_is_in_order_in_a_real_broker(
    world: World, transport: KafkaTransport
) -> None:
    topic = f"agegate-test-{uuid4()}"
    subjects = [uuid4() for _ in range(5)]
    for kind in [EventType.ACCOUNT_OPENED, EventType.ACCOUNT_AGED_UP] * 4:
        await world.tell(*(event(subject, kind) for subject in subjects))
    working = world.working(transport=transport)
    while await working.step(url=f"kafka://{BROKER}/{topic}", timeout_seconds=15):
        pass
    assert {state for state, _, _ in await world.states()} == {"delivered"}

    found = defaultdict(list)
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=BROKER, auto_offset_reset="earliest"
    )
    await consumer.start()
    try:
        for _ in range(40):
            message = await consumer.getone()
            read = json.loads(message.value)
            assert message.key == read["subject"].encode()
            assert dict(message.headers)["webhook-id"] == read["id"].encode()
            found[read["subject"]].append(int(read["sequence"]))
    finally:
        await consumer.stop()
    assert [*found.values()] == [[*range(1, 9)]] * 5
