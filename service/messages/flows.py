"""Queueing messages to people."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.messages import Message
from service.domain.profiles import AppName
from service.kit.database import Connection
from service.kit.ids import new_id
from service.kit.secrets import SealingKey
from service.messages import store
from service.messages.store import Failed

__all__ = ["Failed", "Messages"]

FIRST: Final = UUID(int=0)
FAILED_BATCH: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Messages:
    """Takes messages in; *base_url* is the only place their links may lead to."""

    base_url: str

    async def queue(
        self,
        connection: Connection,
        message: Message,
        *,
        key: SealingKey,
        at: datetime,
    ) -> UUID:
        """Queue *message* in the caller's transaction: it is sent once that commits.

        *key* is the data key of the message's subject. Whatever the message says, it
        is one write. Returns the message's id.
        """
        for name, value in message.content.parameters.items():
            if name.endswith("link") and not value.startswith(f"{self.base_url}/"):
                raise ValueError("a message links to this service alone")
        message_id = new_id(at)
        await store.add(connection, message_id, message, key=key, at=at)
        return message_id

    async def is_sent(self, connection: Connection, message_id: UUID) -> bool | None:
        """Tell whether a message was sent; None while it still may be."""
        return await store.is_sent(connection, message_id)

    async def find_failed(
        self,
        templates: Collection[str],
        connection: Connection,
        after: Failed | None,
    ) -> Sequence[Failed]:
        """Return messages of *templates* that could not be delivered, after one."""
        start = FIRST if after is None else after.message_id
        return await store.find_failed(
            connection, templates, after=start, batch=FAILED_BATCH
        )

    async def take_failure(self, connection: Connection, failed: Failed) -> bool:
        """Take note that a message could not be delivered, once."""
        return await store.take_failure(connection, failed.message_id)

    async def other_apps(
        self, connection: Connection, apps: Collection[str]
    ) -> list[AppName]:
        """Return the apps that have messages, but *apps*."""
        return await store.other_apps(connection, apps)

    async def sweep(
        self, connection: Connection, app: AppName, *, before: datetime
    ) -> int:
        """Delete messages of *app* that were finished before; how many."""
        return await store.sweep(connection, app, before=before)
