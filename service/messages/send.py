"""Sending what was queued: claim, commit, send, settle.

At least once. A claim is a lease, so a worker may die at any line and another takes
its messages over; each message keeps its id, by which a second copy is recognised.
"""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import SystemRandom
from typing import Final, assert_never
from uuid import UUID

from service.domain.messages import Channel
from service.domain.profiles import PolicyProfile
from service.domain.retries import ATTEMPTS, next_try
from service.kit.clock import Clock
from service.kit.database import Connection, DatabaseUnavailable, Pool, transaction
from service.kit.logs import fault_of, log
from service.kit.secrets import SealingKey, UnsealError
from service.messages import metrics, store
from service.messages.adapters import (
    EmailSender,
    RefusedError,
    SmsSender,
    UnavailableError,
)
from service.messages.render import Letter, Renderer
from service.messages.store import Claimed
from service.vault.flows import Vault

BATCH: Final = 8
SECONDS: Final = 20.0
SETTLE_TRIES: Final = 3
LEASE: Final = timedelta(seconds=90)  # more than all the deadlines of one message


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a message was not sent, and whether trying again is pointless."""

    reason: str
    final: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Sends the messages of every operator; any number of workers may do so at once."""

    pool: Pool
    clock: Clock
    vault: Vault
    profiles: Mapping[str, PolicyProfile]
    renderer: Renderer
    email: EmailSender
    sms: SmsSender
    chance: Callable[[], float] = SystemRandom().random
    seconds: float = SECONDS

    async def step(self) -> int:
        """Try a batch of what is due, and return how many messages were taken.

        They start in the order they were queued, so that the newest code comes last.
        A full batch (BATCH) means that more may be due. Raises DatabaseUnavailable.
        """
        now = self.clock.now()
        async with transaction(self.pool) as one:
            claimed = await store.claim(
                one, now=now, leased_until=now + LEASE, batch=BATCH
            )
            keys = [await self._key_of(one, message.subject_id) for message in claimed]
        async with asyncio.TaskGroup() as group:
            for message, key in zip(claimed, keys, strict=True):
                group.create_task(self._deliver(message, key))
        return len(claimed)

    async def _key_of(
        self, connection: Connection, subject_id: UUID
    ) -> SealingKey | None:
        try:
            return await self.vault.key_of(connection, subject_id)
        except UnsealError:
            return None

    async def _deliver(self, message: Claimed, key: SealingKey | None) -> None:
        problem = await self._try(message, key)
        for _ in range(SETTLE_TRIES):
            try:
                return await self._settle(message, problem)
            except DatabaseUnavailable as error:
                log().warning("message_not_settled", fault=fault_of(error))
        return None  # The lease ends, and the message goes out once more.

    async def _try(self, message: Claimed, key: SealingKey | None) -> Problem | None:
        if message.expires_at <= self.clock.now() or message.attempts > ATTEMPTS:
            return Problem("too_late", final=True)
        if key is None:
            return Problem("no_key", final=False)
        metrics.ATTEMPTS.labels(message.channel, message.template).inc()
        try:
            async with asyncio.timeout(self.seconds):
                await self._send(message, key)
        except RefusedError as error:
            return Problem(error.reason, final=True)
        except UnavailableError as error:
            return Problem(error.reason, final=False)
        except Exception as error:  # noqa: BLE001 -- one must not stop the others
            return Problem(fault_of(error), final=False)
        metrics.SENT.labels(message.channel, message.template).inc()
        return None

    async def _send(self, message: Claimed, key: SealingKey) -> None:
        """Open, render and hand over; no transaction is open meanwhile."""
        letter = Letter(
            id=message.message_id,
            to=message.opened_recipient(key),
            template=message.template,
            parameters=message.opened_parameters(key),
            language=message.language,
            profile=self.profiles[message.app],
            at=message.queued_at,
        )
        match message.channel:
            case Channel.EMAIL:
                await self.email.send(self.renderer.email(letter))
            case Channel.SMS:
                await self.sms.send(self.renderer.sms(letter))
            case _:
                assert_never(message.channel)

    async def _settle(self, message: Claimed, problem: Problem | None) -> None:
        """Write down how it went; address and content go with a final outcome."""
        now = self.clock.now()
        async with transaction(self.pool) as one:
            if problem is None:
                await store.mark_sent(one, message.message_id, at=now)
                return
            again = None if problem.final else self._next_try(message)
            if again is not None:
                await store.put_off(
                    one, message.message_id, attempts=message.attempts, due_at=again
                )
                given_up = False
            else:
                given_up = await store.mark_failed(
                    one, message.message_id, attempts=message.attempts, at=now
                )
        if given_up:
            metrics.FAILED.labels(message.channel, message.template).inc()
        log().warning(
            "message_given_up" if given_up else "message_not_sent",
            subject_id=message.subject_id,
            template=message.template,
            channel=message.channel,
            attempt=message.attempts,
            outcome=problem.reason,
        )

    def _next_try(self, message: Claimed) -> datetime | None:
        return next_try(
            message.attempts,
            now=self.clock.now(),
            expires_at=message.expires_at,
            chance=self.chance(),
        )
