"""Signing up: from a form to a registration, and the steps the applicant takes."""

from dataclasses import dataclass
from datetime import datetime

from service.accounts.flows import AccountFlows
from service.accounts.waiting import Standing
from service.audit import log as audit
from service.consents.says import Says
from service.domain.actors import APPLICANT
from service.domain.audit import Entry
from service.domain.events import Cause, EventType
from service.domain.profiles import PolicyProfile, Purpose
from service.domain.quorums import jointly
from service.domain.refusals import (
    FieldsWrong,
    PolicyVersionOutdated,
)
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
from service.gate.decisions import AgeDecisions
from service.gate.flows import GateFlows
from service.kit.clock import Clock
from service.kit.database import Connection
from service.kit.idempotency import Repeatable
from service.kit.ids import new_id
from service.kit.passwords import Passwords
from service.outbox.flows import Outbox
from service.registration import store
from service.registration.contacts import ContactFlows
from service.registration.exchange import Application, Shown
from service.registration.password_rules import check_password
from service.registration.progress import Progress
from service.registration.steps import StepFlows
from service.vault.flows import Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationFlows:
    """How people sign up."""

    clock: Clock
    passwords: Passwords
    vault: Vault
    gate: GateFlows
    decisions: AgeDecisions
    accounts: AccountFlows
    contacts: ContactFlows
    steps: StepFlows
    progress: Progress
    outbox: Outbox
    says: Says

    def joint(
        self, profile: PolicyProfile, country: str | None
    ) -> tuple[Purpose, ...]:
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
        check_password(profile, sign_up)
        await self.contacts.check_budgets(profile, sign_up.contacts)
        password_hash = await self.passwords.hash(sign_up.password)
        registration = _registration(
            profile, sign_up, check, password_hash=password_hash, now=now
        )

        async def keep(connection: Connection) -> Shown:
            standing = await self._keep(
                connection, profile, registration, check, now=now
            )
            return await self.steps.shown(connection, standing)

        return await self.steps.once(repeat, registration.registration_id, keep)

    async def _keep(
        self,
        connection: Connection,
        profile: PolicyProfile,
        registration: Registration,
        check: AgeCheck,
        *,
        now: datetime,
    ) -> Standing:
        registration_id = registration.registration_id
        until = now + profile.timers.gate_ticket
        await self.decisions.use_ticket(connection, check, until=until)
        key = await self.vault.create(connection, registration_id, at=now)
        await self.decisions.record(
            connection, check, subject_id=registration_id, key=key, at=now
        )
        if registration.username is not None:
            await self.accounts.reserve_username(
                connection,
                profile.app,
                registration.username,
                subject_id=registration_id,
            )
        near = self.decisions.birthday_is_near(profile, check, now=now)
        await store.add(connection, registration, birthday_near=near, key=key)
        await self._tell(connection, registration, check, now=now)
        await self.contacts.send_first(connection, registration, profile, now=now)
        standing = Standing(registration=registration, profile=profile, key=key)
        state = await self.progress.advance(
            connection, standing, cause=Cause.SIGN_UP, actor=APPLICANT, now=now
        )
        return standing.at(state)

    async def _tell(
        self,
        connection: Connection,
        registration: Registration,
        check: AgeCheck,
        *,
        now: datetime,
    ) -> None:
        started, decided = (
            registration.event(
                event_type, cause, APPLICANT, after=after, assurance=check.known
            )
            for event_type, cause, after in (
                (EventType.REGISTRATION_STARTED, Cause.SIGN_UP, None),
                (EventType.AGE_DECIDED, Cause.AGE_CHECK, check.decision.kind),
            )
        )
        await self.outbox.record(connection, started, decided, at=now)
        entry = Entry(
            app=registration.app,
            subject_id=registration.registration_id,
            actor=APPLICANT,
            action=EventType.REGISTRATION_STARTED,
            detail={
                "decision": check.decision.kind,
                "rule": check.decision.reason.rule,
            },
        )
        await audit.record(connection, entry, at=now)


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
        "guardian_email": sign_up.guardian_email,
    }
    given = {name: value for name, value in core.items() if value is not None}
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
        guardian_email=sign_up.guardian_email,
        extras=sign_up.extras,
        password_hash=password_hash,
        purposes=sign_up.purposes,
        confirmed=frozenset(),
        started_at=now,
        expires_at=lifetime_ends(profile, state, started_at=now, now=now),
    )
