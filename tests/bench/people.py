"""Who signs up in a measurement."""

from itertools import count

from service.profiles.reader import read_profiles
from tests.support.service import PASSWORD, SHIPPED

_numbers = count()
_profiles = read_profiles(SHIPPED)


def sign_up(app: str = "plain", **form: object) -> dict[str, object]:
    """Return the body of a sign-up at *app*."""
    policy = _profiles[app].policy_versions[-1].version
    return {"password": PASSWORD, "policy_version": policy, **form}


def newcomer() -> dict[str, object]:
    """Return the body of a sign-up that opens an account at once."""
    return sign_up("terran-studio", username=f"newcomer{next(_numbers):07d}")
