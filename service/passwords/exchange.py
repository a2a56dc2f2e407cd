"""What people hand in to change or to reset a password; passwords are normalised."""

from dataclasses import dataclass, field

from service.domain.authenticators import Factor
from service.kit.tokens import Token
from service.sessions.factors import Given


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordChange:
    """A holder's old and new password, and whether other devices are signed out."""

    current_password: str = field(repr=False)
    new_password: str = field(repr=False)
    end_other_sessions: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondProof:
    """A second factor, as somebody who has no session gives it."""

    method: Factor
    given: Given


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """The secret of a reset link, and the password that it sets."""

    token: Token = field(repr=False)
    new_password: str = field(repr=False)
    second_factor: SecondProof | None = None
    end_sessions: bool = True
