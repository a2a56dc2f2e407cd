"""Signing up: from a form to a registration, and the steps the applicant takes."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.password_rules import check_password
from service.consents.says import Says
from service.domain.forms import GUARDIAN_FIELDS
from service.domain.profiles import PolicyProfile, Purpose
from service.domain.quorums import jointly
from service.domain.refusals import FieldsWrong, PolicyVersionOutdated
from service.domain.registration import (
    Registration,
    RegistrationId,
    State,
    lifetime_ends,
)
from service.domain.sign_ups import (
    SignUp,
    age_mistakes,
    field_mistakes,
    purpose_mistakes,
)
from service.gate.checks import AgeCheck
from service.gate.flows import GateFlows
from service.kit.clock import Clock
from service.kit.database import Connection
from service.kit.idempotency import Repeatable
from service.kit.ids import new_id
from service.kit.passwords import Passwords
from service.registration.contacts import ContactFlows
from service.registration.exchange import Application, Shown
from service.registration.intake import Intake
from service.registration.opening import opens_at_once
from service.registration.steps import StepFlows


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationFlows:
    """How people sign up."""

    clock: Clock
    passwords: Passwords
    gate: GateFlows
    contacts: ContactFlows
    steps: StepFlows
    intake: Intake
    says: Says

    def joint(self, profile: PolicyProfile, country: str | None) -> tuple[Purpose, ...]:
        """Return the purposes to which a child living there says yes as well."""
        now = self.clock.now()
        return jointly(profile, joint=self.says.is_joint(profile, country, now=now))

    async def register(
        self,
        profile: PolicyProfile,
        application: Application,
        repeat: Repeatable | None,
    ) -> Shown:
        """Register a person: to an account at once, or to the step that is due.

        An address that has an account already is treated exactly like a new one, and
        its owner is told. Nothing is kept of who is refused.
        """
        done = await self.steps.done_before(repeat)
        if done is not None:
            return done
        now = self.clock.now()
        sign_up = application.sign_up
        if sign_up.policy_version != profile.current_policy(now.date()).version:
            raise PolicyVersionOutdated
        check = await self.gate.redeem(
            profile,
            application.ticket,
            application.age,
            application.memory,
            contacts=[*sign_up.contacts.values()],
        )
        joint = self.says.is_joint(profile, check.country, now=now)
        _check_form(profile, application, check, joint=joint)
        check_password(profile, sign_up.password, own=sign_up.own_words)
        await self.contacts.check_budgets(profile, sign_up.contacts)
        password_hash = await self.passwords.hash(sign_up.password)
        registration = _registration(
            profile, sign_up, check, password_hash=password_hash, now=now
        )

        by_ticket = application.ticket is not None

        async def keep(connection: Connection) -> Shown:
            standing = await self.intake.keep(
                connection,
                profile,
                registration,
                check,
                by_ticket=by_ticket,
                now=now,
            )
            return await self.steps.shown(connection, standing)

        at_once = opens_at_once(registration, profile) and not by_ticket
        return await self.steps.once(
            repeat, registration.registration_id, keep, one_statement=at_once
        )


def _check_form(
    profile: PolicyProfile, application: Application, check: AgeCheck, *, joint: bool
) -> None:
    """Name everything that is wrong with the form at once."""
    sign_up, born = application.sign_up, application.age.date_of_birth
    core = {
        "email": sign_up.email,
        "phone": sign_up.phone,
        "username": sign_up.username,
        "password": sign_up.password,
    }
    given = {name: value for name, value in core.items() if value is not None}
    if sign_up.guardian_contact is not None:
        guardian = sign_up.guardian_contact
        given[GUARDIAN_FIELDS[guardian.kind]] = guardian.address
    decision = check.decision
    mistakes = [
        *age_mistakes(profile, born=born, ticket=application.ticket),
        *field_mistakes(
            profile, decision.band, decision.kind, {**given, **sign_up.extras}
        ),
        *purpose_mistakes(profile, decision.kind, sign_up.purposes, joint=joint),
    ]
    if mistakes:
        raise FieldsWrong(mistakes)


def _registration(
    profile: PolicyProfile,
    sign_up: SignUp,
    check: AgeCheck,
    *,
    password_hash: str,
    now: datetime,
) -> Registration:
    """Return a new registration; every one begins at its contacts and moves on."""
    decision, state = check.decision, State.CONFIRM_CONTACT
    return Registration(
        registration_id=RegistrationId(new_id(now)),
        app=profile.app,
        state=state,
        decision_id=check.decision_id,
        decision=decision.kind,
        band=decision.band,
        policy_version=sign_up.policy_version,
        country=check.country,
        language=sign_up.language,
        email=sign_up.email,
        phone=sign_up.phone,
        username=sign_up.username,
        guardian_contact=sign_up.guardian_contact,
        extras=sign_up.extras,
        password_hash=password_hash,
        purposes=sign_up.purposes,
        confirmed=frozenset(),
        started_at=now,
        expires_at=lifetime_ends(profile, state, started_at=now, now=now),
    )
