"""The numbers an operator watches."""

from datetime import timedelta

from service.domain.messages import AccountOpened, Channel, ContactCode
from service.kit.database import Pool
from service.kit.metrics import REGISTRY
from service.messages.metrics import measure
from service.messages.send import Sender
from tests.messages.post import Post
from tests.messages.servers import MailServer
from tests.support.clock import StoppedClock

LABELS = {"channel": "email", "template": "account_opened"}
NAMES = (
    "agegate_message_attempts_total",
    "agegate_messages_sent_total",
    "agegate_messages_failed_total",
)


def counted() -> list[float]:
    return [REGISTRY.get_sample_value(name, LABELS) or 0.0 for name in NAMES]


async def test_tries_and_outcomes_are_counted(
    post: Post, sender: Sender, mail_server: MailServer
) -> None:
    before = counted()

    await post.queue(AccountOpened())
    mail_server.rcpt = "451 Later"
    await sender.step()
    mail_server.rcpt = "250 OK"
    await post.wait_until_due()
    await sender.step()
    await post.queue(AccountOpened())
    mail_server.rcpt = "550 Never"
    await sender.step()

    after = counted()
    assert [now - then for now, then in zip(after, before, strict=True)] == [3, 1, 1]


async def test_the_queue_is_measured(
    pool: Pool, post: Post, sender: Sender, clock: StoppedClock
) -> None:
    def gauges(channel: Channel) -> tuple[float | None, float | None]:
        labels = {"channel": channel.value}
        return (
            REGISTRY.get_sample_value("agegate_messages_queued", labels),
            REGISTRY.get_sample_value("agegate_messages_oldest_seconds", labels),
        )

    await post.queue(ContactCode(code="903814", minutes=15), Channel.SMS)
    clock.advance(timedelta(seconds=40))
    await post.queue(AccountOpened(), Channel.SMS)
    await measure(pool, at=clock.now())
    assert gauges(Channel.SMS) == (2, 40)
    assert gauges(Channel.EMAIL) == (0, 0)

    await sender.step()
    await measure(pool, at=clock.now())
    assert gauges(Channel.SMS) == (0, 0)
