"""What handlers are handed: the parts of their slice, by the keys they ask by."""

from aiohttp import web

from service import operating
from service.age_assurance import handlers as age_assurance
from service.caller import (
    CLOCK,
    KEYS,
    PROFILES,
    RESERVED_DOMAINS,
    SERVICE_TOKENS,
    SETTINGS,
)
from service.compromise import handlers as compromise
from service.consent_forms import handlers as consent_forms
from service.consents import handlers as consents
from service.contacts import handlers as contacts
from service.deliveries import handlers as deliveries
from service.gate import handlers as gate
from service.guardian_accounts import factor_handlers as guardian_factors
from service.guardian_accounts import guards as guardian_guards
from service.guardian_accounts import handlers as guardian_accounts
from service.guardians import handlers as guardians
from service.mfa import handlers as authenticators
from service.mfa.passkeys import handlers as passkeys
from service.mfa.recovery_codes import handlers as recovery_codes
from service.mfa.totp import handlers as totp
from service.minors import handlers as minors
from service.moves import handlers as moves
from service.obligations import handlers as obligations
from service.outbox import handlers as outbox
from service.parts.entrances import Entrances
from service.parts.joined import Parts
from service.parts.recovery import Recovery
from service.passwords import handlers as passwords
from service.receipts import handlers as receipts
from service.registration import handlers as registration
from service.sessions import enrolment_handlers as enrolments
from service.sessions import handlers as sessions
from service.sessions.guards import DOOR
from service.vault import handlers as vault


def hand(app: web.Application, parts: Parts) -> None:
    """Give *app* everything its handlers ask for."""
    _ground(app, parts)
    _registration(app, parts)
    _guardians(app, parts)
    _events(app, parts)
    app[sessions.SESSIONS] = parts.sessions
    _entrances(app, parts.entrances)
    _authenticators(app, parts)
    _recovery(app, parts.recovery)


def _ground(app: web.Application, parts: Parts) -> None:
    given = parts.given
    app[PROFILES] = given.profiles
    app[KEYS] = given.keys
    app[SETTINGS] = given.settings
    app[SERVICE_TOKENS] = given.service_tokens
    app[RESERVED_DOMAINS] = not given.settings.production
    app[CLOCK] = parts.clock
    app[operating.POOL] = parts.pool
    app[vault.SIGNING_KEYS] = parts.signing_keys
    app[vault.KEYS_POOL] = parts.pool


def _registration(app: web.Application, parts: Parts) -> None:
    app[gate.FLOWS] = parts.gate
    app[registration.FLOWS] = parts.registration
    app[registration.STEPS] = parts.steps
    app[registration.CONTACTS] = parts.contacts
    app[age_assurance.FLOWS] = parts.proofs
    app[age_assurance.OUTCOMES] = parts.proof_outcomes
    app[moves.FLOWS] = parts.moves
    app[age_assurance.APPEALS] = parts.proof_outcomes.holders


def _guardians(app: web.Application, parts: Parts) -> None:
    app[guardians.FLOWS] = parts.guardians
    app[guardians.GRANTED] = parts.granted
    app[guardians.SECOND] = parts.second
    app[guardian_guards.SIGN_INS] = parts.guardian_sign_ins
    ways = parts.guardian_ways
    app[guardian_factors.APPS] = ways.apps
    app[guardian_factors.PASSKEYS] = ways.passkeys
    app[guardian_factors.FACTORS] = ways.factors
    app[guardian_factors.PROOFS] = ways.proofs
    app[guardian_factors.RECOVERY] = ways.recovery
    app[guardian_accounts.CHILDREN] = parts.children
    app[guardian_accounts.CHILD_CONSENTS] = parts.child_consents
    app[guardian_accounts.CHILD_ACCOUNTS] = parts.child_accounts
    app[consents.FLOWS] = parts.own_word
    app[consent_forms.FLOWS] = parts.forms
    app[receipts.FLOWS] = parts.receipts
    app[minors.FLOWS] = parts.minors


def _events(app: web.Application, parts: Parts) -> None:
    app[outbox.FEED] = parts.feed
    app[deliveries.FLOWS] = parts.deliveries
    app[obligations.FLOWS] = parts.obligations


def _entrances(app: web.Application, entrances: Entrances) -> None:
    app[DOOR] = entrances.door
    app[sessions.SIGN_IN] = entrances.sign_in
    app[sessions.STEP_UP] = entrances.step_up
    app[sessions.REFRESH] = entrances.refresh
    app[sessions.TOKENS] = entrances.tokens
    app[sessions.ACCOUNT] = entrances.account
    app[sessions.CHANGES] = entrances.changes
    app[enrolments.ENROLMENTS] = entrances.enrolments


def _authenticators(app: web.Application, parts: Parts) -> None:
    factors = parts.authenticators
    app[authenticators.FLOWS] = factors
    app[totp.FLOWS] = factors.totp
    app[recovery_codes.FLOWS] = factors.recovery_codes
    app[passkeys.FLOWS] = factors.passkeys
    app[passkeys.PROOFS] = factors.passkey_proofs


def _recovery(app: web.Application, recovery: Recovery) -> None:
    app[passwords.FLOWS] = recovery.passwords
    app[passwords.RESETS] = recovery.resets
    app[contacts.FLOWS] = recovery.contacts
    app[compromise.FLOWS] = recovery.compromise
