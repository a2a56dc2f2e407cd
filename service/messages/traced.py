"""Messages under traces: that one was handed over, how long it took; nothing of it."""

from dataclasses import dataclass

from service.domain.messages import Channel
from service.kit.traces import Kind, Traces
from service.messages.adapters import (
    EmailSender,
    OutgoingEmail,
    OutgoingSms,
    SmsSender,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedEmail:
    """Puts a span around each e-mail that another sender hands over."""

    sender: EmailSender
    traces: Traces

    async def send(self, mail: OutgoingEmail, /) -> None:
        """Hand *mail* over by the other sender."""
        named = {"agegate.channel": Channel.EMAIL, "messaging.message.id": str(mail.id)}
        with self.traces.span("send email", Kind.CLIENT, named):
            await self.sender.send(mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class TracedSms:
    """Puts a span around each text message that another sender hands over."""

    sender: SmsSender
    traces: Traces

    async def send(self, sms: OutgoingSms, /) -> None:
        """Hand *sms* over by the other sender."""
        named = {"agegate.channel": Channel.SMS, "messaging.message.id": str(sms.id)}
        with self.traces.span("send sms", Kind.CLIENT, named):
            await self.sender.send(sms)
