"""Signing up: the age gate, the steps of a registration, and its timers."""

from dataclasses import dataclass

from service.age_assurance.flows import ProofFlows
from service.gate.flows import GateFlows
from service.parts.accounts import AccountParts
from service.parts.consent import Asking, ConsentParts
from service.parts.ground import Ground
from service.registration.contacts import ContactFlows
from service.registration.flows import RegistrationFlows
from service.registration.intake import Intake
from service.registration.progress import Progress
from service.registration.steps import StepFlows
from service.registration.timers import RegistrationTimers


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationParts:
    """Every step from the age gate to an account."""

    gate: GateFlows
    progress: Progress
    steps: StepFlows
    contacts: ContactFlows
    flows: RegistrationFlows
    timers: RegistrationTimers
    proofs: ProofFlows


def join_registration(
    ground: Ground, *, accounts: AccountParts, asking: Asking, consent: ConsentParts
) -> RegistrationParts:
    """Join the steps."""
    pool, clock = ground.pool, ground.clock
    gate = GateFlows(
        pool=pool,
        clock=clock,
        keys=ground.keys,
        decisions=ground.decisions,
        outbox=ground.outbox,
    )
    progress = _progress(ground, accounts=accounts, asking=asking)
    steps = StepFlows(
        pool=pool, clock=clock, requests=asking.requests, progress=progress
    )
    contacts = _contacts(ground, accounts=accounts, progress=progress)
    return RegistrationParts(
        gate=gate,
        progress=progress,
        steps=steps,
        contacts=contacts,
        flows=RegistrationFlows(
            clock=clock,
            passwords=ground.passwords,
            gate=gate,
            contacts=contacts,
            steps=steps,
            intake=_intake(ground, accounts=accounts, contacts=contacts),
            says=consent.says,
        ),
        timers=_timers(ground, asking=asking, progress=progress),
        proofs=ProofFlows(
            base_url=ground.base_url,
            pool=pool,
            clock=clock,
            providers=ground.given.providers,
            waiting=progress,
            gate=gate,
            decisions=ground.decisions,
            outbox=ground.outbox,
        ),
    )


def _progress(ground: Ground, *, accounts: AccountParts, asking: Asking) -> Progress:
    return Progress(
        profiles=ground.profiles,
        keys=ground.keys,
        vault=ground.vault,
        decisions=ground.decisions,
        accounts=accounts.flows,
        requests=asking.requests,
        messages=ground.messages,
        outbox=ground.outbox,
    )


def _contacts(
    ground: Ground, *, accounts: AccountParts, progress: Progress
) -> ContactFlows:
    return ContactFlows(
        pool=ground.pool,
        clock=ground.clock,
        keys=ground.keys,
        vault=ground.vault,
        accounts=accounts.flows,
        progress=progress,
        messages=ground.messages,
        outbox=ground.outbox,
    )


def _intake(
    ground: Ground, *, accounts: AccountParts, contacts: ContactFlows
) -> Intake:
    return Intake(
        vault=ground.vault,
        decisions=ground.decisions,
        accounts=accounts.flows,
        contacts=contacts,
        progress=contacts.progress,
        outbox=ground.outbox,
    )


def _timers(
    ground: Ground, *, asking: Asking, progress: Progress
) -> RegistrationTimers:
    return RegistrationTimers(
        pool=ground.pool,
        clock=ground.clock,
        decisions=ground.decisions,
        requests=asking.requests,
        progress=progress,
        messages=ground.messages,
        outbox=ground.outbox,
    )
