"""The JSON of moves."""

from dataclasses import dataclass

from marshmallow import fields

from service.gate.schemas import COUNTRY
from service.kit.times import instant
from service.kit.web import Form
from service.moves.place import Place


@dataclass(frozen=True, slots=True)
class Wish:
    """Where somebody lives now."""

    country: str


class CountryForm(Form[Wish]):
    """The body of PUT …/country."""

    makes = Wish

    country = fields.String(required=True, validate=COUNTRY)


def show(place: Place) -> dict[str, object]:
    """Return where an account is, and when it moves, if it waits for that."""
    waiting = place.waiting
    return {
        "country": place.country,
        "waits_for": waiting and waiting.country,
        "moves_at": waiting and instant(waiting.due_at),
    }
