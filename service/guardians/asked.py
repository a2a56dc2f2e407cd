"""A consent request as a guardian sees it."""

from collections.abc import Sequence
from dataclasses import dataclass

from service.accounts.waiting import Standing
from service.domain import consent
from service.domain.consent import ConsentRequest, Method
from service.domain.profiles import PolicyVersion, Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A consent request as a guardian may see it: who asks, and for what."""

    standing: Standing
    request: ConsentRequest

    @property
    def policy(self) -> PolicyVersion:
        """Return the policy version that consent is asked to."""
        standing = self.standing
        return standing.profile.policy(standing.registration.policy_version)

    @property
    def purposes(self) -> Sequence[Purpose]:
        """Return the purposes a guardian can agree to this way."""
        return [
            purpose
            for purpose in self.standing.profile.purposes
            if consent.can_be_given(purpose, Method.EMAIL_LINK)
        ]
