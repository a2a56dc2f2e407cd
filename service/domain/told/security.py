"""What is told of what protects an account: passwords, second factors, sessions."""

from dataclasses import replace
from typing import Final

from service.domain.actors import OPERATOR
from service.domain.authenticators import SECOND_FACTORS, Factor
from service.domain.events import Cause, EventType
from service.domain.told.entry import STANDS_BECAUSE, Told
from service.domain.told.examples import HOLDER

LEFT: Final = tuple(str(left) for left in range(10))
"""How many of ten recovery codes can be left when one was used."""

SECURITY: Final = (
    Told(
        summary="Sessions of an account ended before their time.",
        more="One, some or all of them; all of them when the account is suspended. "
        "Tokens that were handed out before may still be good for five minutes with "
        "whoever verifies them offline.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_SESSIONS_ENDED,
            cause=Cause.TOKEN_REUSED,
            age_band=None,
        ),
        causes=(
            Cause.SIGNED_OUT,
            Cause.TOKEN_REUSED,
            Cause.CREDENTIALS_CHANGED,
            *STANDS_BECAUSE,
        ),
    ),
    Told(
        summary="A second factor was added to an account.",
        more="`after` is its kind. New recovery codes count as added, with those "
        "before gone.",
        example=replace(
            HOLDER, type=EventType.SECURITY_AUTHENTICATOR_ADDED, after=Factor.TOTP
        ),
        values={"after": SECOND_FACTORS},
    ),
    Told(
        summary="A second factor was removed from an account.",
        more="`before` is its kind.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_AUTHENTICATOR_REMOVED,
            before=Factor.PASSKEY,
        ),
        causes=(Cause.HOLDER_CHOSE, Cause.NOT_ME),
        values={"before": SECOND_FACTORS},
    ),
    Told(
        summary="A recovery code was used.",
        more="`after` is how many are left.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_RECOVERY_CODE_USED,
            cause=Cause.FACTOR_PROVEN,
            after="9",
        ),
        values={"after": LEFT},
    ),
    Told(
        summary="Second factors of an account can be tried again.",
        more="A hundred wrong codes in a row had closed them for good; an operator has "
        "made sure who the holder is. The factors are the same. Every session ended.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_SECOND_FACTORS_RESET,
            cause=Cause.TRIES_USED_UP,
            actor=OPERATOR,
        ),
    ),
    Told(
        summary="An account has another password.",
        more="Tokens that were handed out before are worthless; others may verify them "
        "for five minutes yet.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_PASSWORD_CHANGED,
            cause=Cause.PASSWORD_RESET,
        ),
        causes=(Cause.PASSWORD_CHANGED, Cause.PASSWORD_RESET),
    ),
    Told(
        summary="The holder of an account says that somebody else got in.",
        more="Nobody can sign in until the holder has another password. What was done "
        "since the account was taken may not be theirs.",
        example=replace(
            HOLDER,
            type=EventType.SECURITY_COMPROMISE_REPORTED,
            cause=Cause.NOT_ME,
        ),
    ),
)
