"""Every page of an account, with its guard and its limits."""

from dataclasses import replace
from typing import Final

from service.allowances import LINKS, PROOFS, RESETS, SIGN_INS, STEPS
from service.caller import for_app
from service.kit.limits import Limit
from service.kit.web import Guard, Handler, Route, anyone
from service.pages.account import (
    apps,
    authenticator,
    contacts,
    forgot,
    overview,
    passkeys,
    password,
    purposes,
    recovery_codes,
    reports,
    reset,
    review,
    second_factor,
    security,
    sessions,
    sign_in,
    step_up,
)
from service.pages.account.guards import (
    for_app_from_here,
    from_here,
    holder,
    holder_for_rights,
)
from service.pages.account.step_up import freshly

_SECOND: Final = "/sign-in/{app}/second-factor"
_ONE: Final = "/account/{kind:apps|passkeys}/{authenticator_id:[0-9a-f-]+}"
_CONTACT: Final = "/account/{kind:email|phone}"


def _read(path: str, guard: Guard, handler: Handler) -> Route:
    return Route("GET", path, guard, handler, page=True)


def _sent(path: str, guard: Guard, handler: Handler, limit: Limit) -> Route:
    return Route("POST", path, guard, handler, (limit,), page=True)


def _hashed(path: str, guard: Guard, handler: Handler, limit: Limit) -> Route:
    return replace(_sent(path, guard, handler, limit), hashes=True)


ENTERING: Final = (
    _read("/sign-in", anyone, sign_in.choose),
    _read("/sign-in/{app}", for_app, sign_in.ask),
    _hashed("/sign-in/{app}", for_app_from_here, sign_in.send, SIGN_INS),
    _sent("/sign-in/{app}/passkey", for_app_from_here, sign_in.send_passkey, SIGN_INS),
    _read(_SECOND, second_factor.with_challenge, second_factor.ask),
    _sent(
        _SECOND, second_factor.with_challenge_from_here, second_factor.send, SIGN_INS
    ),
)

OWN: Final = (
    _read("/account", holder_for_rights, overview.page),
    _read("/account/review", holder_for_rights, review.page),
    _sent("/account/review", holder_for_rights, review.send, PROOFS),
    _sent("/account/sign-out", holder_for_rights, sign_in.sign_out, STEPS),
    _read("/account/confirm", holder_for_rights, step_up.ask),
    _hashed("/account/confirm", holder_for_rights, step_up.send, SIGN_INS),
    _read("/account/purposes", holder_for_rights, purposes.page),
    _sent("/account/purposes", holder_for_rights, purposes.choose, STEPS),
    _read("/account/security", holder, security.page),
    _read("/account/password", holder, freshly(password.ask)),
    _hashed("/account/password", holder, freshly(password.change), SIGN_INS),
    _read("/account/apps/new", holder, freshly(apps.ask)),
    _sent("/account/apps/new", holder, freshly(apps.enrol), STEPS),
    _sent("/account/apps/confirm", holder, apps.confirm, STEPS),
    _read("/account/passkeys/new", holder, freshly(passkeys.ask)),
    _sent("/account/passkeys/new", holder, passkeys.add, STEPS),
    _read(_ONE, holder, freshly(authenticator.page)),
    _sent(_ONE, holder, freshly(authenticator.change), STEPS),
    _read("/account/recovery-codes", holder, freshly(recovery_codes.ask)),
    _sent("/account/recovery-codes", holder, freshly(recovery_codes.replace), STEPS),
    _read("/account/sessions", holder_for_rights, sessions.page),
    _sent("/account/sessions", holder_for_rights, sessions.end, STEPS),
    _read(_CONTACT, holder, freshly(contacts.ask)),
    _sent(_CONTACT, holder, freshly(contacts.change), STEPS),
    _read(f"{_CONTACT}/code", holder, contacts.ask_code),
    _sent(f"{_CONTACT}/code", holder, contacts.confirm, STEPS),
)

BACK: Final = (
    _read("/forgot-password/{app}", for_app, forgot.ask),
    _sent("/forgot-password/{app}", for_app_from_here, forgot.send, RESETS),
    _read("/forgot-password/{app}/sent", for_app, forgot.sent),
    _read("/reset", anyone, reset.open_link),
    _sent("/reset", from_here, reset.take_link, LINKS),
    _read("/reset/password", reset.with_link, reset.ask),
    _hashed("/reset/password", reset.with_link_from_here, reset.complete, SIGN_INS),
    _read("/security", anyone, reports.show_report),
    _sent("/security", from_here, reports.report, LINKS),
    _read("/undo", anyone, reports.show_undo),
    _sent("/undo", from_here, reports.undo, LINKS),
)

ACCOUNT: Final[tuple[Route, ...]] = (*ENTERING, *OWN, *BACK)
