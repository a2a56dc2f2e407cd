"""Which ages the law of a place sets, and since when.

The rows are dated, sourced data that an operator's lawyer confirms; they are read by
service/profiles/jurisdictions.py. A country is an ISO 3166-1 code, a subdivision an
ISO 3166-2 code; a subdivision without a row of its own has its country's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from service.domain.age_rules import AgeRules
from service.domain.refusals import CountryUnknown

ADULT_AGE: Final = 18
"""The age of majority where no row of law says otherwise."""

_PLACE: Final = re.compile(r"[A-Z]{2}(-[A-Z0-9]{1,3})?")


class Axis(StrEnum):
    """What an age in law is about."""

    SELF_CONSENT = "self_consent"
    JOINT_CONSENT_BELOW = "joint_consent_below"
    MINIMUM_ACCOUNT = "minimum_account"
    ADULT = "adult"
    SENSITIVE_CHILD_DATA = "sensitive_child_data"
    VERIFIED_AGE_REQUIRED = "verified_age_required"
    STORE_CONSENT = "store_consent"


class LeapBirthday(StrEnum):
    """When who was born on 29 February is a year older in a common year."""

    MARCH_1 = "03-01"
    FEBRUARY_28 = "02-28"


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalAge:
    """One age in one law, for as long as it holds, with where we read it.

    *effective_from* None means earlier than this service; *effective_to* is the last
    day. *age* None means that the law names no number.
    """

    jurisdiction: str
    axis: Axis
    age: int | None
    effective_from: date | None
    effective_to: date | None
    law: str
    evidence: str
    confidence: str
    note: str

    def holds_on(self, day: date) -> bool:
        """Say whether this row is the law on *day*."""
        return (
            (self.effective_from or date.min) <= day <= (self.effective_to or date.max)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdiction:
    """What the law of one place says about ages on one day.

    *latest_zone* is the zone where a calendar day begins last: the youngest reading
    of a birthday. *self_consent_age* None means that the operator's policy decides.
    """

    code: str
    name: str
    self_consent_age: int | None = None
    law: str | None = None
    adult_age: int = ADULT_AGE
    joint_consent_below: int | None = None
    leap_birthday: LeapBirthday = LeapBirthday.MARCH_1
    latest_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """One ISO 3166-1 country, and how its calendar counts birthdays."""

    code: str
    name: str
    latest_zone: str | None
    leap_birthday: LeapBirthday = LeapBirthday.MARCH_1
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Jurisdictions:
    """Every country, and every age in law we know of: the table of one version.

    *names* and *ages* go by the code of the place, a country or a part of one.
    """

    version: str
    countries: Mapping[str, Country]
    names: Mapping[str, str]
    ages: Mapping[str, tuple[LegalAge, ...]]

    def find(self, code: str, on: date) -> Jurisdiction | None:
        """Return the law of *code* as it stands *on* a day; None if no such place.

        A subdivision of which we know nothing is its country.
        """
        country = self.countries.get(code[:2])
        if country is None or _PLACE.fullmatch(code) is None:
            return None
        known = code if code in self.names else country.code
        rows = {axis: self.row(known, axis, on) for axis in Axis}
        ages = {axis: row.age for axis, row in rows.items() if row is not None}
        consent = rows[Axis.SELF_CONSENT]
        return Jurisdiction(
            code=known,
            name=self.names.get(known, country.name),
            self_consent_age=ages.get(Axis.SELF_CONSENT),
            law=None if consent is None else consent.law,
            adult_age=ages.get(Axis.ADULT) or ADULT_AGE,
            joint_consent_below=ages.get(Axis.JOINT_CONSENT_BELOW),
            leap_birthday=country.leap_birthday,
            latest_zone=country.latest_zone,
        )

    def row(self, code: str, axis: Axis, on: date) -> LegalAge | None:
        """Return the row that holds for *code* *on* a day, or its country's."""
        for place in (code, code[:2]):
            for row in self.ages.get(place, ()):
                if row.axis is axis and row.holds_on(on):
                    return row
        return None

    def applicable(
        self, country: str | None, *, rules: AgeRules, on: date
    ) -> Jurisdiction | None:
        """Return the place whose law applies to an applicant *on* a day.

        *country* is what the applicant says, else the profile's default; None where
        neither is known. An unknown code is refused.
        """
        code = rules.default_country if country is None else country
        if code is None:
            return None
        found = self.find(code, on)
        if found is None:
            raise CountryUnknown
        return found
