"""E-mail to a real SMTP server: headers, TLS, refusals."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from service.messages.adapters import OutgoingEmail, RefusedError, UnavailableError
from service.messages.smtp import SmtpSender
from tests.messages.servers import MailServer, listening

MAIL = OutgoingEmail(
    id=UUID("01934f00-0000-7000-8000-000000000001"),
    to="ada@people.example",
    subject="Ihr Code für 乐园",
    text="903814 是您的验证码\n.\nFrom here\n",
    html="<p>903814 是您的验证码</p>",
    sender_name="乐园, Inc.",
    reply_to="help@sandbox.example",
    language="zh-Hans",
    at=datetime(2026, 11, 22, 12, tzinfo=UTC),
)


class Silent(asyncio.Protocol):
    """Takes connections, and never says a word."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


async def test_an_email_arrives_as_it_was_written(
    smtp: SmtpSender, mail_server: MailServer
) -> None:
    await smtp.send(MAIL)

    (taken,) = mail_server.taken
    assert taken.sender == "no-reply@mail.example"
    assert taken.recipients == ("ada@people.example",)
    assert taken.part("plain").replace("\r\n", "\n") == MAIL.text
    assert taken.part("html").strip() == MAIL.html
    assert taken.body.isascii()
    assert dict(taken.message.items()) == {
        "From": '"乐园, Inc." <no-reply@mail.example>',
        "To": "ada@people.example",
        "Reply-To": "help@sandbox.example",
        "Subject": "Ihr Code für 乐园",
        "Date": "Sun, 22 Nov 2026 12:00:00 +0000",
        "Message-ID": f"<{MAIL.id}@mail.example>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "zh-Hans",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/alternative; boundary="=_{MAIL.id.hex}"',
    }


async def test_a_second_try_is_the_same_byte_by_byte(
    smtp: SmtpSender, mail_server: MailServer
) -> None:
    await smtp.send(MAIL)
    await smtp.send(MAIL)

    assert mail_server.taken[0] == mail_server.taken[1]


@pytest.mark.parametrize("ending", ["\r\n", "\n", "\r", "\u2028", "\x85", "\0", "\x0b"])
async def test_no_header_can_be_smuggled_in(
    smtp: SmtpSender, mail_server: MailServer, ending: str
) -> None:
    smuggled = f"{ending}Bcc: mallory@evil.example"

    for hostile in (
        replace(MAIL, to=MAIL.to + smuggled),
        replace(MAIL, subject=MAIL.subject + smuggled),
        replace(MAIL, sender_name=MAIL.sender_name + smuggled),
        replace(MAIL, reply_to=MAIL.reply_to + smuggled),
    ):
        with pytest.raises(RefusedError, match="malformed"):
            await smtp.send(hostile)
    assert mail_server.taken == []


@pytest.mark.parametrize(
    "to",
    [
        "",
        "ada",
        "a@b@c",
        "ädä@people.example",
        "ada@people.example, b@b.example",
        "ada@people.example> X",
    ],
)
async def test_an_address_that_is_none_is_refused(
    smtp: SmtpSender, mail_server: MailServer, to: str
) -> None:
    with pytest.raises(RefusedError, match="malformed"):
        await smtp.send(replace(MAIL, to=to))
    assert mail_server.taken == []


@pytest.mark.parametrize("step", ["rcpt", "data"])
async def test_a_refused_email_is_refused_for_good(
    smtp: SmtpSender, mail_server: MailServer, step: str
) -> None:
    setattr(mail_server, step, "550 Never")

    with pytest.raises(RefusedError, match="smtp 550"):
        await smtp.send(MAIL)


@pytest.mark.parametrize(
    ("step", "answer"),
    [
        ("rcpt", "450 Greylisted"),
        ("data", "452 Full"),
        ("mail", "451 Busy"),
        ("mail", "550 We do not take mail from you"),
        ("rcpt", "421 Closing"),
    ],
)
async def test_what_may_pass_is_tried_later(
    smtp: SmtpSender, mail_server: MailServer, step: str, answer: str
) -> None:
    setattr(mail_server, step, answer)

    with pytest.raises(UnavailableError):
        await smtp.send(MAIL)
    assert mail_server.taken == []


async def test_a_server_out_of_reach_is_tried_later(smtp: SmtpSender) -> None:
    async with listening(Silent) as port:
        pass

    with pytest.raises(UnavailableError, match="smtp SMTPConnectError"):
        await replace(smtp, port=port).send(MAIL)


async def test_a_server_that_never_answers_is_left(smtp: SmtpSender) -> None:
    async with listening(Silent) as port:
        with pytest.raises(UnavailableError, match="Timeout"):
            await replace(smtp, port=port, seconds=0.05).send(MAIL)
