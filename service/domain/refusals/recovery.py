"""Refusals of passwords, contacts and recovery."""

from collections.abc import Sequence

from service.domain.refusals.refusal import Refusal


class PasswordWrong(Refusal):
    """This is not your current password."""

    code = "password_wrong"


class PasswordNeedsFactor(Refusal):
    """Your password is too short to stand alone. Please choose a longer one first."""

    code = "password_needs_factor"


class ResetLinkInvalid(Refusal):
    """This link is not valid, or not any more. Please ask for another one."""

    code = "reset_link_invalid"


class SecondFactorRequired(Refusal):
    """Please prove your second factor as well."""

    code = "second_factor_required"

    def __init__(self, methods: Sequence[str]) -> None:
        """Name the methods of which one would do."""
        super().__init__()
        self.methods = tuple(methods)


class SecurityLinkInvalid(Refusal):
    """This link is not valid, or not any more."""

    code = "security_link_invalid"


class UndoLinkInvalid(Refusal):
    """This change can't be undone, or not any more."""

    code = "undo_link_invalid"


class ContactLocked(Refusal):
    """This contact can't be changed here."""

    code = "contact_locked"


class LastContact(Refusal):
    """Your account needs this contact. Please add another one first."""

    code = "last_contact"
