"""Of an account that is erased nothing is left but what names nobody."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from service.worker import sweep
from tests.support.deliveries import deliver_events
from tests.support.families import GUARDIAN
from tests.support.guardian_ways import a_keeper
from tests.support.holders import ask_reset
from tests.support.members import WRONG, Member, a_member
from tests.support.scan import places_of, places_of_id
from tests.support.service import PASSWORD, Service
from tests.support.wards import a_ward, pass_time

FIRST = "qzfirst@canary.example.org"
SECOND = "qzsecond@canary.example.org"
MARKS = (
    "qzlaptop",
    "qzphone",
    "qzharbour",
    "qzfirst",
    "qzsecond",
    "canary.example",
    "little-kim",
    GUARDIAN,
    PASSWORD,
)
OF_GUARDIAN = ("qzlaptop-of-mum", "qzphone-of-mum", "qzharbour violin 29 umbrellas")
ERASED_AFTER = timedelta(days=30)
RECEIPTS_KEPT = timedelta(days=3 * 365 + 1)

KEPT = {
    # So that those who were told of the account learn of its end, and say so.
    *("outbox_event", "outbox_delivery", "outbox_subject", "outbox_obligation"),
    # What was done, and what was agreed to: without a word of who it was.
    *("audit_entry", "consent_receipt"),
    # Of the registration: that it ended, and that a guardian was asked, for a day.
    *("registration_end", "guardian_asked"),
}

PERSONAL = {
    *("account", "identifier", "subject_key", "age_decision", "age_watch"),
    *("policy_acceptance", "consent_grant", "consent_timer", "consent_link"),
    *("guardian", "guardianship", "consent_request", "session", "refresh_token"),
    *("totp", "recovery_code", "failed_tries", "security_link", "password_reset"),
    *("new_contact", "contact_change", "message", "idempotency"),
    *("guardian_session", "guardian_passkey", "guardian_passkey_holder"),
    *("guardian_passkey_challenge", "guardian_totp", "guardian_password"),
    *("guardian_recovery", "guardian_security_link"),
}


async def an_adult(service: Service) -> Member:
    """Return an adult of whom everything is kept that there can be."""
    member = await a_member(service, FIRST)
    await member.add_totp()
    session = await member.sign_in()
    await member.sign_in(kind="browser")
    await member.ask(WRONG)
    await member.ask()  # and is asked for the second factor
    asked = await session.put("/v1/account/email", email=SECOND)
    assert asked.status == 202, await asked.text()
    code = (await service.send_messages()).code_for(SECOND)
    done = await session.post("/v1/account/email/confirmations", code=code)
    assert done.status == 204, await done.text()
    again = await session.put("/v1/account/email", email=f"again-{FIRST}")
    assert again.status == 202, await again.text()
    await ask_reset(service, member.app, SECOND)
    while await service.parts.recovery.resets.step():
        pass
    await service.parts.own_word.withdraw(member.account_id, None)
    return member


async def a_child(service: Service) -> Member:
    """Return a child with a guardian, and everything that comes of that."""
    ward = await a_ward(service)
    member = Member(service, str(ward.account_id), "little-kim", "terra-maestro")
    await member.sign_in()
    await ask_reset(service, member.app, member.identifier)
    while await service.parts.recovery.resets.step():
        pass
    await ward.ask_anew()
    await everything_of_a_guardian(service)
    await ward.withdraw()
    return member


async def everything_of_a_guardian(service: Service) -> None:
    """Let the guardian keep whatever a guardian can, and say that it is lost."""
    keeper = await a_keeper(service)
    await keeper.add_passkey(OF_GUARDIAN[0])
    await keeper.add_totp(OF_GUARDIAN[1])
    await keeper.do("PUT", "/password", password=OF_GUARDIAN[2])
    assert (await keeper.prove(method="totp", code="abcdef")).status == 401
    await keeper.ask("POST", "/authenticators/passkeys/options")
    await keeper.sign_in()
    await keeper.do("POST", "/recovery")
    kept = [one for one in PERSONAL if one.startswith("guardian_")]
    assert [one for one in kept if not await service.count(one)] == []
    assert not await places_of(service.pool, *OF_GUARDIAN)


Begin = Callable[[Service], Awaitable[Member]]


@pytest.mark.parametrize("begin", [an_adult, a_child])
async def test_nothing_personal_outlives_the_erasure(
    service: Service, begin: Begin
) -> None:
    member = await begin(service)
    before = {table for table, _ in await places_of_id(service.pool, member.id)}
    assert before > {"account", "session", "identifier", "subject_key", "consent_grant"}

    await pass_time(service, ERASED_AFTER)

    after = {table for table, _ in await places_of_id(service.pool, member.id)}
    assert after <= KEPT
    assert not await places_of(service.pool, *MARKS)
    left = [table for table in PERSONAL if await service.count(table)]
    assert left == []


@pytest.mark.parametrize("begin", [an_adult, a_child])
async def test_in_the_end_not_even_the_number_is_left(
    service: Service, begin: Begin
) -> None:
    member = await begin(service)
    await pass_time(service, ERASED_AFTER)
    assert (await deliver_events(service)).bodies
    assert await service.parts.obligations.step() > 0

    service.clock.advance(RECEIPTS_KEPT)
    while await sweep(service.parts):
        pass

    assert not await places_of_id(service.pool, member.id)
