"""Refusals of signing up."""

from service.domain.refusals.refusal import Refusal


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
