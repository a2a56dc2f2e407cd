"""Refusals of the age gate."""

from service.domain.refusals.refusal import Refusal


class TurnedAway(Refusal):
    """You can't create an account here. Nothing you told us was kept."""

    code = "turned_away"

    def __init__(self, appeal: str) -> None:
        """Tell how to appeal (TM-11)."""
        super().__init__()
        self.appeal = appeal


class TicketInvalid(Refusal):
    """The age check is missing, no longer valid or was used. Please answer it again."""

    code = "ticket_invalid"


class BirthDateMissing(Refusal):
    """Please tell us your date of birth."""

    code = "birth_date_missing"


class BirthDateImpossible(Refusal):
    """This is not a possible date of birth."""

    code = "birth_date_impossible"


class BirthDateInFuture(Refusal):
    """This date of birth lies in the future."""

    code = "birth_date_in_future"


class CountryMissing(Refusal):
    """Please tell us the country you live in."""

    code = "country_missing"


class CountryUnknown(Refusal):
    """This is not the code of a country (ISO 3166-1) or one of its parts."""

    code = "country_unknown"
