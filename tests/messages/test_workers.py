"""Workers that die, hang or come late: another takes their messages over."""

import asyncio
import subprocess
import sys
from dataclasses import dataclass, replace

import pytest

from service.domain.messages import ConsentNoLongerNeeded
from service.domain.retries import ATTEMPTS
from service.kit.database import Pool, make_pool, transaction
from service.messages.adapters import OutgoingEmail
from service.messages.send import LEASE, Sender
from service.messages.store import Claimed, claim, mark_failed, mark_sent, put_off
from tests.messages.conftest import KEYS
from tests.messages.post import Post
from tests.messages.servers import MailServer
from tests.support.clock import StoppedClock

NEWS = ConsentNoLongerNeeded()


class Stuck:
    """Takes an e-mail and never says whether it was delivered."""

    def __init__(self) -> None:
        self.taking = asyncio.Event()

    async def send(self, _: OutgoingEmail, /) -> None:
        self.taking.set()
        await asyncio.get_running_loop().create_future()


@dataclass
class Severing:
    """Delivers, and leaves the worker without its database."""

    pool: Pool
    delivered: int = 0

    async def send(self, _: OutgoingEmail, /) -> None:
        self.delivered += 1
        self.pool.terminate()


async def claim_one(pool: Pool, clock: StoppedClock) -> Claimed:
    now = clock.now()
    async with transaction(pool) as connection:
        (one,) = await claim(connection, now=now, leased_until=now + LEASE, batch=1)
    return one


async def test_what_a_cancelled_worker_held_is_sent_when_its_lease_ends(
    post: Post, sender: Sender, mail_server: MailServer, clock: StoppedClock
) -> None:
    await post.queue(NEWS)
    stuck = Stuck()
    step = asyncio.create_task(replace(sender, email=stuck).step())
    await stuck.taking.wait()
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step

    assert await sender.step() == 0
    clock.advance(LEASE)
    assert await sender.step() == 1
    assert len(mail_server.taken) == 1
    assert await post.states() == ["sent"]


async def test_what_a_killed_worker_held_is_sent_when_its_lease_ends(
    post: Post,
    sender: Sender,
    mail_server: MailServer,
    clock: StoppedClock,
    database_url: str,
) -> None:
    await post.queue(NEWS)
    worker = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.messages.dying_worker"),
        stdin=subprocess.PIPE,
    )
    await worker.communicate(f"{database_url}\n{KEYS.dump()}".encode())
    assert worker.returncode == -9

    assert await sender.step() == 0
    clock.advance(LEASE)
    assert await sender.step() == 1
    assert len(mail_server.taken) == 1
    assert await post.states() == ["sent"]


async def test_a_message_that_kills_its_workers_is_given_up(
    post: Post,
    sender: Sender,
    mail_server: MailServer,
    pool: Pool,
    clock: StoppedClock,
) -> None:
    await post.queue(NEWS)
    for _ in range(ATTEMPTS):
        await claim_one(pool, clock)
        clock.advance(LEASE)

    await sender.step()

    assert mail_server.taken == []
    assert await post.states() == ["failed"]


async def test_a_server_that_never_answers_is_left_after_the_deadline(
    post: Post, sender: Sender
) -> None:
    await post.queue(NEWS)

    await replace(sender, email=Stuck(), seconds=0.05).step()

    assert await post.states() == ["queued"]


async def test_a_delivery_that_can_not_be_written_down_is_repeated(
    post: Post,
    sender: Sender,
    mail_server: MailServer,
    clock: StoppedClock,
    database_url: str,
) -> None:
    await post.queue(NEWS)
    severing = Severing(await make_pool(database_url))

    await replace(sender, pool=severing.pool, email=severing).step()

    assert severing.delivered == 1
    assert await post.states() == ["queued"]
    clock.advance(LEASE)
    await sender.step()
    assert len(mail_server.taken) == 1
    assert await post.states() == ["sent"]


async def test_a_late_worker_does_not_undo_what_another_did(
    post: Post, pool: Pool, clock: StoppedClock
) -> None:
    await post.queue(NEWS)
    late = await claim_one(pool, clock)
    clock.advance(LEASE)
    second = await claim_one(pool, clock)
    leased = await post.rows()
    now = clock.now()

    async with transaction(pool) as connection:
        await put_off(connection, late.message_id, attempts=late.attempts, due_at=now)
        assert not await mark_failed(
            connection, late.message_id, attempts=late.attempts, at=now
        )
    assert await post.rows() == leased

    async with transaction(pool) as connection:
        await mark_sent(connection, late.message_id, at=now)
        assert not await mark_failed(
            connection, second.message_id, attempts=second.attempts, at=now
        )
    assert await post.states() == ["sent"]
