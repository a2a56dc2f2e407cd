"""The JSON of signed forms."""

from service.consent_forms.papers import Paper
from service.domain.consent_forms import LARGEST, SignedForm
from service.domain.scans import MEDIA_TYPES, ScanKind
from service.kit.times import instant
from service.profiles.shown import show_policy, show_purpose


def show_paper(paper: Paper) -> dict[str, object]:
    """Return what stands on the form: who asks, and for what; nothing a child typed."""
    profile = paper.asked.profile
    return {
        "state": "waiting" if paper.is_sent else "due",
        "reference": paper.reference,
        "app": profile.app,
        "name": profile.name,
        "operator": profile.operator,
        "contact": profile.contact.email,
        "policy": show_policy(paper.asked.policy),
        "purposes": [show_purpose(one) for one in paper.purposes],
        "takes": [MEDIA_TYPES[one] for one in ScanKind],
        "largest": LARGEST,
    }


def show_sent(form: SignedForm) -> dict[str, object]:
    """Return what was kept of a form that was sent: its hash is proof of it."""
    return {
        "state": "waiting",
        "reference": form.reference,
        "sha256": form.sha256,
        "sent_at": instant(form.uploaded_at),
    }
