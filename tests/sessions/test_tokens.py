"""Access tokens: what others read in them, and what no token gets past."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from service.domain.events import Cause
from service.kit.database import Pool, transaction
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures
from service.sessions.tokens import ACCESS_TYP
from tests.support.clock import StoppedClock
from tests.support.members import Member, a_member
from tests.support.operators import SHIPPED, running_for
from tests.support.service import BASE_URL, KEYS, Json, Service

OURS = Signatures.of(KEYS)
STRANGER = Signatures.of(KeyRing.fresh("stranger"))


async def read(service: Service, token: str) -> dict[str, Any]:
    """Return the claims as another service reads them, by the published keys alone."""
    keys = await (await service.get("/.well-known/jwks.json")).json()
    found = jwt.decode(token, KeySet.import_key_set(keys), algorithms=["ES256"])
    assert found.header["typ"] == ACCESS_TYP
    return dict(found.claims)


async def claims_of(member: Member) -> dict[str, Any]:
    session = await member.sign_in()
    return await read(member.service, session.answer["access_token"])


async def is_taken(service: Service, token: str) -> bool:
    """Tell whether any guard takes the token; both kinds of it say the same."""
    account = await service.get("/v1/account", token=token)
    sessions = await service.get("/v1/account/sessions", token=token)
    assert account.status == sessions.status
    assert account.status in {200, 401}
    return account.status == 200


async def test_others_read_what_they_need_and_no_more(service: Service) -> None:
    member = await a_member(service)
    claims = await claims_of(member)
    now = int(service.clock.now().timestamp())

    assert claims.pop("jti")
    assert claims.pop("sub") not in {member.id, ""}
    assert claims.pop("sid")
    assert claims == {
        "iss": BASE_URL,
        "aud": "plain",
        "app": "plain",
        "iat": now,
        "exp": now + 300,
        "auth_time": now,
        "age_band": "adult",
        "purposes": ["service"],
        "aal": 1,
        "amr": ["password"],
        "epoch": 0,
    }
    assert member.id not in json.dumps(claims)


async def test_a_subject_has_one_name_for_one_audience(service: Service) -> None:
    ada, eve = await a_member(service), await a_member(service, "eve@example.org")

    first, again, other = [await claims_of(one) for one in (ada, ada, eve)]

    assert first["sub"] == again["sub"] != other["sub"]
    assert first["sid"] != again["sid"]


async def test_each_audience_knows_a_holder_by_another_name(
    pool: Pool, clock: StoppedClock
) -> None:
    games = ("https://chess.test", "https://go.test")
    async with running_for(
        pool, clock, replace(SHIPPED["plain"], audiences=games)
    ) as here:
        member = await a_member(here)
        session = await member.sign_in(kind="browser")
        found = []
        for audience in games:
            made = await session.post("/v1/account/tokens", audience=audience)
            assert made.status == 200, await made.text()
            token = (await made.json())["access_token"]
            found.append(await read(here, token))
            assert not await is_taken(here, token)  # it opens nothing here
        own = await claims_of(member)
        other = await session.post("/v1/account/tokens", audience="https://evil.test")

    assert [one["aud"] for one in found] == [*games]
    assert len({one["sub"] for one in (*found, own)}) == 3
    assert (other.status, (await other.json())["code"]) == (422, "audience_unknown")


async def test_a_token_lasts_five_minutes(service: Service) -> None:
    session = await (await a_member(service)).sign_in()
    token = session.answer["access_token"]
    service.clock.advance(timedelta(minutes=5) - timedelta(seconds=1))
    assert await is_taken(service, token)

    service.clock.advance(timedelta(seconds=1))

    assert not await is_taken(service, token)
    assert await (await session.refreshed()).is_in()


WRONG_CLAIMS: dict[str, Callable[[dict[str, Any]], Json]] = {
    "another issuer": lambda _: {"iss": "https://evil.test"},
    "another environment": lambda _: {"iss": "https://staging.service.test"},
    "issuer with a slash": lambda _: {"iss": BASE_URL + "/"},
    "issuers": lambda _: {"iss": [BASE_URL]},
    "another audience": lambda _: {"aud": "https://game.test"},
    "audiences": lambda claims: {"aud": [claims["aud"]]},
    "another app": lambda _: {"app": "platform"},
    "another app for itself": lambda _: {"app": "platform", "aud": "platform"},
    "expired": lambda claims: {
        "iat": claims["iat"] - 300,
        "exp": claims["iat"],
    },
    "for ever": lambda claims: {"exp": claims["exp"] + 1},
    "exp before iat": lambda claims: {"iat": claims["exp"] + 1},
    "exp is text": lambda claims: {"exp": str(claims["exp"])},
    "exp is a float": lambda claims: {"exp": float(claims["exp"])},
    "iat is text": lambda claims: {"iat": str(claims["iat"])},
    "auth_time is text": lambda claims: {"auth_time": str(claims["auth_time"])},
    "another epoch": lambda _: {"epoch": 1},
    "epoch is text": lambda _: {"epoch": "0"},
    "epoch is false": lambda _: {"epoch": False},
    "level three": lambda _: {"aal": 3},
    "level is true": lambda _: {"aal": True},
    "level is text": lambda _: {"aal": "1"},
    "methods are text": lambda _: {"amr": "password"},
    "unknown methods": lambda _: {"amr": ["fingerprint"]},
    "no session's id": lambda _: {"sid": "x"},
    "an unknown session": lambda _: {"sid": "01a20320-a200-71bf-aeff-d03751a5bb61"},
    "session is a number": lambda _: {"sid": 1},
}
NEEDED = ("iss", "aud", "exp", "iat", "app", "epoch", "sid", "aal", "amr", "auth_time")


@pytest.mark.parametrize("change", WRONG_CLAIMS.values(), ids=WRONG_CLAIMS)
async def test_a_token_of_ours_with_wrong_claims_is_refused(
    service: Service, change: Callable[[dict[str, Any]], Json]
) -> None:
    claims = await claims_of(await a_member(service))
    assert await is_taken(service, OURS.sign(claims, typ=ACCESS_TYP))

    wrong = OURS.sign({**claims, **change(claims)}, typ=ACCESS_TYP)

    assert not await is_taken(service, wrong)


async def test_no_claim_can_be_left_out_and_no_other_type_is_taken(
    service: Service,
) -> None:
    claims = await claims_of(await a_member(service))
    for name in NEEDED:
        less = {key: value for key, value in claims.items() if key != name}
        assert not await is_taken(service, OURS.sign(less, typ=ACCESS_TYP)), name
    assert not await is_taken(service, OURS.sign(claims, typ="receipt+jwt"))
    assert not await is_taken(service, STRANGER.sign(claims, typ=ACCESS_TYP))


async def test_an_ended_session_takes_its_tokens_along_at_once(
    service: Service,
) -> None:
    member = await a_member(service)
    sessions = [await member.sign_in() for _ in range(4)]
    assert all([await one.is_in() for one in sessions])  # and they are remembered

    await sessions[0].delete("/v1/sessions/current")
    assert [await one.is_in() for one in sessions] == [False, True, True, True]

    await member.raise_epoch()
    assert not any([await one.is_in() for one in sessions])
    assert {(await one.refresh()).status for one in sessions} == {401}
    assert await (await member.sign_in()).is_in()


async def test_the_session_that_changes_a_credential_goes_on(service: Service) -> None:
    member = await a_member(service)
    mine, other = await member.sign_in(), await member.sign_in()
    browser = await member.sign_in(kind="browser")
    async with transaction(service.pool) as connection:
        await service.parts.sessions.raise_epoch(
            connection, member.account_id, keep=UUID(mine.id), now=service.clock.now()
        )

    assert not await mine.is_in()  # its access token is of the old epoch
    assert await (await mine.refreshed()).is_in()
    assert not await other.is_in()
    assert not await browser.is_in()
    assert (await service.events(member.id)).count("security.sessions_ended") == 1


async def test_ending_all_tells_others_once(service: Service) -> None:
    member = await a_member(service)
    for _ in range(2):
        await member.sign_in()
    async with transaction(service.pool) as connection:
        ended = await service.parts.sessions.end_all(
            connection, member.account_id, cause=Cause.EXPIRED, now=service.clock.now()
        )
        again = await service.parts.sessions.end_all(
            connection, member.account_id, cause=Cause.EXPIRED, now=service.clock.now()
        )

    assert (ended, again) == (2, 0)
    assert (await service.events(member.id)).count("security.sessions_ended") == 1


async def test_purposes_and_the_age_band_are_those_of_now(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    await service.pool.execute("UPDATE account SET age_band = 'minor'")
    await service.pool.execute("UPDATE consent_grant SET state = 'withdrawn'")

    claims = await read(service, (await session.refreshed()).answer["access_token"])

    assert (claims["age_band"], claims["purposes"]) == ("minor", [])
