"""Outbound connections: which addresses are connected to, however they are spelled."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from ipaddress import ip_address, ip_network

import pytest
from aiohttp import ClientError
from aiohttp.abc import AbstractResolver, ResolveResult

from service.kit.outbound import (
    AddressRefusedError,
    check_host,
    is_allowed,
    is_inside,
    open_session,
    open_socket,
)


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 -- leads to this machine
        "100.100.100.200",
        "168.63.129.16",
        "169.254.169.254",
        "192.0.0.192",
        "192.0.2.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::127.0.0.1",
        "::ffff:169.254.169.254",
        "64:ff9b::169.254.169.254",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%1",
        "ff02::1",
    ],
)
def test_nobody_may_connect_to(address: str) -> None:
    assert not is_allowed(ip_address(address), private=False)
    assert not is_allowed(ip_address(address), private=True)


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "127.255.255.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.0.1",
        "198.18.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::10.0.0.1",
        "fc00::1",
        "fdff::1",
    ],
)
def test_only_those_inside_may_connect_to(address: str) -> None:
    assert not is_allowed(ip_address(address), private=False)
    assert is_allowed(ip_address(address), private=True)


@pytest.mark.parametrize(
    "address",
    [
        "1.1.1.1",
        "172.15.255.255",
        "172.32.0.0",
        "::ffff:1.1.1.1",
        "64:ff9b::1.1.1.1",
        "2606:4700:4700::1111",
    ],
)
def test_everybody_may_connect_to(address: str) -> None:
    assert is_allowed(ip_address(address), private=False)


@dataclass
class Listener:
    """A port on loopback that counts who comes."""

    port: int = 0
    connections: int = 0

    async def serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 204 No Content\r\nSet-Cookie: seen=1\r\n")
        writer.write(b"Connection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
async def listener() -> AsyncGenerator[Listener]:
    one = Listener()
    hosts = ["127.0.0.1", "::1"] if socket.has_dualstack_ipv6() else ["127.0.0.1"]
    first = await asyncio.start_server(one.serve, hosts[0])
    one.port = first.sockets[0].getsockname()[1]
    others = [await asyncio.start_server(one.serve, h, one.port) for h in hosts[1:]]
    yield one
    for server in (first, *others):
        server.close()
        await server.wait_closed()


@dataclass
class Resolver(AbstractResolver):
    """Answers with each list of addresses in turn, whatever it is asked."""

    answers: list[list[str]] = field(default_factory=list)

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_UNSPEC,  # noqa: ARG002
    ) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in self.answers.pop(0)
        ]

    async def close(self) -> None:
        pass


SPELLINGS = [
    "127.0.0.1",
    "127.0.0.1.",
    "127.1",
    "127.0.1",
    "0",
    "0.0.0.0",  # noqa: S104
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0x7f.0x0.0x0.0x1",
    "0177.0.0.1",
    "017700000001",
    "127.000.000.001",
    "１２７.０.０.１",  # noqa: RUF001 -- full-width digits
    "127。0。0。1",
    "localhost",
    "localhost.",
    "LOCALHOST",
    "user@127.0.0.1",
    "[::1]",
    "[0:0:0:0:0:0:0:1]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[::127.0.0.1]",
    "[::]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
]


@pytest.mark.parametrize("host", SPELLINGS)
async def test_no_spelling_of_loopback_is_connected_to(
    listener: Listener, host: str
) -> None:
    async with open_session() as session:
        with pytest.raises((ClientError, OSError, ValueError)):
            await session.post(f"http://{host}:{listener.port}/")

    assert listener.connections == 0


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
async def test_those_inside_are_let_in(listener: Listener, host: str) -> None:
    async with (
        open_session(private=True) as session,
        session.post(f"http://{host}:{listener.port}/") as response,
    ):
        assert response.status == 204

    assert listener.connections == 1


@pytest.mark.parametrize(
    ("network", "connections"),
    [("127.0.0.0/8", 1), ("127.0.0.1/32", 1), ("127.0.0.2/32", 0), ("10.0.0.0/8", 0)],
)
async def test_those_inside_may_be_some_of_them(
    listener: Listener, network: str, connections: int
) -> None:
    async with open_session(private=(ip_network(network),)) as session:
        with contextlib.suppress(ClientError):
            await session.post(f"http://127.0.0.1:{listener.port}/")

    assert listener.connections == connections


@pytest.mark.parametrize("network", ["0.0.0.0/0", "169.254.0.0/16"])
def test_what_nobody_may_connect_to_can_t_be_allowed(network: str) -> None:
    metadata = ip_address("169.254.169.254")
    assert not is_allowed(metadata, private=(ip_network(network),))
    assert not is_inside(ip_network(network))


@pytest.mark.parametrize(
    "addresses",
    [
        ["127.0.0.1"],
        ["::1"],
        ["::ffff:127.0.0.1"],
        ["10.255.255.255", "127.0.0.1"],
        ["169.254.169.254", "::1", "127.0.0.1"],
        ["127.1"],
        ["localhost"],
    ],
)
async def test_a_name_that_leads_to_loopback_is_not_connected_to(
    listener: Listener, addresses: list[str]
) -> None:
    resolver = Resolver([addresses, addresses])
    async with open_session(resolver=resolver) as session:
        with pytest.raises((ClientError, OSError, ValueError)):
            await session.post(f"http://hook.example:{listener.port}/")

    assert listener.connections == 0


async def test_no_cookie_is_kept_and_no_proxy_of_the_environment_used(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    async with (
        open_session(private=True) as session,
        session.post(f"http://localhost:{listener.port}/") as response,
    ):
        assert response.status == 204
        assert "seen" in response.cookies
        assert len(session.cookie_jar) == 0


@pytest.mark.parametrize("host", SPELLINGS)
async def test_a_socket_is_not_opened_to_loopback_in_any_spelling(
    listener: Listener, host: str
) -> None:
    bare = host.strip("[]")
    with pytest.raises(OSError):  # noqa: PT011 -- some are no names, others refused
        await open_socket(bare, listener.port, private=False)
    with pytest.raises(OSError):  # noqa: PT011
        await check_host(bare, listener.port, private=False)
    assert listener.connections == 0


async def test_a_socket_is_opened_to_who_is_inside(listener: Listener) -> None:
    await check_host("127.0.0.1", listener.port, private=True)
    opened = await open_socket("127.0.0.1", listener.port, private=True)
    with opened:
        assert opened.getpeername() == ("127.0.0.1", listener.port)
    for metadata in ("169.254.169.254", "fd00:ec2::254"):
        with pytest.raises(OSError):  # noqa: PT011
            await open_socket(metadata, 80, private=True)
        with pytest.raises(AddressRefusedError):
            await check_host(metadata, 80, private=True)
