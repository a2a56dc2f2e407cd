"""What a receipt says: the record of one consent, or of one change to it.

The fields are those of ISO/IEC TS 27560, the states are terms of the W3C Data Privacy
Vocabulary. A receipt holds no birth date and nobody's contact: whom it is about and who
gave consent stand in it as references that mean nothing anywhere else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from service.domain.actors import ActorKind
from service.domain.grants import Giver, Grant, GrantState
from service.domain.profiles import PolicyProfile, PolicyVersion

SCHEMA: Final = "ISO/IEC TS 27560:2023"
VOCABULARY: Final = "https://w3id.org/dpv#"
TYPE: Final = "consent-receipt+jws"

IN_FULL: Final = 12
"""Of more purposes than these a receipt has the titles alone, so that it stays short.

Their descriptions stand in the policy, whose text is known by its hash.
"""


class ReceiptWrongError(Exception):
    """A receipt, or what should be one, is not as we issue them."""


class Change(StrEnum):
    """What a receipt is about."""

    GIVEN = "given"
    RENEWED = "renewed"
    CONFIRMED = "confirmed"
    NARROWED = "narrowed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    INVALIDATED = "invalidated"
    HANDED_OVER = "handed_over"


DPV: Final[Mapping[Change, str]] = {
    Change.GIVEN: "ConsentGiven",
    Change.RENEWED: "RenewedConsentGiven",
    Change.CONFIRMED: "ConsentGiven",
    Change.NARROWED: "ConsentWithdrawn",
    Change.WITHDRAWN: "ConsentWithdrawn",
    Change.EXPIRED: "ConsentExpired",
    Change.INVALIDATED: "ConsentInvalidated",
    Change.HANDED_OVER: "RenewedConsentGiven",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Everything one receipt is made of.

    *previous* is the SHA-256 of the account's receipt before this one, in hexadecimal:
    a chain, in which none can be left out or put in later.
    """

    receipt_id: UUID
    number: int
    previous: str | None
    issuer: str
    at: datetime
    change: Change
    by: ActorKind
    profile: PolicyProfile
    policy: PolicyVersion
    jurisdiction: str | None
    subject_ref: str
    giver_refs: Mapping[UUID, str]
    grants: Sequence[Grant]
    on: Sequence[str]


def body_of(record: Record) -> dict[str, object]:
    """Return the receipt as JSON, before it is signed."""
    profile, policy = record.profile, record.policy
    in_full = len(record.grants) <= IN_FULL
    return {
        "iss": record.issuer,
        "jti": str(record.receipt_id),
        "iat": int(record.at.timestamp()),
        "schema": SCHEMA,
        "vocabulary": VOCABULARY,
        "record": {"number": record.number, "previous_sha256": record.previous},
        "event": {
            "change": record.change,
            "state": f"dpv:{DPV[record.change]}",
            "at": _instant(record.at),
            "by": record.by,
        },
        "subject": {"ref": record.subject_ref},
        "controller": {
            "app": profile.app,
            "name": profile.operator,
            "product": profile.name,
            "contact": profile.contact.email,
            "data_protection_officer": profile.contact.dpo_email,
            "authority": profile.contact.authority,
        },
        "jurisdiction": record.jurisdiction,
        "policy": {
            "version": policy.version,
            "title": dict(policy.title),
            "url": policy.url,
            "text_sha256": policy.text_sha256,
        },
        "purposes": [
            _purpose(record, grant, in_full=in_full) for grant in record.grants
        ],
        "purposes_on": [*record.on],
        "withdrawal": {
            "email": profile.contact.email,
            "page": f"{record.issuer}/receipts/{record.receipt_id}",
        },
    }


def _purpose(record: Record, grant: Grant, *, in_full: bool) -> dict[str, object]:
    purpose = record.profile.purpose(grant.purpose)
    return {
        "id": grant.purpose,
        "title": {} if purpose is None else dict(purpose.title),
        "description": dict(purpose.description) if purpose and in_full else {},
        "legal_ground": None if purpose is None else purpose.legal_ground,
        "essential": purpose is not None and purpose.essential,
        "discloses_to_third_parties": purpose is not None
        and purpose.discloses_to_third_parties,
        "state": grant.state,
        "policy_version": grant.policy_version,
        "given_at": _instant(grant.given_at),
        "ends_at": None if grant.ends_at is None else _instant(grant.ends_at),
        "given_by": {
            "ref": record.giver_refs[grant.giver_id],
            "role": "dpv:DataSubject"
            if grant.given_by is Giver.HOLDER
            else "dpv:GuardianOfDataSubject",
            "method": grant.method,
            "strength": grant.strength,
            "second_contact_due": grant.state is GrantState.PROVISIONAL,
            **_evidence(grant),
        },
    }


def _evidence(grant: Grant) -> dict[str, str]:
    """Return the hash of what was signed by hand; the paper itself is not kept."""
    return {} if grant.evidence is None else {"evidence_sha256": grant.evidence}


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
