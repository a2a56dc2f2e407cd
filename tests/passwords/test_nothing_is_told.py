"""Whoever asks for a reset learns nothing: the same bytes, the same statements."""

from collections import Counter
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import UUID

import asyncpg

from service.domain.accounts import AccountId
from service.kit.database import Pool
from tests.support.families import a_family
from tests.support.holders import EMAIL, PHONE, an_owner, ask_reset, read_all
from tests.support.service import BASE_URL, Service

NAMES = [
    EMAIL,
    "ADA@Example.org",
    "nobody@example.org",
    PHONE,
    "+4915187654321",
    "ada",
    "nobody",
    "suspended",
    "little-kim",
    "waiting@example.org",
    "  ",
    "@@",
    "x" * 254,
    "\uff41da@example.org",
    "ada@example.org\r\nBcc: eve@example.org",
]


@asynccontextmanager
async def watched(pool: Pool) -> AsyncGenerator[list[str]]:
    """Yield the statements that the pool runs meanwhile."""
    seen: list[str] = []
    size = pool.get_size()
    connections = [await pool.acquire() for _ in range(size)]

    def note(record: asyncpg.connection.LoggedQuery) -> None:
        seen.append(record.query)

    for one in connections:
        one.add_query_logger(note)
        await pool.release(one)
    try:
        yield seen
    finally:
        connections = [await pool.acquire() for _ in range(size)]
        for one in connections:
            one.remove_query_logger(note)
            await pool.release(one)


async def people(service: Service) -> None:
    """Have somebody of every kind."""
    await an_owner(service, "terra-maestro", username="ada", phone=PHONE)
    suspended = await an_owner(
        service,
        "terra-maestro",
        "eve@example.org",
        username="suspended",
        phone="+4915112345670",
    )
    frozen = AccountId(UUID(suspended.id))
    assert await service.parts.minors.freeze(frozen, "a report")
    family = await a_family(service)
    await family.answer("give")
    await service.register(
        "terra-maestro",
        date_of_birth="1990-05-17",
        country="DE",
        username="waiting",
        email="waiting@example.org",
        phone="+4915112345671",
    )
    await read_all(service)


def shape(headers: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return sorted(
        (name, value)
        for name, value in headers
        if name.lower() not in {"x-request-id", "date"}
    )


async def test_every_name_is_answered_alike(service: Service) -> None:
    await people(service)
    told: Counter[str] = Counter()
    for name in NAMES:
        async with watched(service.pool) as statements:
            response = await ask_reset(service, "terra-maestro", name)
        body = await response.read()
        seen = (
            response.status,
            body,
            shape([*response.headers.items()]),
            tuple(statements),
        )
        told[repr(seen)] += 1
    assert len(told) == 1, told
    assert "INSERT INTO reset_request" in next(iter(told))
    assert await service.count("reset_request") == len(NAMES)


async def test_only_stored_contacts_are_written_to(service: Service) -> None:
    await people(service)
    for name in NAMES:
        await ask_reset(service, "terra-maestro", name)

    mailbox = await service.send_messages()

    told = Counter(mail.to for mail in mailbox.emails)
    assert told == {EMAIL: 3, "mum@example.org": 1}
    assert Counter(text.to for text in mailbox.texts) == {PHONE: 1}


HEADERS = [
    "Host",
    "X-Forwarded-Host",
    "X-Forwarded-Server",
    "X-Forwarded-Proto",
    "X-Forwarded-Port",
    "X-Forwarded-Prefix",
    "X-Original-URL",
    "X-Original-Host",
    "X-Rewrite-URL",
    "X-Host",
    "X-HTTP-Host-Override",
    "Forwarded",
]


async def test_no_header_moves_a_link(service: Service) -> None:
    """What a poisoned request causes is told byte for byte like any other (F9)."""
    await an_owner(service)
    clean = await mail_after(service, {})
    assert f"{BASE_URL}/reset#SECRET" in clean[1].decode()

    for name in HEADERS:
        value = "host=evil.example" if name == "Forwarded" else "evil.example"
        assert await mail_after(service, {name: value}) == clean, name


async def mail_after(service: Service, headers: Mapping[str, str]) -> list[bytes]:
    """Return the mail that a request causes, its secret replaced."""
    service.clock.advance(timedelta(days=1))
    path, body = "/v1/apps/plain/password-resets", {"identifier": EMAIL}
    response = await service.post(path, body, headers=headers)
    assert response.status == 202
    (mail,) = (await service.send_messages()).emails
    service.mailbox.emails.clear()
    secret = mail.text.partition("/reset#")[2][:43]
    texts = (mail.subject, mail.text, mail.html)
    return [text.replace(secret, "SECRET").encode() for text in texts]
