"""An authenticator app: confirmed by a first code, each code taken once."""

import asyncio
from datetime import timedelta

import pyotp
import pytest

from service.domain.authenticators import Factor
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    AuthenticatorUnknown,
    CodeWrong,
    StepUpRequired,
    TooManyRequests,
)
from service.kit.secrets import UnsealError
from tests.mfa.people import STEP, Owner, open_account
from tests.support.clock import StoppedClock
from tests.support.service import Service, running


async def test_an_app_counts_from_its_first_code_on(owner: Owner) -> None:
    shown = await owner.flows.totp.enrol(owner.holder(), "My phone")
    app, now = pyotp.TOTP(shown.enrolment.secret), owner.service.clock.now()
    assert not await owner.type(app.at(now))

    confirmed = await owner.flows.totp.confirm(owner.holder(), app.at(now))

    assert len(confirmed.recovery_codes) == 10
    assert not await owner.type(app.at(now)), "the first code is used up"
    owner.service.clock.advance(STEP)
    assert await owner.type(app.at(owner.service.clock.now()))
    (kept,) = (await owner.flows.list(owner.holder())).apps
    assert (kept.name, kept.last_used_at) == ("My phone", owner.service.clock.now())


async def test_adding_is_told_to_the_holder_and_to_others(owner: Owner) -> None:
    await owner.enrol()

    (text,) = await owner.told()
    assert "An authenticator app was added" in text
    assert "/security#" in text
    assert await owner.security_events() == ["security.authenticator_added"]
    row = await owner.service.pool.fetchrow(
        "SELECT action, actor, detail FROM audit_entry WHERE action LIKE 'security%'"
    )
    assert row is not None
    assert tuple(row) == (
        "security.authenticator_added",
        "holder",
        '{"factor": "totp"}',
    )


async def test_recovery_codes_come_with_the_first_factor_alone(owner: Owner) -> None:
    await owner.enrol("My phone")
    await owner.enrol("My tablet")

    assert len(owner.recovery_codes) == 10


async def test_a_code_works_once_and_none_before_it(owner: Owner) -> None:
    app, clock = await owner.enrol(), owner.service.clock
    clock.advance(2 * STEP)
    before, current = app.at(clock.now() - STEP), app.at(clock.now())

    assert await owner.type(current)

    assert not await owner.type(current)
    assert not await owner.type(before), "an older step after a newer one"


async def test_a_clock_one_step_behind_is_taken_and_two_are_not(owner: Owner) -> None:
    app, clock = await owner.enrol(), owner.service.clock
    clock.advance(10 * STEP)

    assert not await owner.type(app.at(clock.now() - 2 * STEP))
    assert not await owner.type(app.at(clock.now() + STEP))
    assert await owner.type(app.at(clock.now() - STEP))


async def test_of_a_hundred_at_once_one_is_taken(owner: Owner) -> None:
    app, clock = await owner.enrol(), owner.service.clock
    clock.advance(STEP)
    code = app.at(clock.now())

    taken = await asyncio.gather(*(owner.type(code) for _ in range(100)))

    assert sum(taken) == 1


async def test_a_used_code_stays_used_in_another_process(owner: Owner) -> None:
    app, clock = await owner.enrol(), owner.service.clock
    clock.advance(STEP)
    code = app.at(clock.now())
    assert await owner.type(code)

    async with running(owner.service.pool, clock) as restarted:
        again = Owner(restarted, owner.account_id, owner.email)
        assert not await again.type(code)
        clock.advance(STEP)
        assert await again.type(app.at(clock.now()))


async def test_of_a_hundred_confirmations_one_counts(owner: Owner) -> None:
    shown = await owner.flows.totp.enrol(owner.holder(), "My phone")
    code = pyotp.TOTP(shown.enrolment.secret).at(owner.service.clock.now())

    async def confirm() -> int:
        try:
            confirmed = await owner.flows.totp.confirm(owner.holder(), code)
        except AuthenticatorUnknown:
            return 0
        return len(confirmed.recovery_codes)

    made = await asyncio.gather(*(confirm() for _ in range(100)))

    assert sorted(made, reverse=True)[:2] == [10, 0]
    assert await owner.security_events() == ["security.authenticator_added"]


async def test_wrong_codes_are_counted_until_none_is_looked_at(owner: Owner) -> None:
    shown = await owner.flows.totp.enrol(owner.holder(), "My phone")
    app, clock = pyotp.TOTP(shown.enrolment.secret), owner.service.clock
    wrong = app.at(clock.now() + timedelta(days=1))
    for _ in range(10):
        with pytest.raises(CodeWrong):
            await owner.flows.totp.confirm(owner.holder(), wrong)

    with pytest.raises(TooManyRequests):
        await owner.flows.totp.confirm(owner.holder(), app.at(clock.now()))


async def test_an_enrolment_waits_half_an_hour(
    owner: Owner, clock: StoppedClock
) -> None:
    shown = await owner.flows.totp.enrol(owner.holder(), "My phone")
    app = pyotp.TOTP(shown.enrolment.secret)
    clock.advance(timedelta(minutes=30))

    with pytest.raises(AuthenticatorUnknown):
        await owner.flows.totp.confirm(owner.holder(), app.at(clock.now()))

    async with owner.service.pool.acquire() as connection:
        assert await owner.flows.sweep(connection, now=clock.now()) == 1
    assert await owner.service.count("totp") == 0


async def test_an_enrolment_takes_the_place_of_the_one_before(owner: Owner) -> None:
    first = await owner.flows.totp.enrol(owner.holder(), "My phone")
    await owner.flows.totp.enrol(owner.holder(), "My phone again")
    code = pyotp.TOTP(first.enrolment.secret).at(owner.service.clock.now())

    with pytest.raises(CodeWrong):
        await owner.flows.totp.confirm(owner.holder(), code)
    assert await owner.service.count("totp") == 1


async def test_three_apps_are_enough(owner: Owner) -> None:
    for name in ("one", "two", "three"):
        await owner.enrol(name)

    with pytest.raises(AuthenticatorsUsedUp):
        await owner.flows.totp.enrol(owner.holder(), "four")


async def test_removing_the_last_one_ends_what_rested_on_it(owner: Owner) -> None:
    app, clock = await owner.enrol(), owner.service.clock
    (kept,) = (await owner.flows.list(owner.holder())).apps
    await owner.told()
    epoch = await epoch_of(owner)

    await owner.flows.totp.remove(owner.holder(), kept.totp_id)

    clock.advance(STEP)
    assert not await owner.type(app.at(clock.now()))
    assert not await owner.recover(owner.recovery_codes[0])
    assert await epoch_of(owner) == epoch + 1
    (text,) = await owner.told()
    assert "An authenticator app was removed" in text
    assert (await owner.security_events())[-1] == "security.authenticator_removed"
    with pytest.raises(AuthenticatorUnknown):
        await owner.flows.totp.remove(owner.holder(), kept.totp_id)


async def test_nothing_changes_without_a_fresh_proof(owner: Owner) -> None:
    totp = owner.flows.totp
    with pytest.raises(StepUpRequired) as asked:
        await totp.enrol(owner.holder(ago=timedelta(minutes=10)), "My phone")
    assert asked.value.methods == (Factor.PASSWORD,)

    await owner.enrol()
    (kept,) = (await owner.flows.list(owner.holder())).apps
    by_password = owner.holder(Factor.PASSWORD)
    for change in (
        totp.enrol(by_password, "The thief's phone"),
        totp.rename(by_password, kept.totp_id, "My phone, really"),
        totp.remove(by_password, kept.totp_id),
        owner.flows.recovery_codes.replace(by_password),
        owner.flows.passkeys.options(by_password),
    ):
        with pytest.raises(StepUpRequired) as asked:
            await change
        assert asked.value.methods == (Factor.TOTP, Factor.RECOVERY_CODE)
    assert await owner.security_events() == ["security.authenticator_added"]


async def test_nobody_touches_an_app_of_somebody_else(
    owner: Owner, service: Service
) -> None:
    await owner.enrol()
    (kept,) = (await owner.flows.list(owner.holder())).apps
    other = await open_account(service, "eve@example.org")

    with pytest.raises(AuthenticatorUnknown):
        await other.flows.totp.rename(other.holder(), kept.totp_id, "Mine")
    with pytest.raises(AuthenticatorUnknown):
        await other.flows.totp.remove(other.holder(), kept.totp_id)
    assert (await owner.flows.list(owner.holder())).apps == [kept]


async def test_a_name_is_changed(owner: Owner) -> None:
    await owner.enrol("My phone")
    (kept,) = (await owner.flows.list(owner.holder())).apps

    await owner.flows.totp.rename(owner.holder(), kept.totp_id, "旧手机")

    (renamed,) = (await owner.flows.list(owner.holder())).apps
    assert renamed.name == "旧手机"


async def test_what_is_kept_is_sealed_to_its_row(owner: Owner) -> None:
    app = await owner.enrol("My phone")
    await owner.enrol("My tablet")
    pool = owner.service.pool
    dumped = "".join(str(tuple(row)) for row in await pool.fetch("TABLE totp"))
    assert app.secret not in dumped
    assert "My phone" not in dumped
    assert app.secret.encode().hex() not in dumped

    await pool.execute(
        "UPDATE totp SET secret = (SELECT secret FROM totp AS other"
        " WHERE other.totp_id <> totp.totp_id)"
    )
    owner.service.clock.advance(STEP)
    with pytest.raises(UnsealError):
        await owner.type(app.at(owner.service.clock.now()))


async def epoch_of(owner: Owner) -> int:
    epoch = await owner.service.pool.fetchval(
        "SELECT credentials_epoch FROM account WHERE account_id = $1", owner.account_id
    )
    return int(epoch)
