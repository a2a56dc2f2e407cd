"""Appeals against a review: by a fresh proof, by a person, and always with an end."""

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import UUID

import pytest

from service.age_assurance.providers import Outcome, Role
from service.domain.accounts import AccountId
from service.domain.birthdays import BirthDate
from service.domain.consent_methods import Method
from service.domain.consent_rules import ConsentRules, MinorFound
from service.domain.decisions import DecisionKind
from service.domain.profiles import PolicyProfile
from service.domain.refusals import Refusal, SecondOperatorNeeded
from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.holders import code_of, sign_in
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for
from tests.support.service import PASSWORD, SANDBOX, Json, Service
from tests.support.wards import pass_time

ADULT = {"date_of_birth": "1990-05-17"}
EMAIL = "ada@example.org"
CHILD, GROWN = BirthDate(2015, 8, 19), BirthDate(1990, 5, 17)
DEADLINE, DAY, SECOND = timedelta(days=14), timedelta(days=1), timedelta(seconds=1)
PROVING = replace(
    SHIPPED["plain"],
    consent=ConsentRules(methods=(Method.EMAIL_PLUS, Method.CARD, Method.DOCUMENT)),
    age_proof_provider=SANDBOX,
)


def adults_only(found: MinorFound) -> PolicyProfile:
    return replace(SHIPPED["platform"], consent=ConsentRules(minor_found=found))


@dataclass
class Reviewed:
    """Somebody whose account is under review, and who has signed in."""

    service: Service
    app: str
    account_id: AccountId
    token: str = ""

    async def enter(self) -> None:
        response = await sign_in(self.service, self.app, EMAIL, PASSWORD)
        assert response.status == 200, await response.text()
        self.token = (await response.json())["access_token"]

    async def ask(self, method: str | None = None) -> tuple[int, Json]:
        body = {} if method is None else {"method": method}
        path = "/v1/account/age-appeals"
        response = await self.service.post(path, body, token=self.token)
        return response.status, await response.json()

    async def look(self) -> Json:
        response = await self.service.get("/v1/account/age-appeals", token=self.token)
        assert response.status == 200, await response.text()
        return await response.json()

    async def say(self, outcome: Outcome) -> None:
        proof_id = self.service.sandbox.latest
        await self.service.parts.proof_outcomes.take(proof_id, outcome)

    async def account(self) -> Json:
        row = await self.service.pool.fetchrow(
            "SELECT * FROM account WHERE account_id = $1", self.account_id
        )
        return row and dict(row)

    async def decided(self) -> list[Json]:
        rows = await self.service.pool.fetch(
            "SELECT data FROM outbox_event WHERE subject_id = $1"
            " AND event_type = 'age.appeal_decided' ORDER BY sequence",
            self.account_id,
        )
        return [json.loads(row["data"]) for row in rows]

    async def letters(self) -> list[str]:
        return (await self.service.send_messages()).to(EMAIL)


async def reviewed(service: Service, app: str = "plain") -> Reviewed:
    """Return an adult, proven where the operator wants it, who is under review."""
    person = await service.register(app, **ADULT, email=EMAIL)
    await person.confirm(EMAIL)
    if app == "platform":
        assert (await person.post("age-proofs", method="card")).status == 202
        await service.parts.proof_outcomes.take(service.sandbox.latest, Outcome.OVER)
    found = Reviewed(service, app, AccountId(UUID(person.id)))
    assert await service.parts.minors.freeze(found.account_id, "a call")
    await found.enter()
    return found


async def test_a_fresh_proof_brings_the_account_back(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        assert (await one.look())["action"] == "appeal"
        assert "/account/review" in (await one.letters())[-1]

        status, told = await one.ask("document")

        assert (status, told["state"], told["action"]) == (202, "open", "redirect")
        wanted = service.sandbox.wanted[-1]
        assert (wanted.role, wanted.threshold) == (Role.HOLDER, 14)
        assert (await one.look())["action"] == "wait"
        await one.say(Outcome.OVER)
        held = await one.account()
        assert (held["state"], held["age_band"]) == ("active", "adult")
        (decided,) = await one.decided()
        assert (decided["after"], decided["cause"]) == ("upheld", "proof_accepted")
        assert decided["assurance"] == "document"
        events = await service.events(str(one.account_id))
        assert events[-4:] == [
            "age.proof_requested",
            "age.proof_accepted",
            "age.appeal_decided",
            "account.reactivated",
        ]
        assert "is open again" in (await one.letters())[-1]
        await pass_time(service, 2 * DEADLINE)
        assert await one.account() is not None
        assert await broken(pool) == []


async def test_the_next_strangers_word_does_not_stand_against_it(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        await one.ask("card")
        await one.say(Outcome.OVER)

        path = "/v1/apps/plain/minor-reports"
        await service.post(path, {"identifier": EMAIL})
        await pass_time(service)

        assert (await one.account())["state"] == "active"
        assert await service.parts.minors.freeze(one.account_id, "once more")
        await one.enter()
        assert (await one.ask("card"))[0] == 202  # another review, another appeal


async def test_too_young_it_is_as_the_profile_says_of_a_child(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        await one.ask("document")

        await one.say(Outcome.UNDER)

        held = await one.account()
        assert (held["suspended_for"], held["age_band"]) == ("consent", "child")
        (decided,) = await one.decided()
        assert (decided["after"], decided["cause"]) == ("rejected", "proven_too_young")
        assert await broken(pool) == []


@pytest.mark.parametrize("found", MinorFound)
async def test_too_young_where_only_adults_may(
    pool: Pool, clock: StoppedClock, found: MinorFound
) -> None:
    profile = replace(adults_only(found), age_proof_provider=SANDBOX)
    async with running_for(pool, clock, profile) as service:
        one = await reviewed(service, "platform")
        at_once = found is MinorFound.ERASE
        letter = (await one.letters())[-1]
        assert ("nothing is left to appeal about" in letter) is at_once
        await one.ask("card")

        await one.say(Outcome.UNDER)

        assert (await one.account() is None) is at_once
        (decided,) = await one.decided()
        assert decided["after"] == "rejected"
        if not at_once:
            status, refused = await one.ask("card")
            assert (status, refused["code"]) == (409, "appeal_refused")
            assert "in 14 days" in (await one.letters())[-1]
            assert await broken(pool) == []
        await pass_time(service, DEADLINE)
        assert await one.account() is None
        assert (await service.events(str(one.account_id)))[-1] == "account.erased"


async def test_three_proofs_that_lead_to_nothing_end_it(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        for left in (2, 1, 0):
            status, told = await one.ask("card")
            assert (status, told["tries_left"]) == (202, left)
            await one.say(Outcome.INCONCLUSIVE)

        (decided,) = await one.decided()
        assert (decided["after"], decided["cause"]) == ("rejected", "proof_failed")
        assert (await one.ask("card"))[1]["code"] == "appeal_refused"
        assert (await one.look())["methods"] == []
        told = await service.parts.minors.judge(one.account_id, GROWN, "in person")
        assert told.kind is DecisionKind.ADMIT  # an operator still may
        assert (await one.account())["state"] == "active"
        assert await broken(pool) == []


async def test_a_provider_out_of_reach_costs_no_try(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        service.sandbox.error = OSError()
        assert (await one.ask("card"))[1]["code"] == "proof_unavailable"
        service.sandbox.error = None

        status, told = await one.ask("card")

        assert (status, told["tries_left"]) == (202, 2)
        assert (await one.ask("wallet"))[1]["code"] == "proof_method_unknown"


async def test_nobody_answers_and_it_ends_in_time(service: Service) -> None:
    one = await reviewed(service)
    await pass_time(service, DEADLINE - SECOND)
    await one.enter()
    status, told = await one.ask()
    assert (status, told["action"], told["methods"]) == (202, "wait", [])
    assert await service.parts.appeals.every()

    await pass_time(service, DEADLINE - SECOND)
    assert await one.decided() == []
    await asyncio.gather(*(service.parts.appeals.step() for _ in range(10)))
    clock = service.clock
    clock.advance(SECOND)
    ended = await asyncio.gather(*(service.parts.appeals.step() for _ in range(10)))

    assert sum(ended) == 1
    (decided,) = await one.decided()
    assert (decided["after"], decided["cause"]) == ("rejected", "expired")
    assert await one.account() is not None
    assert "in 1 day" in (await one.letters())[-1]
    await pass_time(service, DAY)
    assert await one.account() is None


async def test_where_there_is_no_provider_a_person_decides(service: Service) -> None:
    one = await reviewed(service)
    await one.ask()
    assert (await one.ask("card"))[1]["code"] == "proof_method_unknown"

    await service.parts.minors.judge(one.account_id, GROWN, "a passport was shown")

    (decided,) = await one.decided()
    assert (decided["after"], decided["cause"]) == ("upheld", "review_decided")
    assert decided["actor"]["type"] == "operator"
    assert (await one.account())["state"] == "active"
    assert await broken(service.pool) == []


async def test_two_people_decide_where_the_profile_wants_two(
    pool: Pool, clock: StoppedClock
) -> None:
    profile = replace(SHIPPED["plain"], consent=ConsentRules(two_person_review=True))
    async with running_for(pool, clock, profile) as service:
        one = await reviewed(service)
        judge = service.parts.minors.judge
        with pytest.raises(SecondOperatorNeeded):
            await judge(one.account_id, GROWN, "seen")

        assert not (await judge(one.account_id, CHILD, "heard", "ann")).decided
        assert not (await judge(one.account_id, GROWN, "seen", "ann")).decided
        with pytest.raises(SecondOperatorNeeded):
            await judge(one.account_id, GROWN, "seen", " Ann ")
        assert (await one.account())["suspended_for"] == "age_review"

        assert (await judge(one.account_id, GROWN, "seen too", "ben")).decided
        assert (await one.account())["state"] == "active"
        assert await service.count("age_judgement") == 0


async def test_a_hundred_at_once_are_one_appeal_and_one_decision(
    pool: Pool, clock: StoppedClock
) -> None:
    async with running_for(pool, clock, PROVING) as service:
        one = await reviewed(service)
        told = await asyncio.gather(*(one.ask() for _ in range(100)))
        assert Counter(status for status, _ in told) == {202: 100}
        events = await service.events(str(one.account_id))
        assert events.count("age.appeal_opened") == 1
        await one.ask("document")

        async def say(outcome: Outcome) -> str:
            try:
                await one.say(outcome)
            except Refusal as refusal:
                return refusal.code
            return ""

        said = [Outcome.OVER, Outcome.INCONCLUSIVE] * 50
        codes = Counter(await asyncio.gather(*map(say, said)))

        assert set(codes) <= {"", "proof_concluded"}
        decided = [each["after"] for each in await one.decided()]
        upheld = (await one.account())["state"] == "active"
        assert decided == (["upheld"] if upheld else [])
        assert await broken(pool) == []


async def test_who_is_not_under_review_has_nothing_to_appeal_against(
    service: Service,
) -> None:
    one = await reviewed(service)
    await service.parts.minors.judge(one.account_id, GROWN, "seen")
    await one.enter()

    status, refused = await one.ask()

    assert (status, refused["code"]) == (409, "step_not_due")
    assert (await one.look())["action"] == "none"


async def test_under_review_nothing_new_is_agreed_to(service: Service) -> None:
    one = await reviewed(service)
    response = await service.client.put(
        "/v1/account/purposes/improvement",
        json={"granted": True},
        headers={"Authorization": f"Bearer {one.token}"},
    )
    assert (response.status, await code_of(response)) == (403, "account_suspended")
