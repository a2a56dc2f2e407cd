"""Rate limits in PostgreSQL, the same for every process (GCRA).

One guarded statement a request decides; a key is a keyed hash of something canonical
(an IPv6 /64, a recipient), never of what a client may spell in many ways.
"""

import ipaddress
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from service.domain.refusals import TooManyRequests
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import KeyRing

_sql = queries.load("limits")


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """At most *count* of something in any *window*, all of it at once if need be."""

    name: str
    count: int
    window: timedelta

    def times(self, factor: int) -> "Limit":
        """Return the limit with *factor* times the count."""
        return Limit(name=self.name, count=self.count * factor, window=self.window)


async def count(
    connection: Connection, keys: KeyRing, limit: Limit, key: str, *, now: datetime
) -> None:
    """Count one of *key* against *limit*, or raise TooManyRequests."""
    limit_key = keys.blind_index("limit", limit.name, key)
    spacing = limit.window / limit.count
    row = await _sql["count_one"].one(
        connection,
        limit_key=limit_key,
        now=now,
        spacing=spacing,
        latest=now + limit.window,
    )
    if row is not None:
        return
    arrival = await _sql["find_arrival"].value(connection, limit_key=limit_key)
    raise _too_many(limit, arrival if isinstance(arrival, datetime) else now, now=now)


async def look(
    connection: Connection, keys: KeyRing, limit: Limit, key: str, *, now: datetime
) -> None:
    """Raise TooManyRequests if one more of *key* would be; count nothing yet."""
    limit_key = keys.blind_index("limit", limit.name, key)
    arrival = await _sql["find_arrival"].value(connection, limit_key=limit_key)
    spacing = limit.window / limit.count
    if isinstance(arrival, datetime) and arrival + spacing > now + limit.window:
        raise _too_many(limit, arrival, now=now)


def _too_many(limit: Limit, arrival: datetime, *, now: datetime) -> TooManyRequests:
    wait = arrival + limit.window / limit.count - limit.window - now
    return TooManyRequests(
        limit=limit.count,
        window=ceil(limit.window.total_seconds()),
        retry_after=max(1, ceil(wait.total_seconds())),
    )


async def sweep(connection: Connection, *, now: datetime) -> int:
    """Delete the limits that are full again."""
    return await _sql["delete_full_limits"].run(connection, now=now)


def network_of(address: str) -> str:
    """Return the canonical key of an IP address: an IPv6 one counts as its /64."""
    bare = _bare(address)
    if _is_ipv4(bare):  # as most are: read by the C library, at a tenth of the cost
        return bare
    try:
        ip = ipaddress.IPv6Address(bare)
    except ValueError:
        return "unknown"
    if ip.ipv4_mapped is not None:
        return str(ip.ipv4_mapped)
    return str(ipaddress.ip_network((ip.packed[:8] + bytes(8), 64)))


def _is_ipv4(text: str) -> bool:
    """Tell whether *text* is four decimal numbers, which there is one way to write."""
    try:
        socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError):  # ValueError: no text of an address holds a NUL
        return False
    return True


def address_behind(peer: str, forwarded: Sequence[str], trusted_proxies: int) -> str:
    """Return the client's address: *trusted_proxies* hops from the right.

    With none trusted, X-Forwarded-For is what a client says of itself, and counts
    for nothing.
    """
    hops = [_bare(hop) for line in forwarded for hop in line.split(",")]
    if trusted_proxies == 0 or not hops:
        return peer
    return hops[-min(trusted_proxies, len(hops))]


def _bare(hop: str) -> str:
    """Return the address that a proxy wrote with brackets, a port or a zone.

    As ``192.0.2.7:443``, ``[2001:db8::7]``, ``[2001:db8::7]:443``, ``fe80::7%eth0``.
    """
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    return text.partition("%")[0].strip()
