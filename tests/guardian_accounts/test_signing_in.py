"""A guardian signs in by a link and a code, and with their token nowhere else."""

import asyncio
import re
from datetime import timedelta

import pytest

from service.guardian_accounts.opened import SESSION_LASTS
from service.guardian_accounts.signing_in import LETTERS, LINK_LASTS
from service.kit.tokens import new_token
from service.worker import sweep
from tests.support.contract import operations
from tests.support.families import GUARDIAN
from tests.support.scan import places_of
from tests.support.service import Service
from tests.support.signed_in import begin, enter, link_sent, sign_in
from tests.support.wards import Ward, a_ward

SECOND = timedelta(seconds=1)
NOBODYS = "Nobodys-token_" * 3 + "0"


@pytest.fixture
async def ward(service: Service) -> Ward:
    return await a_ward(service)


def other_than(code: str) -> str:
    return "000000" if code != "000000" else "000001"


async def test_a_link_and_a_code_let_a_guardian_in(
    service: Service, ward: Ward
) -> None:
    guardian = await sign_in(service)

    (child,) = await guardian.children()

    assert child["account_id"] == str(ward.account_id)
    assert child["child"] == "little-kim"


async def test_nobody_learns_whether_an_address_is_known(
    service: Service, ward: Ward
) -> None:
    path = "/v1/apps/terra-maestro/guardian-sign-ins"
    answers = []
    for address in (GUARDIAN, "nobody@example.org"):
        response = await service.post(path, {"guardian_email": address})
        body = await response.json()
        answers.append((response.status, body.keys(), body["expires_at"]))
    assert answers[0] == answers[1]
    assert await service.count("guardian_sign_in") == 2
    assert await link_sent(service, "nobody@example.org") is None
    assert not await places_of(service.pool, "nobody@example.org")


async def test_the_link_alone_is_not_enough(service: Service, ward: Ward) -> None:
    code = await begin(service)
    link = await link_sent(service)
    assert code not in "".join(service.mailbox.to(GUARDIAN))

    for _ in range(5):
        wrong = await enter(service, link, other_than(code))
        assert wrong.status == 422
        assert (await wrong.json())["code"] == "guardian_sign_in_wrong"

    assert (await enter(service, link, code)).status == 422  # the tries are over
    assert await service.count("guardian_session") == 0


async def test_the_code_alone_is_not_enough(service: Service, ward: Ward) -> None:
    code = await begin(service)
    assert (await enter(service, new_token(), code)).status == 422


async def test_a_link_lets_in_once(service: Service, ward: Ward) -> None:
    code = await begin(service)
    link = await link_sent(service)

    answers = await asyncio.gather(*(enter(service, link, code) for _ in range(100)))

    assert sorted(one.status for one in answers) == [201, *[422] * 99]


async def test_a_link_lasts_a_quarter_of_an_hour(service: Service, ward: Ward) -> None:
    code = await begin(service)
    link = await link_sent(service)
    service.clock.advance(LINK_LASTS)
    assert (await enter(service, link, code)).status == 422


async def test_a_session_ends(service: Service, ward: Ward) -> None:
    guardian = await sign_in(service)
    service.clock.advance(SESSION_LASTS - SECOND)
    assert (await guardian.get()).status == 200
    service.clock.advance(SECOND)
    assert (await guardian.get()).status == 401
    await sweep(service.parts)
    assert await service.count("guardian_session") == 0


async def test_who_signs_out_is_out(service: Service, ward: Ward) -> None:
    guardian = await sign_in(service)
    left = await service.delete("/v1/guardian/sessions/current", token=guardian.token)
    assert left.status == 204
    assert (await guardian.get()).status == 401


async def test_who_is_barred_is_out(service: Service, ward: Ward) -> None:
    guardian = await sign_in(service)
    await service.parts.disqualified.bar(await ward.guardian_id(), "a minor")
    assert (await guardian.get()).status == 401
    code = await begin(service)
    link = await link_sent(service)
    assert link is None or (await enter(service, link, code)).status == 422


async def test_few_letters_an_hour(service: Service, ward: Ward) -> None:
    for _ in range(LETTERS + 3):
        await begin(service)
    await service.parts.guardian_sign_ins.step()
    letters = (await service.send_messages()).to(GUARDIAN)
    assert sum("/guardian/enter/" in one for one in letters) == LETTERS


async def test_nothing_is_kept_that_lets_anybody_in(
    service: Service, ward: Ward
) -> None:
    code = await begin(service)
    link = await link_sent(service)
    response = await enter(service, link, code)
    token = (await response.json())["guardian_token"]
    for secret in (str(link), token, token.removeprefix("agg.")):
        assert not await places_of(service.pool, secret)


async def test_a_guardians_token_opens_no_other_door(
    service: Service, ward: Ward
) -> None:
    guardian = await sign_in(service)
    tried = 0
    for one in operations():
        if "security" not in one.spec or "/v1/guardian/" in one.path:
            continue
        path = one.path.replace("{registration_id}", ward.family.child.id)
        path = path.replace("{account_id}", str(ward.account_id))
        path = re.sub(r"\{\w+\}", ward.family.child.id, path)
        response = await service.client.request(
            one.method,
            path,
            json={},
            headers={"Authorization": f"Bearer {guardian.token}"},
        )
        assert response.status == 401, (one.method, one.path)
        tried += 1
    assert tried > 30


@pytest.mark.parametrize(
    "token", ["", "agg.", "agg.x", NOBODYS, f"agg.{NOBODYS}", "x" * 5000]
)
async def test_no_other_token_opens_a_guardians_door(
    service: Service, ward: Ward, token: str
) -> None:
    for held in (token, ward.family.child.token):
        response = await service.get("/v1/guardian/children", token=held)
        assert response.status == 401
        assert (await response.json())["code"] == "guardian_token_missing"
