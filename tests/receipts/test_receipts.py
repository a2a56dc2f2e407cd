"""Receipts: signed, chained, verified by anybody, and naming nobody."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from uuid import UUID

import pytest

from service.domain.receipts import TYPE
from service.kit.database import Pool, transaction
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures, SignatureWrongError
from service.vault.signing_keys import SigningKeys
from service.worker import sweep
from tests.commands.running import in_a_thread, mistakes, said
from tests.support.families import BORN, GUARDIAN
from tests.support.service import KEYS, Json, Service
from tests.support.wards import Ward, a_ward, pass_time

YEAR = timedelta(days=365)
DAY = timedelta(days=1)


async def receipts(ward: Ward) -> list[Json]:
    """Return what each receipt of the account says, in order, as anybody reads it."""
    ids = await tokens(ward)
    return [(await fetch(ward.service, one))["content"] for one in ids]


async def tokens(ward: Ward) -> list[str]:
    rows = await ward.service.pool.fetch(
        "SELECT receipt_id::text FROM consent_receipt WHERE account_id = $1"
        " ORDER BY number",
        ward.account_id,
    )
    return [row["receipt_id"] for row in rows]


async def fetch(service: Service, receipt_id: str) -> Json:
    response = await service.get(f"/v1/receipts/{receipt_id}")
    assert response.status == 200, await response.text()
    return await response.json()


async def a_history(service: Service) -> Ward:
    """Return a child whose guardian gave, confirmed, narrowed, withdrew and renewed."""
    ward = await a_ward(service)
    await pass_time(service, DAY)
    await pass_time(service, DAY)
    await ward.withdraw("improvement")
    await ward.withdraw()
    assert (await (await ward.ask_anew()).answer("give")).status == 200
    return ward


async def test_every_change_has_a_receipt_of_its_own(service: Service) -> None:
    ward = await a_history(service)

    told = await receipts(ward)

    assert [one["event"]["change"] for one in told] == [
        *("given", "confirmed", "narrowed", "withdrawn", "renewed")
    ]
    assert [one["purposes_on"] for one in told] == [
        ["account", "protection", "improvement"],
        ["account", "protection", "improvement"],
        ["account", "protection"],
        [],
        ["account", "protection"],
    ]
    assert told[0]["event"]["state"] == "dpv:ConsentGiven"
    assert told[4]["event"]["state"] == "dpv:RenewedConsentGiven"
    assert told[0]["event"]["by"] == "guardian"


async def test_a_receipt_says_what_was_agreed_to_and_how(service: Service) -> None:
    ward = await a_ward(service)
    (told,) = await receipts(ward)
    profile = service.parts.given.profiles["terra-maestro"]
    policy = profile.current_policy(service.clock.now().date())

    assert told["policy"]["text_sha256"] == policy.text_sha256
    assert told["controller"]["name"] == profile.operator
    assert told["withdrawal"]["email"] == profile.contact.email
    first = told["purposes"][0]
    assert first["title"]["zh"] == "您的账户"
    assert first["given_by"]["role"] == "dpv:GuardianOfDataSubject"
    assert (first["given_by"]["method"], first["given_by"]["strength"]) == (
        "email_plus",
        1,
    )


async def test_receipts_of_an_account_are_a_chain(service: Service) -> None:
    ward = await a_history(service)
    previous = None
    for number, receipt_id in enumerate(await tokens(ward), start=1):
        found = await fetch(service, receipt_id)
        record = found["content"]["record"]
        assert record == {"number": number, "previous_sha256": previous}
        previous = sha256(found["receipt"].encode()).hexdigest()


async def test_a_receipt_names_nobody(service: Service) -> None:
    one = await a_ward(service, username="first")
    two = await a_ward(service, username="second")
    (first,), (second,) = await receipts(one), await receipts(two)

    text = json.dumps([first, second], ensure_ascii=False)

    guardian_id = str(await one.guardian_id())
    for secret in (BORN, GUARDIAN, "first", "example.org", guardian_id):
        assert secret not in text.replace("First", ""), secret
    assert str(one.account_id) not in text
    ref = first["purposes"][0]["given_by"]["ref"]
    assert ref != second["purposes"][0]["given_by"]["ref"], "no one can join the two"


async def test_the_events_and_the_letters_name_the_receipt(service: Service) -> None:
    ward = await a_history(service)
    named = {one["receipt_id"] for one in await ward.told() if one["receipt_id"]}

    assert named == set(await tokens(ward))
    letters = "\n".join((await service.send_messages()).to(GUARDIAN))
    for receipt_id in await tokens(ward):
        told = (await fetch(service, receipt_id))["content"]["event"]["change"]
        assert (f"/receipts/{receipt_id}" in letters) == (told != "confirmed")


async def test_one_flipped_bit_fails(service: Service) -> None:
    ward = await a_ward(service)
    (receipt_id,) = await tokens(ward)
    token = (await fetch(service, receipt_id))["receipt"]
    signatures = service.parts.signing_keys.signatures

    assert signatures.verify(token, typ=TYPE)
    head, body, mac = token.split(".")
    for flipped in (
        f"{head}.{_flipped(body)}.{mac}",
        f"{head}.{body}.{_flipped(mac)}",
        f"{_flipped(head)}.{body}.{mac}",
    ):
        with pytest.raises(SignatureWrongError):
            signatures.verify(flipped, typ=TYPE)


async def test_another_key_fails(service: Service) -> None:
    ward = await a_ward(service)
    (receipt_id,) = await tokens(ward)
    token = (await fetch(service, receipt_id))["receipt"]

    with pytest.raises(SignatureWrongError):
        Signatures.of(KeyRing.fresh("other")).verify(token, typ=TYPE)
    with pytest.raises(SignatureWrongError):
        service.parts.signing_keys.signatures.verify(token, typ="at+jwt")


async def test_every_receipt_verifies_after_the_keys_have_rotated(
    service: Service, pool: Pool
) -> None:
    ward = await a_history(service)
    ring = KEYS.with_key("next").promoted()
    rotated = KeyRing({"next": ring.secrets["next"]}, "next", ring.index)
    known = SigningKeys(signatures=Signatures.of(rotated))
    async with transaction(pool) as connection:
        await known.note(connection, now=service.clock.now())
    after = replace(service.parts.receipts, signing_keys=known)

    for receipt_id in await tokens(ward):
        shown = await after.show(UUID(receipt_id))
        assert shown.claims["jti"] == receipt_id


async def test_a_receipt_that_there_is_not_is_not_found(service: Service) -> None:
    for unknown in ("0b2f5a1e-9c1d-4f6e-8a53-2f8b6d3e7c25", "x", "1"):
        response = await service.get(f"/v1/receipts/{unknown}")
        assert response.status == 404
        assert (await response.json())["code"] == "receipt_unknown"


async def test_receipts_outlive_the_account_and_then_go(service: Service) -> None:
    ward = await a_ward(service)
    await ward.withdraw()
    await pass_time(service, timedelta(days=30))
    assert await ward.account() is None
    kept = await tokens(ward)
    assert len(kept) == 2
    assert (await fetch(service, kept[0]))["content"]["jti"] == kept[0]

    await sweep_after(service, 3 * YEAR - DAY)
    assert len(await tokens(ward)) == 2
    await sweep_after(service, 2 * DAY)

    assert await tokens(ward) == []


async def sweep_after(service: Service, by: timedelta) -> None:
    service.clock.advance(by)
    while await sweep(service.parts):
        pass


async def test_anybody_verifies_a_receipt_on_the_command_line(
    service: Service, tmp_path: Path
) -> None:
    ward = await a_history(service)
    ids = await tokens(ward)
    chain = [(await fetch(service, one))["receipt"] for one in ids]
    keys, file = tmp_path / "jwks.json", tmp_path / "receipt.txt"
    published = await service.get("/.well-known/jwks.json")
    keys.write_text(await published.text())

    async def verify(text: str) -> Mapping[str, Json]:
        file.write_text(text)
        told = said(await in_a_thread("receipts", "verify", file, "--keys", keys))
        found: Mapping[str, Json] = json.loads(told)
        return found

    assert (await verify(chain[0]))["jti"] == ids[0]
    assert (await verify("\n".join(chain)))["jti"] == ids[-1]
    assert (await verify(json.dumps(await fetch(service, ids[1]))))["jti"] == ids[1]

    for wrong, why in (
        (chain[0][:-6] + "AAAAAA", "the signature is wrong"),
        ("\n".join([chain[0], chain[2]]), "does not follow"),
        ("", "no receipt"),
        ("{}", "no receipt"),
    ):
        file.write_text(wrong)
        told = await in_a_thread("receipts", "verify", file, "--keys", keys)
        (line,) = mistakes(told)
        assert why in line
    own = tmp_path / "keys.json"
    said(await in_a_thread("keys", "generate", own))
    file.write_text(chain[0])
    (line,) = mistakes(await in_a_thread("receipts", "verify", file, KEYS_FILE=own))
    assert "none of ours" in line


def _flipped(text: str) -> str:
    place = len(text) // 2
    other = "A" if text[place] != "A" else "B"
    return text[:place] + other + text[place + 1 :]
