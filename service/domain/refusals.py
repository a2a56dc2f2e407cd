"""Every way this service says no, on one page.

A refusal's code is a promise to clients: add, never rename. The first line of its
docstring is what the client reads. service/problems.py gives each its HTTP status.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar


class Refusal(Exception):  # noqa: N818 -- it is an answer, not a fault
    """The request can't be granted."""

    code: ClassVar[str] = "refused"

    def __str__(self) -> str:
        """Return the reason, as the client reads it."""
        return (type(self).__doc__ or self.code).splitlines()[0]


@dataclass(frozen=True, slots=True)
class FieldMistake:
    """One wrong field: a JSON pointer (RFC 6901), a stable code, and words."""

    pointer: str
    code: str
    detail: str


# who asks, and how


class FieldsWrong(Refusal):
    """Some fields are missing or wrong."""

    code = "fields_wrong"

    def __init__(self, mistakes: Sequence[FieldMistake]) -> None:
        """Name every wrong field."""
        super().__init__()
        self.mistakes = tuple(mistakes)


class BodyMalformed(Refusal):
    """The body is not one JSON object with unique keys in UTF-8."""

    code = "body_malformed"


class BodyTooLarge(Refusal):
    """The body is too large."""

    code = "body_too_large"


class BodyTooSlow(Refusal):
    """The body did not arrive in time."""

    code = "body_too_slow"


class MediaTypeUnsupported(Refusal):
    """Send the body as application/json in UTF-8, without a content encoding."""

    code = "media_type_unsupported"


class NotFound(Refusal):
    """There is nothing at this address."""

    code = "not_found"


class AppUnknown(Refusal):
    """There is no such app."""

    code = "app_unknown"


class ServiceTokenMissing(Refusal):
    """This needs a service token."""

    code = "service_token_missing"


class ScopeMissing(Refusal):
    """The service token does not have the scope for this."""

    code = "scope_missing"


class CursorUnknown(Refusal):
    """The cursor or the limit is not one that this service gives or takes."""

    code = "cursor_unknown"


class EventUnknown(Refusal):
    """There is no such event, or it is not for you to acknowledge."""

    code = "event_unknown"


class MethodNotAllowed(Refusal):
    """This address does not take that method."""

    code = "method_not_allowed"

    def __init__(self, allowed: Sequence[str]) -> None:
        """Name the methods that are taken."""
        super().__init__()
        self.allowed = tuple(allowed)


class RequestMalformed(Refusal):
    """The request could not be understood."""

    code = "request_malformed"


class OriginNotAllowed(Refusal):
    """Requests from this origin are not taken."""

    code = "origin_not_allowed"


class TokenMissing(Refusal):
    """This needs the token that the registration was given."""

    code = "token_missing"


class TooManyRequests(Refusal):
    """Too many requests. Please wait a little and try again."""

    code = "too_many_requests"

    def __init__(self, *, limit: int, window: int, retry_after: int) -> None:
        """Tell the policy, *limit* requests in *window* seconds, and the wait."""
        super().__init__()
        self.limit, self.window, self.retry_after = limit, window, retry_after


class ServiceBusy(Refusal):
    """The service is busy. Please try again in a moment."""

    code = "service_busy"


class InternalFault(Refusal):
    """Something went wrong on our side. Nothing was changed."""

    code = "internal_fault"


class IdempotencyKeyReused(Refusal):
    """This Idempotency-Key was used with another body."""

    code = "idempotency_key_reused"


class IdempotencyKeyMalformed(Refusal):
    """An Idempotency-Key is 1 to 255 visible ASCII characters."""

    code = "idempotency_key_malformed"


# the gate


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


# registration


class PolicyVersionOutdated(Refusal):
    """The policy has changed. Please read the current version and sign up again."""

    code = "policy_version_outdated"


class PolicyVersionUnknown(Refusal):
    """There is no such policy version."""

    code = "policy_version_unknown"


class UsernameTaken(Refusal):
    """This username is taken. Please choose another one."""

    code = "username_taken"


class IdentifierTaken(Refusal):
    """This address has come to another account."""

    code = "identifier_taken"


class RegistrationUnknown(Refusal):
    """There is no such registration."""

    code = "registration_unknown"


class RegistrationEnded(Refusal):
    """This registration has ended, and what it held was deleted."""

    code = "registration_ended"


class StepNotDue(Refusal):
    """The registration is not at this step."""

    code = "step_not_due"


class CodeWrong(Refusal):
    """This code is wrong or no longer valid."""

    code = "code_wrong"


class CodesUsedUp(Refusal):
    """No more codes can be sent for this registration."""

    code = "codes_used_up"


# guardians


class GuardianIsApplicant(Refusal):
    """Your guardian's address must not be your own."""

    code = "guardian_is_applicant"


class GuardianUnavailable(Refusal):
    """We can't write to this guardian now. Please name another one, or try later."""

    code = "guardian_unavailable"


class SendsUsedUp(Refusal):
    """Your guardian was written to as often as we allow."""

    code = "sends_used_up"


class ConsentLinkUnknown(Refusal):
    """This link is not valid."""

    code = "consent_link_unknown"


class ConsentLinkExpired(Refusal):
    """This link is no longer valid."""

    code = "consent_link_expired"


class ConsentLinkInUse(Refusal):
    """This link is in use in another browser."""

    code = "consent_link_in_use"


class ConsentAlreadyAnswered(Refusal):
    """This request was answered before."""

    code = "consent_already_answered"


class MatchCodeWrong(Refusal):
    """This is not the code on the child's screen."""

    code = "match_code_wrong"


class GuardianMustBeAdult(Refusal):
    """Only an adult who has care of the child can give consent."""

    code = "guardian_must_be_adult"


class PurposesWrong(Refusal):
    """These purposes can't be consented to like this."""

    code = "purposes_wrong"


class ConsentDisputed(Refusal):
    """The guardians disagree. Nothing new can be agreed to until that is settled."""

    code = "consent_disputed"


class DisputeUnknown(Refusal):
    """There is no such dispute that waits for a decision."""

    code = "dispute_unknown"


class SecondOperatorNeeded(Refusal):
    """A second operator has to decide the same."""

    code = "second_operator_needed"


class GuardianSignInWrong(Refusal):
    """The link or the code is wrong, was used, or is too old."""

    code = "guardian_sign_in_wrong"


class GuardianTokenMissing(Refusal):
    """This needs the token of a guardian who is signed in."""

    code = "guardian_token_missing"


class ChildUnknown(Refusal):
    """There is no such child of yours."""

    code = "child_unknown"


class GuardianDecides(Refusal):
    """A parent or guardian decides about this."""

    code = "guardian_decides"


class AccountUnknown(Refusal):
    """There is no such account."""

    code = "account_unknown"


class PurposeUnknown(Refusal):
    """The operator has no such purpose."""

    code = "purpose_unknown"


class ReceiptUnknown(Refusal):
    """There is no such receipt."""

    code = "receipt_unknown"


# proof of age


class ProofMethodUnknown(Refusal):
    """Age can't be proven here with this method."""

    code = "proof_method_unknown"


class ProofUnavailable(Refusal):
    """Proof of age can't be taken at the moment. Please try again later."""

    code = "proof_unavailable"


class ProofsUsedUp(Refusal):
    """Your age was tried to be proven as often as we allow."""

    code = "proofs_used_up"


class ProofUnknown(Refusal):
    """There is no such proof under way."""

    code = "proof_unknown"


# passwords, contacts, recovery


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


# second factors


class AuthenticatorUnknown(Refusal):
    """There is no such authenticator."""

    code = "authenticator_unknown"


class AuthenticatorsUsedUp(Refusal):
    """You have as many authenticators of this kind as an account can have."""

    code = "authenticators_used_up"


class PasskeyWrong(Refusal):
    """This passkey can't be added. Please begin again."""

    code = "passkey_wrong"


class SecondFactorMissing(Refusal):
    """Please add an authenticator app or a passkey first."""

    code = "second_factor_missing"


# age


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


# sessions


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


class GuardianCredentialsWrong(Refusal):
    """This address, password and code don't go together. Please check all three."""

    code = "guardian_credentials_wrong"


class GuardianAccountInsufficient(Refusal):
    """Consent can't rest on this guardian's account yet. Something is missing."""

    code = "guardian_account_insufficient"

    def __init__(self, missing: Sequence[str], methods: Sequence[str]) -> None:
        """Name what is *missing*, and by which of the guardian's *methods* to prove."""
        super().__init__()
        self.missing, self.methods = tuple(missing), tuple(methods)


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
