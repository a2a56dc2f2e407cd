"""The port to providers who check a document, a card or a wallet.

A provider sees the person; we see an outcome. No document, image or number comes here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NewType, Protocol
from uuid import UUID

from service.domain.profiles import AppName, ProofMethod

ProofId = NewType("ProofId", UUID)


class Outcome(StrEnum):
    """What a provider can say of the threshold it was asked about."""

    OVER = "over"
    UNDER = "under"
    INCONCLUSIVE = "inconclusive"


class Role(StrEnum):
    """As whom somebody proves their age."""

    APPLICANT = "applicant"
    GUARDIAN = "guardian"
    HOLDER = "holder"


RETURN_PATHS: Final[Mapping[Role, str]] = {
    Role.APPLICANT: "/registration",
    Role.GUARDIAN: "/guardian/verified",
    Role.HOLDER: "/account/review",
}
"""The page to which a person comes back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofWanted:
    """What a provider is asked: whether a person is *threshold* years old or more.

    Afterwards the person goes back to *return_url*, which says nothing about them.
    """

    proof_id: ProofId
    app: AppName
    method: ProofMethod
    threshold: int
    language: str
    role: Role
    return_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofStep:
    """Where the person goes to prove their age."""

    href: str


class ProofProvider(Protocol):
    """Somebody who can tell whether a person has an age."""

    @property
    def name(self) -> str:
        """Return what profiles call this provider."""
        ...

    async def start(self, wanted: ProofWanted) -> ProofStep:
        """Begin a proof, outside any transaction; raise OSError when that can't be."""
        ...
