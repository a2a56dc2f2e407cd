"""Sending: claimed, rendered, handed over, forgotten."""

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from service.domain.messages import (
    AccountOpened,
    Channel,
    ConsentNoLongerNeeded,
    ContactCode,
    GuardianAsked,
)
from service.domain.profiles import AppName
from service.domain.retries import FIRST_WAIT
from service.kit.database import Pool, transaction
from service.kit.secrets import KeyRing
from service.messages.adapters import NoSms, OutgoingEmail
from service.messages.flows import Messages
from service.messages.send import BATCH, Sender
from service.vault.flows import Vault
from tests.messages.people import ADDRESS, LINK, PROFILE, Subject
from tests.messages.post import Post
from tests.messages.servers import MailServer, SmsProvider
from tests.support.clock import StoppedClock

CODE = ContactCode(code="903814", minutes=15)
SENDERS = 100


async def test_an_email_is_sent_and_forgotten(
    post: Post, sender: Sender, mail_server: MailServer
) -> None:
    await post.queue(GuardianAsked(link=LINK, days=14, app_name="Hideaway"))

    assert await sender.step() == 1

    (taken,) = mail_server.taken
    assert taken.recipients == (ADDRESS[Channel.EMAIL],)
    assert LINK in taken.part("plain")
    assert LINK in taken.part("html")
    assert await post.states() == ["sent"]
    assert await post.is_redacted()
    assert await sender.step() == 0


async def test_a_text_message_is_sent_and_forgotten(
    post: Post, sender: Sender, sms_provider: SmsProvider
) -> None:
    await post.queue(CODE, Channel.SMS)

    await sender.step()

    (posted,) = sms_provider.posted
    assert posted.body["to"] == ADDRESS[Channel.SMS]
    assert posted.body["text"].startswith("903814 is your code for Playground.")
    assert await post.states() == ["sent"]
    assert await post.is_redacted()


async def test_the_language_is_the_readers(
    post: Post, sender: Sender, mail_server: MailServer, pool: Pool
) -> None:
    await post.queue(CODE)
    await pool.execute("UPDATE message SET language = 'zh-CN'")

    await sender.step()

    (taken,) = mail_server.taken
    assert taken.message["Subject"] == "您的 Playground 验证码"
    assert taken.message["Content-Language"] == "zh-Hans"


async def test_a_hundred_senders_send_each_message_once(
    post: Post, sender: Sender
) -> None:
    for _ in range(SENDERS):
        await post.queue(CODE)
    times = Counter[UUID]()

    class Counting:
        async def send(self, mail: OutgoingEmail, /) -> None:
            times[mail.id] += 1

    async def work(worker: Sender) -> None:
        while await worker.step():
            pass

    async with asyncio.TaskGroup() as group:
        for _ in range(SENDERS):
            group.create_task(work(replace(sender, email=Counting())))

    assert len(times) == SENDERS
    assert set(times.values()) == {1}
    assert set(await post.states()) == {"sent"}


async def test_a_step_takes_a_batch_of_the_longest_waiting(
    post: Post, sender: Sender, mail_server: MailServer, clock: StoppedClock
) -> None:
    for number in range(BATCH + 1):
        await post.queue(CODE, recipient=f"person{number}@people.example")
        clock.advance(timedelta(seconds=1))

    assert await sender.step() == BATCH

    written_to = {taken.recipients[0] for taken in mail_server.taken}
    assert f"person{BATCH}@people.example" not in written_to
    assert await sender.step() == 1


async def test_the_newest_code_comes_last(
    post: Post, sender: Sender, clock: StoppedClock
) -> None:
    codes = [f"{number:06d}" for number in range(BATCH)]
    for code in codes:
        await post.queue(ContactCode(code=code, minutes=15))
        clock.advance(timedelta(milliseconds=1))
    sent: list[str] = []

    class Listing:
        async def send(self, mail: OutgoingEmail, /) -> None:
            sent.append(mail.text[:6])

    await replace(sender, email=Listing()).step()

    assert sent == codes


async def test_a_key_that_is_out_of_reach_is_waited_for(
    post: Post, sender: Sender, mail_server: MailServer, clock: StoppedClock
) -> None:
    await post.queue(CODE)
    await replace(sender, vault=Vault(keys=KeyRing.fresh("another"))).step()
    assert await post.states() == ["queued"]

    clock.advance(FIRST_WAIT)
    await sender.step()
    assert len(mail_server.taken) == 1


async def test_nothing_is_sent_to_somebody_who_was_erased(
    *,
    post: Post,
    sender: Sender,
    mail_server: MailServer,
    pool: Pool,
    vault: Vault,
    subject: Subject,
) -> None:
    await post.queue(CODE)
    async with transaction(pool) as connection:
        await vault.destroy(connection, subject.id)

    assert await sender.step() == 0
    assert await post.rows() == []
    assert mail_server.taken == []


async def test_one_bad_message_does_not_stop_the_others(
    post: Post, sender: Sender, mail_server: MailServer, pool: Pool
) -> None:
    await post.queue(CODE)
    await pool.execute("UPDATE message SET app = 'an operator that left'")
    await post.queue(AccountOpened())
    await pool.execute("UPDATE message SET content = '' WHERE app = 'playground'")
    await post.queue(ConsentNoLongerNeeded())

    await sender.step()

    assert await post.states() == ["queued", "queued", "sent"]
    assert len(mail_server.taken) == 1


async def test_without_an_sms_provider_a_text_message_fails_at_once(
    post: Post, sender: Sender
) -> None:
    await post.queue(CODE, Channel.SMS)

    await replace(sender, sms=NoSms()).step()

    assert await post.states() == ["failed"]
    assert await post.is_redacted()


async def test_what_is_finished_is_swept_by_its_operators_retention(
    post: Post, sender: Sender, pool: Pool, clock: StoppedClock, messages: Messages
) -> None:
    await post.queue(CODE)
    await sender.step()
    finished_at = clock.now()
    clock.advance(timedelta(days=1))
    await post.queue(AccountOpened())

    async with transaction(pool) as connection:
        later = clock.now()
        assert await messages.sweep(connection, PROFILE.app, before=finished_at) == 0
        assert await messages.sweep(connection, AppName("another"), before=later) == 0
        assert await messages.sweep(connection, PROFILE.app, before=later) == 1
    assert await post.states() == ["queued"]
