"""A contact changes once the new one is confirmed; until then nothing does."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.support.holders import (
    ADULT,
    EMAIL,
    PHONE,
    Owner,
    an_owner,
    ask_reset,
    code_of,
    link_to,
)
from tests.support.service import Service

NEW = "lovelace@example.org"


@pytest.fixture
async def owner(service: Service) -> Owner:
    return await an_owner(service)


async def confirm(owner: Owner, code: str) -> str:
    return await code_of(await owner.post("email/confirmations", code=code))


async def test_the_new_address_is_signed_in_with_and_the_old_one_is_not(
    service: Service, owner: Owner
) -> None:
    assert (await owner.put("email", email=NEW.upper())).status == 202
    code = (await service.send_messages()).code_for(NEW)
    assert await owner.sign_in(name=EMAIL)
    assert not await owner.sign_in(name=NEW)

    assert await confirm(owner, code) == ""

    assert not await owner.sign_in(name=EMAIL)
    assert await owner.sign_in(name=NEW)
    assert (await service.events(owner.id))[-1] == "account.rectified"
    told = (await service.send_messages()).to(EMAIL)[-1]
    assert "/undo#" in told
    assert "/security#" in told
    assert NEW not in told


async def test_a_code_has_five_tries_ten_minutes_and_one_use(
    service: Service, owner: Owner
) -> None:
    await owner.put("email", email=NEW)
    code = (await service.send_messages()).code_for(NEW)
    wrong = "000000" if code != "000000" else "000001"
    for typed in (wrong, wrong, wrong, wrong, "\uff11\uff12\uff13\uff14\uff15\uff16"):
        assert await confirm(owner, typed) == "code_wrong"
    assert await confirm(owner, wrong) == "code_wrong"
    assert await confirm(owner, code) == "code_wrong"

    await owner.put("email", email=NEW)
    code = (await service.send_messages()).code_for(NEW)
    service.clock.advance(timedelta(minutes=10))
    await owner.sign_in()
    assert await confirm(owner, code) == "code_wrong"
    service.clock.advance(-timedelta(seconds=1))
    assert await confirm(owner, code) == ""
    assert await confirm(owner, code) == "code_wrong"


async def test_a_hundred_at_once_change_it_once(service: Service, owner: Owner) -> None:
    await owner.put("email", email=NEW)
    code = (await service.send_messages()).code_for(NEW)

    ends = Counter(await asyncio.gather(*[confirm(owner, code) for _ in range(100)]))

    assert ends == {"": 1, "code_wrong": 99}
    assert Counter(await service.events(owner.id))["account.rectified"] == 1


async def test_an_address_that_has_an_account_is_answered_alike_and_told(
    service: Service, owner: Owner
) -> None:
    other = await an_owner(service, email="grace@example.org")
    seen = []
    for address in (other.name, NEW):
        response = await owner.put("email", email=address)
        wrong = await owner.post("email/confirmations", code="000000")
        seen.append(
            (
                response.status,
                await response.read(),
                [name for name, _ in response.headers.items()],
                wrong.status,
                (await wrong.json(content_type=None))["code"],
            )
        )
    assert seen[0] == seen[1]

    mailbox = await service.send_messages()
    assert "tried to use this contact" in mailbox.to(other.name)[-1]
    assert mailbox.code_for(NEW)
    assert await other.sign_in()


async def test_two_accounts_want_one_address_and_one_gets_it(service: Service) -> None:
    owners = [await an_owner(service, email=f"ada{n}@example.org") for n in range(2)]
    codes = []
    for owner in owners:
        await owner.put("email", email=NEW)
        codes.append((await service.send_messages()).code_for(NEW))

    ends = await asyncio.gather(
        *[confirm(owner, code) for owner, code in zip(owners, codes, strict=True)]
    )

    assert sorted(ends) == ["", "identifier_taken"]
    assert await service.pool.fetchval(
        "SELECT count(DISTINCT subject_id) FROM identifier WHERE held_until IS NULL"
    ) == len(owners)
    left = owners[ends.index("identifier_taken")]
    assert await left.sign_in()  # with the address they had


async def test_nobody_else_gets_the_old_address_while_it_may_come_back(
    service: Service, owner: Owner
) -> None:
    await owner.change_email(NEW)
    stranger = await service.register("plain", **ADULT, email=EMAIL)

    told = (await service.send_messages()).to(EMAIL)[-1]
    assert "already" in told
    assert (await stranger.look())["state"] == "confirm_contact"

    service.clock.advance(timedelta(days=7, seconds=1))
    async with service.pool.acquire() as connection:
        await service.parts.records.sweep(connection, now=service.clock.now())
    again = await service.register("plain", **ADULT, email=EMAIL)
    assert (await again.confirm(EMAIL))["state"] == "completed"


async def test_an_old_proof_is_not_enough(service: Service, owner: Owner) -> None:
    service.clock.advance(timedelta(minutes=10))
    body = {"refresh_token": owner.session["refresh_token"]}
    owner.session = await (await service.post("/v1/sessions/refresh", body)).json()

    assert await code_of(await owner.put("email", email=NEW)) == "step_up_required"
    assert await code_of(await owner.delete("email")) == "step_up_required"


async def test_a_contact_that_the_operator_does_not_ask_for_is_not_taken(
    owner: Owner,
) -> None:
    assert await code_of(await owner.put("phone", phone=PHONE)) == "contact_locked"


@pytest.mark.parametrize(
    "typed", ["", "ada", "\uff41da@example.org", "a@b\r\nBcc: c@d.org"]
)
async def test_what_is_no_address_is_refused(owner: Owner, typed: str) -> None:
    response = await owner.put("email", email=typed)
    assert await code_of(response) == "fields_wrong"


async def test_what_an_account_needs_is_not_removed(service: Service) -> None:
    owner = await an_owner(service)
    assert await code_of(await owner.delete("email")) == "last_contact"
    assert await code_of(await owner.delete("phone")) == ""  # there is none


async def test_a_second_contact_is_added_and_removed_again(service: Service) -> None:
    owner = await an_adult_at_platform(service)
    await owner.put("phone", phone=PHONE)
    code = (await service.send_messages()).code_for(PHONE)
    done = await owner.post("phone/confirmations", code=code)
    assert done.status == 204
    assert "Another contact was added" in (await service.send_messages()).to(EMAIL)[-1]
    await ask_reset(service, "platform", PHONE)
    assert await link_to(service, PHONE, "reset")

    assert (await owner.delete("phone")).status == 204

    await ask_reset(service, "platform", PHONE)
    texts = (await service.send_messages()).to(PHONE)
    assert "does not use this number any more" in texts[-1]
    assert await code_of(await owner.delete("email")) == "last_contact"


async def an_adult_at_platform(service: Service) -> Owner:
    """Return an adult with an e-mail address at an operator who takes phones too."""
    from service.age_assurance.providers import Outcome  # noqa: PLC0415

    applicant = await service.register("platform", **ADULT, email=EMAIL)
    await applicant.confirm(EMAIL)
    await applicant.post("age-proofs", method="document")
    await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    owner = Owner(service, "platform", applicant.id, EMAIL)
    assert await owner.sign_in()
    return owner
