"""Events into topics of Kafka: acknowledged by every replica in sync is delivered.

One topic that the address names, or one for each app and family of events,
``agegate.<app>.<family>``. The subject is the key, so that a subject's events are in
one partition and in order. The producer is idempotent: what it sends again by itself
is kept once. What a worker sends again after a failure is not; receivers drop what
they have had, by its id.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, TypedDict
from urllib.parse import urlsplit

from aiokafka import AIOKafkaProducer
from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError, KafkaTimeoutError

from service.domain.events import family_of
from service.kit.outbound import Inside, check_host
from service.outbox.brokers import tls_context
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome

PORT: Final = 9092
CLOSE_SECONDS: Final = 2.0
JUDGED_SECONDS: Final = 10.0
OUR_SHARE: Final = 0.8
"""Of the subscriber's time: the producer gives a message up before its sender does."""


class Message(TypedDict):
    """What is handed to the producer."""

    topic: str
    key: bytes
    value: bytes
    headers: list[tuple[str, bytes]]


@dataclass(slots=True)
class _Held:
    """One subscriber's producer, started by whoever needs it first."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    producer: AIOKafkaProducer | None = None


@dataclass(frozen=True, slots=True)
class KafkaTransport:
    """Produces events to the topics of its subscribers, by one producer for each."""

    held: dict[str, _Held] = field(default_factory=dict)

    async def deliver(
        self, subscriber: Subscriber, envelope: Envelope
    ) -> Delivered | Failed:
        """Produce the event, and wait until every replica in sync has it."""
        held = self.held.setdefault(subscriber.name, _Held())
        try:
            producer = await self._producer(held, subscriber)
            async with asyncio.timeout(subscriber.timeout_seconds):
                await producer.send_and_wait(**message_of(subscriber, envelope))
        except (TimeoutError, KafkaTimeoutError):
            return Failed(outcome=Outcome.TIMED_OUT)
        except OSError:
            return Failed(outcome=Outcome.UNREACHABLE)
        except KafkaError as error:
            if error.retriable:
                return Failed(outcome=Outcome.UNREACHABLE)
            await _drop(held)
            return Failed(outcome=Outcome.REFUSED)
        return Delivered()

    async def _producer(self, held: _Held, subscriber: Subscriber) -> AIOKafkaProducer:
        async with held.lock:
            if held.producer is None:
                held.producer = await _start(subscriber)
            return held.producer

    async def close(self) -> None:
        """Stop every producer."""
        for held in self.held.values():
            await _drop(held)


def message_of(subscriber: Subscriber, envelope: Envelope) -> Message:
    """Return the message of an event (CloudEvents' structured mode for Kafka)."""
    family = family_of(envelope.type)
    topic = urlsplit(subscriber.url).path.removeprefix("/")
    return Message(
        topic=topic or f"{subscriber.broker.prefix}.{envelope.app}.{family}",
        key=str(envelope.subject_id).encode(),
        value=envelope.body,
        headers=[
            (name.lower(), value.encode()) for name, value in envelope.headers.items()
        ],
    )


async def _start(subscriber: Subscriber) -> AIOKafkaProducer:
    """Return a producer that is connected, to brokers at addresses that are allowed."""
    parts, broker = urlsplit(subscriber.url), subscriber.broker
    host, port = parts.hostname or "", parts.port or PORT
    security = "PLAINTEXT" if subscriber.allow_insecure else "SSL"
    producer = AIOKafkaProducer(
        bootstrap_servers=[f"{host}:{port}"],
        client_id="agegate",
        acks="all",
        enable_idempotence=True,
        request_timeout_ms=int(subscriber.timeout_seconds * OUR_SHARE * 1000),
        security_protocol=security if broker.user is None else f"SASL_{security}",
        ssl_context=None if subscriber.allow_insecure else tls_context(broker),
        sasl_mechanism=broker.mechanism,
        sasl_plain_username=broker.user,
        sasl_plain_password=broker.password,
    )
    _guard(producer.client, subscriber.inside)
    try:
        async with asyncio.timeout(subscriber.timeout_seconds):
            await check_host(host, port, private=subscriber.inside)
            await producer.start()
    except BaseException:
        await _stop(producer)
        raise
    return producer


def _guard(client: AIOKafkaClient, private: Inside) -> None:
    """Have *client* connect to no address that is refused, whoever names it.

    A broker tells where the others are, and may tell so anew at any time.
    """
    connect = client._get_conn  # noqa: SLF001 -- there is no other way to these
    judged: dict[tuple[str, int], float] = {}
    clock = asyncio.get_running_loop().time

    async def connect_judged(node_id: int, **which: object) -> object:
        broker = client.cluster.broker_metadata(node_id)
        if broker is not None:
            place = broker.host, broker.port
            if clock() > judged.get(place, 0):
                try:
                    await check_host(*place, private=private)
                except OSError:
                    return None
                judged[place] = clock() + JUDGED_SECONDS
        return await connect(node_id, **which)

    client._get_conn = connect_judged  # noqa: SLF001


async def _drop(held: _Held) -> None:
    producer, held.producer = held.producer, None
    if producer is not None:
        await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Let what is under way arrive; what takes too long is sent again some day."""
    try:
        async with asyncio.timeout(CLOSE_SECONDS):
            await producer.stop()
    except (KafkaError, OSError, TimeoutError):
        await producer._sender.close()  # noqa: SLF001 -- it would try for ever
        await producer.client.close()


@asynccontextmanager
async def open_kafka() -> AsyncGenerator[KafkaTransport]:
    """Yield the transport to Kafka, and stop its producers afterwards."""
    transport = KafkaTransport()
    try:
        yield transport
    finally:
        await transport.close()
