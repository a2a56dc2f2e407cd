"""Queueing: with the change that causes it, sealed, in one write."""

import base64
from dataclasses import replace

import asyncpg
import pytest

from service.domain.messages import (
    AlreadyRegistered,
    Channel,
    ContactCode,
    Content,
    GuardianAsked,
)
from service.kit.database import Pool, transaction
from service.kit.secrets import UnsealError, new_sealing_key
from service.messages.flows import Messages
from service.messages.send import Sender
from service.messages.store import claim
from tests.messages.people import ADDRESS, LINK, Subject, message_to
from tests.messages.servers import MailServer
from tests.support.clock import StoppedClock

CODE = ContactCode(code="903814", minutes=15)


async def test_what_a_message_says_is_sealed_in_its_row(
    pool: Pool, messages: Messages, subject: Subject, clock: StoppedClock
) -> None:
    for content in (CODE, GuardianAsked(link=LINK, days=14, app_name="Hideaway")):
        async with transaction(pool) as connection:
            message = message_to(subject, content)
            await messages.queue(connection, message, key=subject.key, at=clock.now())

    rows = await pool.fetchval("SELECT string_agg(m::text, ' ') FROM message AS m")

    for canary in (
        b"903814",
        LINK.encode(),
        b"Hideaway",
        ADDRESS[Channel.EMAIL].encode(),
    ):
        for spelling in (canary, canary.hex().encode(), base64.b64encode(canary)):
            assert spelling.decode() not in rows


async def test_a_sealed_message_opens_with_its_subjects_key_alone(
    pool: Pool, messages: Messages, subject: Subject, clock: StoppedClock
) -> None:
    now = clock.now()
    async with transaction(pool) as connection:
        for _ in range(2):
            message = message_to(subject, CODE)
            await messages.queue(connection, message, key=subject.key, at=now)
        one, other = await claim(connection, now=now, leased_until=now, batch=2)

    assert one.opened_recipient(subject.key) == ADDRESS[Channel.EMAIL]
    assert one.opened_parameters(subject.key) == {"code": "903814", "minutes": "15"}
    with pytest.raises(UnsealError):
        one.opened_recipient(new_sealing_key())
    with pytest.raises(UnsealError):
        replace(one, content=other.content).opened_parameters(subject.key)
    with pytest.raises(UnsealError):
        replace(one, content=one.recipient).opened_parameters(subject.key)


async def test_a_change_that_is_rolled_back_leaves_no_message(
    *,
    pool: Pool,
    messages: Messages,
    sender: Sender,
    mail_server: MailServer,
    subject: Subject,
    clock: StoppedClock,
) -> None:
    async def change_and_fail() -> None:
        async with transaction(pool) as connection:
            message = message_to(subject, CODE)
            await messages.queue(connection, message, key=subject.key, at=clock.now())
            raise KeyError

    with pytest.raises(KeyError):
        await change_and_fail()

    assert await sender.step() == 0
    assert mail_server.taken == []


@pytest.mark.parametrize("channel", Channel)
async def test_a_known_address_costs_the_same_writes_as_a_new_one(
    pool: Pool,
    messages: Messages,
    subject: Subject,
    clock: StoppedClock,
    channel: Channel,
) -> None:
    async def statements(content: Content) -> list[str]:
        seen: list[str] = []

        def note(query: asyncpg.connection.LoggedQuery) -> None:
            seen.append(query.query)

        async with transaction(pool) as connection:
            message = message_to(subject, content, channel)
            with connection.query_logger(note):
                await messages.queue(
                    connection, message, key=subject.key, at=clock.now()
                )
        return seen

    new = await statements(CODE)
    known = await statements(AlreadyRegistered())

    assert new == known
    assert len(new) == 1


async def test_a_link_leads_to_this_service_alone(
    pool: Pool, messages: Messages, subject: Subject, clock: StoppedClock
) -> None:
    for link in (
        "https://gate.example.evil/guardian/x",
        "https://gate.example@evil/guardian/x",
        "http://gate.example/guardian/x",
        "javascript:alert(1)",
    ):
        content = GuardianAsked(link=link, days=14, app_name="Hideaway")
        async with transaction(pool) as connection:
            with pytest.raises(ValueError, match="links to this service"):
                await messages.queue(
                    connection,
                    message_to(subject, content),
                    key=subject.key,
                    at=clock.now(),
                )
    assert await pool.fetchval("SELECT count(*) FROM message") == 0
