"""Refresh tokens: used once, a lost answer asked for again, reuse ends the session."""

import asyncio
import secrets
from collections import Counter
from datetime import timedelta

from service.worker import sweep
from tests.support.members import Member, SignedIn, a_member
from tests.support.service import BASE_URL, Service

HUNDRED = 100


async def succeeded(session: SignedIn, token: str | None = None) -> str | None:
    """Return the successor that a refresh brings, or None when it is refused."""
    response = await session.refresh(token)
    if response.status == 401:
        assert (await response.json())["code"] == "refresh_invalid"
        return None
    return str((await response.json())["refresh_token"])


async def told(member: Member) -> list[str]:
    return (await member.service.send_messages()).to(member.identifier)


async def test_each_token_brings_the_next(service: Service) -> None:
    session = await (await a_member(service)).sign_in()
    tokens = {session.answer["refresh_token"]}
    for _ in range(5):
        service.clock.advance(timedelta(hours=1))
        session = await session.refreshed()
        tokens.add(session.answer["refresh_token"])

    assert len(tokens) == 6
    assert await session.is_in()


async def test_a_lost_answer_is_given_again_for_ten_seconds(service: Service) -> None:
    session = await (await a_member(service)).sign_in()
    first = await succeeded(session)
    service.clock.advance(timedelta(seconds=9))

    assert await succeeded(session) == first
    assert await succeeded(session, first) not in {None, first}


async def test_reuse_ends_the_session_and_its_holder_is_told(service: Service) -> None:
    member = await a_member(service)
    session, other = await member.sign_in(), await member.sign_in()
    successor = await session.refreshed()
    service.clock.advance(timedelta(seconds=10))

    assert await succeeded(session) is None

    assert not await successor.is_in()
    assert await succeeded(successor) is None
    assert await other.is_in()
    events = await service.pool.fetch(
        "SELECT data::jsonb ->> 'cause' AS cause FROM outbox_event"
        " WHERE event_type = 'security.sessions_ended'"
    )
    assert [row["cause"] for row in events] == ["token_reused"]
    (letter,) = await told(member)
    assert f"{BASE_URL}/security#" in letter
    assert await succeeded(session) is None
    assert len(await told(member)) == 1


async def test_once_the_successor_was_used_the_predecessor_is_reuse(
    service: Service,
) -> None:
    session = await (await a_member(service)).sign_in()
    successor = await session.refreshed()
    latest = await successor.refreshed()

    assert await succeeded(session) is None
    assert not await latest.is_in()


async def test_a_hundred_at_once_get_the_same_successor(service: Service) -> None:
    session = await (await a_member(service)).sign_in()

    tokens = Counter(
        await asyncio.gather(*(succeeded(session) for _ in range(HUNDRED)))
    )

    assert len(tokens) == 1
    assert None not in tokens
    assert await service.count("refresh_token") == 2
    assert "security.sessions_ended" not in await service.events()


async def test_a_thief_and_the_owner_never_both_go_on(service: Service) -> None:
    """Whoever comes second within the ten seconds holds the same token, not another."""
    session = await (await a_member(service)).sign_in()
    stolen, owned = await succeeded(session), await succeeded(session)
    assert stolen == owned

    assert await succeeded(session, stolen) is not None
    service.clock.advance(timedelta(seconds=11))
    assert await succeeded(session, owned) is None
    assert not await session.is_in()


async def test_a_session_ends_however_much_it_is_used(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    timers = service.parts.given.profiles[member.app].timers
    for _ in range(8):
        service.clock.advance(timedelta(days=10))
        session = await session.refreshed()
    service.clock.advance(timers.session_mobile - timedelta(days=80, seconds=1))
    session = await session.refreshed()

    service.clock.advance(timedelta(seconds=1))

    assert await succeeded(session) is None


async def test_a_session_left_alone_ends(service: Service) -> None:
    member = await a_member(service)
    session, browser = await member.sign_in(), await member.sign_in(kind="browser")
    idle = service.parts.given.profiles[member.app].timers.session_idle
    service.clock.advance(idle - timedelta(seconds=1))
    assert await browser.is_in()
    session = await session.refreshed()
    service.clock.advance(idle)

    assert await succeeded(session) is None
    assert not await browser.is_in()


async def test_only_tokens_of_ours_are_looked_at(service: Service) -> None:
    session = await (await a_member(service)).sign_in()
    good = session.answer["refresh_token"]
    places = [secrets.randbelow(len(good) - 4) + 4 for _ in range(50)]
    forged = [
        good[:at] + ("A" if good[at] != "A" else "B") + good[at + 1 :] for at in places
    ]

    for token in [*forged, good[:-1], good + "A", good.upper(), "agf_", "", "é" * 90]:
        if token != good:
            assert await succeeded(session, token) is None

    assert await succeeded(session) is not None  # nobody ended it by guessing


async def test_a_used_token_is_reuse_also_when_it_is_kept_no_more(
    service: Service,
) -> None:
    session = await (await a_member(service)).sign_in()
    successor = await session.refreshed()
    service.clock.advance(timedelta(days=1))
    await sweep(service.parts)
    assert await service.count("refresh_token") == 1

    assert await succeeded(session) is None
    assert not await successor.is_in()
    assert await succeeded(successor) is None


async def test_the_sweep_deletes_what_is_over(service: Service) -> None:
    member = await a_member(service)
    await member.add_totp()
    for kind in ("browser", "mobile"):
        await member.sign_in(kind=kind)
    await member.ask()
    nobody = Member(service, "", "none@example.org")
    await nobody.ask()
    profile = service.parts.given.profiles[member.app]
    service.clock.advance(timedelta(hours=1))
    await sweep(service.parts)
    assert await service.count("session") == 3
    assert await service.count("sign_in_challenge") == 0
    assert await service.count("failed_tries") == 0

    service.clock.advance(profile.timers.session_mobile + profile.retention.sessions)
    await sweep(service.parts)
    assert await service.count("session") == 0
    assert await service.count("refresh_token") == 0
