"""Parts of a profile as the API shows them."""

from service.domain.profiles import PolicyVersion, Purpose


def show_purpose(purpose: Purpose) -> dict[str, object]:
    """Return a purpose in words."""
    return {
        "id": purpose.id,
        "title": dict(purpose.title),
        "description": dict(purpose.description),
        "legal_ground": purpose.legal_ground,
        "essential": purpose.essential,
        "discloses_to_third_parties": purpose.discloses_to_third_parties,
    }


def show_policy(policy: PolicyVersion) -> dict[str, object]:
    """Return a policy version: what it is known by, and where its text is."""
    return {
        "version": policy.version,
        "title": dict(policy.title),
        "published_date": policy.published_date.isoformat(),
        "effective_date": policy.effective_date.isoformat(),
        "text_sha256": policy.text_sha256,
        "url": policy.url,
        "changes": dict(policy.changes),
        "significant": policy.significant,
    }
