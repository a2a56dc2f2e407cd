"""Every event this service tells others about, on one page.

The names are a promise to the rights and consent services: add, never rename. An
event never carries a birth date, e-mail, phone, name, guardian's contact or token.
"""

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
    AGE_MINOR_DETECTED = "age.minor_detected"

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
    CONSENT_JOINED = "consent.joined"
    CONSENT_DISPUTE_OPENED = "consent.dispute_opened"
    CONSENT_DISPUTE_RESOLVED = "consent.dispute_resolved"

    ACCOUNT_OPENED = "account.opened"
    ACCOUNT_AGED_UP = "account.aged_up"
    ACCOUNT_SUSPENDED = "account.suspended"
    ACCOUNT_REACTIVATED = "account.reactivated"
    ACCOUNT_ERASED = "account.erased"

    POLICY_ACCEPTED = "policy.accepted"


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
