"""Who the examples are about: a child, a family, an adult, a holder of an account."""

from dataclasses import replace
from typing import Final
from uuid import UUID

from service.domain.actors import APPLICANT, PROVIDER, Actor, ActorKind, holder
from service.domain.age_rules import ProofMethod
from service.domain.decisions import AgeBand
from service.domain.events import Cause, Event, EventType
from service.domain.profiles import AppName, LegalGround

RECEIPT: Final = UUID("0b2f5a1e-9c1d-4f6e-8a53-2f8b6d3e7c25")
GUARDIAN: Final = Actor(
    ActorKind.GUARDIAN, UUID("01a20320-a200-70c1-9a55-2f8b6d3e7c10")
)
NOBODY_KNOWN: Final = Actor(ActorKind.GUARDIAN)

# Somebody who asks a guardian, the guardian, an adult who has to prove their age, and
# an adult who has an account and changes what protects it.
CHILD: Final = Event(
    type=EventType.REGISTRATION_STARTED,
    subject_id=UUID("01a20320-a200-71bf-aeff-d03751a5bb61"),
    app=AppName("plain"),
    cause=Cause.SIGN_UP,
    actor=APPLICANT,
    policy_version="1",
    legal_ground=LegalGround.CONTRACT,
    age_band=AgeBand.CHILD,
)
FAMILY: Final = replace(
    CHILD,
    type=EventType.CONSENT_OPENED,
    cause=Cause.LINK_OPENED,
    actor=NOBODY_KNOWN,
    legal_ground=LegalGround.LEGAL_OBLIGATION,
)
ADULT: Final = replace(
    CHILD,
    type=EventType.AGE_PROOF_ACCEPTED,
    app=AppName("platform"),
    cause=Cause.PROOF_ACCEPTED,
    actor=PROVIDER,
    legal_ground=LegalGround.LEGAL_OBLIGATION,
    assurance=ProofMethod.CARD,
    age_band=AgeBand.ADULT,
)
HOLDER: Final = replace(
    CHILD,
    type=EventType.SECURITY_AUTHENTICATOR_ADDED,
    cause=Cause.HOLDER_CHOSE,
    actor=holder(CHILD.subject_id),
    policy_version=None,
    age_band=AgeBand.ADULT,
)
