"""Every page, with its guard and its limits."""

from dataclasses import replace
from typing import Final

from service.allowances import (
    AGE_CHECKS,
    GUARDIANS,
    LINKS,
    PROOFS,
    REPORTS,
    SIGN_UPS,
    STEPS,
)
from service.caller import for_app, with_registration_cookie
from service.guardian_accounts.guards import (
    with_guardian_cookie,
    with_proven_guardian_cookie,
)
from service.kit.limits import Limit
from service.kit.web import Guard, Handler, Route, anyone
from service.pages import (
    age,
    assets,
    form,
    granted,
    guardian,
    guardian_children,
    guardian_entry,
    links,
    minor_report,
    policies,
    receipt,
    signed_form,
    steps,
)
from service.pages.account.routes import ACCOUNT
from service.pages.guardian_ways.routes import WAYS
from service.pages.links import with_link


def _read(path: str, guard: Guard, handler: Handler) -> Route:
    return Route("GET", path, guard, handler, page=True)


def _sent(path: str, guard: Guard, handler: Handler, limit: Limit) -> Route:
    return Route("POST", path, guard, handler, (limit,), page=True)


_held = with_registration_cookie
_guardian = with_guardian_cookie
_proven = with_proven_guardian_cookie
_CHILD: Final = "/guardian/children/{account_id}"

READ: Final = (
    _read("/sign-up/{app}", for_app, age.ask),
    _read("/sign-up/{app}/form", for_app, form.show),
    _read("/registration", _held, steps.show),
    _read("/registration/give-up", _held, steps.show_give_up),
    _read("/guardian/{token}", anyone, links.follow),
    _read("/guardian", with_link, guardian.show),
    _read("/guardian/form", with_link, signed_form.show),
    _read("/guardian/verified", with_link, guardian.verified),
    _read("/guardian/sign-in/{app}", for_app, guardian_entry.ask),
    _read("/guardian/enter/{token}", anyone, guardian_entry.follow),
    _read("/guardian/enter", anyone, guardian_entry.show),
    _read("/guardian/children", _guardian, guardian_children.every),
    _read(_CHILD, _guardian, guardian_children.one),
    replace(_read("/receipts/{receipt_id}", anyone, receipt.show), limits=(LINKS,)),
    _read("/policies/{app}", for_app, policies.every),
    _read("/report/{app}", for_app, minor_report.ask),
    _read("/policies/{app}/{version}", for_app, policies.text),
    _read("/static/{name}", anyone, assets.show),
)

SENT: Final = (
    _sent("/sign-up/{app}/appeal", for_app, age.appeal, PROOFS),
    _sent("/sign-up/{app}/age", for_app, age.answer, AGE_CHECKS),
    replace(_sent("/sign-up/{app}/form", for_app, form.send, SIGN_UPS), hashes=True),
    _sent("/registration/confirm", _held, steps.confirm, STEPS),
    _sent("/registration/code", _held, steps.send_code, STEPS),
    _sent("/registration/guardian", _held, steps.ask_guardian, GUARDIANS),
    _sent("/registration/remind", _held, steps.remind, GUARDIANS),
    _sent("/report/{app}", for_app, minor_report.send, REPORTS),
    _sent("/registration/policy", _held, steps.accept_policy, STEPS),
    _sent("/registration/proof", _held, steps.prove, PROOFS),
    _sent("/registration/give-up", _held, steps.give_up, STEPS),
    _sent("/guardian/form", with_link, signed_form.send, GUARDIANS),
    _sent("/guardian/answer", with_link, guardian.answer, LINKS),
    _sent("/guardian/withdraw", with_link, granted.withdraw, LINKS),
    _sent("/guardian/ask", with_link, granted.ask, GUARDIANS),
    _sent("/guardian/invite", with_link, granted.invite, GUARDIANS),
    _sent("/guardian/dispute", with_link, granted.dispute, GUARDIANS),
    _sent("/guardian/sign-in/{app}", for_app, guardian_entry.begin, GUARDIANS),
    _sent("/guardian/enter", anyone, guardian_entry.enter, LINKS),
    _sent("/guardian/sign-out", _guardian, guardian_entry.sign_out, STEPS),
    *(
        _sent(f"{_CHILD}/{name}", guard, handler, limit)
        for name, guard, handler, limit in (
            ("withdraw", _guardian, guardian_children.withdraw, STEPS),
            ("give", _guardian, guardian_children.give, STEPS),
            ("invite", _proven, guardian_children.invite, GUARDIANS),
            ("dispute", _guardian, guardian_children.dispute, GUARDIANS),
            ("sign-out", _guardian, guardian_children.end_sessions, STEPS),
            ("recover", _proven, guardian_children.help_recover, GUARDIANS),
            ("export", _proven, guardian_children.export, STEPS),
            ("erase", _proven, guardian_children.erase, STEPS),
        )
    ),
    _sent("/guardian/resend", with_link, guardian.send_again, LINKS),
)

PAGES: Final[tuple[Route, ...]] = (*READ, *SENT, *ACCOUNT, *WAYS)
