"""A consent request as a guardian sees it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from service.accounts.held import Held
from service.accounts.waiting import Standing
from service.domain import consent
from service.domain.accounts import AccountId
from service.domain.consent import ConsentRequest, Reply
from service.domain.consent_methods import Method
from service.domain.profiles import PolicyProfile, PolicyVersion, Purpose
from service.kit.secrets import SealingKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A consent request as a guardian may see it: who asks, and for what.

    It is about a registration that is *standing*, or about an account that is *held*.
    """

    request: ConsentRequest
    standing: Standing | None = None
    held: Held | None = None
    child: str | None
    today: date

    @property
    def profile(self) -> PolicyProfile:
        """Return the profile of the operator that asks."""
        return self._about.profile

    @property
    def key(self) -> SealingKey:
        """Return the data key of the registration or account."""
        return self._about.key

    @property
    def country(self) -> str | None:
        """Return where the child lives, if that is known."""
        if self.standing is not None:
            return self.standing.registration.country
        return None if self.held is None else self.held.account.country

    @property
    def account_id(self) -> AccountId:
        """Return the account's id, which the registration has before it."""
        return AccountId(self.request.registration_id)

    @property
    def policy(self) -> PolicyVersion:
        """Return the policy version that consent is asked to."""
        asked = self.request.policy_version
        if self.standing is not None:
            asked = self.standing.registration.policy_version
        return self.profile.policy(asked or "")

    @property
    def purposes(self) -> Sequence[Purpose]:
        """Return the purposes a guardian can agree to here."""
        return consent.purposes_offered(
            self.profile,
            country=self.country,
            today=self.today,
            by=self.request.guardian_contact.kind,
        )

    @property
    def methods(self) -> Sequence[Method]:
        """Return the methods that can carry what is essential here."""
        return self.ways(())

    def ways(
        self, purposes: Collection[str], verified_by: Method | None = None
    ) -> Sequence[Method]:
        """Return the methods that carry all of *purposes*, and what is essential."""
        some = [
            one for one in self.profile.purposes if one.essential or one.id in purposes
        ]
        return consent.methods_for(
            self.profile,
            some,
            country=self.country,
            today=self.today,
            verified_by=verified_by,
            by=self.request.guardian_contact.kind,
        )

    def chosen(self, reply: Reply) -> Sequence[Purpose]:
        """Return the purposes a *reply* grants, or raise PurposesWrong."""
        return consent.purposes_given(
            self.profile,
            reply.purposes,
            reply.method,
            country=self.country,
            today=self.today,
            by=self.request.guardian_contact.kind,
            verified_by=reply.verified_by,
        )

    @property
    def _about(self) -> Standing | Held:
        about = self.standing or self.held
        if about is None:
            raise LookupError("a request is about something")
        return about
