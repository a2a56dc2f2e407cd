"""The tokens of a session: what each kind looks like, and who may read it.

Each kind begins with a mark of its own, so that none is taken for another; a pre-MFA
challenge is no session. All but the access token say nothing and are kept as hashes.
"""

import base64
import binascii
import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from service.domain.accounts import AccountId
from service.domain.authenticators import AAL_MULTIPLE, AAL_SINGLE, Assurance, Factor
from service.domain.decisions import AgeBand
from service.domain.grants import GrantedPurpose, purposes_on
from service.domain.profiles import AppName, PolicyProfile
from service.domain.sessions import ACCESS_TOKEN, Session
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures, SignatureWrongError
from service.kit.tokens import Token, is_token, new_token, same
from service.profiles.reader import Profiles

COOKIE_MARK: Final = "ags_"
CHALLENGE_MARK: Final = "agc_"
REFRESH_MARK: Final = "agf_"

ACCESS_TYP: Final = "at+jwt"
"""The type of an access token (RFC 9068)."""

ACCESS_BYTES: Final = 4096
LARGEST: Final = 2**53 - 1
"""The largest whole number that every reader of JSON takes alike (RFC 8259, 6)."""

LONGEST_LEFT: Final = (ACCESS_TOKEN + timedelta(minutes=1)).total_seconds()
"""How long a token may still hold: the clock of who made it may be a little ahead."""

REMEMBERED: Final = 8192
RANDOM_BYTES: Final = 32
MAC_BYTES: Final = 16
UUID_BYTES: Final = 16
REFRESH_LENGTH: Final = len(REFRESH_MARK) + 86


def new_marked(mark: str) -> Token:
    """Return a fresh opaque token of one kind."""
    return Token(mark + new_token())


def is_marked(text: str, mark: str) -> bool:
    """Tell whether *text* has the shape of a token of one kind."""
    return text.startswith(mark) and is_token(text.removeprefix(mark))


def new_refresh_token(keys: KeyRing, session_id: UUID) -> Token:
    """Return a fresh refresh token; it knows its session, long after it was used."""
    body = session_id.bytes + secrets.token_bytes(RANDOM_BYTES)
    return _marked_refresh(body + _mac(keys, body))


def session_of(keys: KeyRing, refresh_token: str) -> UUID | None:
    """Return the session that a refresh token of ours was made for, or None."""
    if len(refresh_token) != REFRESH_LENGTH or not refresh_token.isascii():
        return None
    if not refresh_token.startswith(REFRESH_MARK):
        return None
    text = refresh_token.removeprefix(REFRESH_MARK)
    try:
        raw = base64.b64decode(text + "==", altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
    if _marked_refresh(raw) != refresh_token:  # of its last sign some bits say nothing
        return None
    body, mac = raw[:-MAC_BYTES], raw[-MAC_BYTES:]
    return UUID(bytes=body[:UUID_BYTES]) if same(mac, _mac(keys, body)) else None


def _marked_refresh(raw: bytes) -> Token:
    return Token(REFRESH_MARK + base64.urlsafe_b64encode(raw).decode().rstrip("="))


def _mac(keys: KeyRing, body: bytes) -> bytes:
    return keys.blind_index("refresh token", body.hex())[:MAC_BYTES]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """What a token says of the holder of a *session*."""

    session: Session
    band: AgeBand
    granted: tuple[GrantedPurpose, ...]
    suspended: bool

    def purposes(self, profile: PolicyProfile, *, now: datetime) -> tuple[str, ...]:
        """Return what may be pursued now; of an account that is suspended nothing."""
        return () if self.suspended else purposes_on(profile, self.granted, now=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """What an access token said, before the session was looked up."""

    session_id: UUID
    app: AppName
    epoch: int
    assurance: Assurance
    expires_at: int


class AccessTokens:
    """Makes access tokens, and reads them back.

    One that was verified is remembered by its hash until it expires, so that the
    signature is worked out once; whether its session holds is asked every time.
    """

    def __init__(
        self, signatures: Signatures, keys: KeyRing, profiles: Profiles, issuer: str
    ) -> None:
        """Sign as *issuer*, the only place that says who we are."""
        self._profiles = profiles
        self._signatures = signatures
        self._keys = keys
        self._issuer = issuer
        self._remembered: OrderedDict[bytes, Presented] = OrderedDict()

    def make(
        self, bearing: Bearing, *, now: datetime, audience: str | None = None
    ) -> str:
        """Return a token for the app itself, or for another *audience*.

        The session's id is for us alone: by it two audiences could tell that their
        names are one holder's.
        """
        session, issued = bearing.session, int(now.timestamp())
        aud = audience or session.app
        assurance, profile = session.assurance, self._profiles[session.app]
        claims = {
            "iss": self._issuer,
            "sub": pairwise(self._keys, session.account_id, aud),
            "aud": aud,
            "iat": issued,
            "exp": issued + int(ACCESS_TOKEN.total_seconds()),
            "jti": secrets.token_urlsafe(12),
            "app": session.app,
            "age_band": bearing.band,
            "purposes": [*bearing.purposes(profile, now=now)],
            "aal": assurance.aal,
            "amr": sorted(assurance.methods),
            "auth_time": int(assurance.auth_time.timestamp()),
            "epoch": session.epoch,
        }
        if audience is None:
            claims["sid"] = str(session.session_id)
        return self._signatures.sign(claims, typ=ACCESS_TYP)

    def read(self, token: str, *, now: datetime) -> Presented | None:
        """Return what a token for our own endpoints says; None if it isn't one."""
        if len(token) > ACCESS_BYTES or not token.isascii():
            return None
        digest, at = hashlib.sha256(token.encode()).digest(), now.timestamp()
        known = self._remembered.get(digest)
        if known is None:
            known = self._verified(token)
            if known is None or not 0 < known.expires_at - at <= LONGEST_LEFT:
                return None
            self._remember(digest, known)
        elif known.expires_at <= at:
            del self._remembered[digest]
            return None
        return known

    def _remember(self, digest: bytes, presented: Presented) -> None:
        self._remembered[digest] = presented
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    def _verified(self, token: str) -> Presented | None:
        try:
            claims = self._signatures.verify(token, typ=ACCESS_TYP)
            return self._presented(claims)
        except (SignatureWrongError, KeyError, TypeError, ValueError):
            return None

    def _presented(self, claims: Mapping[str, object]) -> Presented:
        """Return the claims by their types; raise whatever is wrong with one."""
        if claims["iss"] != self._issuer or claims["aud"] != claims["app"]:
            raise ValueError("for somebody else")
        if "nbf" in claims:
            raise ValueError("ours hold from the start")
        lifetime = _whole(claims, "exp") - _whole(claims, "iat")
        if not 0 < lifetime <= ACCESS_TOKEN.total_seconds():
            raise ValueError("too long")
        aal, methods = _whole(claims, "aal"), claims["amr"]
        if aal not in {AAL_SINGLE, AAL_MULTIPLE} or not isinstance(methods, list):
            raise ValueError("no assurance")
        assurance = Assurance(
            aal=aal,
            auth_time=datetime.fromtimestamp(_whole(claims, "auth_time"), UTC),
            methods=frozenset(map(Factor, methods)),
        )
        session_id = UUID(_text(claims, "sid"))
        if str(session_id) != claims["sid"]:
            raise ValueError("not as we write it")
        return Presented(
            session_id=session_id,
            app=AppName(_text(claims, "app")),
            epoch=_whole(claims, "epoch"),
            assurance=assurance,
            expires_at=_whole(claims, "exp"),
        )


def pairwise(keys: KeyRing, account_id: AccountId, audience: str) -> str:
    """Return the name of an account for one audience: no two can compare theirs."""
    made = keys.blind_index("pairwise subject", audience, str(account_id))
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def factors_of(names: Collection[str]) -> frozenset[Factor]:
    """Return factors by their names, as they are kept."""
    return frozenset(map(Factor, names))


def _whole(claims: Mapping[str, object], name: str) -> int:
    value = claims[name]
    if type(value) is not int or abs(value) > LARGEST:
        raise TypeError(name)
    return value


def _text(claims: Mapping[str, object], name: str) -> str:
    value = claims[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value
