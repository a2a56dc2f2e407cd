"""A passkey signs what it was asked, once, where it belongs, for whom it belongs to."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from service.domain.accounts import AccountId
from service.domain.profiles import AppName
from service.domain.refusals import (
    AuthenticatorsUsedUp,
    AuthenticatorUnknown,
    PasskeyWrong,
)
from service.kit.database import transaction
from service.kit.secrets import UnsealError
from tests.mfa.device import BACKED_UP, USER_PRESENT, USER_VERIFIED, Device, decode
from tests.mfa.device import BACKUP_ELIGIBLE as ELIGIBLE
from tests.mfa.people import APP, Owner, open_account
from tests.support.service import BASE_URL, Json, Service

ELSEWHERE = AppName("platform")


@pytest.fixture
def device() -> Device:
    return Device()


async def identify(
    service: Service, assertion: Json, app: AppName = APP
) -> AccountId | None:
    """Sign in by a passkey alone."""
    async with transaction(service.pool) as connection:
        return await service.parts.authenticators.passkey_proofs.identify(
            connection, app, assertion, now=service.clock.now()
        )


async def asked(owner: Owner) -> Any:
    return await owner.flows.passkey_proofs.options_to_sign_in(APP)


async def test_a_passkey_is_added_and_signs_in_alone(
    owner: Owner, device: Device
) -> None:
    await owner.add_passkey(device, "Ada's laptop")

    assert len(owner.recovery_codes) == 10
    assert await identify(owner.service, device.sign(await asked(owner))) == (
        owner.account_id
    )
    (kept,) = (await owner.flows.list(owner.holder())).passkeys
    assert kept.name == "Ada's laptop"
    assert (kept.backup_eligible, kept.backed_up) == (True, True)
    assert kept.last_used_at == owner.service.clock.now()
    (text,) = await owner.told()
    assert "A passkey was added" in text
    assert await owner.security_events() == ["security.authenticator_added"]


async def test_a_browser_is_asked_for_what_we_rely_on(
    owner: Owner, device: Device
) -> None:
    first: Any = await owner.flows.passkeys.options(owner.holder())
    assert first["rp"] == {"name": "Plain", "id": "service.test"}
    assert first["attestation"] == "none"
    selection = first["authenticatorSelection"]
    assert selection["residentKey"] == "required"
    assert selection["requireResidentKey"] is True
    assert selection["userVerification"] == "required"
    assert first["user"]["name"] == owner.email
    assert owner.account_id.bytes not in decode(first["user"]["id"])
    assert first["excludeCredentials"] == []

    await owner.add_passkey(device)
    second: Any = await owner.flows.passkeys.options(owner.holder())
    assert second["user"]["id"] == first["user"]["id"]
    assert second["challenge"] != first["challenge"]
    assert [one["id"] for one in second["excludeCredentials"]] == [
        device.sign(second)["id"]
    ]
    proofs = owner.flows.passkey_proofs
    to_prove: Any = await proofs.options_to_prove(owner.holder())
    assert to_prove["userVerification"] == "required"
    assert len(to_prove["allowCredentials"]) == 1
    to_sign_in = await asked(owner)
    assert to_sign_in["userVerification"] == "required"
    assert to_sign_in["allowCredentials"] == []
    assert to_sign_in["rpId"] == "service.test"


async def test_beside_a_password_and_for_a_step_up(
    owner: Owner, device: Device
) -> None:
    await owner.add_passkey(device)
    assert await owner.show(device.sign(await asked(owner)))
    proofs = owner.flows.passkey_proofs
    to_prove = await proofs.options_to_prove(owner.holder())
    assertion = device.sign(to_prove)
    assert await identify(owner.service, assertion) is None, "asked for a step-up"
    assert await owner.show(assertion)
    assert not await owner.check(proofs, code="000000")


BROKEN: dict[str, Callable[[Device], None]] = {
    "another origin": lambda one: setattr(one, "origin", "https://evil.example"),
    "an origin that begins alike": lambda one: setattr(
        one, "origin", BASE_URL + ".evil.example"
    ),
    "another domain": lambda one: setattr(one, "rp_id", "evil.example"),
    "nobody verified": lambda one: setattr(
        one, "flags", USER_PRESENT | ELIGIBLE | BACKED_UP
    ),
    "nobody present": lambda one: setattr(
        one, "flags", USER_VERIFIED | ELIGIBLE | BACKED_UP
    ),
    "another key": lambda one: setattr(
        one, "private_key", generate_private_key(SECP256R1())
    ),
    "no longer to be backed up": lambda one: setattr(
        one, "flags", USER_PRESENT | USER_VERIFIED
    ),
    "another account's handle": lambda one: setattr(one, "user_handle", b"x" * 64),
    "no handle": lambda one: setattr(one, "user_handle", None),
    "an unknown passkey": lambda one: setattr(one, "credential_id", b"y" * 32),
    "a counter that went back": lambda one: setattr(one, "counter", 0),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=BROKEN)
async def test_what_is_not_right_signs_nobody_in(
    owner: Owner, device: Device, broken: Callable[[Device], None]
) -> None:
    device.counter = 5
    await owner.add_passkey(device)
    good = await asked(owner)
    assert await identify(owner.service, device.sign(good)) == owner.account_id

    broken(device)
    challenge = await asked(owner)
    assert await identify(owner.service, device.sign(challenge)) is None

    assert await owner.service.count("passkey_challenge") == 0, "asked once, used up"


@pytest.mark.parametrize(
    "change",
    [
        {"type": "webauthn.create"},
        {"crossOrigin": True},
        {"challenge": "AAAA"},
        {"challenge": None},
        {"origin": None},
        {"origin": [BASE_URL]},
    ],
)
async def test_what_the_page_says_must_be_right(
    owner: Owner, device: Device, change: dict[str, Any]
) -> None:
    await owner.add_passkey(device)
    assertion = device.sign(await asked(owner), **change)
    assert await identify(owner.service, assertion) is None
    assert not await owner.show(assertion)


def _cut(response: dict[str, Any], name: str) -> None:
    response[name] = response[name][:-8]


def _lose(response: dict[str, Any], name: str) -> None:
    del response[name]


def _number(response: dict[str, Any], name: str) -> None:
    response[name] = 7


def _nonsense(response: dict[str, Any], name: str) -> None:
    response[name] = "é=?"


@pytest.mark.parametrize("spoil", [_cut, _lose, _number, _nonsense])
@pytest.mark.parametrize("name", ["clientDataJSON", "authenticatorData", "signature"])
async def test_tampered_is_refused_and_never_a_fault(
    owner: Owner,
    device: Device,
    spoil: Callable[[dict[str, Any], str], None],
    name: str,
) -> None:
    await owner.add_passkey(device)
    assertion = device.sign(await asked(owner))
    spoil(assertion["response"], name)
    assert await identify(owner.service, assertion) is None
    assert not await owner.show(assertion)


@pytest.mark.parametrize(
    "assertion", [{}, {"response": 7}, {"response": {}}, {"rawId": [], "response": {}}]
)
async def test_no_assertion_at_all(owner: Owner, assertion: dict[str, Any]) -> None:
    assert await identify(owner.service, assertion) is None
    assert not await owner.show(assertion)


async def test_of_a_hundred_at_once_one_is_taken(owner: Owner, device: Device) -> None:
    device.counts = False
    await owner.add_passkey(device)
    assertion = device.sign(await asked(owner))

    found = await asyncio.gather(
        *(identify(owner.service, assertion) for _ in range(100))
    )

    assert sorted(map(str, found))[-2:] == ["None", "None"]
    assert [one for one in found if one is not None] == [owner.account_id]


async def test_a_passkey_without_a_counter_is_used_again_and_again(
    owner: Owner, device: Device
) -> None:
    device.counts = False
    await owner.add_passkey(device)
    for _ in range(3):
        assertion = device.sign(await asked(owner))
        assert await identify(owner.service, assertion) == owner.account_id


async def test_a_copy_is_refused_and_its_owner_told(
    owner: Owner, device: Device
) -> None:
    await owner.add_passkey(device)
    for _ in range(3):
        assert await owner.show(device.sign(await asked(owner)))
    await owner.told()

    device.counter -= 1
    assert not await owner.show(device.sign(await asked(owner)))

    (text,) = await owner.told()
    assert "We refused a passkey" in text


async def test_a_counter_that_anybody_can_make_up_alarms_nobody(
    owner: Owner, device: Device
) -> None:
    device.counter = 9
    await owner.add_passkey(device)
    await owner.told()
    device.counter, device.private_key = 0, generate_private_key(SECP256R1())

    assert not await owner.show(device.sign(await asked(owner)))
    assert await owner.told() == []


async def test_what_was_asked_holds_five_minutes(owner: Owner, device: Device) -> None:
    await owner.add_passkey(device)
    assertion = device.sign(await asked(owner))
    owner.service.clock.advance(timedelta(minutes=5))
    assert await identify(owner.service, assertion) is None
    async with owner.service.pool.acquire() as connection:
        swept = await owner.flows.sweep(connection, now=owner.service.clock.now())
    assert swept == 1


async def test_what_one_app_asked_is_worth_nothing_in_another(
    owner: Owner, device: Device
) -> None:
    await owner.add_passkey(device)
    here = device.sign(await asked(owner))
    assert await identify(owner.service, here, ELSEWHERE) is None
    proofs = owner.flows.passkey_proofs
    there: Any = await proofs.options_to_sign_in(ELSEWHERE)
    assert await identify(owner.service, device.sign(there), ELSEWHERE) is None
    assert not await owner.show(device.sign(there))


async def test_a_passkey_of_somebody_else_proves_nothing(
    owner: Owner, service: Service, device: Device
) -> None:
    await owner.add_passkey(device)
    other, theirs = await open_account(service, "eve@example.org"), Device()
    await other.add_passkey(theirs)

    assert not await owner.show(theirs.sign(await asked(owner)))
    to_prove: Any = await owner.flows.passkey_proofs.options_to_prove(owner.holder())
    assert not await other.show(theirs.sign(to_prove))
    passkey_id = (await owner.flows.list(owner.holder())).passkeys[0].passkey_id
    with pytest.raises(AuthenticatorUnknown):
        await other.flows.passkeys.remove(other.holder(), passkey_id)
    with pytest.raises(AuthenticatorUnknown):
        await other.flows.passkeys.rename(other.holder(), passkey_id, "Mine")


async def test_a_credential_belongs_to_one_account(
    owner: Owner, service: Service, device: Device
) -> None:
    await owner.add_passkey(device)
    other = await open_account(service, "eve@example.org")
    with pytest.raises(PasskeyWrong):
        await other.add_passkey(Device(credential_id=device.credential_id))
    assert await service.count("passkey") == 1


async def test_what_was_made_for_one_account_is_not_added_to_another(
    owner: Owner, service: Service, device: Device
) -> None:
    other = await open_account(service, "eve@example.org")
    options = await owner.flows.passkeys.options(owner.holder())
    with pytest.raises(PasskeyWrong):
        await other.flows.passkeys.add(other.holder(), "Mine", device.make(options))


NOT_MADE: dict[str, Callable[[Device], None]] = {
    one: BROKEN[one]
    for one in (
        *("another origin", "another domain", "nobody verified", "nobody present"),
    )
}


@pytest.mark.parametrize("broken", NOT_MADE.values(), ids=NOT_MADE)
async def test_what_is_not_right_is_not_added(
    owner: Owner, device: Device, broken: Callable[[Device], None]
) -> None:
    broken(device)
    with pytest.raises(PasskeyWrong):
        await owner.add_passkey(device)
    assert await owner.service.count("passkey") == 0
    assert await owner.service.count("passkey_challenge") == 0


async def test_of_a_hundred_times_added_one_is_kept(
    owner: Owner, device: Device
) -> None:
    credential = device.make(await owner.flows.passkeys.options(owner.holder()))

    async def add() -> bool:
        try:
            await owner.flows.passkeys.add(owner.holder(), "My laptop", credential)
        except PasskeyWrong:
            return False
        return True

    added = await asyncio.gather(*(add() for _ in range(100)))

    assert sum(added) == 1


async def test_ten_passkeys_are_enough(owner: Owner) -> None:
    for number in range(10):
        await owner.add_passkey(Device(), f"Device {number}")

    with pytest.raises(AuthenticatorsUsedUp):
        await owner.flows.passkeys.options(owner.holder())


async def test_removed_it_proves_nothing(owner: Owner, device: Device) -> None:
    first = await owner.add_passkey(device)
    await owner.add_passkey(Device(), "My phone")
    await owner.flows.passkeys.rename(owner.holder(), first, "My old laptop")
    names = {one.name for one in (await owner.flows.list(owner.holder())).passkeys}
    assert names == {"My old laptop", "My phone"}
    await owner.told()

    await owner.flows.passkeys.remove(owner.holder(), first)

    assert await identify(owner.service, device.sign(await asked(owner))) is None
    assert "A passkey was removed" in (await owner.told())[0]
    assert await owner.recover(owner.recovery_codes[0]), "another factor is left"
    (last,) = (await owner.flows.list(owner.holder())).passkeys
    await owner.flows.passkeys.remove(owner.holder(), last.passkey_id)
    assert not await owner.recover(owner.recovery_codes[1])


async def test_a_public_key_is_sealed_to_its_row(owner: Owner, device: Device) -> None:
    await owner.add_passkey(device, "Ada's laptop")
    thief = Device()
    await owner.add_passkey(thief)
    rows = await owner.service.pool.fetch("TABLE passkey")
    dumped = b"".join(one for row in rows for one in row if isinstance(one, bytes))
    assert device.credential_id not in dumped
    assert b"Ada's laptop" not in dumped

    await owner.service.pool.execute(
        "UPDATE passkey SET public_key = (SELECT public_key FROM passkey AS other"
        " WHERE other.passkey_id <> passkey.passkey_id)"
    )
    with pytest.raises(UnsealError):
        await owner.show(device.sign(await asked(owner)))
