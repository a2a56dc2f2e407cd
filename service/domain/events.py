"""Every event this service tells others about, on one page.

The names are a promise to the rights and consent services: add, never rename. An
event never carries a birth date, e-mail, phone, name, guardian's contact or token.
"""

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from service.domain.actors import Actor
from service.domain.profiles import AppName, LegalGround


class EventType(StrEnum):
    """What happened."""

    REGISTRATION_STARTED = "registration.started"
    REGISTRATION_CONTACT_CONFIRMED = "registration.contact_confirmed"
    REGISTRATION_COMPLETED = "registration.completed"
    REGISTRATION_ENDED = "registration.ended"

    AGE_DECIDED = "age.decided"
    AGE_TURNED_AWAY = "age.turned_away"
    AGE_PROOF_REQUESTED = "age.proof_requested"
    AGE_PROOF_ACCEPTED = "age.proof_accepted"
    AGE_PROOF_FAILED = "age.proof_failed"
    AGE_ASSURANCE_REVOKED = "age.assurance_revoked"
    AGE_MINOR_DETECTED = "age.minor_detected"
    AGE_APPEAL_OPENED = "age.appeal_opened"
    AGE_APPEAL_DECIDED = "age.appeal_decided"

    CONSENT_REQUESTED = "consent.requested"
    CONSENT_OPENED = "consent.opened"
    CONSENT_GIVEN = "consent.given"
    CONSENT_REFUSED = "consent.refused"
    CONSENT_DISPUTED = "consent.disputed"
    CONSENT_EXPIRED = "consent.expired"
    CONSENT_CONFIRMED = "consent.confirmed"
    CONSENT_NARROWED = "consent.narrowed"
    CONSENT_WITHDRAWN = "consent.withdrawn"
    CONSENT_INVALIDATED = "consent.invalidated"
    CONSENT_RENEWAL_REQUIRED = "consent.renewal_required"
    CONSENT_HANDED_OVER = "consent.handed_over"
    CONSENT_BOUNCED = "consent.bounced"
    CONSENT_VERIFICATION_STARTED = "consent.verification_started"
    CONSENT_VERIFICATION_FAILED = "consent.verification_failed"
    CONSENT_JOINED = "consent.joined"
    CONSENT_DISPUTE_OPENED = "consent.dispute_opened"
    CONSENT_DISPUTE_RESOLVED = "consent.dispute_resolved"

    ACCOUNT_OPENED = "account.opened"
    ACCOUNT_AGED_UP = "account.aged_up"
    ACCOUNT_MOVED = "account.moved"
    ACCOUNT_RECTIFIED = "account.rectified"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_REACTIVATED = "account.reactivated"
    ACCOUNT_ERASED = "account.erased"
    ACCOUNT_ERASURE_OVERDUE = "account.erasure_overdue"

    POLICY_ACCEPTED = "policy.accepted"

    SECURITY_SESSIONS_ENDED = "security.sessions_ended"
    SECURITY_AUTHENTICATOR_ADDED = "security.authenticator_added"
    SECURITY_AUTHENTICATOR_REMOVED = "security.authenticator_removed"
    SECURITY_RECOVERY_CODE_USED = "security.recovery_code_used"
    SECURITY_SECOND_FACTORS_RESET = "security.second_factors_reset"
    SECURITY_PASSWORD_CHANGED = "security.password_changed"  # noqa: S105 -- no password
    SECURITY_COMPROMISE_REPORTED = "security.compromise_reported"


def family_of(event_type: str) -> str:
    """Return the first part of a type's name: ``account`` of ``account.opened``."""
    return event_type.partition(".")[0]


def is_among(event_type: str, names: Collection[str]) -> bool:
    """Tell whether *names*, of types or families like ``account.*``, mean this type."""
    return event_type in names or f"{family_of(event_type)}.*" in names


class Cause(StrEnum):
    """Why it happened; with ``registration.ended``, why it ended."""

    AGE_CHECK = "age_check"
    SIGN_UP = "sign_up"
    CONTACT_CONFIRMED = "contact_confirmed"
    GUARDIAN_ASKED = "guardian_asked"
    LINK_OPENED = "link_opened"
    GUARDIAN_GAVE = "guardian_gave"
    GUARDIAN_REFUSED = "guardian_refused"
    NOT_MY_CHILD = "not_my_child"
    BIRTHDAY = "birthday"
    PROOF_STARTED = "proof_started"
    PROOF_ACCEPTED = "proof_accepted"
    PROOF_FAILED = "proof_failed"
    PROVEN_TOO_YOUNG = "proven_too_young"
    GAVE_UP = "gave_up"
    EXPIRED = "expired"
    IDENTIFIER_TAKEN = "identifier_taken"
    POLICY_ACCEPTED = "policy_accepted"
    SECOND_CONTACT = "second_contact"
    SECOND_CONTACT_FAILED = "second_contact_failed"
    GUARDIAN_WITHDREW = "guardian_withdrew"
    HOLDER_WITHDREW = "holder_withdrew"
    HOLDER_DECIDED = "holder_decided"
    ENDING_SOON = "ending_soon"
    POLICY_CHANGED = "policy_changed"
    CONSENT_ENDED = "consent_ended"
    GUARDIAN_BARRED = "guardian_barred"
    GUARDIAN_REMOVED = "guardian_removed"
    MINOR_REPORTED = "minor_reported"
    REVIEW_DECIDED = "review_decided"
    GUARDIAN_INVITED = "guardian_invited"
    GUARDIAN_ERASED = "guardian_erased"
    MESSAGE_FAILED = "message_failed"
    GUARDIANS_DISAGREE = "guardians_disagree"
    DISPUTE_RESOLVED = "dispute_resolved"
    ACKNOWLEDGEMENT_MISSING = "acknowledgement_missing"
    SIGNED_OUT = "signed_out"
    TOKEN_REUSED = "token_reused"  # noqa: S105 -- a reason, not a secret
    CREDENTIALS_CHANGED = "credentials_changed"
    HOLDER_CHOSE = "holder_chose"
    FACTOR_PROVEN = "factor_proven"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 -- no password
    PASSWORD_RESET = "password_reset"  # noqa: S105 -- no password
    CONTACT_CHANGED = "contact_changed"
    CONTACT_REMOVED = "contact_removed"
    CONTACT_CHANGE_UNDONE = "contact_change_undone"
    NOT_ME = "not_me"
    TRIES_USED_UP = "tries_used_up"
    ASSURANCE_REVOKED = "assurance_revoked"
    GUARDIAN_TOO_YOUNG = "guardian_too_young"
    GUARDIAN_UNVERIFIED = "guardian_unverified"
    HOLDER_APPEALED = "holder_appealed"
    COUNTRY_CHANGED = "country_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened to one subject, as receivers read it.

    *before* and *after* are states; *legal_ground* is why the data may be told
    (TS-7, TM-17); *assurance* is how the age is known; *age_band* says no more than
    child, minor or adult.
    """

    type: EventType
    subject_id: UUID
    app: AppName
    cause: Cause
    actor: Actor
    before: str | None = None
    after: str | None = None
    policy_version: str | None = None
    legal_ground: LegalGround
    purposes: tuple[str, ...] = ()
    assurance: str | None = None
    age_band: str | None = None
    receipt_id: UUID | None = None
