"""What others may do with a registration that waits for their word.

A guardian's answer and a proof of age decide about a registration; the slice that
holds registrations stands above them and joins in here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, Self

from service.domain.actors import Actor
from service.domain.events import Cause
from service.domain.grants import Giver, Grant
from service.domain.profiles import PolicyProfile
from service.domain.registration import Registration, RegistrationId, State
from service.gate.checks import AgeCheck
from service.kit.database import Connection
from service.kit.secrets import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A registration under its lock, with its operator's profile and its data key."""

    registration: Registration
    profile: PolicyProfile
    key: SealingKey

    def at(self, state: State) -> Self:
        """Return the same registration in another state."""
        return replace(self, registration=replace(self.registration, state=state))


class Waiting(Protocol):
    """The registrations that wait; every method runs in the caller's transaction."""

    async def find(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing | None:
        """Return a registration to look at, or None."""
        ...

    async def lock(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing | None:
        """Return a registration that nobody else changes now; None if it is gone."""
        ...

    async def take(
        self, connection: Connection, registration_id: RegistrationId
    ) -> Standing:
        """Return the registration locked, or refuse because it is over or unknown."""
        ...

    async def advance(
        self,
        connection: Connection,
        standing: Standing,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
        proof_under_way: bool = False,
    ) -> State:
        """Put the registration at the step that is due, and return it."""
        ...

    async def hold(
        self, connection: Connection, standing: Standing, *, until: datetime
    ) -> None:
        """Let a registration wait for a guardian *until* then, at least."""
        ...

    async def rest_on(
        self,
        connection: Connection,
        standing: Standing,
        check: AgeCheck,
        *,
        now: datetime,
    ) -> Standing:
        """Let the registration rest on a newer age check."""
        ...

    async def complete(
        self,
        connection: Connection,
        standing: Standing,
        *,
        grants: Sequence[Grant],
        accepted_by: Giver,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> bool:
        """Open the account; False when it ended instead (an identifier was taken)."""
        ...

    async def end(
        self,
        connection: Connection,
        standing: Standing,
        *,
        cause: Cause,
        actor: Actor,
        now: datetime,
    ) -> None:
        """End the registration: everything it held is deleted."""
        ...
