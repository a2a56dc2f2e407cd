"""A guardian, as those who write to them know them."""

from dataclasses import dataclass, field

from service.domain.consent import GuardianId
from service.domain.profiles import AppName
from service.kit.secrets import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Guardian:
    """Somebody who consented for another, with the key that their address is under."""

    guardian_id: GuardianId
    app: AppName
    email: str = field(repr=False)
    language: str
    key: SealingKey
    barred: bool = False
