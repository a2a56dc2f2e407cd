"""How honest the answers at the gate look, for Prometheus."""

from typing import Final

from prometheus_client import Counter

from service.domain.birthdays import BirthDate
from service.domain.profiles import AppName
from service.kit.metrics import REGISTRY

NEW_YEAR: Final = (1, 1)

DECLARED: Final = Counter(
    "agegate_gate_birth_dates",
    "Birth dates that were answered, and how many of them are the 1st of January",
    ("app", "new_year"),
    registry=REGISTRY,
)


def count(app: AppName, born: BirthDate) -> None:
    """Count a birth date by whether it is the one that people make up.

    One in 365 is born on the 1st of January: where far more say so, a form or a limit
    invites made-up answers.
    """
    made_up = (born.month, born.day) == NEW_YEAR
    DECLARED.labels(app=app, new_year="yes" if made_up else "no").inc()
