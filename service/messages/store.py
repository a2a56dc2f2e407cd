"""Messages in PostgreSQL, their address and parameters sealed."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from service.domain.messages import Channel, Message
from service.domain.profiles import AppName
from service.kit import queries
from service.kit.database import Connection
from service.kit.secrets import Place, SealingKey

_sql = queries.load("messages")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that is ours to send until its lease ends, still sealed."""

    message_id: UUID
    subject_id: UUID
    app: AppName
    channel: Channel
    template: str
    language: str
    recipient: bytes
    content: bytes
    attempts: int
    queued_at: datetime
    expires_at: datetime

    def opened_recipient(self, key: SealingKey) -> str:
        """Return the address, or raise UnsealError."""
        return key.open_text(self.recipient, _place("recipient", self.message_id))

    def opened_parameters(self, key: SealingKey) -> Mapping[str, str]:
        """Return the parameters of the template, or raise UnsealError."""
        text = key.open_text(self.content, _place("content", self.message_id))
        return cast("Mapping[str, str]", json.loads(text))


@dataclass(frozen=True, slots=True)
class Depth:
    """How many messages wait, and since when the oldest does."""

    count: int
    oldest_at: datetime


async def add(
    connection: Connection,
    message_id: UUID,
    message: Message,
    *,
    key: SealingKey,
    at: datetime,
) -> None:
    """Keep a new message, due at once."""
    content = json.dumps(dict(message.content.parameters))
    await _sql["add_message"].run(
        connection,
        message_id=message_id,
        subject_id=message.subject_id,
        app=message.app,
        channel=message.channel,
        template=message.content.template,
        language=message.language,
        recipient=key.seal_text(message.recipient, _place("recipient", message_id)),
        content=key.seal_text(content, _place("content", message_id)),
        queued_at=at,
        expires_at=at + message.content.lifetime,
    )


async def claim(
    connection: Connection, *, now: datetime, leased_until: datetime, batch: int
) -> list[Claimed]:
    """Take up to *batch* messages that are due, each until *leased_until*.

    They come in the order they were queued.
    """
    rows = await _sql["claim_due_messages"].all(
        connection, now=now, leased_until=leased_until, batch=batch
    )
    claimed = [
        Claimed(
            **{**row, "app": AppName(row["app"]), "channel": Channel(row["channel"])}
        )
        for row in rows
    ]
    return sorted(claimed, key=lambda message: message.queued_at)


async def mark_sent(connection: Connection, message_id: UUID, *, at: datetime) -> None:
    """Forget address and content of a message that was sent."""
    await _sql["mark_message_sent"].run(connection, message_id=message_id, at=at)


async def mark_failed(
    connection: Connection, message_id: UUID, *, attempts: int, at: datetime
) -> bool:
    """Forget address and content of a message that is given up.

    Does nothing, and says so, when another worker has taken it since.
    """
    failed = await _sql["mark_message_failed"].run(
        connection, message_id=message_id, attempts=attempts, at=at
    )
    return failed == 1


async def put_off(
    connection: Connection, message_id: UUID, *, attempts: int, due_at: datetime
) -> None:
    """Try again at *due_at*, unless another worker has taken the message since."""
    await _sql["put_message_off"].run(
        connection, message_id=message_id, attempts=attempts, due_at=due_at
    )


async def measure(connection: Connection) -> Mapping[Channel, Depth]:
    """Return how full the queue is, for each channel that has one."""
    rows = await _sql["measure_queue"].all(connection)
    return {
        Channel(row["channel"]): Depth(row["depth"], row["oldest_at"]) for row in rows
    }


async def other_apps(connection: Connection, apps: Collection[str]) -> list[AppName]:
    """Return the apps that have messages here, and are none of *apps*."""
    rows = await _sql["find_other_apps"].all(connection, apps=[*apps])
    return [AppName(row["app"]) for row in rows]


async def sweep(connection: Connection, app: AppName, *, before: datetime) -> int:
    """Delete what *app* finished sending before that, and return how many (TM-14)."""
    return await _sql["delete_messages_finished_before"].run(
        connection, app=app, before=before
    )


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that was given up, and whose subject it was of."""

    message_id: UUID
    subject_id: UUID


async def find_failed(
    connection: Connection, templates: Collection[str], *, after: UUID, batch: int
) -> list[Failed]:
    """Return messages of *templates* that were given up, and not taken note of."""
    rows = await _sql["find_failed"].all(
        connection, templates=[*templates], after=after, batch=batch
    )
    return [Failed(row["message_id"], row["subject_id"]) for row in rows]


async def take_failure(connection: Connection, message_id: UUID) -> bool:
    """Take note of a message that was given up; False when somebody else did."""
    return await _sql["take_failure"].run(connection, message_id=message_id) == 1


def _place(column: str, message_id: UUID) -> Place:
    return Place("message", column, str(message_id))


async def is_sent(connection: Connection, message_id: UUID) -> bool | None:
    """Tell whether a message was sent; None while it waits, False for one long gone."""
    state = await _sql["find_state"].value(connection, message_id=message_id)
    return None if state == "queued" else state == "sent"
