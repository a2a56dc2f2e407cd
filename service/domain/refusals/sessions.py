"""Refusals of signing in and of sessions."""

from collections.abc import Sequence

from service.domain.refusals.refusal import Refusal


class CredentialsWrong(Refusal):
    """This name and password don't go together. Please check both."""

    code = "credentials_wrong"


class MfaRequired(Refusal):
    """The password is right. Please prove a second factor as well."""

    code = "mfa_required"

    def __init__(self, challenge_id: str, methods: Sequence[str]) -> None:
        """Name the challenge to answer, and by which methods it can be."""
        super().__init__()
        self.challenge_id, self.methods = challenge_id, tuple(methods)


class ChallengeUnknown(Refusal):
    """This sign-in is over or unknown. Please begin again."""

    code = "challenge_unknown"


class FactorWrong(Refusal):
    """This code or passkey is not right. Please try again."""

    code = "factor_wrong"


class SessionRequired(Refusal):
    """Please sign in first."""

    code = "session_required"


class SessionUnknown(Refusal):
    """There is no such session."""

    code = "session_unknown"


class RefreshInvalid(Refusal):
    """This refresh token is no longer good. Please sign in again."""

    code = "refresh_invalid"


class AudienceUnknown(Refusal):
    """Tokens of this app are not made for this audience."""

    code = "audience_unknown"


class StepUpRequired(Refusal):
    """Please confirm that it is you, then try again."""

    code = "step_up_required"

    def __init__(self, methods: Sequence[str]) -> None:
        """Name the methods of which one would do."""
        super().__init__()
        self.methods = tuple(methods)


class AccountSuspended(Refusal):
    """This account is suspended."""

    code = "account_suspended"


class AccountWaiting(Refusal):
    """This account is not open yet: a step of its registration is still due."""

    code = "account_waiting"

    def __init__(self, state: str) -> None:
        """Name the *state* of the registration, which is the step that is due."""
        super().__init__()
        self.state = state
