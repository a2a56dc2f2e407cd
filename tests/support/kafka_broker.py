"""As much of a Kafka broker as a producer speaks to: one node, one partition a topic.

It speaks the real protocol, by the structures of the library's other half, and keeps
what an idempotent producer sends twice once, as a broker does. It stands in where there
is no broker; test_kafka.py knows what to do with a real one.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from aiokafka.protocol.admin import ApiVersionRequest_v0
from aiokafka.protocol.api import RequestHeader_v1, ResponseHeader_v0
from aiokafka.protocol.metadata import MetadataRequest_v1
from aiokafka.protocol.produce import ProduceRequest_v3
from aiokafka.protocol.transaction import InitProducerIdRequest_v0
from aiokafka.record import MemoryRecords

REQUESTS = {
    one.API_KEY: one
    for one in (
        ApiVersionRequest_v0,
        InitProducerIdRequest_v0,
        MetadataRequest_v1,
        ProduceRequest_v3,
    )
}
NODE = 1


@dataclass(frozen=True)
class Record:
    """One message as a consumer would read it."""

    topic: str
    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...]


@dataclass
class Broker:
    """A broker on loopback; *hangs_up* counts how often it takes without an answer."""

    port: int = 0
    advertised: str = "127.0.0.1"
    error: int = 0
    hangs_up: int = 0
    acks: set[int] = field(default_factory=set)
    producers: set[int] = field(default_factory=set)
    produced: int = 0
    records: list[Record] = field(default_factory=list)
    _seen: set[tuple[str, int, int]] = field(default_factory=set)
    _tasks: set["asyncio.Task[None] | None"] = field(default_factory=set)

    @asynccontextmanager
    async def listening(self) -> AsyncGenerator[str]:
        """Yield the address, the same whenever it listens again."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield f"127.0.0.1:{self.port}"
        finally:
            server.close()
            for task in [*self._tasks]:
                assert task is not None
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)  # type: ignore[arg-type]
            self._tasks.clear()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._tasks.add(asyncio.current_task())
        try:
            while True:
                size = int.from_bytes(await reader.readexactly(4))
                answer = self._answer(BytesIO(await reader.readexactly(size)))
                if answer is None:
                    return
                writer.write(len(answer).to_bytes(4) + answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    def _answer(self, data: BytesIO) -> bytes | None:
        key, version, correlation_id, _ = RequestHeader_v1.SCHEMA.decode(data)
        kind = REQUESTS[key]
        assert version == kind.API_VERSION
        request: Any = kind.decode(data)
        body: Any
        match kind.API_KEY:
            case 18:
                versions = [
                    (k, v.API_VERSION, v.API_VERSION) for k, v in REQUESTS.items()
                ]
                body = kind.RESPONSE_TYPE(0, versions)
            case 22:
                self.producers.add(len(self.producers) + 1)
                body = kind.RESPONSE_TYPE(0, 0, len(self.producers), 0)
            case 3:
                body = kind.RESPONSE_TYPE(*self._metadata(request.topics or []))
            case _:
                body = self._produce(kind, request)
        if body is None:
            return None
        return bytes(ResponseHeader_v0(correlation_id).encode() + body.encode())

    def _metadata(self, topics: list[str]) -> tuple[Any, ...]:
        nodes = [(NODE, self.advertised, self.port, None)]
        known = [(0, topic, False, [(0, 0, NODE, [NODE], [NODE])]) for topic in topics]
        return nodes, NODE, known

    def _produce(self, kind: Any, request: Any) -> Any:
        self.acks.add(request.required_acks)
        self.produced += 1
        ((topic, ((partition, messages),)),) = request.topics
        if not self.error:
            self._keep(topic, bytes(messages))
        if self.hangs_up:
            self.hangs_up -= 1
            return None
        return kind.RESPONSE_TYPE([(topic, [(partition, self.error, 0, -1)])], 0)

    def _keep(self, topic: str, messages: bytes) -> None:
        batches = MemoryRecords(messages)
        while batches.has_next():
            batch: Any = batches.next_batch()
            place = (topic, batch.producer_id, batch.base_sequence)
            assert batch.producer_id in self.producers
            if place in self._seen:
                continue
            self._seen.add(place)
            self.records += [
                Record(topic, bytes(one.key), bytes(one.value), tuple(one.headers))
                for one in batch
            ]
