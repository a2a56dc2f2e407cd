"""Several hosts of one database: which of them a new connection is made to."""

import asyncio
from collections import deque
from urllib.parse import urlsplit

import asyncpg


class Hosts:
    """Connects to that one of several hosts which takes writes.

    A host that is silent, as a machine without power is, gets its share of *seconds*
    and no more. The one that answered last is asked first. Errors of the kinds
    *passing* are a reason to ask the next one.
    """

    def __init__(
        self, url: str, *, seconds: float, passing: tuple[type[Exception], ...]
    ) -> None:
        """Connect to the hosts in *url*."""
        self._urls = deque(_each_host(url))
        several = len(self._urls) > 1
        self._share = seconds / (len(self._urls) + several)
        self._passing = passing

    async def __call__(
        self,
        dsn: str | None = None,  # noqa: ARG002 -- asyncpg's name for all of them
        **how: object,
    ) -> asyncpg.Connection:
        """Return a connection, made as the pool wants it."""
        failed: Exception = OSError()
        for url in tuple(self._urls):
            try:
                async with asyncio.timeout(self._share):
                    made: asyncpg.Connection = await asyncpg.connect(url, **how)  # type: ignore[call-overload]
            except self._passing as error:
                failed = error
            else:
                self._urls.remove(url)
                self._urls.appendleft(url)
                return made
        raise failed


def _each_host(url: str) -> list[str]:
    """Return *url* with each of its hosts alone."""
    parts = urlsplit(url)
    account, at, hosts = parts.netloc.rpartition("@")
    if "," not in hosts:
        return [url]
    return [
        parts._replace(netloc=f"{account}{at}{host}").geturl()
        for host in hosts.split(",")
    ]
