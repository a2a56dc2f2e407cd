"""What each event tells: when it is told, what stands in it, and an example of it.

From these entries and the types on the page of events come the JSON Schemas that
receivers get. A type that is added there has its entry with its family.
"""

from collections.abc import Mapping
from typing import Final

from service.domain.events import EventType
from service.domain.told.account import ACCOUNT
from service.domain.told.age import AGE
from service.domain.told.changes_of_consent import CHANGES_OF_CONSENT
from service.domain.told.consent import CONSENT
from service.domain.told.entry import Told
from service.domain.told.policy import POLICY
from service.domain.told.registration import REGISTRATION
from service.domain.told.security import SECURITY

EVENT_TYPES: Final[Mapping[EventType, Told]] = {
    one.example.type: one
    for one in (
        *REGISTRATION,
        *AGE,
        *CONSENT,
        *CHANGES_OF_CONSENT,
        *ACCOUNT,
        *POLICY,
        *SECURITY,
    )
}
