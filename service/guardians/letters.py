"""Messages about a consent request, to who is asked: where they were named."""

from service.domain.consent import ConsentRequest
from service.domain.messages import Content, Message


def to_guardian(request: ConsentRequest, content: Content) -> Message:
    """Return *content* for who is asked, by the way that their contact takes."""
    return Message(
        app=request.app,
        subject_id=request.registration_id,
        channel=request.guardian_contact.channel,
        recipient=request.guardian_contact.address,
        language=request.language,
        content=content,
    )
