"""The queries of delivery stay on their indexes, however much has been delivered.

AGEGATE_TEST_ROWS says how many delivered events there are: 20,000 unless set; the
full size is 1,000,000.
"""

import json
import os
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from service.kit.database import Connection, Pool, make_pool, transaction
from service.kit.ids import first_id
from service.kit.queries import Query, load
from service.outbox import retention
from tests.support.clock import StoppedClock

ROWS = int(os.environ.get("AGEGATE_TEST_ROWS", "20000"))
WAITING = 5000
WEEKS = 4
OUTBOX = {**load("outbox"), **load("outbox_feed")}

# Ids as UUIDv7 has them, spread over some weeks; the newest week is the clock's.
FILL = """
WITH told AS (
    SELECT
        cast(
            lpad(to_hex(cast(extract(epoch FROM at) * 1000 AS bigint)), 12, '0')
            || '7' || substr(md5(n::text), 1, 19) AS uuid
        ) AS event_id,
        cast(md5('subject ' || (n % ($1::bigint / 10 + 1))) AS uuid) AS subject_id,
        n / ($1::bigint / 10 + 1) + 1 AS sequence,
        at
    FROM generate_series(1, $1::bigint) AS n,
        LATERAL (SELECT $2::timestamptz - n * ($3::interval / $1::bigint) AS at) AS t
),
events AS (
    INSERT INTO outbox_event (
        event_id, app, subject_id, sequence, event_type, data, occurred_at
    )
    SELECT event_id, 'plain', subject_id, sequence, 'account.opened', '{}', at FROM told
)
INSERT INTO outbox_delivered (
    event_id, subscriber, app, attempts, last_status, delivered_at
)
SELECT event_id, subscriber, 'plain', 1, 204, at
FROM told, unnest(ARRAY['rights', 'consent']) AS subscriber
"""
OWE = """
INSERT INTO outbox_delivery (
    event_id, subscriber, subject_id, sequence, app, event_type, data, occurred_at,
    due_at, state
)
SELECT
    gen_random_uuid(), 'rights', cast(md5('waiting ' || n % 500) AS uuid), 100 + n,
    'plain', 'account.opened', '{}', $2::timestamptz,
    $2::timestamptz + n * interval '1 millisecond',
    CASE WHEN n % 50 = 0 THEN 'dead' ELSE 'pending' END
FROM generate_series(1, $1::bigint) AS n
"""


@pytest.fixture
async def full(own_database_url: str, clock: StoppedClock) -> AsyncGenerator[Pool]:
    """A database with much that was delivered, as a worker's statistics know it."""
    async with await make_pool(own_database_url) as pool:
        for week in range(WEEKS):
            async with transaction(pool) as connection:
                await retention.add_partitions(
                    connection, ["plain"], now=clock.now() - timedelta(weeks=week)
                )
        span = timedelta(weeks=WEEKS - 1)
        await pool.execute(FILL, ROWS, clock.now(), span, timeout=300)
        await pool.execute("ANALYZE", timeout=120)
        yield pool


def queries(now: datetime) -> dict[str, dict[str, object]]:
    """What a worker and a reader ask all the time."""
    one: dict[str, object] = {"subscriber": "rights"}
    event_id, subject_id = uuid4(), uuid4()
    return {
        "claim_deliveries": {
            **one, "now": now, "leased_until": now + timedelta(minutes=1), "batch": 8,
        },
        "park_deliveries": {**one, "now": now, "until": now + timedelta(hours=12)},
        "mark_delivered": {**one, "event_id": event_id, "status": 204, "at": now},
        "wake_next": {**one, "subject_id": subject_id, "sequence": 3, "at": now},
        "postpone_delivery": {
            **one, "event_id": event_id, "attempt": 1, "status": 500, "due_at": now,
        },
        "bury_delivery": {**one, "event_id": event_id, "attempt": 1, "status": 500},
        "scan_events": {
            "apps": ["plain"], "types": ["account.opened"], "xid": "700",
            "subject_id": subject_id, "sequence": 1, "most": 2000,
        },
    }  # fmt: skip


def literal(value: object) -> str:
    match value:
        case int():
            return str(value)
        case list():
            return f"ARRAY[{', '.join(map(literal, value))}]"
        case datetime():
            return f"'{value.isoformat()}'"
        case UUID() | str():
            return f"'{value}'"
        case _:
            raise AssertionError(value)


async def plan(
    connection: Connection, query: Query, arguments: dict[str, object], mode: str
) -> Any:
    """Return how PostgreSQL would do it: for these values, or for any."""
    await connection.execute(f"SET plan_cache_mode = 'force_{mode}_plan'")
    await connection.execute(f"PREPARE asked AS {query.sql.rstrip().rstrip(';')}")
    try:
        values = ", ".join(map(literal, query.bind(arguments)))
        found = await connection.fetchval(
            f"EXPLAIN (FORMAT JSON) EXECUTE asked ({values})"
        )
    finally:
        await connection.execute("DEALLOCATE asked; RESET plan_cache_mode")
    return json.loads(found)[0]["Plan"]


def nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for inner in plan.get("Plans", []):
        yield from nodes(inner)


def scanned_whole(plan: Any) -> set[str]:
    """Return the tables that are read from one end to the other."""
    return {
        one["Relation Name"]
        for one in nodes(plan)
        if one["Node Type"] == "Seq Scan"
        and not one["Relation Name"].endswith("_default")  # empty: it has no pages
    }


async def check(pool: Pool, now: datetime) -> None:
    async with pool.acquire() as connection:
        for name, arguments in queries(now).items():
            for mode in ("custom", "generic"):
                found = await plan(connection, OUTBOX[name], arguments, mode)
                assert scanned_whole(found) == set(), (name, mode, found)


async def test_no_query_reads_what_was_delivered(
    full: Pool, clock: StoppedClock
) -> None:
    await full.execute(OWE, WAITING, clock.now())
    await full.execute("ANALYZE outbox_delivery")

    await check(full, clock.now() + timedelta(minutes=1))

    claimed = OUTBOX["claim_deliveries"]
    arguments = queries(clock.now() + timedelta(minutes=1))["claim_deliveries"]
    async with full.acquire() as connection:
        touched = json.loads(
            await connection.fetchval(
                f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {claimed.sql}",
                *claimed.bind(arguments),
            )
        )[0]["Plan"]
    pages = touched["Shared Hit Blocks"] + touched["Shared Read Blocks"]
    assert pages < 5000


async def test_an_old_snapshot_does_not_push_them_off_their_indexes(
    full: Pool, clock: StoppedClock, own_database_url: str
) -> None:
    """What an open transaction could still see can't be vacuumed away."""
    await full.execute(OWE, WAITING, clock.now())
    old = await asyncpg.connect(own_database_url)
    try:
        async with old.transaction(isolation="repeatable_read"):
            await old.fetchval("SELECT count(*) FROM outbox_delivery")
            for number in range(4):
                await full.execute(
                    "UPDATE outbox_delivery SET due_at = due_at + interval '1 second'"
                    " WHERE state = 'pending'"
                )
                if number == 2:
                    await full.execute("VACUUM (ANALYZE) outbox_delivery")
            await check(full, clock.now() + timedelta(minutes=1))
            await full.execute("DELETE FROM outbox_delivery")
            await full.execute("VACUUM (ANALYZE) outbox_delivery")
            await check(full, clock.now() + timedelta(minutes=1))
    finally:
        await old.close()


async def test_an_event_is_found_in_its_week_alone(
    full: Pool, clock: StoppedClock
) -> None:
    """Dropping a week, or looking at one, opens no other."""
    week = clock.now() - timedelta(weeks=2)
    found = json.loads(
        await full.fetchval(
            "EXPLAIN (FORMAT JSON) SELECT 1 FROM outbox_event"
            " WHERE app = 'plain' AND event_id >= $1 AND event_id < $2",
            first_id(week),
            first_id(week + timedelta(hours=1)),
        )
    )
    relations = {
        one["Relation Name"]
        for one in nodes(found[0]["Plan"])
        if "Relation Name" in one
    }
    assert len(relations) == 1
