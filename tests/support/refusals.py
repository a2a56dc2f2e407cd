"""A mail server that takes nothing."""

from dataclasses import dataclass

from service.messages.adapters import NoSms, OutgoingEmail, RefusedError
from service.messages.send import Sender
from tests.support.service import Service, renderer


@dataclass
class Refusing:
    """A mail server that has no such mailbox, or is out of reach."""

    error: Exception

    async def send(self, _: OutgoingEmail, /) -> None:
        raise self.error


async def bounce(service: Service, error: Exception | None = None) -> int:
    """Let everything that is to be sent come back; return how many were noted."""
    parts = service.parts
    sender = Sender(
        pool=parts.pool,
        clock=parts.clock,
        vault=parts.vault,
        profiles=parts.given.profiles,
        renderer=renderer(),
        email=Refusing(error or RefusedError("smtp 550")),
        sms=NoSms(),
    )
    while await sender.step():
        pass
    return await parts.bounces.step()
