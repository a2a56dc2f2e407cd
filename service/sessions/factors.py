"""What signing in asks of the second factors, whose slices stand below."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from service.domain.accounts import AccountId
from service.domain.authenticators import Factor
from service.domain.profiles import AppName
from service.kit.database import Connection


class SecondFactor(Protocol):
    """One kind of second factor; every method runs in the caller's transaction."""

    @property
    def kind(self) -> Factor:
        """Return which factor this is."""
        ...

    async def enrolled(self, connection: Connection, account_id: AccountId) -> bool:
        """Tell whether the account has one that is confirmed."""
        ...

    async def check(
        self,
        connection: Connection,
        account_id: AccountId,
        given: "Given",
        *,
        now: datetime,
    ) -> bool:
        """Tell whether *given* proves it, and use it up.

        Tries are counted by the caller, which asks first whether one is left.
        """
        ...


class Passkeys(SecondFactor, Protocol):
    """Passkeys say who somebody is, too."""

    async def identify(
        self,
        connection: Connection,
        app: AppName,
        assertion: Mapping[str, object],
        *,
        now: datetime,
    ) -> AccountId | None:
        """Return whose passkey signed, with the user verified, or None."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gives as proof: a code they typed, or what a passkey signed."""

    code: str = field(default="", repr=False)
    assertion: Mapping[str, object] | None = field(default=None, repr=False)
