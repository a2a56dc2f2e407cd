"""Guardians, children, operators and time, in any order: what must hold still holds.

The steps run on the session's loop; Hypothesis draws them in a thread beside it.
AGEGATE_TEST_EXAMPLES and AGEGATE_TEST_STEPS ask for more, and then for other ones each
time.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import cast

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.domain.age_rules import Quorum
from service.domain.birthdays import BirthDate
from service.domain.consent import GuardianId, Relation
from service.domain.consent_rules import ConsentRules, MeanWhile
from service.domain.disputes import Outcome
from service.domain.guardian_contacts import by_email
from service.domain.profiles import LegalGround, PolicyProfile, Purpose
from service.kit.database import Pool
from service.worker import sweep
from tests.support.clock import StoppedClock
from tests.support.households import Household, Households, Letters
from tests.support.invariants import broken
from tests.support.operators import SHIPPED, running_for

EXAMPLES = os.environ.get("AGEGATE_TEST_EXAMPLES")
STEPS = os.environ.get("AGEGATE_TEST_STEPS")
SETTINGS = settings(
    max_examples=int(EXAMPLES or 15),
    stateful_step_count=int(STEPS or 15),
    database=None,
    deadline=None,
    derandomize=not (EXAMPLES or STEPS),
    suppress_health_check=[*HealthCheck],
    phases=[Phase.generate],  # to make a walk shorter takes minutes
)

PAUSES = [timedelta(hours=h) for h in (1, 25, 8 * 24, 31 * 24, 170 * 24)]
BIRTHDAYS = (3, 10, 40, 400)  # days until the 14th
PUBLISHED, IN_FORCE = timedelta(days=20), timedelta(days=27)
PURPOSES = ("improvement", "recommendations", "maps")
EVIDENCE = (BirthDate(2016, 8, 19), BirthDate(1990, 5, 17))
NEW = Purpose(
    id="maps",
    title={"en": "Maps", "zh": "地图"},
    description={"en": "Drawing maps.", "zh": "绘制地图。"},
    legal_ground=LegalGround.CONSENT,
)

person = st.integers(0, 5)
REACHED: Counter[str] = Counter()


def operators(today: date) -> tuple[PolicyProfile, PolicyProfile]:
    """Return one whose changes let consent go on, and one for whom everybody agrees."""
    goes_on, stops = SHIPPED["terra-maestro"], SHIPPED["plain"]
    first = _with_policy(goes_on, today, ConsentRules(on_change=MeanWhile.CONTINUES))
    second = _with_policy(stops, today, ConsentRules(on_change=MeanWhile.STOPS))
    age = replace(second.age, quorum=Quorum.ALL)
    return first, replace(second, age=age)


def _with_policy(
    profile: PolicyProfile, today: date, rules: ConsentRules
) -> PolicyProfile:
    version = replace(
        profile.policy_versions[-1],
        version="next",
        published_date=today + PUBLISHED,
        effective_date=today + IN_FORCE,
        significant=True,
        changes={"en": "We draw maps.", "zh": "我们绘制地图。"},
    )
    return replace(
        profile,
        policy_versions=(*profile.policy_versions, version),
        purposes=(*profile.purposes, NEW),
        consent=rules,
    )


class GrowingUp(RuleBasedStateMachine):
    """Everybody who has to do with consent, each doing what they like."""

    def __init__(self, world: Households) -> None:
        super().__init__()
        self.world = world

    def teardown(self) -> None:
        self.world.run(self.world.empty())

    def family(self, place: int) -> Household:
        return self.world.families[place % len(self.world.families)]

    def guardian(self, place: int, who: int) -> tuple[Household, str, Letters]:
        family = self.family(place)
        return (family, *family.somebody(who))

    def note(self, what: str, told: str) -> None:
        REACHED[f"{what}: {told or 'done'}"] += 1

    @initialize(
        app=st.sampled_from(["terra-maestro", "plain"]),
        days=st.sampled_from(BIRTHDAYS),
    )
    def a_family_comes(self, app: str, days: int) -> None:
        self.another_family_comes(app, days, ["improvement"])
        self.a_guardian_invites(0, 0)
        self.a_guardian_answers(0, 1, "give", ["improvement"], newest=True)

    @rule(
        app=st.sampled_from(["terra-maestro", "plain"]),
        days=st.sampled_from(BIRTHDAYS),
        purposes=st.lists(st.sampled_from(PURPOSES[:2]), unique=True),
    )
    @precondition(lambda self: len(self.world.families) < 3)
    def another_family_comes(self, app: str, days: int, purposes: list[str]) -> None:
        known = {
            one.id for one in self.world.service.parts.given.profiles[app].purposes
        }
        self.world.arrive(app, days, [one for one in purposes if one in known])

    @rule(place=person, who=person)
    def a_guardian_invites(self, place: int, who: int) -> None:
        family, address, letters = self.guardian(place, who)
        if letters.links:
            other = ("dad" if address.startswith("mum") else "mum", family.number)
            told = self.world.invite(
                family, letters, "{}-{}@example.org".format(*other)
            )
            self.note("invite", told)

    @rule(
        place=person,
        who=person,
        said=st.sampled_from(["give", "give", "give", "refuse", "not_my_child"]),
        purposes=st.lists(st.sampled_from(PURPOSES), unique=True, max_size=2),
        newest=st.sampled_from([True, True, True, False]),
    )
    def a_guardian_answers(
        self, place: int, who: int, said: str, purposes: list[str], *, newest: bool
    ) -> None:
        _, _, letters = self.guardian(place, who)
        if not letters.asks:
            return
        link, code = letters.asks[-1 if newest else 0]
        body = {
            "link_token": link,
            "answer": said,
            "match_code": code,
            "adult": True,
            "purposes": purposes,
        }
        told = self.world.tell("/v1/consent-requests/answer", body)
        self.note(said, told.get("code", ""))

    @rule(
        place=person,
        who=person,
        purposes=st.none() | st.lists(st.sampled_from(PURPOSES[:2]), min_size=1),
    )
    def a_guardian_withdraws(
        self, place: int, who: int, purposes: list[str] | None
    ) -> None:
        _, _, letters = self.guardian(place, who)
        for link in letters.links[-1:]:
            body: dict[str, object] = {"link_token": link}
            if purposes is not None:
                body["purposes"] = sorted({*purposes})
            told = self.world.tell("/v1/consents/withdraw", body)
            self.note("withdraw", told.get("code", ""))

    @rule(place=person, who=person, path=st.sampled_from(["ask", "dispute", "open"]))
    def a_guardian_asks_or_complains(self, place: int, who: int, path: str) -> None:
        _, _, letters = self.guardian(place, who)
        for link in letters.links[-1:]:
            told = self.world.tell(f"/v1/consents/{path}", {"link_token": link})
            self.note(path, told.get("code", ""))

    @rule(
        place=person,
        who=person,
        purposes=st.lists(st.sampled_from(PURPOSES[:2]), unique=True),
    )
    def a_guardian_gives_again(self, place: int, who: int, purposes: list[str]) -> None:
        self.a_guardian_asks_or_complains(place, who, "ask")
        self.a_guardian_answers(place, who, "give", purposes, newest=True)

    @rule(outcome=st.sampled_from(Outcome))
    def an_operator_settles(self, outcome: Outcome) -> None:
        disputes = self.world.service.parts.disputes
        for case in self.world.run(disputes.every())[:1]:
            told = self.world.attempt(
                disputes.resolve(case.dispute_id, outcome, operator="kim", reason="law")
            )
            self.note("settle", told)

    @rule(place=person, frozen=st.booleans(), born=st.sampled_from(EVIDENCE))
    def an_operator_reviews(self, place: int, born: BirthDate, *, frozen: bool) -> None:
        account_id, minors = (
            self.family(place).account_id,
            self.world.service.parts.minors,
        )
        if frozen:
            told = self.world.attempt(minors.freeze(account_id, "reported"))
            self.note("freeze", told)
        else:
            told = self.world.attempt(minors.judge(account_id, born, "evidence"))
            self.note("judge", told)

    @rule(place=person, who=person, how=st.sampled_from(["remove", "bar", "erase"]))
    def a_guardian_goes(self, place: int, who: int, how: str) -> None:
        family, parts = self.family(place), self.world.service.parts
        rows = self.world.run(
            self.world.service.pool.fetch(
                "SELECT guardian_id FROM guardianship WHERE account_id = $1"
                " AND ended_at IS NULL ORDER BY since",
                family.account_id,
            )
        )
        for row in rows[who % 2 :][:1]:
            one = GuardianId(row["guardian_id"])
            match how:
                case "remove":
                    gone = parts.disqualified.remove(family.account_id, one, "custody")
                    self.note(how, self.world.attempt(gone))
                case "bar":
                    self.note(how, self.world.attempt(parts.disqualified.bar(one, "x")))
                case _:
                    erase = parts.child_accounts.erase(one, family.account_id)
                    self.note(how, self.world.attempt(erase))

    @rule(place=person)
    @precondition(lambda self: self.world.suspended)
    def an_operator_names_a_guardian(self, place: int) -> None:
        family, address = self.family(place), f"aunt-{place}@example.org"
        family.guardians.setdefault(address, Letters())
        told = self.world.attempt(
            self.world.service.parts.minors.ask_guardian(
                family.account_id, by_email(address), Relation.OTHER, "en"
            )
        )
        self.note("name", told)

    @rule(place=person, purposes=st.none() | st.just(["improvement"]))
    @precondition(lambda self: self.world.grown)
    def the_holder_decides(self, place: int, purposes: list[str] | None) -> None:
        account_id, own = (
            self.family(place).account_id,
            self.world.service.parts.own_word,
        )
        if purposes is None:
            told = self.world.attempt(own.withdraw(account_id, None))
            self.note("own withdrawal", told)
        else:
            self.note("own word", self.world.attempt(own.decide(account_id, purposes)))

    @rule(pauses=st.lists(st.sampled_from(PAUSES), min_size=1, max_size=3))
    def life_goes_on(self, pauses: list[timedelta]) -> None:
        for pause in pauses:
            self.time_passes(pause)
            self.the_worker_works("all")

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: timedelta) -> None:
        self.world.service.clock.advance(pause)

    @rule(work=st.sampled_from(["age up", "consent", "policies", "all", "all"]))
    def the_worker_works(self, work: str) -> None:
        parts = self.world.service.parts
        steps: dict[str, list[Callable[[], Coroutine[object, object, int]]]] = {
            "age up": [parts.timers.age_up, parts.coming_of_age.step],
            "consent": [parts.consent_timers.step],
            "policies": [parts.policy_changes.step],
            "all": [
                *(parts.timers.age_up, parts.coming_of_age.step),
                *(parts.policy_changes.step, parts.consent_timers.step),
                *(parts.minors.step, parts.timers.expire, partial(sweep, parts)),
            ],
        }
        for step in steps[work]:
            self.note(f"work {work}", str(min(1, self.world.run(step()))))
            self.world.run(self.world.read())

    @invariant()
    def what_must_hold_holds(self) -> None:
        assert self.world.run(broken(self.world.service.pool)) == []

    @invariant()
    def what_is_told_is_so(self) -> None:
        assert self.world.run(self.world.mistakes()) == []


async def test_whatever_a_family_does_every_promise_is_kept(
    pool: Pool, session_pool: tuple[Pool, list[str]], clock: StoppedClock
) -> None:
    async with running_for(pool, clock, *operators(clock.now().date())) as service:
        world = Households(service, session_pool[1], asyncio.get_running_loop())
        machine = cast("type[GrowingUp]", partial(GrowingUp, world))
        await asyncio.to_thread(run_state_machine_as_test, machine, settings=SETTINGS)

    # Guards the rest: the walks really lead somewhere.
    wanted = ("invite", "give", "withdraw", "ask", "dispute", "freeze", "judge")
    missing = {one for one in wanted if not REACHED[f"{one}: done"]}
    assert not missing, str(REACHED)
