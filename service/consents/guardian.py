"""A guardian, as those who write to them know them."""

from dataclasses import dataclass

from service.domain.consent import GuardianId
from service.domain.guardian_contacts import GuardianContact
from service.domain.profiles import AppName
from service.kit.secrets import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Somebody who consented for another, with the key that their contact is under."""

    guardian_id: GuardianId
    app: AppName
    contact: GuardianContact
    language: str
    key: SealingKey
    barred: bool = False
