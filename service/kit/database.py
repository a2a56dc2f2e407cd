"""PostgreSQL: the pool, transactions with a deadline, and what its failures mean.

A driver error never reaches a client as a fault: everything that means "the database
can't answer now" becomes DatabaseUnavailable, which the web layer answers with 503.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Generator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Final, TypeAlias

import asyncpg
from asyncpg.connect_utils import SessionAttribute
from asyncpg.pool import PoolConnectionProxy

from service.kit.database_hosts import Hosts

Connection: TypeAlias = asyncpg.Connection | PoolConnectionProxy
Pool: TypeAlias = asyncpg.Pool

CONNECT_SECONDS: Final = 5.0
STATEMENT_SECONDS: Final = 5.0
TRANSACTION_SECONDS: Final = 8.0
CALL_OFF_SECONDS: Final = 1.0

QUERIES: Final = 50_000
"""After how many a connection is made anew, so that its server process ends too."""

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


COMMIT_IN_DOUBT: Final = "01000"
"""SQLSTATE of the warning that a commit ends with which no standby is known to have."""


WAIT_FOR_STANDBY: Final = """
SELECT pg_logical_emit_message(true, 'agegate', '')
WHERE current_setting('synchronous_standby_names') <> ''
"""
"""The smallest write there is: its commit waits for all that were made before."""


class CommitInDoubtError(Exception):
    """The commit is kept by the primary alone: a failover may lose it."""


class DatabaseUnavailable(Exception):  # noqa: N818 -- an answer (503), not a fault
    """The database can't answer now; the same request may succeed in a moment."""


async def _keep_as_it_is(_: Connection) -> None:
    """Skip the stock reset on release: it costs a round trip for every request.

    Nothing here leaves session state behind: settings are given at connect, locks
    are transaction locks.
    """


class _Pool(asyncpg.Pool):
    """A pool that takes its connections back at once.

    The stock one does it in a task of its own, that whoever is called off meanwhile
    can't stop: it costs a request more than a row does. Nothing of ours waits there but
    for a statement that was called off; who is called off once more loses the
    connection, and the pool makes another.
    """

    async def release(
        self,
        connection: PoolConnectionProxy,
        *,
        timeout: float | None = None,  # noqa: ASYNC109 -- asyncpg's word
    ) -> None:
        """Take a connection back."""
        held = connection._con  # type: ignore[attr-defined]  # noqa: SLF001 -- no other way
        if held is None:  # it was closed meanwhile
            return
        held._on_release()  # noqa: SLF001
        await connection._holder.release(timeout)  # noqa: SLF001


async def make_pool(
    url: str, *, min_size: int = 1, max_size: int = 10, application: str = "agegate"
) -> Pool:
    """Return a pool of connections to *url*, every statement under a deadline.

    *url* may name several hosts; only one that takes writes is used.
    """
    try:
        return await _Pool(
            url,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            loop=None,
            max_queries=QUERIES,
            connect=Hosts(url, seconds=CONNECT_SECONDS, passing=TRANSIENT),
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
            try:
                yield one
            except TimeoutError:
                await _leave(one)
                raise
    except TRANSIENT as error:
        raise await _unavailable(pool, error) from error


async def glance(pool: Pool, sql: str, *arguments: object) -> asyncpg.Record | None:
    """Return the first row of one statement that only looks, or None.

    What almost every request does: it costs half of what ``connection`` does, and
    waits for a connection no longer than the request may last.
    """
    try:
        one = await pool.acquire()
        try:
            return await one.fetchrow(sql, *arguments)
        except TimeoutError:
            await _leave(one)
            raise
        finally:
            await pool.release(one)
    except TRANSIENT as error:
        raise await _unavailable(pool, error) from error


@asynccontextmanager
async def transaction(pool: Pool) -> AsyncGenerator[Connection]:
    """Yield a connection inside one transaction; commit when the block ends well.

    The caller may tell anybody of the change only after this block has ended.
    """
    async with statement(pool) as one, one.transaction():
        try:
            yield one
        except TimeoutError:
            await _leave(one)
            raise


@asynccontextmanager
async def statement(pool: Pool) -> AsyncGenerator[Connection]:
    """Yield a connection for one statement that writes: a transaction by itself.

    The caller may tell anybody of the change only after this block has ended.
    """
    try:
        async with asyncio.timeout(TRANSACTION_SECONDS), pool.acquire() as one:
            with _doubts_of(one) as doubts:
                try:
                    yield one
                except TimeoutError:
                    await _leave(one)
                    raise
                except TRANSIENT:
                    raise
                except Exception:
                    await one.execute(WAIT_FOR_STANDBY)
                    if not doubts:
                        raise
    except (*TRANSIENT, CommitInDoubtError) as error:
        raise await _unavailable(pool, error) from error


async def _unavailable(pool: Pool, error: BaseException) -> DatabaseUnavailable:
    """Return what *error* means; have new connections made where they were stale."""
    if isinstance(error, STALE):
        await pool.expire_connections()
    return DatabaseUnavailable(type(error).__name__)


async def wait_for_standby(connection: Connection) -> None:
    """Have the transaction's end wait until all that it saw is kept by a standby too.

    For what is read here and remembered elsewhere: a commit that a failover takes back
    can be seen before.
    """
    await connection.execute(WAIT_FOR_STANDBY)


@contextmanager
def _doubts_of(one: Connection) -> Generator[Collection[object]]:
    """Yield what tells that no standby is known to have what is written; raise at last.

    A commit that waits for a synchronous standby, and is cancelled by whoever wants to
    clear what hangs, ends well for PostgreSQL: all that tells is a warning. And others
    can see it then: a refusal that rests on what was seen waits for the standby too.
    """
    doubts: list[object] = []

    def hear(_: Connection, message: asyncpg.PostgresLogMessage) -> None:
        if message.sqlstate == COMMIT_IN_DOUBT:
            doubts.append(message)

    one.add_log_listener(hear)
    try:
        yield doubts
    finally:
        with suppress(asyncpg.InterfaceError):  # the connection is gone already
            one.remove_log_listener(hear)
    if doubts:
        raise CommitInDoubtError


async def _leave(one: Connection) -> None:
    """Leave a statement that timed out; hang up if the server is silent altogether.

    Else its connection would be waited for as long as the statement was, and longer.
    """
    try:
        await one.execute("ROLLBACK", timeout=CALL_OFF_SECONDS)
    except TRANSIENT:
        with suppress(asyncpg.InterfaceError):  # it is gone already
            one.terminate()
