"""Letters to render, and what people see of them."""

from datetime import UTC, datetime
from uuid import UUID
from xml.etree import ElementTree as ET

from service.domain.messages import Channel, Content
from service.domain.profiles import PolicyProfile
from service.messages.render import Letter, Renderer
from tests.messages.people import ADDRESS, PROFILE


def letter_of(
    content: Content,
    channel: Channel,
    language: str = "en",
    profile: PolicyProfile = PROFILE,
) -> Letter:
    return Letter(
        id=UUID(int=7),
        to=ADDRESS[channel],
        template=content.template,
        parameters=content.parameters,
        language=language,
        profile=profile,
        at=datetime(2026, 11, 22, 12, tzinfo=UTC),
    )


def words(renderer: Renderer, letter: Letter, channel: Channel) -> dict[str, str]:
    """Return every text of the message by the name of its part."""
    if channel is Channel.SMS:
        return {"sms": renderer.sms(letter).text}
    mail = renderer.email(letter)
    return {"subject": mail.subject, "text": mail.text, "html": mail.html}


def visible(html: str) -> str:
    """Return the text of an HTML mail; fails when a tag is not closed."""
    return "".join(ET.fromstring(html).itertext())  # noqa: S314 -- our own
