"""Sessions in browsers and lists: cookies, levels, ends, export and erasure."""

from dataclasses import replace
from datetime import timedelta

import asyncpg
import pytest
from aiohttp import ClientResponse

from service.domain.refusals import StepUpRequired
from service.kit.database import Connection, Pool, transaction
from service.sessions.guards import COOKIE
from tests.support.clock import StoppedClock
from tests.support.members import SignedIn, a_member, cookie_in
from tests.support.service import BASE_URL, PASSWORD, SETTINGS, Service, running

TEN_MINUTES = timedelta(minutes=10)


async def code_of(response: ClientResponse) -> str:
    return str((await response.json())["code"])


def with_origin(session: SignedIn, origin: str | None) -> dict[str, str]:
    headers = {"Cookie": session.headers["Cookie"]}
    return headers if origin is None else {**headers, "Origin": origin}


async def test_a_browser_is_carried_by_a_cookie_alone(service: Service) -> None:
    member = await a_member(service)

    response = await member.ask(kind="browser")

    answer, morsel = await response.json(), response.cookies[COOKIE]
    assert not {"access_token", "refresh_token"} & set(answer)
    assert COOKIE.startswith("__Host-")
    assert (morsel["secure"], morsel["httponly"]) == (True, True)
    assert (morsel["samesite"], morsel["path"], morsel["domain"]) == ("Lax", "/", "")
    assert int(morsel["max-age"]) == timedelta(days=14).total_seconds()
    session = SignedIn(service, answer, cookie_in(response))
    assert await session.is_in()
    service.clock.advance(timedelta(days=13, hours=23))
    assert await session.is_in()
    service.clock.advance(timedelta(hours=1))
    assert not await session.is_in()


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        (BASE_URL, 204),
        ("https://plain.example", 204),
        (None, 403),
        ("null", 403),
        ("https://evil.example", 403),
        ("https://platform.example", 403),
    ],
)
async def test_a_write_with_a_cookie_comes_from_a_page_of_ours(
    service: Service, origin: str | None, status: int
) -> None:
    session = await (await a_member(service)).sign_in(kind="browser")
    headers = with_origin(session, origin)

    read = await service.client.get("/v1/account", headers=with_origin(session, None))
    write = await service.client.delete("/v1/sessions/current", headers=headers)

    assert read.status == 200
    assert write.status == status
    assert await session.is_in() == (status == 403)


async def test_a_cookie_that_was_set_before_signing_in_is_worth_nothing(
    service: Service,
) -> None:
    member = await a_member(service)
    planted = "ags_" + "A" * 43
    body = {
        "identifier": member.identifier,
        "password": member.password,
        "kind": "browser",
    }
    response = await service.post(
        "/v1/apps/plain/sessions", body, headers={"Cookie": f"{COOKIE}={planted}"}
    )

    assert cookie_in(response) not in {planted, None}
    assert not await SignedIn(service, {}, planted).is_in()


async def test_a_step_up_changes_the_level_and_the_cookie(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in(kind="browser")
    service.clock.advance(timedelta(hours=1))

    raised = await session.step_up(method="password", password=PASSWORD)

    assert raised.cookie != session.cookie
    assert raised.id == session.id
    assert raised.answer["auth_time"] == "2026-11-22T13:00:00Z"
    assert await raised.is_in()
    assert not await session.is_in()


async def test_a_step_up_changes_the_tokens_of_an_app(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    door = service.parts.entrances.door
    service.clock.advance(timedelta(minutes=4))

    raised = await session.step_up(method="password", password=PASSWORD)

    before = await door.by_token(session.answer["access_token"])
    after = await door.by_token(raised.answer["access_token"])
    assert before.assurance.auth_time < after.assurance.auth_time
    assert await (await raised.refreshed()).is_in()
    service.clock.advance(timedelta(seconds=11))
    assert (await session.refresh()).status == 401


async def test_who_has_a_second_factor_steps_up_with_it(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    await member.add_totp()

    wrong_way = await session.post(
        "/v1/account/step-up", method="password", password=PASSWORD
    )

    body = await wrong_way.json()
    assert (wrong_way.status, body["code"]) == (403, "step_up_required")
    assert body["methods"] == ["totp", "recovery_code"]
    raised = await session.step_up(method="totp", code=member.code())
    assert raised.answer["aal"] == 2
    assert raised.answer["methods"] == ["password", "totp"]


async def test_what_matters_asks_for_a_fresh_proof(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in(kind="browser")
    enrol = service.parts.authenticators.totp.enrol
    door = service.parts.entrances.door
    assert session.cookie is not None
    service.clock.advance(TEN_MINUTES)
    holder = await door.by_cookie(session.cookie)
    with pytest.raises(StepUpRequired):
        await enrol(holder, "My phone")

    raised = await session.step_up(method="password", password=PASSWORD)

    assert raised.cookie is not None
    shown = await enrol(await door.by_cookie(raised.cookie), "My phone")
    assert shown.otpauth_uri


async def test_a_wrong_step_up_changes_nothing_and_counts(service: Service) -> None:
    member = await a_member(service)
    session = await member.sign_in()
    for _ in range(10):
        wrong = await session.post(
            "/v1/account/step-up", method="password", password="wrong"
        )
        assert (wrong.status, await code_of(wrong)) == (401, "credentials_wrong")

    right = await session.post(
        "/v1/account/step-up", method="password", password=PASSWORD
    )

    assert (right.status, await code_of(right)) == (401, "credentials_wrong")
    assert await code_of(await member.ask()) == "credentials_wrong"
    assert await session.is_in()


async def test_sessions_are_listed_and_ended(service: Service) -> None:
    member = await a_member(service)
    phone = await member.sign_in(device="Ada's phone")
    service.clock.advance(timedelta(minutes=1))
    laptop = await member.sign_in(kind="browser", device="Ada's\u202e lap\ttop")
    stranger = await (await a_member(service, "eve@example.org")).sign_in()

    listed = (await (await phone.get("/v1/account/sessions")).json())["sessions"]

    assert [one["device"] for one in listed] == ["Ada's laptop", "Ada's phone"]
    assert [one["current"] for one in listed] == [False, True]
    assert [one["kind"] for one in listed] == ["browser", "mobile"]
    assert not any("country" in one for one in listed)
    for known in (laptop.id, "0" * 36, "../current", "x"):
        path = f"/v1/account/sessions/{known.replace('/', '%2f')}"
        refused = await stranger.delete(path)
        assert (refused.status, await code_of(refused)) == (404, "session_unknown")
    assert (await phone.delete(f"/v1/account/sessions/{laptop.id}")).status == 204
    assert not await laptop.is_in()
    assert await stranger.is_in()
    again = await phone.delete(f"/v1/account/sessions/{laptop.id}")
    assert again.status == 404


async def test_all_others_end_or_all(service: Service) -> None:
    member = await a_member(service)
    sessions = [await member.sign_in() for _ in range(3)]

    assert (await sessions[1].delete("/v1/account/sessions")).status == 204
    assert [await one.is_in() for one in sessions] == [False, True, False]
    odd = await sessions[1].delete("/v1/account/sessions?current=1")
    assert odd.status == 422
    everywhere = await sessions[1].delete("/v1/account/sessions?current=true")
    assert everywhere.status == 204
    assert not await sessions[1].is_in()


async def test_signing_out_drops_the_cookie(service: Service) -> None:
    session = await (await a_member(service)).sign_in(kind="browser")

    response = await session.delete("/v1/sessions/current")

    assert response.status == 204
    assert response.cookies[COOKIE].value == ""
    assert not await session.is_in()


async def test_last_use_is_known_to_five_minutes(service: Service) -> None:
    session = await (await a_member(service)).sign_in(kind="browser")
    service.clock.advance(timedelta(minutes=7))
    assert await session.is_in()
    service.clock.advance(timedelta(minutes=2))

    listed = await (await session.get("/v1/account/sessions")).json()

    assert listed["sessions"][0]["last_used_at"] == "2026-11-22T12:07:00Z"


async def test_a_country_is_shown_where_a_proxy_names_it(
    pool: Pool, clock: StoppedClock
) -> None:
    settings = replace(SETTINGS, country_header="X-Country")
    async with running(pool, clock, settings) as service:
        member = await a_member(service)
        body = {"identifier": member.identifier, "password": member.password}
        answers = []
        for named in ("DE", "<script>"):
            response = await service.post(
                "/v1/apps/plain/sessions", body, headers={"X-Country": named}
            )
            assert response.status == 200
            answers.append(await response.json())
            clock.advance(timedelta(seconds=1))
        session = SignedIn(service, answers[-1])

        listed = (await (await session.get("/v1/account/sessions")).json())["sessions"]

    assert [one.get("country") for one in listed] == [None, "DE"]


async def test_sessions_are_exported_and_erased(service: Service) -> None:
    member = await a_member(service)
    await member.sign_in(device="Ada's phone")
    await member.ask("wrong")
    async with transaction(service.pool) as connection:
        exported = await service.parts.sessions.export(connection, member.account_id)
        assert [one["device"] for one in exported] == ["Ada's phone"]
        await service.parts.sessions.erase(connection, member.account_id)

    for table in ("session", "refresh_token", "sign_in_challenge", "failed_tries"):
        assert await service.count(table) == 0


async def test_the_account_is_shown_by_one_statement(
    pool: Pool, clock: StoppedClock, database_url: str
) -> None:
    run: list[str] = []

    async def note(one: Connection) -> None:
        one.add_query_logger(lambda record: run.append(record.query))

    async def leave(_: Connection) -> None:
        """Reset nothing between uses, as our own pools do."""

    async with (
        asyncpg.create_pool(database_url, min_size=1, init=note, reset=leave) as noted,
        running(noted, clock) as service,
    ):
        session = await (await a_member(service)).sign_in()
        run.clear()
        assert await session.is_in()

    assert len(run) == 1
