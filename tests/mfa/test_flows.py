"""All second factors of an account together."""

import json
from datetime import timedelta

from service.domain.authenticators import Assurance, Factor
from service.domain.events import Cause
from service.kit.database import transaction
from tests.mfa.device import Device
from tests.mfa.people import STEP, Owner, open_account
from tests.support.service import Service


async def test_everything_is_exported_and_no_secret(owner: Owner) -> None:
    app = await owner.enrol("Ada's phone")
    await owner.add_passkey(Device(), "Ada's laptop")

    async with transaction(owner.service.pool) as connection:
        told = await owner.flows.export(connection, owner.account_id)

    text = json.dumps(told)
    assert "Ada's phone" in text
    assert "Ada's laptop" in text
    assert app.secret not in text
    assert told["recovery_codes"] == {"left": 10, "made_at": "2026-11-22T12:00:00Z"}


async def test_everything_is_erased_and_nothing_of_others(
    owner: Owner, service: Service
) -> None:
    other = await open_account(service, "eve@example.org")
    for one in (owner, other):
        await one.enrol()
        await one.add_passkey(Device())
        await one.flows.totp.enrol(one.holder(), "Not confirmed")
        await one.flows.passkeys.options(one.holder())

    async with transaction(service.pool) as connection:
        await owner.flows.erase(connection, owner.account_id)

    for table in ("totp", "recovery_code", "passkey", "passkey_holder"):
        left = await service.pool.fetch(f"SELECT account_id FROM {table}")  # noqa: S608
        assert {row["account_id"] for row in left} == {other.account_id}, table
    asked = await service.pool.fetch("SELECT account_id FROM passkey_challenge")
    assert {row["account_id"] for row in asked} == {other.account_id}


async def test_what_a_stranger_added_goes_with_their_report(owner: Owner) -> None:
    app, clock = await owner.enrol("Ada's phone"), owner.service.clock
    clock.advance(timedelta(days=2))
    since = clock.now()
    await owner.enrol("The thief's phone")
    await owner.add_passkey(Device(), "The thief's laptop")
    await owner.flows.totp.enrol(owner.holder(), "Begun by the thief")

    async with transaction(owner.service.pool) as connection:
        await owner.flows.remove_since(
            connection, owner.account_id, since, cause=Cause.NOT_ME, now=clock.now()
        )

    left = await owner.flows.list(owner.holder())
    assert [one.name for one in left.apps] == ["Ada's phone"]
    assert (left.passkeys, left.codes) == ([], None)
    clock.advance(STEP)
    assert await owner.type(app.at(clock.now()))
    events = await owner.security_events()
    assert events.count("security.authenticator_removed") == 3


async def test_a_factor_counts_once(owner: Owner) -> None:
    now = owner.service.clock.now()
    weak = Assurance.of([Factor.TOTP], at=now)
    assert weak.with_proof(Factor.TOTP, at=now).aal == 1
    assert weak.with_proof(Factor.RECOVERY_CODE, at=now).aal == 1
    assert weak.with_proof(Factor.PASSWORD, at=now).aal == 2
