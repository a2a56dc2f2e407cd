"""A mailbox that takes every message, so that nobody needs a mail server to try out.

Where one is set (AGEGATE_SMTP_URL, AGEGATE_SMS_URL) the message goes there as well,
after a copy was kept.
"""

from dataclasses import dataclass

from service.dev.journal import Journal
from service.domain.messages import Channel
from service.kit.times import instant
from service.messages.adapters import EmailSender, OutgoingEmail, OutgoingSms, SmsSender


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEmail:
    """Keeps e-mail in *mailbox*, then hands it *onward* if that is set."""

    mailbox: Journal
    onward: EmailSender | None = None

    async def send(self, mail: OutgoingEmail, /) -> None:
        """Keep *mail*, once however often it is tried."""
        self.mailbox.add(
            {
                "id": str(mail.id),
                "channel": Channel.EMAIL,
                "to": mail.to,
                "subject": mail.subject,
                "text": mail.text,
                "html": mail.html,
                "at": instant(mail.at),
            }
        )
        if self.onward is not None:
            await self.onward.send(mail)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptSms:
    """Keeps text messages in *mailbox*, then hands them *onward* if that is set."""

    mailbox: Journal
    onward: SmsSender | None = None

    async def send(self, sms: OutgoingSms, /) -> None:
        """Keep *sms*, once however often it is tried."""
        self.mailbox.add(
            {
                "id": str(sms.id),
                "channel": Channel.SMS,
                "to": sms.to,
                "subject": None,
                "text": sms.text,
                "html": None,
                "at": instant(sms.at),
            }
        )
        if self.onward is not None:
            await self.onward.send(sms)
