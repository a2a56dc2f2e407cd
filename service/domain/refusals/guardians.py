"""Refusals of guardians and consent."""

from collections.abc import Sequence

from service.domain.refusals.refusal import Refusal


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


class FormTypeWrong(Refusal):
    """Send the signed form as one whole JPEG, PNG or PDF."""

    code = "form_type_wrong"


class FormWaits(Refusal):
    """A signed form was sent already, and waits until it has been looked at."""

    code = "form_waits"


class FormUnknown(Refusal):
    """There is no such form that waits for a decision."""

    code = "form_unknown"


class GuardianSignInWrong(Refusal):
    """The link or the code is wrong, was used, or is too old."""

    code = "guardian_sign_in_wrong"


class GuardianTokenMissing(Refusal):
    """This needs the token of a guardian who is signed in."""

    code = "guardian_token_missing"


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
