"""A provider of age proofs who believes whatever button is pressed."""

from dataclasses import dataclass
from typing import Final

from service.age_assurance.providers import ProofStep, ProofWanted

NAME: Final = "sandbox"
PATH: Final = "/dev/proofs/{proof_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class SandboxProvider:
    """Stands in for the provider called *name*."""

    name: str = NAME

    async def start(self, wanted: ProofWanted) -> ProofStep:
        """Send the person to a page with one button for each outcome."""
        return ProofStep(href=PATH.format(proof_id=wanted.proof_id))
