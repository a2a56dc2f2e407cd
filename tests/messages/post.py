"""The queue as the tests use it."""

from dataclasses import dataclass

import asyncpg

from service.domain.messages import Channel, Content
from service.kit.database import Pool, transaction
from service.messages.flows import Messages
from tests.messages.people import BASE_URL, Subject, message_to
from tests.support.clock import StoppedClock


@dataclass(frozen=True)
class Post:
    """Queues messages to one subject, and says what became of them."""

    pool: Pool
    clock: StoppedClock
    subject: Subject

    async def queue(
        self,
        content: Content,
        channel: Channel = Channel.EMAIL,
        *,
        recipient: str | None = None,
    ) -> None:
        message = message_to(self.subject, content, channel, recipient=recipient)
        async with transaction(self.pool) as connection:
            await Messages(base_url=BASE_URL).queue(
                connection, message, key=self.subject.key, at=self.clock.now()
            )

    async def rows(self) -> list[asyncpg.Record]:
        return await self.pool.fetch("SELECT * FROM message ORDER BY message_id")

    async def states(self) -> list[str]:
        return sorted(row["state"] for row in await self.rows())

    async def is_redacted(self) -> bool:
        rows = await self.rows()
        return all(row["recipient"] is row["content"] is None for row in rows)

    async def wait_until_due(self) -> None:
        """Move the clock to when the next message is tried."""
        due_at = await self.pool.fetchval(
            "SELECT min(due_at) FROM message WHERE state = 'queued'"
        )
        self.clock.time = max(due_at, self.clock.time)
