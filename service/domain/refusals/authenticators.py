"""Refusals of second factors."""

from service.domain.refusals.refusal import Refusal


class AuthenticatorUnknown(Refusal):
    """There is no such authenticator."""

    code = "authenticator_unknown"


class AuthenticatorsUsedUp(Refusal):
    """You have as many authenticators of this kind as an account can have."""

    code = "authenticators_used_up"


class PasskeyWrong(Refusal):
    """This passkey can't be added. Please begin again."""

    code = "passkey_wrong"


class SecondFactorsOpen(Refusal):
    """There are tries left: nothing has to begin anew."""

    code = "second_factors_open"


class SecondFactorMissing(Refusal):
    """Please add an authenticator app or a passkey first."""

    code = "second_factor_missing"
