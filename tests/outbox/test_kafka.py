"""Events into Kafka: what a message holds, and what a broker out of reach costs.

With AGEGATE_TEST_KAFKA=host:port, where topics are made by themselves, also against a
real broker.
"""

import asyncio
import json
import os
from collections import defaultdict
from collections.abc import AsyncGenerator
from dataclasses import replace
from uuid import uuid4

import pytest

from service.domain.events import EventType
from service.outbox.subscribers import Broker, Subscriber
from service.outbox.transport import Failed, Outcome
from tests.outbox.support import World, event, subscriber
from tests.outbox.test_nats import envelope
from tests.support.processes import free_port

pytest.importorskip("aiokafka", reason="aiokafka is not made for this Python")

from aiokafka import AIOKafkaConsumer

from service.outbox.kafka import KafkaTransport, message_of, open_kafka

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
