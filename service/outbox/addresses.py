"""Addresses that events can be sent to, as an operator writes them.

Where a name leads is judged when a connection is made; here, what is wrong on paper.
"""

import re
from ipaddress import IPv4Address, ip_address
from typing import Final
from urllib.parse import SplitResult, urlsplit

from service.kit.outbound import Address, Inside, is_allowed
from service.outbox import brokers

HOST: Final = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(\.(?!-)[A-Za-z0-9_-]{1,63})*\.?")
HOST_LENGTH: Final = 253

ODD_NUMBER: Final = re.compile(r"(.*\.)?(\d+|0[xX][0-9A-Fa-f]*)\.?", re.ASCII)
"""What some read as an IPv4 address, in a spelling of their own: 127.1, 0x7f000001."""

LOOPBACK: Final = IPv4Address("127.0.0.1")


def mistake_in(url: str, *, insecure: bool, private: Inside) -> str | None:
    """Return what is wrong with an address, or None."""
    if not url.isascii() or not url.isprintable() or " " in url:
        return "must be plain characters without spaces"
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return "is not an address"
    if parts.scheme not in {"https", "http", *brokers.PACKAGES} or not host:
        return "must be an https address, or a broker's: nats or kafka"
    if parts.scheme == "http" and not insecure:
        return "must be an https address, or allow_insecure must be true"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "must not hold a user, a password or a fragment"
    return _host_mistake(host, private=private) or _broker_mistake(parts, private)


def _host_mistake(host: str, *, private: Inside) -> str | None:
    try:
        address: Address | None = ip_address(host)
    except ValueError:
        if ODD_NUMBER.fullmatch(host):
            return "has a host that is neither a name nor an address in full"
        if len(host) > HOST_LENGTH or not HOST.fullmatch(host):
            return "has a host that is no name"
        local = host.rstrip(".").rpartition(".")[2] == "localhost"
        address = LOOPBACK if local else None
    if address is not None and not is_allowed(address, private=private):
        return "is an address of our own networks, or of nobody"
    return None


def _broker_mistake(parts: SplitResult, private: Inside) -> str | None:
    if parts.scheme not in brokers.PACKAGES:
        return None
    return brokers.mistake_in(parts, private=bool(private))
