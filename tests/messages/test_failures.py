"""When it does not go well: tried again, or given up."""

from datetime import timedelta
from http import HTTPStatus

from service.domain.messages import AccountOpened, Channel, ContactCode
from service.domain.retries import ATTEMPTS, FIRST_WAIT
from service.messages.send import Sender
from tests.messages.post import Post
from tests.messages.servers import MailServer, SmsProvider
from tests.support.clock import StoppedClock

CODE = ContactCode(code="903814", minutes=15)


async def test_a_refusal_that_may_pass_is_tried_again_as_the_same_email(
    post: Post, sender: Sender, mail_server: MailServer, clock: StoppedClock
) -> None:
    await post.queue(CODE)
    mail_server.rcpt = "451 Greylisted"

    await sender.step()

    assert await post.states() == ["queued"]
    assert await sender.step() == 0
    mail_server.rcpt = "250 OK"
    clock.advance(FIRST_WAIT)
    await sender.step()
    assert await post.states() == ["sent"]
    assert len(mail_server.taken) == 1


async def test_a_refusal_for_good_is_not_tried_again(
    post: Post, sender: Sender, mail_server: MailServer
) -> None:
    await post.queue(CODE)
    mail_server.rcpt = "550 No such person"

    await sender.step()

    assert await post.states() == ["failed"]
    assert await post.is_redacted()


async def test_after_many_tries_a_message_is_given_up(
    post: Post, sender: Sender, sms_provider: SmsProvider, clock: StoppedClock
) -> None:
    started_at = clock.now()
    sms_provider.status = HTTPStatus.SERVICE_UNAVAILABLE
    await post.queue(AccountOpened(), Channel.SMS)

    while await post.states() == ["queued"]:
        await post.wait_until_due()
        await sender.step()

    assert await post.states() == ["failed"]
    assert await post.is_redacted()
    assert len(sms_provider.posted) == ATTEMPTS
    assert len({posted.idempotency_key for posted in sms_provider.posted}) == 1
    assert clock.now() - started_at <= timedelta(hours=24)


async def test_a_code_that_is_no_longer_good_is_not_sent(
    post: Post, sender: Sender, mail_server: MailServer, clock: StoppedClock
) -> None:
    await post.queue(CODE)
    clock.advance(timedelta(minutes=15))

    await sender.step()

    assert mail_server.taken == []
    assert await post.states() == ["failed"]
    assert await post.is_redacted()
