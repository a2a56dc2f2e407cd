"""When a person reaches an age: to the day in law, and to the instant.

Whatever is not known is read as young as possible: a year alone means 31 December, a
month alone its last day, an unknown place the last time zone on earth (UTC-12).
"""

import re
from calendar import isleap, monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Final, Self
from zoneinfo import ZoneInfo

from service.domain.jurisdictions import Jurisdiction, LeapBirthday
from service.domain.refusals import BirthDateImpossible, BirthDateInFuture

FIRST_ZONE: Final = timezone(timedelta(hours=14))
LAST_ZONE: Final = timezone(timedelta(hours=-12))

EARLIEST_YEAR: Final = 1900
OLDEST: Final = 120

_DECLARED: Final = re.compile(
    r"(?P<year>[0-9]{4})(-(?P<month>[0-9]{2})(-(?P<day>[0-9]{2}))?)?"
)


@dataclass(frozen=True, slots=True)
class BirthDate:
    """A birth date as declared: a day, or only its month, or only its year."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no calendar has."""
        if self.year < EARLIEST_YEAR or (self.month is None and self.day is not None):
            raise BirthDateImpossible
        month = 1 if self.month is None else self.month
        try:
            date(self.year, month, 1 if self.day is None else self.day)
        except ValueError:
            raise BirthDateImpossible from None

    @classmethod
    def parse(cls, text: str, *, now: datetime) -> Self:
        """Read YYYY, YYYY-MM or YYYY-MM-DD as an applicant declares it at *now*."""
        found = _DECLARED.fullmatch(text)
        if found is None:
            raise BirthDateImpossible
        return cls.declared(
            int(found["year"]),
            int(found["month"]) if found["month"] else None,
            int(found["day"]) if found["day"] else None,
            now=now,
        )

    @classmethod
    def declared(
        cls,
        year: int,
        month: int | None = None,
        day: int | None = None,
        *,
        now: datetime,
    ) -> Self:
        """Return the birth date that an applicant declares at *now*.

        It may not lie in the future anywhere on earth, nor make anybody older than
        120 years.
        """
        born = cls(year, month, day)
        today = now.astimezone(FIRST_ZONE).date()
        if born.earliest > today:
            raise BirthDateInFuture
        if _anniversary(born, OLDEST + 1, LeapBirthday.MARCH_1) <= today:
            raise BirthDateImpossible
        return born

    @property
    def earliest(self) -> date:
        """Return the first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    @property
    def latest(self) -> date:
        """Return the last day it can mean: the youngest reading."""
        month = self.month or 12
        return date(self.year, month, self.day or monthrange(self.year, month)[1])


def attained_at(
    born: BirthDate, age: int, jurisdiction: Jurisdiction | None = None
) -> datetime:
    """Return the first instant, in UTC, at which a person surely has *age*.

    It is the start of the birthday (day_begins), in the youngest reading. In Japan the
    age is reached at 24:00 of the day before (Act No. 50 of 1902): the same instant.
    """
    return day_begins(birthday(born, age, jurisdiction), jurisdiction)


def day_begins(day: date, jurisdiction: Jurisdiction | None = None) -> datetime:
    """Return the instant, in UTC, at which *day* has surely begun for a person.

    In the jurisdiction's latest zone, or in the last on earth if that is not known.
    """
    latest = None if jurisdiction is None else jurisdiction.latest_zone
    zone = LAST_ZONE if latest is None else ZoneInfo(latest)
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def birthday(
    born: BirthDate, age: int, jurisdiction: Jurisdiction | None = None
) -> date:
    """Return the first local day throughout which a person has *age*."""
    leap = LeapBirthday.MARCH_1 if jurisdiction is None else jurisdiction.leap_birthday
    return _anniversary(born, age, leap)


def _anniversary(born: BirthDate, age: int, leap: LeapBirthday) -> date:
    """Return the birthday in the youngest reading; 29 February as the law has it."""
    day, year = born.latest, born.year + age
    if (day.month, day.day) != (2, 29) or isleap(year):
        return day.replace(year=year)
    if leap is LeapBirthday.FEBRUARY_28:
        return date(year, 2, 28)
    return date(year, 3, 1)
