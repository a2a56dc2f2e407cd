"""Every page of a guardian's own way in, with its guard and its limits."""

from dataclasses import replace
from typing import Final

from service.allowances import LINKS, SIGN_INS, STEPS
from service.caller import for_app
from service.guardian_accounts import factor_handlers as ways
from service.guardian_accounts.guards import with_guardian_cookie
from service.kit.limits import Limit
from service.kit.web import Guard, Handler, Route, anyone
from service.pages.account.guards import for_app_from_here, from_here
from service.pages.guardian_ways import adding, confirming, denying, entering, security
from service.pages.guardian_ways.showing import freshly

_ENTRY: Final = "/guardian/sign-in/{app}"
_HOME: Final = "/guardian/security"
_ONE: Final = f"{_HOME}/{{kind:apps|passkeys}}/{{authenticator_id:[0-9a-f-]+}}"
_guardian = with_guardian_cookie


def _read(path: str, guard: Guard, handler: Handler) -> Route:
    return Route("GET", path, guard, handler, page=True)


def _sent(path: str, guard: Guard, handler: Handler, limit: Limit) -> Route:
    return Route("POST", path, guard, handler, (limit,), page=True)


def _hashed(path: str, guard: Guard, handler: Handler, limit: Limit) -> Route:
    return replace(_sent(path, guard, handler, limit), hashes=True)


WAYS: Final[tuple[Route, ...]] = (
    _read(f"{_ENTRY}/password", for_app, entering.ask),
    _hashed(f"{_ENTRY}/password", for_app_from_here, entering.by_password, SIGN_INS),
    _sent(f"{_ENTRY}/passkey", for_app_from_here, entering.by_passkey, SIGN_INS),
    _read(_HOME, _guardian, security.overview),
    _read(f"{_HOME}/passkeys/new", _guardian, freshly(adding.ask_passkey)),
    _sent(f"{_HOME}/passkeys/new", _guardian, adding.add_passkey, STEPS),
    _sent(f"{_HOME}/passkeys/options", _guardian, ways.options_to_add, STEPS),
    _read(f"{_HOME}/apps/new", _guardian, freshly(adding.ask_app)),
    _sent(f"{_HOME}/apps/new", _guardian, freshly(adding.enrol), STEPS),
    _sent(f"{_HOME}/apps/confirm", _guardian, adding.confirm_app, STEPS),
    _read(f"{_HOME}/password", _guardian, freshly(adding.ask_password)),
    _hashed(f"{_HOME}/password", _guardian, freshly(adding.set_password), SIGN_INS),
    _sent(f"{_HOME}/recovery", _guardian, security.recover, STEPS),
    _read(_ONE, _guardian, freshly(security.one)),
    _sent(_ONE, _guardian, freshly(security.change), STEPS),
    _read("/guardian/confirm", _guardian, confirming.ask),
    _sent("/guardian/confirm", _guardian, confirming.send, SIGN_INS),
    _sent("/guardian/confirm/options", _guardian, ways.options_to_prove, STEPS),
    _read("/guardian/not-me", anyone, denying.ask),
    _sent("/guardian/not-me", from_here, denying.send, LINKS),
)
