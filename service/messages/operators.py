"""Writing to the operator: numbers and names of services, nothing of a person."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from service.domain.messages import Channel, Content, Message
from service.domain.profiles import AppName, PolicyProfile
from service.kit.database import Connection
from service.kit.secrets import SealingKey, UnsealError
from service.messages.flows import Messages
from service.vault.flows import Vault

OPERATOR: Final = UUID("01900000-0000-7000-8000-00000000a001")
"""Whose data key seals what is written to the operator: nobody's account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorLetters:
    """Queues what an operator must hear, where there is an address for it: *email*."""

    profiles: Mapping[str, PolicyProfile]
    vault: Vault
    messages: Messages
    email: str = ""

    def reach(self, app: AppName) -> bool:
        """Tell whether somebody is written to about *app*."""
        return bool(self.email) and app in self.profiles

    async def write(
        self, connection: Connection, app: AppName, content: Content, *, now: datetime
    ) -> None:
        """Write to the operator of *app*, in the caller's transaction."""
        if not self.reach(app):
            return
        message = Message(
            app=app,
            subject_id=OPERATOR,
            channel=Channel.EMAIL,
            recipient=self.email,
            language=self.profiles[app].languages[0],
            content=content,
        )
        key = await self._key(connection, now)
        await self.messages.queue(connection, message, key=key, at=now)

    async def _key(self, connection: Connection, now: datetime) -> SealingKey:
        try:
            return await self.vault.key_of(connection, OPERATOR)
        except UnsealError:
            return await self.vault.create(connection, OPERATOR, at=now)
