"""What is told of consent: asked for, answered, withdrawn."""

from dataclasses import replace
from typing import Final

from service.domain.actors import APPLICANT, TIMER
from service.domain.events import Cause, EventType
from service.domain.profiles import LegalGround
from service.domain.told.entry import Told
from service.domain.told.examples import FAMILY, GUARDIAN

CONSENT: Final = (
    Told(
        summary="A guardian was asked.",
        more="Told once for a request, not for its reminders.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_REQUESTED,
            cause=Cause.GUARDIAN_ASKED,
            actor=APPLICANT,
        ),
    ),
    Told(
        summary="A guardian opened the request.",
        more="A person did, not a mail scanner that follows links.",
        example=FAMILY,
    ),
    Told(
        summary="A guardian gave consent.",
        more="For `purposes`: the essential ones, and those that were chosen.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_GIVEN,
            cause=Cause.GUARDIAN_GAVE,
            actor=GUARDIAN,
            purposes=("service",),
        ),
        always=frozenset({"purposes"}),
    ),
    Told(
        summary="A guardian refused.",
        more="The registration ends.",
        example=replace(
            FAMILY, type=EventType.CONSENT_REFUSED, cause=Cause.GUARDIAN_REFUSED
        ),
    ),
    Told(
        summary="A guardian said that this is not their child.",
        more="The registration ends, and the address is not written to again.",
        example=replace(
            FAMILY, type=EventType.CONSENT_DISPUTED, cause=Cause.NOT_MY_CHILD
        ),
    ),
    Told(
        summary="A guardian did not answer in time.",
        more="The registration ends.",
        example=replace(
            FAMILY, type=EventType.CONSENT_EXPIRED, cause=Cause.EXPIRED, actor=TIMER
        ),
    ),
    Told(
        summary="A consent, or a part of it, was withdrawn.",
        more="`purposes` are those that are off from now on. It stays open until every "
        "subscriber has acknowledged it, as an erasure does.",
        example=replace(
            FAMILY,
            type=EventType.CONSENT_WITHDRAWN,
            cause=Cause.GUARDIAN_WITHDREW,
            actor=GUARDIAN,
            legal_ground=LegalGround.CONSENT,
            purposes=("improvement",),
        ),
        causes=(Cause.GUARDIAN_WITHDREW, Cause.HOLDER_WITHDREW),
    ),
)
