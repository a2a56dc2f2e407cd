"""A form that a guardian has signed by hand: who says that it counts.

Two people of the operator look at it, each under their own name. What was looked at is
deleted with their decision; its hash stays with what was granted (COPPA 16 CFR
312.5(b)(2)(i)).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, NewType
from uuid import UUID

from service.domain.consent import ConsentRequestId
from service.domain.profiles import AppName
from service.domain.refusals import SecondOperatorNeeded
from service.domain.registration import RegistrationId
from service.domain.scans import ScanKind

FormId = NewType("FormId", UUID)

LARGEST: Final = 5 * 1024 * 1024
UPLOADS: Final = 3
"""How many forms a guardian may send for one request."""

GATHERED: Final = timedelta(hours=1)
"""How long forms are gathered before the operator is told that they wait."""

TOLD_AGAIN: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedForm:
    """A form that waits for its review, without the picture of it.

    *subject_id* is the registration or account that it is about; *reference* stands on
    the paper as well. *approved_by* is the first of the two who said yes, by name.
    """

    form_id: FormId
    consent_request_id: ConsentRequestId
    subject_id: RegistrationId
    app: AppName
    kind: ScanKind
    size: int
    sha256: str
    reference: str
    uploaded_at: datetime
    approved_by: str | None = None

    def is_accepted(self, reviewer: str) -> bool:
        """Tell whether the yes of *reviewer* is the second one.

        Raises SecondOperatorNeeded where the same person says it twice.
        """
        if self.approved_by is None:
            return False
        if _name(self.approved_by) == _name(reviewer):
            raise SecondOperatorNeeded
        return True


def _name(reviewer: str) -> str:
    return " ".join(reviewer.split()).casefold()
