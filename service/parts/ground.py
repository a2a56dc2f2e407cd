"""What every area stands on."""

from dataclasses import dataclass

from service.gate.decisions import AgeDecisions
from service.kit.clock import Clock
from service.kit.database import Pool
from service.kit.passwords import Passwords
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures
from service.messages.flows import Messages
from service.outbox.flows import Outbox
from service.parts.given import Given
from service.profiles.jurisdictions import read_jurisdictions
from service.profiles.reader import Profiles
from service.vault.flows import Vault
from service.vault.signing_keys import SigningKeys


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What is given, and what is below every slice that decides anything."""

    given: Given
    pool: Pool
    clock: Clock
    passwords: Passwords
    vault: Vault
    signing_keys: SigningKeys
    outbox: Outbox
    messages: Messages
    decisions: AgeDecisions

    @property
    def keys(self) -> KeyRing:
        """The keys of the service."""
        return self.given.keys

    @property
    def profiles(self) -> Profiles:
        """The policy profiles of the operators."""
        return self.given.profiles

    @property
    def base_url(self) -> str:
        """Where people reach the service."""
        return self.given.settings.base_url


def lay(given: Given, *, pool: Pool, clock: Clock, passwords: Passwords) -> Ground:
    """Return the ground for the parts of one process."""
    return Ground(
        given=given,
        pool=pool,
        clock=clock,
        passwords=passwords,
        vault=Vault(keys=given.keys),
        signing_keys=SigningKeys(signatures=Signatures.of(given.keys)),
        outbox=Outbox(given.subscribers),
        messages=Messages(base_url=given.settings.base_url),
        decisions=AgeDecisions(jurisdictions=read_jurisdictions()),
    )
