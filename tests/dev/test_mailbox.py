from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from service.dev.journal import Journal
from service.dev.mailbox import KeptEmail, KeptSms
from service.messages.adapters import OutgoingEmail, OutgoingSms, UnavailableError

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
MAIL = OutgoingEmail(
    id=UUID(int=1),
    to="ada@example.org",
    subject="Your code",
    text="123456",
    html="<p>123456</p>",
    sender_name="Plain",
    reply_to="privacy@plain.example",
    language="en",
    at=AT,
)
SMS = OutgoingSms(id=UUID(int=2), to="+493012345678", text="123456", at=AT)


@dataclass
class Server:
    """A mail server or SMS provider that is down the first time."""

    tries: list[object] = field(default_factory=list)

    async def send(self, message: object, /) -> None:
        self.tries.append(message)
        if len(self.tries) == 1:
            raise UnavailableError("down")


@pytest.fixture
def mailbox(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "mailbox.jsonl")


async def test_both_kinds_of_message_have_one_shape(mailbox: Journal) -> None:
    await KeptEmail(mailbox=mailbox).send(MAIL)
    await KeptSms(mailbox=mailbox).send(SMS)
    assert mailbox.newest_first() == [
        {
            "id": "00000000-0000-0000-0000-000000000002",
            "channel": "sms",
            "to": "+493012345678",
            "subject": None,
            "text": "123456",
            "html": None,
            "at": "2026-11-22T12:00:00Z",
        },
        {
            "id": "00000000-0000-0000-0000-000000000001",
            "channel": "email",
            "to": "ada@example.org",
            "subject": "Your code",
            "text": "123456",
            "html": "<p>123456</p>",
            "at": "2026-11-22T12:00:00Z",
        },
    ]


async def test_a_copy_is_kept_even_while_the_server_is_down(mailbox: Journal) -> None:
    smtp, provider = Server(), Server()
    email = KeptEmail(mailbox=mailbox, onward=smtp)
    sms = KeptSms(mailbox=mailbox, onward=provider)
    with pytest.raises(UnavailableError):
        await email.send(MAIL)
    with pytest.raises(UnavailableError):
        await sms.send(SMS)
    assert len(mailbox.newest_first()) == 2

    await email.send(MAIL)
    await sms.send(SMS)
    assert smtp.tries == [MAIL, MAIL]
    assert provider.tries == [SMS, SMS]
    assert len(mailbox.newest_first()) == 2
