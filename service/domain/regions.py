"""The regions that an operator's data may stay in, and which places lie in them."""

from typing import Final

ANYWHERE: Final = "any"
MEMBERS: Final = (
    "AT BE BG CY CZ DE DK EE ES EU FI FR GR HR "
    "HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
)
PLACES_IN: Final = {
    "EU": {*MEMBERS.split()},
    "EEA": {*MEMBERS.split(), "EEA", "IS", "LI", "NO"},
}

REGIONS: Final = frozenset({*PLACES_IN, ANYWHERE})
"""What a profile may name beside a country."""


def lies_in(place: str, region: str) -> bool:
    """Tell whether data kept in *place* stays in *region*.

    Each is a country (ISO 3166-1) or a region of several; a country lies in itself.
    """
    return region == ANYWHERE or place in PLACES_IN.get(region, {region})
