"""The port to providers who check a document, a card or a wallet.

A provider sees the person; we see an outcome. No document, image or number comes here.
"""

from dataclasses import dataclass
from typing import NewType, Protocol
from uuid import UUID

from service.domain.profiles import AppName, ProofMethod

ProofId = NewType("ProofId", UUID)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofWanted:
    """What a provider is asked: whether a person is *threshold* years old or more."""

    proof_id: ProofId
    app: AppName
    method: ProofMethod
    threshold: int
    language: str


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
