"""A NATS server of the tests' own, with JetStream, on a port that is free."""

import asyncio
import shutil
import signal
import socket
import subprocess
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from tests.support.processes import eventually, free_port

PROGRAM = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin")

needs_nats = pytest.mark.skipif(
    PROGRAM is None, reason="nats-server is not installed on this machine"
)


@dataclass
class NatsServer:
    """A server that keeps what it is told in *directory*, also over a restart."""

    directory: Path
    options: Sequence[str] = ()
    jetstream: bool = True
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def url(self) -> str:
        return f"nats://127.0.0.1:{self.port}"

    async def start(self) -> None:
        assert PROGRAM is not None
        self.process = subprocess.Popen(
            [
                *(PROGRAM, "--addr", "127.0.0.1", "--port", str(self.port)),
                *(("--jetstream", "--store_dir", self.directory) * self.jetstream),
                *self.options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        await eventually(self._listens)

    async def _listens(self) -> bool | None:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 1) as one:
                return one.recv(5) == b"INFO " or None
        except OSError:
            return None

    async def stop(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            await asyncio.to_thread(self.process.wait)
            self.process = None

    @asynccontextmanager
    async def client(self) -> AsyncGenerator[Client]:
        """Yield what a receiver connects with."""
        one = await nats.connect(self.url)
        try:
            yield one
        finally:
            await one.close()

    @asynccontextmanager
    async def stream(self, name: str = "EVENTS") -> AsyncGenerator[JetStreamContext]:
        """Yield JetStream, with a stream of every event of ours."""
        async with self.client() as client:
            jetstream = client.jetstream()
            await jetstream.add_stream(name=name, subjects=["agegate.>"])
            yield jetstream

    async def messages(self, name: str = "EVENTS") -> list[Msg]:
        """Return everything in a stream, in order."""
        async with self.client() as client:
            jetstream = client.jetstream()
            count = (await jetstream.stream_info(name)).state.messages
            reader = await jetstream.subscribe("agegate.>", ordered_consumer=True)
            return [await reader.next_msg(timeout=5) for _ in range(count)]


@asynccontextmanager
async def running(directory: Path, *options: str) -> AsyncGenerator[NatsServer]:
    """Yield a server that runs, and stop it afterwards."""
    server = NatsServer(directory, options)
    try:
        await server.start()
        yield server
    finally:
        await server.stop()
