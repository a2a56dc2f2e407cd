"""Ten years of one family, day after day in which something is due."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from tests.support.invariants import broken
from tests.support.service import Json, Service
from tests.support.wards import Ward, a_ward, pass_time, work

DAY = timedelta(days=1)
BORN = "2015-12-12"
FOURTEEN = datetime(2029, 12, 11, 18, tzinfo=UTC)
EIGHTEEN = datetime(2033, 12, 11, 18, tzinfo=UTC)


async def live_until(service: Service, end: datetime) -> None:
    """Let the days pass until *end*, and the worker work on each week's first."""
    while service.clock.now() < end:
        service.clock.time = min(end, service.clock.now() + 6 * DAY)
        await work(service)
        assert await broken(service.pool) == []


async def renew(ward: Ward) -> None:
    family = await ward.asked()
    assert (await family.answer("give", purposes=["improvement"])).status == 200
    for _ in range(2):
        await pass_time(ward.service, DAY)


async def chain(ward: Ward) -> list[Json]:
    """Return what the receipts say, each verified, and following the one before."""
    rows = await ward.service.pool.fetch(
        "SELECT receipt_id FROM consent_receipt WHERE account_id = $1 ORDER BY number",
        ward.account_id,
    )
    previous, told = None, []
    for row in rows:
        found = await ward.service.get(f"/v1/receipts/{row['receipt_id']}")
        body = await found.json()
        assert body["content"]["record"]["previous_sha256"] == previous
        previous = sha256(body["receipt"].encode()).hexdigest()
        told.append(body["content"])
    return told


async def test_ten_years_of_one_family(service: Service) -> None:
    clock = service.clock
    ward = await a_ward(service, date_of_birth=BORN)
    for _ in range(2):
        await pass_time(service, DAY)

    await live_until(service, clock.now() + 340 * DAY)
    await renew(ward)
    assert (await ward.account())["state"] == "active"

    await ward.withdraw()
    await live_until(service, clock.now() + 20 * DAY)
    assert (await (await ward.ask_anew()).answer("give")).status == 200
    for _ in range(2):
        await pass_time(service, DAY)
    assert (await ward.account())["state"] == "active"

    await live_until(service, clock.now() + 366 * DAY)
    assert (await ward.account())["suspended_for"] == "consent"
    await renew(ward)
    assert (await ward.account())["state"] == "active"

    await live_until(service, min(FOURTEEN - DAY, clock.now() + 340 * DAY))
    await renew(ward)
    await live_until(service, FOURTEEN)
    assert (await ward.account())["age_band"] == "minor"
    assert (await ward.account())["own_word_due"] is True
    await service.parts.own_word.decide(ward.account_id, ["recommendations"])

    await live_until(service, EIGHTEEN)
    assert (await ward.account())["age_band"] == "adult"
    assert (await ward.account())["state"] == "active"

    await service.parts.own_word.withdraw(ward.account_id, None)
    await live_until(service, clock.now() + 30 * DAY)
    assert await ward.account() is None
    told = Counter(one["type"] for one in await ward.told())
    assert told["account.erased"] == 1
    changes = [one["event"]["change"] for one in await chain(ward)]
    assert changes == [
        *("given", "confirmed", "renewed", "confirmed", "withdrawn"),
        *("renewed", "confirmed", "expired", "renewed", "confirmed"),
        *("renewed", "confirmed", "handed_over", "withdrawn"),
    ]
    assert await service.count("guardian") == 0
    assert await service.count("subject_key") == 0
