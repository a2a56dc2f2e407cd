"""What applicants are answered: a registration, its next steps, a form's rules."""

from typing import Final

from service.caller import registration_token
from service.domain.forms import GUARDIAN_FIELDS, Need
from service.domain.profiles import AgeMode, PolicyProfile, PolicyVersion
from service.domain.registration import State
from service.kit.secrets import KeyRing
from service.kit.times import instant
from service.profiles.shown import show_policy, show_purpose
from service.registration.exchange import Shown

BASE: Final = "/v1/registrations"


def show_registered(shown: Shown, keys: KeyRing) -> dict[str, object]:
    """Return a new registration, with the token that acts for it."""
    token = registration_token(keys, shown.registration_id)
    return {**show(shown), "registration_token": token}


def show(shown: Shown) -> dict[str, object]:
    """Return a registration and what can be done next."""
    body: dict[str, object] = {
        "registration_id": str(shown.registration_id),
        "app": shown.app,
        "state": shown.state,
        "next": next_steps(shown),
    }
    if shown.request is not None:
        body["guardian_request"] = show_request(shown)
    return body


def show_request(shown: Shown) -> dict[str, object]:
    """Return what the applicant needs of a guardian's request: the code to show."""
    request = shown.request
    if request is None:
        return {}
    return {
        "match_code": request.match_code,
        "expires_at": instant(request.link_expires_at),
        "resends_left": request.sends_left,
        "bounced": request.bounced,
        "corrections_left": request.corrections_left,
    }


def next_steps(shown: Shown) -> list[dict[str, object]]:
    """Return what the applicant can do now, in the order a screen would show it."""
    here = f"{BASE}/{shown.registration_id}"
    give_up: dict[str, object] = {
        "action": "give_up",
        "method": "DELETE",
        "href": here,
        "fields": [],
    }
    steps: list[dict[str, object]] = []
    match shown.state:
        case State.CONFIRM_CONTACT:
            for kind in shown.unconfirmed:
                steps += [
                    _step(
                        f"confirm_{kind}",
                        f"{here}/contact-confirmations",
                        "code",
                        "channel",
                    ),
                    _step(f"send_{kind}_code", f"{here}/contact-codes", "channel"),
                ]
        case State.ASK_GUARDIAN:
            steps.append(_ask_guardian(here, shown))
        case State.AWAITING_GUARDIAN:
            if shown.request is not None and shown.request.corrections_left > 0:
                steps.append(_ask_guardian(here, shown))
            if shown.request is not None and shown.request.sends_left > 0:
                steps.append(_step("remind_guardian", f"{here}/guardian-reminders"))
        case State.ASK_PROOF | State.AWAITING_PROOF:
            steps.append(_step("prove_age", f"{here}/age-proofs", "method"))
        case State.ASK_ACCEPTANCE:
            steps.append(
                _step(
                    "accept_policy",
                    f"{here}/policy-acceptances",
                    "policy_version",
                    "purposes",
                )
            )
        case State.COMPLETED | State.ENDED:
            return []
    return [*steps, give_up]


def _ask_guardian(here: str, shown: Shown) -> dict[str, object]:
    href = f"{here}/guardian-requests"
    names = [GUARDIAN_FIELDS[kind] for kind in shown.guardian_by]
    return _step("ask_guardian", href, *names, "relation", "locale")


def _step(action: str, href: str, *names: str) -> dict[str, object]:
    return {"action": action, "method": "POST", "href": href, "fields": [*names]}


def show_form(profile: PolicyProfile, policy: PolicyVersion) -> dict[str, object]:
    """Return all that a sign-up form needs: the operator's rules, as data."""
    age = profile.age
    asked = age.mode is not AgeMode.NONE
    return {
        "app": profile.app,
        "name": profile.name,
        "operator": profile.operator,
        "languages": [*profile.languages],
        "age_question": {
            "asked": asked,
            "precision": age.question if asked else None,
            "country": asked and age.ask_country,
        },
        "fields": [
            {
                "name": rule.name,
                "label": dict(rule.label),
                "for_adults": rule.for_adults,
                "for_children": rule.for_children,
                "locked": rule.locked,
                "rules": {
                    "min_length": rule.rules.min_length,
                    "max_length": rule.rules.max_length,
                    "pattern": rule.rules.pattern,
                    "choices": [*rule.rules.choices],
                },
            }
            for rule in profile.fields
            if {rule.for_adults, rule.for_children} != {Need.ABSENT}
        ],
        "purposes": [show_purpose(purpose) for purpose in profile.purposes],
        "policy": show_policy(policy),
        "password": {
            "min_length": profile.password.min_length,
            "max_length": profile.password.max_length,
        },
        "challenge": None,
        "contact": {
            "email": profile.contact.email,
            "appeals": profile.contact.appeals,
            "dpo_email": profile.contact.dpo_email,
            "authority": profile.contact.authority,
        },
    }
