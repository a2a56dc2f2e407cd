"""Where a guardian is written to: an e-mail address or a phone number.

A guardian is who reads what comes there: their contact is who they are (domain: a
guardian's identity is the blind index of it).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Final

from service.domain.consent_methods import Method
from service.domain.forms import ContactKind
from service.domain.messages import Channel

CHANNEL: Final[Mapping[ContactKind, Channel]] = {
    ContactKind.EMAIL: Channel.EMAIL,
    ContactKind.PHONE: Channel.SMS,
}


@dataclass(frozen=True, slots=True)
class GuardianContact:
    """A canonical e-mail address, or a phone number as E.164, of a guardian."""

    kind: ContactKind
    address: str = field(repr=False)

    @property
    def channel(self) -> Channel:
        """Return the way that messages to it take."""
        return CHANNEL[self.kind]

    @property
    def plus(self) -> Method:
        """Return the method that rests on the contact alone, written to twice."""
        return PLUS[self.kind]


PLUS: Final[Mapping[ContactKind, Method]] = {
    ContactKind.EMAIL: Method.EMAIL_PLUS,
    ContactKind.PHONE: Method.TEXT_PLUS,
}


def by_email(address: str) -> GuardianContact:
    """Return the contact that a canonical e-mail address is."""
    return GuardianContact(ContactKind.EMAIL, address)


def by_phone(number: str) -> GuardianContact:
    """Return the contact that a phone number is."""
    return GuardianContact(ContactKind.PHONE, number)


def kinds_of(methods: Collection[Method]) -> tuple[ContactKind, ...]:
    """Return how guardians can be named where an operator takes *methods*.

    By what a plus method rests on; by e-mail, where there is none: any other method
    needs no more than a way to reach somebody.
    """
    kinds = tuple(kind for kind, plus in PLUS.items() if plus in methods)
    return kinds or (ContactKind.EMAIL,)


def can_use(kind: ContactKind, method: Method) -> bool:
    """Tell whether a guardian who was named by *kind* can answer by *method*.

    A plus method rests on the contact; any other stands beside either.
    """
    return method not in PLUS.values() or method is PLUS[kind]
