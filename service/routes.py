"""Every URL of the service on one page, each with its guard and its limits."""

from typing import Final

from service import operating
from service.age_assurance import handlers as age_assurance
from service.allowances import (
    AGE_CHECKS,
    EVENTS,
    GUARDIANS,
    LINKS,
    PROOFS,
    REFRESHES,
    REPORTS,
    RESETS,
    SIGN_INS,
    SIGN_UPS,
    STEPS,
)
from service.caller import for_app, with_registration, with_service_token
from service.compromise import handlers as compromise
from service.consent_forms import handlers as consent_forms
from service.consents import handlers as consents
from service.contacts import handlers as contacts
from service.deliveries import handlers as deliveries
from service.domain.scopes import Scope
from service.gate import handlers as gate
from service.guardian_accounts import factor_handlers as guardian_factors
from service.guardian_accounts import handlers as guardian_accounts
from service.guardian_accounts.guards import with_guardian, with_proven_guardian
from service.guardians import handlers as guardians
from service.kit.web import Route, anyone
from service.mfa import handlers as authenticators
from service.mfa.passkeys import handlers as passkeys
from service.mfa.recovery_codes import handlers as recovery_codes
from service.mfa.totp import handlers as totp
from service.minors import handlers as minors
from service.moves import handlers as moves
from service.obligations import handlers as obligations
from service.outbox import handlers as outbox
from service.pages.routes import PAGES
from service.passwords import handlers as passwords
from service.receipts import handlers as receipts
from service.registration import handlers as registration
from service.sessions import enrolment_handlers as enrolments
from service.sessions import handlers as sessions
from service.sessions.guards import signed_in, signed_in_for_rights, with_session
from service.vault import handlers as vault

_APP: Final = "/v1/apps/{app}"
_OWN: Final = "/v1/account/authenticators"
_ONE: Final = "{authenticator_id:(?!confirm$|options$)[^/]+}"
_HELD: Final = "/v1/registrations/{registration_id}"
_CHILD: Final = "/v1/guardian/children"

API: Final = (
    Route("GET", f"{_APP}/sign-up", for_app, registration.form),
    Route("POST", f"{_APP}/age-checks", for_app, gate.check, (AGE_CHECKS,)),
    Route("POST", f"{_APP}/age-appeals", for_app, gate.appeal, (PROOFS,)),
    Route(
        "POST",
        f"{_APP}/registrations",
        for_app,
        registration.register,
        (SIGN_UPS,),
        hashes=True,
    ),
    Route("GET", f"{_APP}/policies", for_app, registration.policies),
    Route("GET", f"{_APP}/policies/{{version}}", for_app, registration.policy),
    Route("POST", f"{_APP}/minor-reports", for_app, minors.report, (REPORTS,)),
    Route("GET", _HELD, with_registration, registration.find),
    Route("DELETE", _HELD, with_registration, registration.give_up),
    Route(
        "POST",
        f"{_HELD}/contact-confirmations",
        with_registration,
        registration.confirm_contact,
        (STEPS,),
    ),
    Route(
        "POST",
        f"{_HELD}/contact-codes",
        with_registration,
        registration.send_code,
        (STEPS,),
    ),
    Route(
        "POST",
        f"{_HELD}/guardian-requests",
        with_registration,
        registration.ask_guardian,
        (GUARDIANS,),
    ),
    Route(
        "POST",
        f"{_HELD}/guardian-reminders",
        with_registration,
        registration.remind_guardian,
        (GUARDIANS,),
    ),
    Route(
        "POST",
        f"{_HELD}/policy-acceptances",
        with_registration,
        registration.accept_policy,
        (STEPS,),
    ),
    Route(
        "POST",
        f"{_HELD}/age-proofs",
        with_registration,
        age_assurance.start,
        (PROOFS,),
    ),
    *(
        Route(
            "POST",
            f"/v1/age-proofs/{{proof_id}}/{name}",
            with_service_token(Scope.PROOFS_CONCLUDE),
            handler,
            (EVENTS,),
        )
        for name, handler in (
            ("outcomes", age_assurance.conclude),
            ("revocations", age_assurance.revoke),
        )
    ),
    Route(
        "POST", "/v1/consent-requests/open", anyone, guardians.open_request, (LINKS,)
    ),
    Route("POST", "/v1/consent-requests/answer", anyone, guardians.answer, (LINKS,)),
    Route(
        "POST", "/v1/consent-requests/resend", anyone, guardians.send_again, (LINKS,)
    ),
    Route("POST", "/v1/consent-requests/form", anyone, consent_forms.show, (LINKS,)),
    Route(
        "POST",
        "/v1/consent-requests/form/upload",
        anyone,
        consent_forms.send,
        (GUARDIANS,),
    ),
    Route("POST", "/v1/consents/open", anyone, guardians.open_granted, (LINKS,)),
    Route("POST", "/v1/consents/invite", anyone, guardians.invite, (GUARDIANS,)),
    Route("POST", "/v1/consents/dispute", anyone, guardians.dispute, (GUARDIANS,)),
    Route("POST", "/v1/consents/withdraw", anyone, guardians.withdraw, (LINKS,)),
    Route("POST", "/v1/consents/ask", anyone, guardians.ask_anew, (GUARDIANS,)),
    Route(
        "POST",
        f"{_APP}/guardian-sign-ins",
        for_app,
        guardian_accounts.begin,
        (GUARDIANS,),
    ),
    Route(
        "POST", "/v1/guardian/sessions", anyone, guardian_accounts.complete, (LINKS,)
    ),
    Route(
        "DELETE",
        "/v1/guardian/sessions/current",
        with_guardian,
        guardian_accounts.sign_out,
        (STEPS,),
    ),
    Route(
        "POST",
        "/v1/guardian/answers",
        with_guardian,
        guardian_accounts.answer,
        (LINKS,),
    ),
    *(
        Route(method, f"{_CHILD}{path}", with_guardian, handler, (STEPS,))
        for method, path, handler in (
            ("GET", "", guardian_accounts.every),
            ("GET", "/{account_id}", guardian_accounts.one),
            ("POST", "/{account_id}/consents", guardian_accounts.give),
            ("POST", "/{account_id}/withdrawals", guardian_accounts.withdraw),
            ("POST", "/{account_id}/disputes", guardian_accounts.dispute),
            ("DELETE", "/{account_id}/sessions", guardian_accounts.end_sessions),
        )
    ),
    *(
        Route(method, f"{_CHILD}{path}", with_proven_guardian, handler, (STEPS,))
        for method, path, handler in (
            ("DELETE", "/{account_id}", guardian_accounts.erase),
            ("PUT", "/{account_id}/country", moves.move_child),
            ("GET", "/{account_id}/export", guardian_accounts.export),
            ("POST", "/{account_id}/invitations", guardian_accounts.invite),
            (
                "POST",
                "/{account_id}/password-resets",
                guardian_accounts.help_recover,
            ),
        )
    ),
    Route("GET", "/v1/receipts/{receipt_id}", anyone, receipts.show, (LINKS,)),
    Route("GET", "/v1/event-types", anyone, outbox.event_types),
    Route(
        "GET",
        "/v1/events",
        with_service_token(Scope.EVENTS_READ),
        outbox.events,
        (EVENTS,),
    ),
    Route(
        "POST",
        "/v1/events/{event_id}/acknowledgements",
        with_service_token(Scope.EVENTS_ACKNOWLEDGE),
        obligations.acknowledge,
        (EVENTS,),
    ),
)

_GUARDIANS: Final = "/v1/guardian/authenticators"
_FACTOR: Final = f"{_GUARDIANS}/{{kind}}/{_ONE}"

GUARDIAN_FACTORS: Final = (
    Route(
        "POST",
        f"{_APP}/guardian-sessions",
        for_app,
        guardian_factors.enter,
        (SIGN_INS,),
        hashes=True,
    ),
    Route(
        "POST",
        f"{_APP}/guardian-passkey-options",
        for_app,
        guardian_factors.options_to_sign_in,
        (STEPS,),
    ),
    Route(
        "POST",
        "/v1/guardian/sessions/current/proofs",
        with_guardian,
        guardian_factors.prove,
        (SIGN_INS,),
    ),
    *(
        Route(method, path, with_guardian, handler, (STEPS,))
        for method, path, handler in (
            ("POST", "/v1/guardian/passkey-options", guardian_factors.options_to_prove),
            ("GET", _GUARDIANS, guardian_factors.every),
            ("POST", f"{_GUARDIANS}/passkeys/options", guardian_factors.options_to_add),
            ("POST", f"{_GUARDIANS}/passkeys", guardian_factors.add_passkey),
            ("POST", f"{_GUARDIANS}/totp", guardian_factors.enrol),
            ("POST", f"{_GUARDIANS}/totp/confirm", guardian_factors.confirm),
            ("PATCH", _FACTOR, guardian_factors.rename),
            ("DELETE", _FACTOR, guardian_factors.remove),
            ("DELETE", "/v1/guardian/password", guardian_factors.remove_password),
            ("POST", "/v1/guardian/recovery", guardian_factors.recover),
            ("DELETE", "/v1/guardian/recovery", guardian_factors.call_off),
        )
    ),
    Route(
        "PUT",
        "/v1/guardian/password",
        with_guardian,
        guardian_factors.set_password,
        (SIGN_INS,),
        hashes=True,
    ),
    Route(
        "POST",
        "/v1/guardian-security-reports",
        anyone,
        guardian_factors.deny,
        (LINKS,),
    ),
)

SESSIONS: Final = (
    Route(
        "POST",
        f"{_APP}/sessions",
        for_app,
        sessions.sign_in,
        (SIGN_INS,),
        hashes=True,
    ),
    Route(
        "POST",
        "/v1/session-challenges/{challenge_id}",
        anyone,
        sessions.answer,
        (SIGN_INS,),
    ),
    Route("POST", "/v1/sessions/refresh", anyone, sessions.refresh, (REFRESHES,)),
    Route("DELETE", "/v1/sessions/current", signed_in_for_rights, sessions.sign_out),
    Route("GET", "/v1/account", with_session, sessions.account),
    Route(
        "POST",
        "/v1/account/step-up",
        signed_in_for_rights,
        sessions.step_up,
        (SIGN_INS,),
        hashes=True,
    ),
    Route("POST", "/v1/account/tokens", signed_in, sessions.token, (REFRESHES,)),
    Route(
        "GET",
        "/v1/account/security-changes",
        signed_in_for_rights,
        sessions.changes,
    ),
    Route("GET", "/v1/account/sessions", signed_in_for_rights, sessions.sessions),
    Route("DELETE", "/v1/account/sessions", signed_in_for_rights, sessions.end_others),
    Route(
        "DELETE",
        "/v1/account/sessions/{session_id}",
        signed_in_for_rights,
        sessions.end_one,
    ),
    Route("GET", "/v1/account/purposes", signed_in_for_rights, consents.every),
    Route(
        "GET",
        "/v1/account/purposes/{purpose}",
        signed_in_for_rights,
        consents.look,
    ),
    Route("GET", "/v1/account/country", signed_in_for_rights, moves.look),
    Route("PUT", "/v1/account/country", signed_in, moves.move, (STEPS,)),
    Route("GET", "/v1/account/age-appeals", signed_in_for_rights, age_assurance.look),
    Route(
        "POST",
        "/v1/account/age-appeals",
        signed_in_for_rights,
        age_assurance.appeal,
        (PROOFS,),
    ),
    Route(
        "PUT",
        "/v1/account/purposes/{purpose}",
        signed_in_for_rights,
        consents.choose,
        (STEPS,),
    ),
)

RECOVERY: Final = (
    Route(
        "PUT",
        "/v1/account/password",
        signed_in,
        passwords.change,
        (SIGN_INS,),
        hashes=True,
    ),
    Route("POST", f"{_APP}/password-resets", for_app, passwords.ask, (RESETS,)),
    Route(
        "POST",
        "/v1/password-resets/complete",
        anyone,
        passwords.complete,
        (SIGN_INS,),
        hashes=True,
    ),
    Route("PUT", "/v1/account/email", signed_in, contacts.change_email, (STEPS,)),
    Route("DELETE", "/v1/account/email", signed_in, contacts.remove_email, (STEPS,)),
    Route(
        "POST",
        "/v1/account/email/confirmations",
        signed_in,
        contacts.confirm_email,
        (STEPS,),
    ),
    Route("PUT", "/v1/account/phone", signed_in, contacts.change_phone, (STEPS,)),
    Route("DELETE", "/v1/account/phone", signed_in, contacts.remove_phone, (STEPS,)),
    Route(
        "POST",
        "/v1/account/phone/confirmations",
        signed_in,
        contacts.confirm_phone,
        (STEPS,),
    ),
    Route("POST", "/v1/contact-changes/undo", anyone, compromise.undo, (LINKS,)),
    Route("POST", "/v1/security-reports", anyone, compromise.report, (LINKS,)),
)

AUTHENTICATORS: Final = (
    Route(
        "POST",
        f"{_APP}/passkey-options",
        for_app,
        passkeys.options_to_sign_in,
        (STEPS,),
    ),
    Route(
        "POST",
        "/v1/account/passkey-options",
        signed_in,
        passkeys.options_to_prove,
        (STEPS,),
    ),
    Route("GET", _OWN, signed_in, authenticators.list_all),
    Route("POST", f"{_OWN}/totp", signed_in, totp.enrol, (STEPS,)),
    Route("POST", f"{_OWN}/totp/confirm", signed_in, enrolments.confirm_app, (STEPS,)),
    Route("PATCH", f"{_OWN}/totp/{_ONE}", signed_in, totp.rename, (STEPS,)),
    Route("DELETE", f"{_OWN}/totp/{_ONE}", signed_in, totp.remove, (STEPS,)),
    Route(
        "POST",
        f"{_OWN}/recovery-codes",
        signed_in,
        recovery_codes.replace,
        (STEPS,),
    ),
    Route("POST", f"{_OWN}/passkeys/options", signed_in, passkeys.options, (STEPS,)),
    Route("POST", f"{_OWN}/passkeys", signed_in, enrolments.add_passkey, (STEPS,)),
    Route("PATCH", f"{_OWN}/passkeys/{_ONE}", signed_in, passkeys.rename, (STEPS,)),
    Route("DELETE", f"{_OWN}/passkeys/{_ONE}", signed_in, passkeys.remove, (STEPS,)),
)

WELL_KNOWN: Final = (
    Route("GET", "/.well-known/jwks.json", anyone, vault.published),
    Route("GET", "/.well-known/retired-jwks.json", anyone, vault.retired, (STEPS,)),
)

HEALTH: Final = (
    Route("GET", "/healthz", anyone, operating.alive),
    Route("GET", "/readyz", anyone, operating.ready),
)

PUBLIC: Final = (
    *API,
    *GUARDIAN_FACTORS,
    *SESSIONS,
    *AUTHENTICATORS,
    *RECOVERY,
    *WELL_KNOWN,
    *HEALTH,
    *PAGES,
)
WATCHED: Final = (
    *HEALTH,
    Route("GET", "/metrics", anyone, operating.metrics),
)
ADMIN: Final = (
    *WATCHED,
    Route(
        "GET",
        "/v1/admin/events/{event_id}",
        with_service_token(Scope.EVENTS_OPERATE),
        deliveries.find,
        (EVENTS,),
    ),
)
