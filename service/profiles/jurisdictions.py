"""Reading the countries and the law's ages, which travel inside the package.

``countries.json`` has every ISO 3166-1 code with the zone in which its calendar day
begins last. It is derived from the time zone database: of the zones that ``zone.tab``
lists for a country, the one with the smallest offset from UTC in every month.
``jurisdictions.json`` has the ages, each with its law, its days and its evidence.
"""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, TypeVar, cast

from marshmallow import fields

from service.domain.jurisdictions import (
    Axis,
    Country,
    Jurisdictions,
    LeapBirthday,
    LegalAge,
)
from service.kit.fields import Text, Whole, WholeText
from service.kit.toml_files import Section

T = TypeVar("T")
Table = Mapping[str, object]

_DATA: Final = files("service.profiles") / "data"


class CountrySection(Section[Country]):
    """One country in ``countries.json``."""

    makes = Country

    code = Text(required=True)
    name = Text(required=True)
    latest_zone = Text(required=True, allow_none=True)
    leap_birthday = fields.Enum(LeapBirthday, by_value=Text)
    note = Text()


class LegalAgeSection(Section[LegalAge]):
    """One age in ``jurisdictions.json``."""

    makes = LegalAge

    jurisdiction = Text(required=True)
    axis = fields.Enum(Axis, by_value=Text, required=True)
    age = Whole(required=True, allow_none=True)
    effective_from = fields.Date(required=True, allow_none=True)
    effective_to = fields.Date(required=True, allow_none=True)
    law = Text(required=True)
    evidence = Text(required=True)
    confidence = Text(required=True)
    note = WholeText(required=True)


@cache
def read_jurisdictions() -> Jurisdictions:
    """Return the law's ages and the countries, as this version of agegate has them."""
    countries = _load(CountrySection(), _tables(_read("countries.json"), "countries"))
    table = _read("jurisdictions.json")
    places = {str(one["code"]): one for one in _tables(table, "jurisdictions")}
    return Jurisdictions(
        version=str(table["version"]),
        countries={country.code: country for country in countries},
        names={code: str(place["name"]) for code, place in places.items()},
        ages={code: _ages(code, place) for code, place in places.items()},
    )


def _ages(code: str, place: Table) -> tuple[LegalAge, ...]:
    rows = [{"jurisdiction": code, **age} for age in _tables(place, "ages")]
    return tuple(_load(LegalAgeSection(), rows))


def _read(name: str) -> Table:
    return cast("Table", json.loads((_DATA / name).read_text(encoding="utf-8")))


def _tables(table: Table, key: str) -> Sequence[Table]:
    return cast("Sequence[Table]", table[key])


def _load(section: Section[T], rows: Sequence[Table]) -> Sequence[T]:
    return cast("Sequence[T]", section.load(rows, many=True))
