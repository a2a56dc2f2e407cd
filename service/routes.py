"""Every URL of the service on one page, each with its guard and its limits."""

from typing import Final

from service import operating
from service.age_assurance import handlers as age_assurance
from service.allowances import (
    AGE_CHECKS,
    GUARDIANS,
    LINKS,
    PROOFS,
    REPORTS,
    SIGN_UPS,
    STEPS,
)
from service.caller import for_app, with_registration
from service.gate import handlers as gate
from service.guardian_accounts import handlers as guardian_accounts
from service.guardian_accounts.guards import with_guardian
from service.guardians import handlers as guardians
from service.kit.web import Route, anyone
from service.minors import handlers as minors
from service.pages.routes import PAGES
from service.receipts import handlers as receipts
from service.registration import handlers as registration
from service.vault import handlers as vault

_APP: Final = "/v1/apps/{app}"
_HELD: Final = "/v1/registrations/{registration_id}"
_CHILD: Final = "/v1/guardian/children"

API: Final = (
    Route("GET", f"{_APP}/sign-up", for_app, registration.form),
    Route("POST", f"{_APP}/age-checks", for_app, gate.check, (AGE_CHECKS,)),
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
    Route(
        "POST", "/v1/consent-requests/open", anyone, guardians.open_request, (LINKS,)
    ),
    Route("POST", "/v1/consent-requests/answer", anyone, guardians.answer, (LINKS,)),
    Route(
        "POST", "/v1/consent-requests/resend", anyone, guardians.send_again, (LINKS,)
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
            ("DELETE", "/{account_id}", guardian_accounts.erase),
            ("GET", "/{account_id}/export", guardian_accounts.export),
            ("POST", "/{account_id}/consents", guardian_accounts.give),
            ("POST", "/{account_id}/withdrawals", guardian_accounts.withdraw),
            ("POST", "/{account_id}/invitations", guardian_accounts.invite),
            ("POST", "/{account_id}/disputes", guardian_accounts.dispute),
        )
    ),
    Route("GET", "/v1/receipts/{receipt_id}", anyone, receipts.show, (LINKS,)),
)

WELL_KNOWN: Final = (
    Route("GET", "/.well-known/jwks.json", anyone, vault.published),
    Route("GET", "/.well-known/retired-jwks.json", anyone, vault.retired, (STEPS,)),
)

HEALTH: Final = (
    Route("GET", "/healthz", anyone, operating.alive),
    Route("GET", "/readyz", anyone, operating.ready),
)

PUBLIC: Final = (*API, *WELL_KNOWN, *HEALTH, *PAGES)
ADMIN: Final = (*HEALTH, Route("GET", "/metrics", anyone, operating.metrics))
