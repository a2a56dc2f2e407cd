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

from service.age_assurance.flows import Outcome
from service.domain.refusals import Refusal
from service.domain.registration import State
from service.kit.database import Pool
from service.worker import sweep
from tests.support.clock import StoppedClock
from tests.support.invariants import broken
from tests.support.operators import asking_children_everything, running_for
from tests.support.service import Json
from tests.support.world import NO_CODE, NO_LINK, Kind, Person, World

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
EMAILS = ("a@example.org", "b@example.org", "c@example.org")
PHONES = ("+8613912345670", "+8613912345671")
ANY_STEP = (
    *("give up", "type a code", "name a guardian", "answer oneself"),
    *("guardian-reminders", "contact-codes"),
)
GUARDIANS = ("mum@example.org", "dad@example.org", "a+mum@example.org")
PAUSES = (timedelta(minutes=11), timedelta(hours=25), timedelta(days=3))

FINAL = {State.COMPLETED, State.ENDED}
MAY_FOLLOW = {
    State.CONFIRM_CONTACT: {
        *(State.CONFIRM_CONTACT, State.ASK_PROOF),
        *(State.ASK_GUARDIAN, State.AWAITING_GUARDIAN, *FINAL),
    },
    State.ASK_GUARDIAN: {State.ASK_GUARDIAN, State.AWAITING_GUARDIAN, *FINAL},
    State.AWAITING_GUARDIAN: {State.AWAITING_GUARDIAN, *FINAL},
    State.ASK_PROOF: {State.ASK_PROOF, State.AWAITING_PROOF, State.ENDED},
    State.AWAITING_PROOF: {State.AWAITING_PROOF, State.ASK_PROOF, *FINAL},
    State.COMPLETED: {State.COMPLETED},
    State.ENDED: {State.ENDED},
}

anybody = st.integers(0, 5)
channels = st.sampled_from(["email", "phone"])
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
            self.somebody_signs_up(kind, place, place % 3, place % 2, place % 3)

    @rule(
        kind=st.sampled_from(KINDS),
        username=st.integers(0, len(USERNAMES) - 1),
        email=st.integers(0, len(EMAILS) - 1),
        phone=st.integers(0, len(PHONES) - 1),
        guardian=st.integers(0, len(GUARDIANS) - 1),
    )
    def somebody_signs_up(
        self, kind: Kind, username: int, email: int, phone: int, guardian: int
    ) -> None:
        typed: dict[str, Json] = {
            "username": USERNAMES[username],
            "email": EMAILS[email],
            "phone": PHONES[phone],
            "guardian_email": GUARDIANS[guardian],
        }
        self.world.sign_up(kind, typed)

    @rule(place=anybody, again=st.booleans())
    @precondition(lambda self: self.world.those(*MAY_FOLLOW.keys() - FINAL))
    def somebody_gets_on(self, place: int, *, again: bool) -> None:
        """Take the step that is due, and all goes well; perhaps the next one too."""
        person = self.one_of(place, *sorted(MAY_FOLLOW.keys() - FINAL))
        match person.state:
            case State.CONFIRM_CONTACT:
                self.type_code(person, "email", right=True)
                self.type_code(person, "phone", right=True)
            case State.ASK_GUARDIAN:
                self.name_guardian(person, GUARDIANS[place % 2])
            case State.AWAITING_GUARDIAN:
                self.answer(person, "give")
            case _:
                self.world.ask(person.applicant.post("age-proofs", method="card"))
                self.everybody_is_where_they_may_be()
                proof_id = self.world.service.sandbox.latest
                self.world.run(self.conclude(proof_id, Outcome.OVER))
        self.everybody_is_where_they_may_be()
        if again and person.state not in FINAL:
            self.somebody_gets_on(place, again=False)

    @rule(
        place=anybody, channel=channels, do=st.sampled_from(["right", "wrong", "new"])
    )
    @precondition(lambda self: self.world.those(State.CONFIRM_CONTACT))
    def a_code_is_typed_or_sent(self, place: int, channel: str, do: str) -> None:
        person = self.one_of(place, State.CONFIRM_CONTACT)
        if do == "new":
            self.world.ask(person.applicant.post("contact-codes", channel=channel))
        else:
            self.type_code(person, channel, right=do == "right")

    def type_code(self, person: Person, channel: str, *, right: bool) -> None:
        self.world.run(self.world.read_messages())
        code = person.codes.get(channel, NO_CODE) if right else NO_CODE
        request = person.applicant.post(
            "contact-confirmations", code=code, channel=channel
        )
        self.world.ask(request)

    @rule(place=anybody, guardian=st.sampled_from(GUARDIANS))
    @precondition(lambda self: self.world.those(State.ASK_GUARDIAN))
    def a_guardian_is_named(self, place: int, guardian: str) -> None:
        self.name_guardian(self.one_of(place, State.ASK_GUARDIAN), guardian)

    def name_guardian(self, person: Person, guardian: str) -> None:
        request = person.applicant.post("guardian-requests", guardian_email=guardian)
        self.world.ask(request)

    @rule(
        place=anybody,
        said=st.sampled_from(["give", "give", "refuse", "not_my_child"]),
        link=st.integers(0, 3),
        slip=st.sampled_from([{}, {}, {"match_code": NO_CODE}, {"adult": False}]),
        purposes=st.sampled_from([[], ["improvement"], ["advertising_partners"]]),
    )
    @precondition(lambda self: self.world.those(State.AWAITING_GUARDIAN))
    def a_guardian_answers(
        self, place: int, said: str, link: int, slip: Json, purposes: list[str]
    ) -> None:
        person = self.one_of(place, State.AWAITING_GUARDIAN)
        more = {**slip, "purposes": purposes}
        self.answer(person, said, newest=link > 0, **more)

    def answer(
        self, person: Person, said: str, *, newest: bool = True, **more: Json
    ) -> None:
        """Answer through the newest link, or the oldest."""
        self.world.run(self.world.read_messages())
        seen = self.world.ask(self.look(person))
        links = person.links or [NO_LINK]
        told = {"link_token": links[-1] if newest else links[0]}
        asked = seen.get("guardian_request", {"match_code": NO_CODE})
        reply = {"answer": said, "match_code": asked["match_code"], "adult": True}
        post = self.world.service.post
        self.world.ask(post("/v1/consent-requests/open", told))
        self.world.ask(post("/v1/consent-requests/answer", {**told, **reply, **more}))

    @rule(place=anybody, method=st.sampled_from(["document", "card", "wallet"]))
    @precondition(lambda self: self.world.those(State.ASK_PROOF, State.AWAITING_PROOF))
    def a_proof_begins(self, place: int, method: str) -> None:
        person = self.one_of(place, State.ASK_PROOF, State.AWAITING_PROOF)
        self.world.ask(person.applicant.post("age-proofs", method=method))

    @rule(place=anybody, outcome=st.sampled_from(Outcome))
    @precondition(lambda self: self.world.service.sandbox.wanted)
    def a_provider_says(self, place: int, outcome: Outcome) -> None:
        """Say something about any proof, also one that is long over."""
        wanted = self.world.service.sandbox.wanted
        proof_id = wanted[-1 - place % len(wanted)].proof_id
        self.world.run(self.conclude(proof_id, outcome))

    async def conclude(self, proof_id: Json, outcome: Outcome) -> None:
        try:
            await self.world.service.parts.proofs.conclude(proof_id, outcome)
        except Refusal as refusal:
            assert refusal.code in {  # noqa: PT017 -- it may well not be refused
                *("proof_unknown", "registration_unknown", "step_not_due"),
            }

    @rule(place=anybody, step=st.sampled_from(ANY_STEP))
    @precondition(lambda self: self.world.people)
    def somebody_does_what_they_like(self, place: int, step: str) -> None:
        """Do what is perhaps not due at all."""
        person = self.one_of(place)
        match step:
            case "give up":
                path = f"/v1/registrations/{person.applicant.id}"
                token = person.applicant.token
                self.world.ask(self.world.service.delete(path, token=token))
            case "type a code":
                self.type_code(person, "email", right=True)
            case "name a guardian":
                self.name_guardian(person, GUARDIANS[place % len(GUARDIANS)])
            case "answer oneself":
                self.answer(person, "give", newest=False)
            case _:
                self.world.ask(person.applicant.post(step))

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

    async def look(self, person: Person) -> Json:
        path = f"/v1/registrations/{person.applicant.id}"
        return await self.world.service.get(path, token=person.applicant.token)

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
    assert {
        "confirm_contact -> completed",
        "confirm_contact -> ended",
        "ask_guardian -> awaiting_guardian",
        "awaiting_guardian -> completed",
        "awaiting_guardian -> ended",
        "ask_proof -> awaiting_proof",
        "awaiting_proof -> completed",
    } <= REACHED.keys(), str(REACHED)
