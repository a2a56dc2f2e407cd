"""A guardian who is none: everything they granted falls at once, for every child."""

from datetime import timedelta
from uuid import uuid4

import pytest

from service.domain.accounts import AccountId
from service.domain.refusals import AccountUnknown
from tests.support.couples import a_couple
from tests.support.families import GUARDIAN, a_family
from tests.support.households import believed_on
from tests.support.invariants import broken
from tests.support.service import Service
from tests.support.wards import a_ward, pass_time

OTHER = "dad@example.org"


async def test_what_a_minor_granted_falls_for_every_child_at_once(
    service: Service,
) -> None:
    wards = [await a_ward(service, username=name) for name in ("first", "second")]
    spared = await a_ward(service, username="third", guardian=OTHER)

    changed = await service.parts.disqualified.bar(
        await wards[0].guardian_id(), "found to be a minor"
    )

    assert len(changed) == 2
    for ward in wards:
        assert {one[-1] for one in (await ward.grants()).values()} == {"invalidated"}
        assert (await ward.account())["suspended_for"] == "consent"
        (told,) = await ward.told("consent.invalidated")
        assert (told["cause"], told["actor"]["type"]) == ("guardian_barred", "operator")
        assert told["receipt_id"]
        response = await service.post("/v1/consents/open", {"link_token": ward.link})
        assert response.status == 404
    assert (await spared.account())["state"] == "active"
    reasons = await service.pool.fetch(
        "SELECT detail->>'reason' AS why FROM audit_entry WHERE action = $1",
        "guardian.barred",
    )
    assert [row["why"] for row in reasons] == ["found to be a minor"] * 2
    assert await broken(service.pool) == []


async def test_who_was_barred_can_not_consent_any_more(service: Service) -> None:
    ward = await a_ward(service, username="first")
    await service.parts.disqualified.bar(await ward.guardian_id(), "revoked")
    family = await a_family(service, username="second", guardian=GUARDIAN)

    response = await family.answer("give")

    assert (await response.json())["code"] == "guardian_must_be_adult"
    assert (await family.answer("refuse")).status == 200


async def test_what_is_confirmed_later_was_invalidated_before(
    service: Service,
) -> None:
    ward = await a_ward(service)
    await pass_time(service, timedelta(days=1))
    await service.parts.disqualified.bar(await ward.guardian_id(), "revoked")

    await pass_time(service, timedelta(days=1))

    assert {one[-1] for one in (await ward.grants()).values()} == {"invalidated"}
    assert await ward.told("consent.confirmed") == []


async def test_a_guardian_who_is_removed_has_no_say_about_that_child(
    service: Service,
) -> None:
    one = await a_ward(service, username="first")
    two = await a_ward(service, username="second")

    await service.parts.disqualified.remove(
        one.account_id, await one.guardian_id(), "lost custody"
    )

    assert (await one.account())["suspended_for"] == "consent"
    assert (await two.account())["state"] == "active"
    response = await service.post("/v1/consents/open", {"link_token": one.link})
    assert response.status == 404
    with pytest.raises(AccountUnknown):
        await service.parts.disqualified.remove(
            AccountId(uuid4()), await two.guardian_id(), "nobody"
        )


async def test_what_another_guardian_carries_is_not_told_as_off(
    service: Service,
) -> None:
    couple = await a_couple(service, purposes=("improvement",), dads=())
    mum = await service.pool.fetchval(
        "SELECT giver_id FROM consent_grant WHERE purpose = 'improvement'"
    )

    await service.parts.disqualified.bar(mum, "found to be a minor")

    (told,) = await couple.mum.told("consent.invalidated")
    assert told["purposes"] == ["improvement"]
    assert await couple.on() == {"account", "protection"}
    assert believed_on(await couple.mum.told()) == await couple.on()
    assert await broken(service.pool) == []
