"""Connections to addresses that others configure, kept out of our own networks.

Each address is judged when a connection to it is made, after the name was resolved:
a resolver that answers differently the second time, or an address in an odd spelling
(127.1, 2130706433, ::ffff:127.0.0.1), changes nothing. Certificates are verified, no
proxy, cookie or redirect of the environment or the other side is used.
"""

import asyncio
import socket
import ssl
from collections.abc import Callable
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from typing import Final, TypeAlias

from aiohappyeyeballs import start_connection
from aiohttp import AddrInfoType, ClientSession, DummyCookieJar, TCPConnector
from aiohttp.abc import AbstractResolver

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network
Inside: TypeAlias = bool | tuple[Network, ...]
"""Which of our own networks may be connected to: all, none, or these."""

USER_AGENT: Final = "agegate"
KEEPALIVE_SECONDS: Final = 4.0  # less than servers wait before they hang up

NAT64: Final = IPv6Network("64:ff9b::/96")
GLOBAL_UNICAST: Final = IPv6Network("2000::/3")

# Networks of our own house, for those who are allowed into it.
PRIVATE: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "::1/128",
        "fc00::/7",
    )
)

# What no HTTP service of anybody's answers at (IANA's special-purpose registries),
# and where clouds hand out a machine's credentials.
NEVER: Final[tuple[Network, ...]] = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "3fff::/20",
        "fd00:ec2::254/128",
        "fd20:ce::254/128",
    )
)


class AddressRefusedError(OSError):
    """The name leads to an address that must not be connected to."""


def is_allowed(address: Address, *, private: Inside) -> bool:
    """Tell whether a connection to *address* may be made; *private* lets ours in.

    What NEVER lists is let in by nothing.
    """
    meant = _meant(address)
    if any(meant in network for network in NEVER):
        return False
    if any(meant in network for network in PRIVATE):
        if isinstance(private, bool):
            return private
        return any(meant in network for network in private)
    return meant.version == 4 or meant in GLOBAL_UNICAST  # noqa: PLR2004 -- IPv4


def is_inside(network: Network) -> bool:
    """Tell whether all of *network* is one of our own house's."""
    return any(
        network.version == one.version and network.subnet_of(one)  # type: ignore[arg-type]
        for one in PRIVATE
    )


def open_session(
    *,
    private: Inside = False,
    resolver: AbstractResolver | None = None,
    ssl_context: ssl.SSLContext | None = None,
) -> ClientSession:
    """Return a session that connects to public addresses alone; the caller closes it.

    With *private* it connects to our own networks as well, but to none that NEVER
    lists. *resolver* and *ssl_context* replace the system's resolver and authorities.
    """
    return ClientSession(
        connector=TCPConnector(
            keepalive_timeout=KEEPALIVE_SECONDS,
            limit=0,  # callers bound what they send at once
            resolver=resolver,
            socket_factory=_sockets(private=private),
            ssl=True if ssl_context is None else ssl_context,
        ),
        auto_decompress=False,
        cookie_jar=DummyCookieJar(),
        headers={"User-Agent": USER_AGENT},
        trust_env=False,
    )


async def open_socket(host: str, port: int, *, private: Inside) -> socket.socket:
    """Return a connection to a port of *host*, or raise OSError; the caller closes it.

    For what does not speak HTTP; the same addresses are refused.
    """
    found = await asyncio.get_running_loop().getaddrinfo(
        host, port, type=socket.SOCK_STREAM
    )
    return await start_connection(found, socket_factory=_sockets(private=private))


async def check_host(host: str, port: int, *, private: Inside) -> None:
    """Raise AddressRefusedError where *host* leads to an address that is refused now.

    For libraries that connect by themselves; where there is another way, take that.
    """
    loop = asyncio.get_running_loop()
    for *_, where in await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        _check(str(where[0]), private=private)


def _sockets(*, private: Inside) -> Callable[[AddrInfoType], socket.socket]:
    """Return what makes sockets, but to no address that is refused."""

    def connect(info: AddrInfoType) -> socket.socket:
        family, kind, protocol, _, where = info
        _check(str(where[0]), private=private)
        return socket.socket(family=family, type=kind, proto=protocol)

    return connect


def _check(text: str, *, private: Inside) -> None:
    try:
        allowed = is_allowed(ip_address(text), private=private)
    except ValueError as error:
        raise AddressRefusedError from error
    if not allowed:
        raise AddressRefusedError


def _meant(address: Address) -> Address:
    """Return the IPv4 address that an IPv6 one stands for, where it does."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in NAT64:
            return IPv4Address(address.packed[-4:])
    return address
