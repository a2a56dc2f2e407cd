"""A worker that is killed (SIGKILL) while it hands a message over.

Reads the database's address and the key ring from its standard input, a line each.
"""

import asyncio
import os
import signal
import sys

from service.kit.database import make_pool
from service.kit.secrets import KeyRing
from service.messages.adapters import NoSms, OutgoingEmail
from service.messages.render import Renderer
from service.messages.send import Sender
from service.vault.flows import Vault
from tests.messages.people import PROFILE
from tests.support.clock import StoppedClock


class Killed:
    """Dies with a message in hand."""

    async def send(self, _: OutgoingEmail, /) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    url, keys = sys.stdin.readline().strip(), sys.stdin.read()
    sender = Sender(
        pool=await make_pool(url),
        clock=StoppedClock(),
        vault=Vault(keys=KeyRing.parse(keys)),
        profiles={PROFILE.app: PROFILE},
        renderer=Renderer(),
        email=Killed(),
        sms=NoSms(),
    )
    await sender.step()


if __name__ == "__main__":
    asyncio.run(main())
