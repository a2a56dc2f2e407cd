"""Messages to applicants at a contact of their own."""

from service.accounts.security_links import CHANNEL
from service.domain.messages import Content, Message
from service.domain.registration import Registration


def to_applicant(registration: Registration, content: Content) -> Message | None:
    """Return *content* for the first contact that is confirmed; None without one."""
    for kind, channel in CHANNEL.items():
        contact = registration.contact(kind)
        if contact is not None and kind in registration.confirmed:
            return Message(
                app=registration.app,
                subject_id=registration.registration_id,
                channel=channel,
                recipient=contact,
                language=registration.language,
                content=content,
            )
    return None
