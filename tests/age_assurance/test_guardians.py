"""Guardians who are verified by card or document before their yes counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import date, timedelta

import pytest

from service.age_assurance.providers import Outcome
from service.domain.consent import VERIFICATION_TRIES, methods_for
from service.domain.consent_methods import Method
from service.domain.refusals import ProofUnknown, Refusal
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.couples import DAD, invite
from tests.support.families import GUARDIAN, Family, a_family
from tests.support.guardian_ways import a_proven
from tests.support.invariants import broken
from tests.support.service import Json, Service
from tests.support.verifying import DISCLOSES, STRONG, operator, verified_by
from tests.support.wards import Ward, a_ward, pass_time

MAIL, CARD, DOCUMENT = Method.EMAIL_PLUS, Method.CARD, Method.DOCUMENT
TODAY, LATER = date(2026, 11, 22), date(2027, 5, 13)
WAIT = timedelta(days=14)


@pytest.fixture
async def service(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    """The service of an operator who takes e-mail plus, card and document."""
    async with verified_by(pool, clock) as one:
        yield one


@pytest.fixture
async def family(service: Service) -> Family:
    return await a_family(service)


async def begin(family: Family, method: Method = DOCUMENT, *purposes: str) -> Json:
    response = await family.answer("give", method=method, purposes=[*purposes])
    assert response.status == 202, await response.text()
    return await response.json()


async def take(service: Service, outcome: Outcome) -> str | None:
    taken = await service.parts.proof_outcomes.take(service.sandbox.latest, outcome)
    assert await broken(service.pool) == []
    return taken


async def thanked(service: Service, family: Family) -> Ward:
    mailbox = await service.send_messages()
    return Ward(service, family, mailbox.link_for(family.guardian))


@pytest.mark.parametrize(
    ("purposes", "country", "today", "methods"),
    [
        ((), "CN", TODAY, {MAIL, CARD, DOCUMENT}),
        (("improvement",), "US", TODAY, {MAIL, CARD, DOCUMENT}),
        ((DISCLOSES,), "US", TODAY, {CARD, DOCUMENT}),
        ((DISCLOSES, "improvement"), "CN", TODAY, {CARD, DOCUMENT}),
        ((STRONG,), "CN", TODAY, {DOCUMENT}),
        ((STRONG, DISCLOSES), "GB", TODAY, {DOCUMENT}),
        ((), "IN", TODAY, {MAIL, CARD, DOCUMENT}),
        ((), "IN", LATER, {CARD, DOCUMENT}),
        ((STRONG,), "IN", LATER, {DOCUMENT}),
    ],
)
def test_only_methods_are_offered_that_carry_everything(
    purposes: tuple[str, ...], country: str, today: date, methods: set[Method]
) -> None:
    profile = operator()
    chosen = [one for one in profile.purposes if one.essential or one.id in purposes]

    offered = methods_for(profile, chosen, country=country, today=today)

    assert {*offered} == methods


async def test_a_guardian_is_told_what_each_purpose_takes(family: Family) -> None:
    response = await family.open()

    by_purpose = (await response.json())["methods_by_purpose"]
    shown = {purpose: {*methods} for purpose, methods in by_purpose.items()}

    assert shown["account"] == {MAIL, CARD, DOCUMENT}
    assert shown[DISCLOSES] == {CARD, DOCUMENT}
    assert shown[STRONG] == {DOCUMENT}


@pytest.mark.parametrize(
    ("method", "purpose"), [(MAIL, DISCLOSES), (MAIL, STRONG), (CARD, STRONG)]
)
async def test_what_a_method_does_not_carry_is_refused(
    service: Service, family: Family, method: Method, purpose: str
) -> None:
    response = await family.answer("give", method=method, purposes=[purpose])

    assert (await response.json())["code"] == "purposes_wrong"
    assert service.sandbox.wanted == []


async def test_nothing_is_on_before_the_provider_has_said_so(
    service: Service, family: Family
) -> None:
    told = await begin(family, DOCUMENT, DISCLOSES, STRONG)

    wanted = service.sandbox.wanted[-1]
    assert told["href"].endswith(str(wanted.proof_id))
    assert (wanted.method, wanted.threshold, wanted.role) == (
        "document",
        18,
        "guardian",
    )
    assert wanted.return_url.endswith("/guardian/verified")
    assert (await family.child.look())["state"] == "awaiting_guardian"
    assert await service.count("account") == await service.count("guardian") == 0
    assert await broken(service.pool) == []

    assert await take(service, Outcome.OVER) == "granted"

    ward = await thanked(service, family)
    granted = {one["purpose"]["id"]: one for one in (await ward.look())["grants"]}
    assert {*granted} == {"account", "protection", DISCLOSES, STRONG}
    assert {one["method"] for one in granted.values()} == {"document"}
    assert {one["state"] for one in granted.values()} == {"active"}
    (begun,) = await ward.told("consent.verification_started")
    assert begun["assurance"] == "document"
    assert (await ward.told("consent.given"))[0]["after"] == "active"
    assert await ward.told("age.proof_accepted") == []  # it is not the child's age
    assert await service.count("guardian_proof") == 0


async def test_who_could_not_be_verified_tries_again_a_few_times(
    service: Service, family: Family
) -> None:
    for left in reversed(range(VERIFICATION_TRIES)):
        await begin(family)
        said = await take(service, Outcome.INCONCLUSIVE)
        assert said == ("try_again" if left else "ended")

    assert (await family.child.look())["state"] == "ended"
    assert await service.count("subject_key") == 0
    events = await service.events(family.child.id)
    assert events.count("consent.verification_failed") == VERIFICATION_TRIES
    assert events[-2:] == ["consent.expired", "registration.ended"]


async def test_tries_that_were_begun_count_and_mail_still_does(
    service: Service, family: Family
) -> None:
    for _ in range(VERIFICATION_TRIES):
        await begin(family, CARD)

    again = await family.answer("give", method="document")
    by_mail = await family.answer("give")

    assert (again.status, (await again.json())["code"]) == (409, "proofs_used_up")
    assert by_mail.status == 200
    with pytest.raises(ProofUnknown):
        await take(service, Outcome.OVER)


async def test_a_proof_that_was_begun_anew_opens_nothing(
    service: Service, family: Family
) -> None:
    await begin(family, CARD)
    first = service.sandbox.latest
    await begin(family, DOCUMENT)

    with pytest.raises(ProofUnknown):
        await service.parts.proof_outcomes.take(first, Outcome.OVER)
    assert (await family.child.look())["state"] == "awaiting_guardian"
    assert await service.parts.proof_outcomes.take(first, Outcome.UNDER) == "ended"


async def test_a_provider_out_of_reach_costs_no_try(
    service: Service, family: Family
) -> None:
    service.sandbox.error = OSError("out of reach")
    for _ in range(VERIFICATION_TRIES + 1):
        response = await family.answer("give", method="card")
        assert response.status == 503
    service.sandbox.error = None

    await begin(family, CARD)

    assert await take(service, Outcome.OVER) == "granted"


async def test_a_minor_consents_for_nobody_here(service: Service) -> None:
    ward = await a_ward(service)  # by mail, so far
    second = await a_family(service, username="ada")
    await begin(second)

    assert await take(service, Outcome.UNDER) == "ended"

    assert (await second.child.look())["state"] == "ended"
    assert (await ward.account())["suspended_for"] == "consent"
    assert {states[-1] for states in (await ward.grants()).values()} == {"invalidated"}
    third = await a_family(service, username="bobby", guardian="mum+x@example.org")
    response = await third.answer("give")
    assert (await response.json())["code"] == "guardian_must_be_adult"


async def test_an_unknown_minor_leaves_nothing_but_a_keyed_hash(
    service: Service, family: Family
) -> None:
    await begin(family)
    await take(service, Outcome.UNDER)

    assert await service.count("guardian") == await service.count("subject_key") == 0
    again = await a_family(service, username="again")
    response = await again.answer("give")
    assert (await response.json())["code"] == "guardian_must_be_adult"


@pytest.mark.parametrize("answer", ["refuse", "not_my_child"])
async def test_whoever_is_being_verified_can_still_say_no(
    service: Service, family: Family, answer: str
) -> None:
    await begin(family)

    response = await family.answer(answer)

    assert response.status == 200
    assert (await family.child.look())["state"] == "ended"
    with pytest.raises(ProofUnknown):
        await take(service, Outcome.OVER)


async def test_nobody_waits_longer_than_for_an_answer(
    service: Service, family: Family
) -> None:
    await begin(family)

    await pass_time(service, WAIT)

    assert (await family.child.look())["state"] == "ended"
    with pytest.raises(ProofUnknown):
        await take(service, Outcome.OVER)


async def test_a_birthday_meanwhile_lets_the_young_person_decide(
    service: Service,
) -> None:
    family = await a_family(service, date_of_birth="2012-11-25")
    await begin(family)

    await pass_time(service, timedelta(days=5))

    assert (await family.child.look())["state"] == "ask_acceptance"
    with pytest.raises(ProofUnknown):
        await take(service, Outcome.OVER)


async def test_of_a_hundred_words_one_decides(service: Service) -> None:
    for number in range(2):
        family = await a_family(service, username=f"kim-{number}")
        await begin(family)
        proof_id = service.sandbox.latest

        async def word(place: int) -> str:
            if place % 4 == 3:
                response = await family.answer("refuse")  # noqa: B023
                return "refused" if response.status == 200 else "late"
            said = (Outcome.OVER, Outcome.INCONCLUSIVE, Outcome.OVER)[place % 4]
            outcomes = service.parts.proof_outcomes
            try:
                led = await outcomes.take(proof_id, said)  # noqa: B023
            except Refusal:
                return "late"
            return "known" if led is None else str(led)

        ends = Counter(await asyncio.gather(*(word(one) for one in range(100))))

        state = (await family.child.look())["state"]
        granted = ends["granted"]
        assert granted + ends["refused"] == 1
        assert state == ("completed" if granted else "ended")
        assert await broken(service.pool) == []


async def test_more_is_agreed_to_for_an_account_once_it_is_sure_who_agrees(
    service: Service,
) -> None:
    ward = await a_ward(service, purposes=())
    asked = await ward.ask_anew()
    await begin(asked, CARD, DISCLOSES)
    assert {*await ward.grants()} == {"account", "protection"}

    assert await take(service, Outcome.OVER) == "granted"

    newer = await ward.look()
    assert {one["purpose"]["id"] for one in newer["grants"]} == {
        "account",
        "protection",
        DISCLOSES,
    }
    assert {one["method"] for one in newer["grants"]} == {"card"}


async def test_of_an_account_what_held_before_holds_on(service: Service) -> None:
    ward = await a_ward(service, purposes=())
    asked = await ward.ask_anew()
    for _ in range(VERIFICATION_TRIES):
        await begin(asked, CARD, DISCLOSES)
        await take(service, Outcome.INCONCLUSIVE)

    assert (await ward.account())["state"] == "active"
    assert await ward.told("account.suspended") == []
    late = await asked.answer("give")
    assert (await late.json())["code"] == "consent_link_expired"


async def test_a_second_guardian_is_verified_as_well(service: Service) -> None:
    ward = await a_ward(service)
    dad = await invite(ward)
    await begin(dad, DOCUMENT)
    assert await service.count("guardianship") == 1

    assert await take(service, Outcome.OVER) == "granted"

    assert await service.count("guardianship") == 2
    assert len((await service.send_messages()).to(DAD)) == 2


async def test_a_dispute_meanwhile_freezes_what_is_new(service: Service) -> None:
    ward = await a_ward(service)
    dad = await invite(ward)
    await begin(dad)
    response = await service.post("/v1/consents/dispute", {"link_token": ward.link})
    assert response.status == 202

    assert await take(service, Outcome.OVER) == "try_again"

    again = await dad.answer("give", method="card")
    assert (await again.json())["code"] == "consent_disputed"


async def test_who_was_verified_is_not_verified_again_for_the_next_child(
    service: Service, family: Family
) -> None:
    await begin(family, DOCUMENT)
    await take(service, Outcome.OVER)
    guardian = await a_proven(service)
    second = await a_family(service, username="ada", guardian=GUARDIAN)

    response = await service.post(
        "/v1/guardian/answers",
        {
            "link_token": second.link,
            "answer": "give",
            "match_code": second.match_code,
            "adult": True,
            "purposes": [STRONG, DISCLOSES],
        },
        token=guardian.token,
    )

    assert response.status == 200, await response.text()
    ward = await thanked(service, second)
    grants = (await ward.look())["grants"]
    assert {one["method"] for one in grants} == {"guardian_account"}
    assert {one["state"] for one in grants} == {"active"}
    assert await broken(service.pool) == []


async def test_a_fresh_link_does_not_undo_what_is_under_way(
    service: Service, family: Family
) -> None:
    await begin(family)
    await family.child.post("guardian-reminders")
    link = (await service.send_messages()).link_for(GUARDIAN)
    fresh = replace(family, link=link)

    assert await take(service, Outcome.OVER) == "granted"

    late = await fresh.answer("refuse")
    assert (await late.json())["code"] == "consent_already_answered"
