"""Any order of steps, by anybody, at any time: what must hold holds after each.

The steps run on the session's loop; Hypothesis draws them in a thread beside it.
AGEGATE_TEST_EXAMPLES and AGEGATE_TEST_STEPS ask for more, and then for other ones each
time.
"""

import asyncio
import os
from collections import Counter
from datetime import timedelta
from functools import partial
from typing import cast

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.age_assurance.providers import Outcome
from service.domain.refusals import Refusal
from service.domain.registration import State
from service.kit.database import Pool
from service.worker import sweep
from tests.support.clock import StoppedClock
from tests.support.invariants import broken
from tests.support.operators import asking_children_everything, running_for
from tests.support.service import Json
from tests.support.world import NO_CODE, Kind, Person, World

EXAMPLES = os.environ.get("AGEGATE_TEST_EXAMPLES")
STEPS = os.environ.get("AGEGATE_TEST_STEPS")
SETTINGS = settings(
    max_examples=int(EXAMPLES or 25),
    stateful_step_count=int(STEPS or 30),
    database=None,
    deadline=None,
    derandomize=not (EXAMPLES or STEPS),
    suppress_health_check=[*HealthCheck],
)

LONG = 200  # days until the next birthday
SOON = 3

KINDS = [
    Kind("terran-studio", 30, LONG, ("username",)),
    Kind("terran-studio", 30, LONG, ("username", "email")),
    Kind("plain", 30, LONG, ("email",)),
    Kind("plain", 10, LONG, ("username",)),
    Kind("plain", 10, LONG, ("username", "email", "guardian_email")),
    Kind("plain", 13, SOON, ("username", "email")),
    Kind("terra-maestro", 30, LONG, ("username", "email", "phone")),
    Kind("terra-maestro", 10, LONG, ("username", "guardian_email")),
    Kind("terra-maestro", 13, SOON, ("username",)),
    Kind("terraquanta", 13, SOON, ("username", "guardian_email")),
    Kind("terraquanta", 17, SOON, ("username",)),
    Kind("platform", 30, LONG, ("email",)),
    Kind("platform", 30, LONG, ("email", "phone")),
    Kind("platform", 17, SOON, ("email",)),
]
USERNAMES = ("kim-a", "kim-b", "kim-c", "kim-d", "kim-e", "kim-f")
EMAILS = ("a@example.org", "b@example.org")
PHONES = ("+8613912345670", "+8613912345671")
GUARDIANS = ("mum@example.org", "dad@example.org", "a+mum@example.org")
PAUSES = (timedelta(minutes=11), timedelta(hours=25), timedelta(days=3))

FINAL = {State.COMPLETED, State.ENDED}
MAY_FOLLOW = {
    State.CONFIRM_CONTACT: {
        *(State.CONFIRM_CONTACT, State.ASK_PROOF, State.ASK_ACCEPTANCE),
        *(State.ASK_GUARDIAN, State.AWAITING_GUARDIAN, *FINAL),
    },
    State.ASK_GUARDIAN: {
        *(State.ASK_GUARDIAN, State.AWAITING_GUARDIAN),
        *(State.ASK_ACCEPTANCE, State.ENDED),
    },
    State.AWAITING_GUARDIAN: {State.AWAITING_GUARDIAN, State.ASK_ACCEPTANCE, *FINAL},
    State.ASK_ACCEPTANCE: {State.ASK_ACCEPTANCE, *FINAL},
    State.ASK_PROOF: {State.ASK_PROOF, State.AWAITING_PROOF, State.ENDED},
    State.AWAITING_PROOF: {State.AWAITING_PROOF, State.ASK_PROOF, *FINAL},
    State.COMPLETED: {State.COMPLETED},
    State.ENDED: {State.ENDED},
}
UNDER_WAY = sorted(MAY_FOLLOW.keys() - FINAL)

DUE = {
    State.CONFIRM_CONTACT: {"contact-confirmations", "contact-codes"},
    State.ASK_GUARDIAN: {"guardian-requests"},
    State.AWAITING_GUARDIAN: {"guardian-requests", "guardian-reminders", "answer"},
    State.ASK_PROOF: {"age-proofs"},
    State.AWAITING_PROOF: {"age-proofs"},
    State.ASK_ACCEPTANCE: {"policy-acceptances"},
    State.COMPLETED: set[str](),
    State.ENDED: set[str](),
}
EVERY_STEP = sorted({step for steps in DUE.values() for step in steps})

NO_PROOF = {
    "proof_unknown",
    "proof_concluded",
    "registration_unknown",
    "step_not_due",
}
CONCLUDES = {
    Outcome.OVER: FINAL,  # ended, if the address has come to somebody else meanwhile
    Outcome.UNDER: {State.ENDED},
    Outcome.INCONCLUSIVE: {State.ASK_PROOF, State.ENDED},
}

MOSTLY_OVER = (Outcome.OVER, Outcome.OVER, Outcome.INCONCLUSIVE)

anybody = st.integers(0, 5)
REACHED: Counter[str] = Counter()


class SigningUp(RuleBasedStateMachine):
    """Everybody who has to do with signing up, each doing what they like."""

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world

    def teardown(self) -> None:
        self.world.run(self.world.empty())

    def one_of(self, place: int, *states: State) -> Person:
        some = self.world.those(*states)
        return some[place % len(some)]

    @initialize(kinds=st.lists(st.sampled_from(KINDS), min_size=3, max_size=6))
    def several_people_come(self, kinds: list[Kind]) -> None:
        for place, kind in enumerate(kinds):
            self.somebody_signs_up(kind, place, place, place, place)

    @rule(
        kind=st.sampled_from(KINDS),
        username=anybody,
        email=anybody,
        phone=anybody,
        guardian=anybody,
    )
    def somebody_signs_up(
        self, kind: Kind, username: int, email: int, phone: int, guardian: int
    ) -> None:
        typed = {
            "username": USERNAMES[username % len(USERNAMES)],
            "email": EMAILS[email % len(EMAILS)],
            "phone": PHONES[phone % len(PHONES)],
            "guardian_email": GUARDIANS[guardian % len(GUARDIANS)],
        }
        self.world.sign_up(kind, typed)

    @rule(place=anybody, username=anybody)
    @precondition(lambda self: self.world.people)
    def somebody_signs_up_once_more(self, place: int, username: int) -> None:
        """Sign up as somebody did before, perhaps under another name."""
        person = self.one_of(place)
        name = USERNAMES[username % len(USERNAMES)]
        self.world.sign_up(person.kind, {**person.typed, "username": name})

    @rule(place=anybody, steps=st.integers(1, 3))
    @precondition(lambda self: self.world.those(*UNDER_WAY))
    def somebody_gets_on(self, place: int, steps: int) -> None:
        """Take the steps that are due, and all goes well."""
        person = self.one_of(place, *UNDER_WAY)
        for _ in range(steps):
            match person.state:
                case State.CONFIRM_CONTACT:
                    self.world.take(person, "contact-confirmations", channel="email")
                    self.world.take(person, "contact-confirmations", channel="phone")
                case State.ASK_GUARDIAN:
                    self.world.take(person, "guardian-requests")
                case State.AWAITING_GUARDIAN:
                    self.world.take(person, "answer")
                case State.ASK_ACCEPTANCE:
                    self.world.take(person, "policy-acceptances")
                case State.ASK_PROOF:
                    self.world.take(person, "age-proofs")
                case State.AWAITING_PROOF:
                    self.a_provider_says(0, MOSTLY_OVER[place % 3])
                case _:
                    return
            self.everybody_is_where_they_may_be()

    @rule(
        place=anybody,
        channel=st.sampled_from(["email", "phone"]),
        form=st.sampled_from([{}, {"code": NO_CODE}, None]),
    )
    @precondition(lambda self: self.world.those(State.CONFIRM_CONTACT))
    def somebody_types_a_code(
        self, place: int, channel: str, form: dict[str, Json] | None
    ) -> None:
        person = self.one_of(place, State.CONFIRM_CONTACT)
        step = "contact-codes" if form is None else "contact-confirmations"
        self.world.take(person, step, channel=channel, **(form or {}))

    @rule(place=anybody, guardian=st.sampled_from(GUARDIANS))
    @precondition(lambda self: self.world.those(State.ASK_GUARDIAN))
    def somebody_names_a_guardian(self, place: int, guardian: str) -> None:
        person = self.one_of(place, State.ASK_GUARDIAN)
        self.world.take(person, "guardian-requests", guardian_email=guardian)

    @rule(
        place=anybody,
        said=st.sampled_from(["give", "give", "refuse", "not_my_child", "nothing"]),
        newest=st.sampled_from([True, True, False]),
        slip=st.sampled_from([{}, {"match_code": NO_CODE}, {"adult": False}]),
        purpose=st.sampled_from(["improvement", "advertising_partners"]),
    )
    @precondition(lambda self: self.world.those(State.AWAITING_GUARDIAN))
    def a_guardian_answers(
        self,
        place: int,
        said: str,
        slip: dict[str, Json],
        purpose: str,
        *,
        newest: bool,
    ) -> None:
        person = self.one_of(place, State.AWAITING_GUARDIAN)
        if said == "nothing":
            self.world.take(person, "guardian-reminders")
            return
        form = {"answer": said, "newest": newest, "purposes": [purpose], **slip}
        told = self.world.take(person, "answer", **form)
        if said == "give" and (slip or purpose == "advertising_partners"):
            assert "code" in told, told

    @rule(place=anybody, method=st.sampled_from(["document", "card", "wallet"]))
    @precondition(lambda self: self.world.those(State.ASK_PROOF, State.AWAITING_PROOF))
    def somebody_begins_a_proof(self, place: int, method: str) -> None:
        person = self.one_of(place, State.ASK_PROOF, State.AWAITING_PROOF)
        self.world.take(person, "age-proofs", method=method)

    @rule(place=anybody, outcome=st.sampled_from(Outcome))
    @precondition(lambda self: self.world.service.sandbox.wanted)
    def a_provider_says(self, place: int, outcome: Outcome) -> None:
        """Say something about any proof, also one that is long over."""
        wanted = self.world.service.sandbox.wanted
        proof_id = wanted[-1 - place % len(wanted)].proof_id
        proofs = self.world.service.parts.proof_outcomes
        try:
            state = self.world.run(proofs.take(proof_id, outcome))
        except Refusal as refusal:
            assert refusal.code in NO_PROOF  # noqa: PT017 -- it is often refused
        else:
            assert state is None or state in CONCLUDES[outcome]

    @rule(place=anybody)
    @precondition(lambda self: self.world.people)
    def somebody_tries_what_is_not_due(self, place: int) -> None:
        person = self.one_of(place)
        for step in EVERY_STEP:
            if step not in DUE[person.state]:
                told = self.world.take(person, step)
                assert "code" in told, (person.state, step, told)

    @rule(place=anybody)
    @precondition(lambda self: len(self.world.people) > 1)
    def somebody_gives_up(self, place: int) -> None:
        person = self.one_of(place)
        told = self.world.give_up(person)
        assert ("code" in told) is (person.state in FINAL)

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: timedelta) -> None:
        self.world.service.clock.advance(pause)

    @rule(work=st.sampled_from(["expire", "age up", "sweep", "all"]))
    def the_worker_works(self, work: str) -> None:
        timers = self.world.service.parts.timers
        if work in {"expire", "all"}:
            self.world.run(timers.expire())
        if work in {"age up", "all"}:
            self.world.run(timers.age_up())
        if work in {"sweep", "all"}:
            self.world.run(sweep(self.world.service.parts))

    @invariant()
    def what_must_hold_holds(self) -> None:
        assert self.world.run(broken(self.world.service.pool)) == []

    @invariant()
    def everybody_is_where_they_may_be(self) -> None:
        states = self.world.run(self.world.states())
        for person in self.world.people:
            now = states.get(person.applicant.id)
            if now is None:  # the note of its end was swept
                assert person.state in FINAL
            else:
                assert now in MAY_FOLLOW[person.state], (person.state, now)
                if now is not person.state:
                    REACHED[f"{person.state} -> {now}"] += 1
                person.state = now


async def test_whatever_happens_everybody_keeps_their_promises(
    pool: Pool, session_pool: tuple[Pool, list[str]], clock: StoppedClock
) -> None:
    asking = asking_children_everything("plain")
    async with running_for(pool, clock, asking) as service:
        world = World(service, session_pool[1], asyncio.get_running_loop())
        machine = cast("type[SigningUp]", partial(SigningUp, world))
        await asyncio.to_thread(run_state_machine_as_test, machine, settings=SETTINGS)

    # Guards the rest: the walks really lead somewhere.
    assert len(REACHED) > 8, str(REACHED)
    assert {
        "confirm_contact -> completed",
        "ask_guardian -> awaiting_guardian",
        "awaiting_guardian -> completed",
        "awaiting_guardian -> ended",
    } <= REACHED.keys(), str(REACHED)
