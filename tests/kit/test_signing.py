"""What others verify offline: signed by us, and as what it is shown for."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jws, jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from service.kit.secrets import KeyRing
from service.kit.signing import Signatures, SignatureWrongError, public_of

TYP = "at+jwt"
RING = KeyRing.fresh("one")
OURS = Signatures.of(RING)
CLAIMS = {"iss": "http://service.test", "exp": 2_000_000_000, "sub": "somebody"}
GOOD = OURS.sign(CLAIMS, typ=TYP)
KID = OURS.primary
STRANGER = ECKey.generate_key("P-256")
PUBLIC = OURS.published[0]


def part(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def with_header(**changes: Any) -> str:
    """Return a token with another header, signed by our own key."""
    header = {"alg": "ES256", "kid": KID, "typ": TYP, **changes}
    kept = {name: value for name, value in header.items() if value is not None}
    head, body = part(kept), GOOD.split(".")[1]
    key = OURS.keys[KID].private_key
    assert key is not None
    signed = jws.JWSRegistry.algorithms["ES256"].sign(
        f"{head}.{body}".encode(), OURS.keys[KID]
    )
    return f"{head}.{body}.{base64.urlsafe_b64encode(signed).decode().rstrip('=')}"


def with_claims(claims: Any) -> str:
    """Return a token of ours with a body of any kind."""
    body = claims if isinstance(claims, str) else json.dumps(claims)
    header = {"alg": "ES256", "kid": KID, "typ": TYP}
    return jws.serialize_compact(header, body.encode(), OURS.keys[KID], ["ES256"])


def hmac_with_the_public_key() -> str:
    head = part({"alg": "HS256", "kid": KID, "typ": TYP})
    signed = f"{head}.{GOOD.split('.')[1]}"
    key = json.dumps(dict(PUBLIC)).encode()
    mac = hmac.digest(key, signed.encode(), hashlib.sha256)
    return f"{signed}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"


def by_a_stranger(**header: Any) -> str:
    made = {"alg": "ES256", "kid": KID, "typ": TYP, **header}
    return jws.serialize_compact(
        made, b'{"exp":2000000000}', STRANGER, ["ES256"], registry=LENIENT
    )


LENIENT = jws.JWSRegistry(algorithms=["ES256", "HS256"], strict_check_header=False)
OTHER_TYPES = ("JWT", "receipt+jwt", "at+JWT", "", "application/at+jwt")

FORGERIES: dict[str, Callable[[], str]] = {
    "none": lambda: (
        f"{part({'alg': 'none', 'kid': KID, 'typ': TYP})}.{GOOD.split('.')[1]}."
    ),
    "None": lambda: with_header(alg="None"),
    "hs256 with the public key": hmac_with_the_public_key,
    "hs256 of a stranger": lambda: jws.serialize_compact(
        {"alg": "HS256", "kid": KID, "typ": TYP},
        b"{}",
        OctKey.import_key(b"k" * 32),
        ["HS256"],
    ),
    "another curve named": lambda: with_header(alg="ES384"),
    "by a stranger": by_a_stranger,
    "by a stranger with jwk": lambda: by_a_stranger(
        jwk=STRANGER.as_dict(private=False)
    ),
    "by a stranger with jku": lambda: by_a_stranger(jku="https://evil.test/jwks.json"),
    "by a stranger with x5u": lambda: by_a_stranger(x5u="https://evil.test/cert.pem"),
    "unknown kid": lambda: with_header(kid="other"),
    "path for a kid": lambda: with_header(kid="../../dev/null"),
    "no kid": lambda: with_header(kid=None),
    "kid is a number": lambda: with_header(kid=1),
    "no typ": lambda: with_header(typ=None),
    "no alg": lambda: with_header(alg=None),
    "critical": lambda: with_header(crit=["exp"]),
    "unencoded": lambda: with_header(b64=False, crit=["b64"]),
    "jku of ours": lambda: with_header(jku="https://evil.test/"),
    "exp is text": lambda: with_claims({"exp": "2000000000"}),
    "exp is a float": lambda: with_claims({"exp": 2e9}),
    "exp is true": lambda: with_claims({"exp": True}),
    "exp is null": lambda: with_claims({"exp": None}),
    "iat is text": lambda: with_claims({"exp": 2_000_000_000, "iat": "1"}),
    "a claim twice": lambda: with_claims('{"exp":1,"exp":2000000000}'),
    "claims are a list": lambda: with_claims([1]),
    "claims are no JSON": lambda: with_claims("exp"),
    "too long": lambda: with_claims({"pad": "x" * 20_000}),
    "another body": lambda: ".".join(
        (GOOD.split(".")[0], part({**CLAIMS, "sub": "other"}), GOOD.split(".")[2])
    ),
    "signature cut": lambda: GOOD[:-1],
    "signature longer": lambda: GOOD + "A",
    "signature of zeros": lambda: GOOD.rpartition(".")[0] + "." + "A" * 86,
    "four parts": lambda: GOOD + ".AAAA",
    "two parts": lambda: GOOD.rpartition(".")[0],
    "empty": lambda: "",
    "spaces around": lambda: f" {GOOD} ",
    "padding": lambda: GOOD.replace(".", "=.", 1),
    "not ASCII": lambda: "é" + GOOD[1:],
    "the JSON form": lambda: json.dumps(
        {"payload": GOOD.split(".")[1], "signature": GOOD.split(".")[2]}
    ),
    **{f"typ {one!r}": partial(with_header, typ=one) for one in OTHER_TYPES},
}


def test_a_token_of_ours_is_read_with_the_published_key_alone() -> None:
    assert OURS.verify(GOOD, typ=TYP) == CLAIMS
    published = KeySet.import_key_set({"keys": [dict(one) for one in OURS.published]})

    theirs = jwt.decode(GOOD, published, algorithms=["ES256"])

    assert theirs.claims == CLAIMS
    assert theirs.header == {"alg": "ES256", "kid": KID, "typ": TYP}
    assert "d" not in json.dumps([{**one} for one in OURS.published]).split('"')


@pytest.mark.parametrize("forged", FORGERIES.values(), ids=FORGERIES)
def test_a_forgery_is_refused(forged: Callable[[], str]) -> None:
    with pytest.raises(SignatureWrongError):
        OURS.verify(forged(), typ=TYP)


@given(
    place=st.integers(0, len(GOOD) - 1),
    sign=st.characters(codec="ascii", categories=["L", "N", "P"]),
)
def test_no_character_can_be_changed(place: int, sign: str) -> None:
    other = GOOD[:place] + sign + GOOD[place + 1 :]
    if other == GOOD:
        return
    try:
        claims = OURS.verify(other, typ=TYP)
    except SignatureWrongError:
        return
    # the last character of a part holds bits that say nothing: the same bytes
    assert claims == CLAIMS
    assert other[:-1] == GOOD[:-1] or other.partition(".")[0] == GOOD.partition(".")[0]


def test_a_rotation_has_an_overlap() -> None:
    waiting = RING.with_key("two")
    promoted = waiting.promoted()
    before, after = Signatures.of(waiting), Signatures.of(promoted)

    assert before.sign(CLAIMS, typ=TYP).split(".")[0] == GOOD.split(".")[0]
    assert before.verify(after.sign(CLAIMS, typ=TYP), typ=TYP) == CLAIMS
    assert after.verify(GOOD, typ=TYP) == CLAIMS
    assert before.published == after.published
    with pytest.raises(SignatureWrongError):
        OURS.verify(after.sign(CLAIMS, typ=TYP), typ=TYP)


def test_a_retired_key_reads_only_where_it_is_handed_in() -> None:
    gone = Signatures.of(KeyRing.fresh("three"))

    with pytest.raises(SignatureWrongError):
        gone.verify(GOOD, typ=TYP)
    assert gone.verify(GOOD, typ=TYP, retired=[PUBLIC]) == CLAIMS


def test_keys_differ_by_secret_and_not_by_process() -> None:
    again = Signatures.of(KeyRing.parse(RING.dump()))

    assert again.published == OURS.published
    assert Signatures.of(KeyRing.fresh("one")).published != OURS.published
    assert public_of(again.keys[KID], KID) == PUBLIC
    assert repr(OURS) == f"Signatures(kids={[KID]}, primary={KID})"
