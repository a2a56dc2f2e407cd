"""Signatures that others verify without asking us: ES256 over JSON (JWS, RFC 7515).

Each secret of the key ring has its own signing key, derived from it; so keys rotate
with the ring. Nothing in a token says how it is to be verified: the algorithm is ES256,
the type is the one expected, and the key is one of ours (RFC 8725).
"""

import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self, TypeAlias, cast

from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from joserfc.util import int_to_base64, urlsafe_b64decode

from service.kit.secrets import KeyRing

Claims: TypeAlias = Mapping[str, object]
PublicKey: TypeAlias = Mapping[str, str]
"""A key as RFC 7517 writes it, without the private half."""

ALGORITHM: Final = "ES256"
HEADER: Final = frozenset({"alg", "kid", "typ"})
TOKEN_BYTES: Final = 16 * 1024
SHAPE: Final = re.compile(
    r"[A-Za-z0-9_-]{1,400}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]{85}[AQgw]"
)
"""Of a signature's last sign four bits say nothing: they are 0, so it has one form."""

INSTANTS: Final = ("exp", "iat", "nbf", "auth_time")
COORDINATE_BYTES: Final = 32
SEED_BYTES: Final = 64
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points P-256 has (FIPS 186-5, SP 800-186)."""


class SignatureWrongError(Exception):
    """This was not signed by us as what it is shown for."""


@dataclass(frozen=True)
class Signatures:
    """Signs by the primary key, and verifies by every key of the ring.

    *keys* are the private halves by key id, oldest first.
    """

    keys: Mapping[str, ECKey]
    primary: str

    def __repr__(self) -> str:
        """Show the key ids and hide the keys."""
        return f"Signatures(kids={[*self.keys]}, primary={self.primary})"

    @classmethod
    def of(cls, ring: KeyRing) -> Self:
        """Return the signing keys of *ring*."""
        derived = {
            key_id: _derived(ring.seed("tokens", key_id, SEED_BYTES))
            for key_id in ring.secrets
        }
        keys = {key.thumbprint(): key for key in derived.values()}
        return cls(keys, derived[ring.primary].thumbprint())

    def sign(self, claims: Claims, *, typ: str) -> str:
        """Return *claims* signed as a *typ*, in the compact form."""
        header = {"alg": ALGORITHM, "kid": self.primary, "typ": typ}
        body = json.dumps(claims, separators=(",", ":")).encode()
        key = self.keys[self.primary]
        return jws.serialize_compact(header, body, key, algorithms=[ALGORITHM])

    def verify(
        self, token: str, *, typ: str, retired: Sequence[PublicKey] = ()
    ) -> Claims:
        """Return the claims of a *typ* signed by us, or raise SignatureWrongError.

        Says nothing of whether they still hold: who asks looks at ``exp``. *retired*
        are keys that have left the ring, for what must be readable for years.
        """
        kid = key_id_of(token, typ=typ)
        key = self.keys.get(kid)
        if key is None:
            key = next((_public(one) for one in retired if one["kid"] == kid), None)
        if key is None:
            raise SignatureWrongError("the key is none of ours")
        try:
            payload = jws.deserialize_compact(
                token, key, algorithms=[ALGORITHM]
            ).payload
            claims = json.loads(payload, object_pairs_hook=_unique)
        except (JoseError, ValueError, RecursionError) as error:
            raise SignatureWrongError("the signature is wrong") from error
        return _checked(claims)

    @property
    def published(self) -> tuple[PublicKey, ...]:
        """Return the public halves, also of a key that waits to be used."""
        return tuple(public_of(key, kid) for kid, key in self.keys.items())


def key_id_of(token: str, *, typ: str) -> str:
    """Return by which key a *typ* says it is signed, or raise SignatureWrongError.

    A header that says anything else, like where to fetch a key, is refused.
    """
    if len(token) > TOKEN_BYTES or SHAPE.fullmatch(token) is None:
        raise SignatureWrongError("not a compact signature")
    try:
        header = json.loads(
            urlsafe_b64decode(token.partition(".")[0].encode()),
            object_pairs_hook=_unique,
        )
    except (ValueError, binascii.Error, RecursionError) as error:
        raise SignatureWrongError("the header is malformed") from error
    if not isinstance(header, dict) or header.keys() != HEADER:
        raise SignatureWrongError("the header is not one of ours")
    kid = header["kid"]
    if header["alg"] != ALGORITHM or header["typ"] != typ or not isinstance(kid, str):
        raise SignatureWrongError("the header is not one of ours")
    return kid


def public_of(key: ECKey, kid: str) -> PublicKey:
    """Return the public half of *key* as others read it."""
    found = cast("Mapping[str, str]", key.as_dict(private=False))
    shown = {name: found[name] for name in ("kty", "crv", "x", "y")}
    return {**shown, "kid": kid, "use": "sig", "alg": ALGORITHM}


@lru_cache(maxsize=64)
def _derived(seed: bytes) -> ECKey:
    """Return the private key that *seed* leads to (FIPS 186-5, A.2.1)."""
    scalar = int.from_bytes(seed) % (ORDER - 1) + 1
    found = ec.derive_private_key(scalar, ec.SECP256R1()).public_key().public_numbers()
    return ECKey.import_key(
        {
            "kty": "EC",
            "crv": "P-256",
            "x": int_to_base64(found.x, COORDINATE_BYTES),
            "y": int_to_base64(found.y, COORDINATE_BYTES),
            "d": int_to_base64(scalar, COORDINATE_BYTES),
        }
    )


def _public(key: PublicKey) -> ECKey:
    return ECKey.import_key({name: key[name] for name in ("kty", "crv", "x", "y")})


def _unique(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name occurs twice")
    return found


def _checked(claims: object) -> Claims:
    if not isinstance(claims, dict):
        raise SignatureWrongError("the claims are no object")
    for name in INSTANTS:
        if name in claims and type(claims[name]) is not int:
            raise SignatureWrongError(f"{name} is not a whole number")
    return cast("Claims", claims)
