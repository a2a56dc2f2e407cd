"""How often one network may ask, whether through the API or through the pages.

AGEGATE_LIMITS_FACTOR multiplies the counts, for networks that many people share.
"""

from datetime import timedelta
from typing import Final

from service.kit.limits import Limit

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)

AGE_CHECKS: Final = Limit(name="age_checks", count=30, window=MINUTE)
SIGN_UPS: Final = Limit(name="sign_ups", count=20, window=MINUTE)
STEPS: Final = Limit(name="steps", count=60, window=MINUTE)
GUARDIANS: Final = Limit(name="guardians", count=20, window=HOUR)
LINKS: Final = Limit(name="links", count=60, window=MINUTE)
REPORTS: Final = Limit(name="reports", count=10, window=HOUR)
EVENTS: Final = Limit(name="events", count=600, window=MINUTE)
PROOFS: Final = Limit(name="proofs", count=20, window=HOUR)
RESETS: Final = Limit(name="resets", count=20, window=HOUR)
SIGN_INS: Final = Limit(name="sign_ins", count=20, window=MINUTE)
REFRESHES: Final = Limit(name="refreshes", count=120, window=MINUTE)
