"""Trying out a receiver: samples of every type, and some that it must not take.

All of them tell of one person, who does not exist.
"""

import asyncio
import secrets
from collections.abc import AsyncGenerator, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Final
from uuid import UUID

from service.domain.event_types import EVENT_TYPES
from service.domain.events import EventType
from service.kit.ids import new_id
from service.outbox import signing
from service.outbox.catalogue import example_of
from service.outbox.envelope import CONTENT_TYPE
from service.outbox.subscribers import Subscriber
from service.outbox.transport import Delivered, Envelope, Failed, Outcome, Transport

TOO_OLD: Final = timedelta(minutes=6)
"""A minute more than receivers put up with (Standard Webhooks)."""

REFUSALS: Final = range(HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """Something to send, in words, and whether a correct receiver takes it."""

    words: str
    envelope: Envelope
    genuine: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What a receiver answered to a sample."""

    sample: Sample
    answer: Delivered | Failed

    @property
    def right(self) -> bool:
        """Tell whether a correct receiver answers so.

        What it must not take it refuses (4xx); a breakdown is no refusal.
        """
        if self.sample.genuine:
            return isinstance(self.answer, Delivered)
        return isinstance(self.answer, Failed) and self.answer.status in REFUSALS


async def simulate(
    transport: Transport, receiver: Subscriber, samples: Iterable[Sample]
) -> AsyncGenerator[Tried]:
    """Send *samples* one after the other, and yield what was answered to each."""
    for sample in samples:
        answer: Delivered | Failed
        try:
            async with asyncio.timeout(receiver.timeout_seconds):
                answer = await transport.deliver(receiver, sample.envelope)
        except TimeoutError:
            answer = Failed(outcome=Outcome.TIMED_OUT)
        yield Tried(sample=sample, answer=answer)


def make_samples(
    types: Sequence[EventType], *, secret: bytes, base_url: str, at: datetime
) -> list[Sample]:
    """Return one event of each of *types*, the last twice, and three to refuse."""
    subject_id = new_id(at)
    every = [
        _envelope(event_type, subject_id, number, base_url=base_url, at=at)
        for number, event_type in enumerate([*types, *[types[-1]] * 3], start=1)
    ]
    genuine, (forged, altered, old) = every[:-3], every[-3:]
    changed = altered.body.replace(b'"1.0"', b'"1.1"', 1)
    return [
        *(Sample(words=one.type, envelope=_sign(one, secret, at)) for one in genuine),
        Sample(
            words=f"{genuine[-1].type}, once more",
            envelope=_sign(genuine[-1], secret, at),
        ),
        Sample(
            words="forged: signed with another secret",
            envelope=_sign(forged, secrets.token_bytes(32), at),
            genuine=False,
        ),
        Sample(
            words="altered: changed after it was signed",
            envelope=replace(_sign(altered, secret, at), body=changed),
            genuine=False,
        ),
        Sample(
            words="replayed: signed six minutes ago",
            envelope=_sign(old, secret, at - TOO_OLD),
            genuine=False,
        ),
    ]


def _envelope(
    event_type: EventType, subject_id: UUID, number: int, *, base_url: str, at: datetime
) -> Envelope:
    event_id = new_id(at)
    return Envelope(
        event_id=event_id,
        subject_id=subject_id,
        app=EVENT_TYPES[event_type].example.app,
        type=event_type,
        body=example_of(
            event_type,
            base_url=base_url,
            event_id=event_id,
            subject_id=subject_id,
            sequence=number,
            at=at,
        ),
        headers={"Content-Type": CONTENT_TYPE},
    )


def _sign(envelope: Envelope, secret: bytes, at: datetime) -> Envelope:
    signed = signing.headers(envelope.event_id, envelope.body, secrets=[secret], at=at)
    return replace(envelope, headers={**envelope.headers, **signed})
