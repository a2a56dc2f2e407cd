"""PostgreSQL: the pool, transactions with a deadline, and what its failures mean.

A driver error never reaches a client as a fault: everything that means "the database
can't answer now" becomes DatabaseUnavailable, which the web layer answers with 503.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final, TypeAlias

import asyncpg
from asyncpg.connect_utils import SessionAttribute
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Pool: TypeAlias = asyncpg.Pool

CONNECT_SECONDS: Final = 5.0
STATEMENT_SECONDS: Final = 5.0
TRANSACTION_SECONDS: Final = 8.0

TRANSIENT: Final = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.DeadlockDetectedError,
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InFailedSQLTransactionError,
    asyncpg.InsufficientResourcesError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.InvalidAuthorizationSpecificationError,
    asyncpg.InvalidCachedStatementError,
    asyncpg.InvalidCatalogNameError,
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.LockNotAvailableError,
    asyncpg.OperatorInterventionError,
    asyncpg.PostgresConnectionError,
    asyncpg.PostgresSystemError,
    asyncpg.ReadOnlySQLTransactionError,
    asyncpg.SerializationError,
    asyncpg.TransactionTimeoutError,
)

# The primary moved, or a pooler handed on another session: these connections would
# fail for ever.
STALE: Final = (
    asyncpg.InvalidSQLStatementNameError,
    asyncpg.ReadOnlySQLTransactionError,
)


class DatabaseUnavailable(Exception):  # noqa: N818 -- an answer (503), not a fault
    """The database can't answer now; the same request may succeed in a moment."""


async def _keep_as_it_is(_: Connection) -> None:
    """Skip the stock reset on release: it costs a round trip for every request.

    Nothing here leaves session state behind: settings are given at connect, locks
    are transaction locks.
    """


async def make_pool(
    url: str, *, min_size: int = 1, max_size: int = 10, application: str = "agegate"
) -> Pool:
    """Return a pool of connections to *url*, every statement under a deadline.

    *url* may name several hosts; only one that takes writes is used.
    """
    try:
        return await asyncpg.create_pool(
            url,
            min_size=min_size,
            max_size=max_size,
            timeout=CONNECT_SECONDS,
            command_timeout=STATEMENT_SECONDS,
            max_inactive_connection_lifetime=300,
            reset=_keep_as_it_is,
            target_session_attrs=SessionAttribute.read_write,
            server_settings={
                "application_name": application,
                "timezone": "UTC",
                "idle_in_transaction_session_timeout": "15s",
                "lock_timeout": "4s",
            },
        )
    except TRANSIENT as error:
        raise DatabaseUnavailable(type(error).__name__) from error
    except ValueError:  # its words may repeat a part of the password
        raise DatabaseUnavailable("the address is malformed") from None


@asynccontextmanager
async def connection(pool: Pool) -> AsyncGenerator[Connection]:
    """Yield a connection outside a transaction: each statement stands by itself.

    For looking, and for a single statement that writes; what two statements see may
    be of different moments.
    """
    try:
        async with asyncio.timeout(TRANSACTION_SECONDS), pool.acquire() as one:
            yield one
    except TRANSIENT as error:
        raise await _unavailable(pool, error) from error


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncGenerator[Connection]:
    """Yield a connection inside one transaction; commit when the block ends well.

    The caller may tell anybody of the change only after this block has ended.
    """
    try:
        async with (
            asyncio.timeout(TRANSACTION_SECONDS),
            pool.acquire() as one,
            one.transaction(),
        ):
            yield one
    except TRANSIENT as error:
        raise await _unavailable(pool, error) from error


async def _unavailable(pool: Pool, error: BaseException) -> DatabaseUnavailable:
    """Return what *error* means; have new connections made where they were stale."""
    if isinstance(error, STALE):
        await pool.expire_connections()
    return DatabaseUnavailable(type(error).__name__)
