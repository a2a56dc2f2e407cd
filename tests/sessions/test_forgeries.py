"""Forged access tokens: what is not exactly one of ours opens nothing (F2, F26)."""

import asyncio
import base64
import hmac
import json
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from urllib.parse import urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)
from joserfc.jwk import ECKey

from service.kit.secrets import KeyRing
from service.kit.signing import ORDER, Signatures
from service.sessions.tokens import ACCESS_TYP
from tests.support.members import Member, a_member
from tests.support.service import KEYS, Json, Service

OURS: Final = Signatures.of(KEYS)
KID: Final = OURS.primary
OUR_KEY: Final = OURS.keys[KID]
STRANGER: Final = ECKey.generate_key("P-256")
STRANGERS: Final = Signatures.of(KeyRing.fresh("stranger"))
HEADER: Final = {"alg": "ES256", "kid": KID, "typ": ACCESS_TYP}
HALF: Final = 32


def encode(raw: bytes | str) -> str:
    text = raw.encode() if isinstance(raw, str) else raw
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def compact(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


@dataclass
class Sample:
    """A good token of somebody, and another's, to make forgeries of."""

    token: str
    other: str

    @property
    def parts(self) -> tuple[str, str, str]:
        head, body, signature = self.token.split(".")
        return head, body, signature

    @property
    def claims(self) -> dict[str, Any]:
        return dict(json.loads(decode(self.parts[1])))

    @property
    def others(self) -> dict[str, Any]:
        return dict(json.loads(decode(self.other.split(".")[1])))

    def altered(self, **changes: Json) -> str:
        """Return the token with other claims, and the signature it had."""
        head, _, signature = self.parts
        return f"{head}.{encode(compact({**self.claims, **changes}))}.{signature}"

    def unsigned(self, header: Mapping[str, Json], signature: str = "") -> str:
        return f"{encode(compact(header))}.{self.parts[1]}.{signature}"

    def mac(self, secret: bytes, **header: Json) -> str:
        """Return the claims under an HMAC by what everybody knows: a public key."""
        head = encode(compact({**HEADER, "alg": "HS256", **header}))
        signed = f"{head}.{self.parts[1]}"
        return f"{signed}.{encode(hmac.digest(secret, signed.encode(), 'sha256'))}"

    def by(self, key: ECKey, **header: Json) -> str:
        """Return the claims signed by *key* under another header."""
        return signed(compact({**HEADER, **header}), decode(self.parts[1]), key)

    def ours(self, **changes: Json) -> str:
        """Return other claims under a signature that is really ours."""
        return OURS.sign({**self.claims, **changes}, typ=ACCESS_TYP)

    def with_signature(self, make: Callable[[int, int], str]) -> str:
        head, body, signature = self.parts
        raw = decode(signature)
        r, s = int.from_bytes(raw[:HALF]), int.from_bytes(raw[HALF:])
        return f"{head}.{body}.{make(r, s)}"


Forge: TypeAlias = Callable[[Sample], str]


def signed(head: str, body: bytes | str, key: ECKey = OUR_KEY) -> str:
    """Return whatever *head* and *body* are under a signature that is right."""
    text = f"{encode(head)}.{encode(body)}"
    r, s = decode_dss_signature(private(key).sign(text.encode(), ec.ECDSA(SHA256())))
    return f"{text}.{raw_signature(r, s)}"


def private(key: ECKey) -> ec.EllipticCurvePrivateKey:
    found = load_der_private_key(key.as_der(private=True), None)
    assert isinstance(found, ec.EllipticCurvePrivateKey)
    return found


def raw_signature(r: int, s: int) -> str:
    return encode(r.to_bytes(HALF) + s.to_bytes(HALF))


def public(encoding: Encoding, shape: PublicFormat) -> bytes:
    return private(OUR_KEY).public_key().public_bytes(encoding, shape)


def unsigned(alg: Json) -> Forge:
    return lambda one: one.unsigned({**HEADER, "alg": alg})


def headed(**header: Json) -> Forge:
    return lambda one: one.by(OUR_KEY, **header)


def twice(text: str, name: str, value: Json) -> str:
    """Return the JSON object *text* with one more value for a name that it has."""
    return f"{text[:-1]},{compact(name)}:{compact(value)}}}"


def flipped(text: str, at: int) -> str:
    return text[:at] + ("A" if text[at] != "A" else "B") + text[at + 1 :]


def last_bits(text: str) -> str:
    """Return the same bytes, with bits in the last sign that say nothing."""
    signs = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return text[:-1] + signs[signs.index(text[-1]) ^ 1]


NONE: Final[Mapping[str, Forge]] = {
    f"alg {alg}": unsigned(alg)
    for alg in ("none", "None", "NONE", "nOnE", "", None, " none", "none\u0000")
}
NOT_SIGNED: Final[Mapping[str, Forge]] = {
    "no alg": lambda one: one.unsigned({"kid": KID, "typ": ACCESS_TYP}),
    "alg none, old signature": lambda one: one.unsigned(
        {**HEADER, "alg": "none"}, one.parts[2]
    ),
    "no signature": lambda one: ".".join(one.parts[:2]) + ".",
    "two parts": lambda one: ".".join(one.parts[:2]),
    "signature of zeros": lambda one: one.with_signature(
        lambda _, __: raw_signature(0, 0)
    ),
    "signature of ones": lambda one: one.with_signature(
        lambda _, __: raw_signature(1, 1)
    ),
    "signature of another token": lambda one: ".".join(
        [*one.parts[:2], one.other.split(".")[2]]
    ),
    "signature as DER": lambda one: one.with_signature(
        lambda r, s: encode(encode_dss_signature(r, s))
    ),
    "r and s swapped": lambda one: one.with_signature(lambda r, s: raw_signature(s, r)),
    "s beyond the order": lambda one: one.with_signature(
        lambda r, s: raw_signature(r, (s + ORDER) % 2**256)
    ),
    "r beyond the order": lambda one: one.with_signature(
        lambda _, s: raw_signature(ORDER, s)
    ),
    "half a signature": lambda one: one.token[:-43],
    "a longer signature": lambda one: one.token + "AA",
    "one sign of the head": lambda one: flipped(one.token, 5),
    "one sign of the claims": lambda one: flipped(one.token, 200),
    "one sign of the signature": lambda one: flipped(one.token, len(one.token) - 9),
}
BY_OTHER_KEYS: Final[Mapping[str, Forge]] = {
    "HS256 by the public key, PEM": lambda one: one.mac(
        public(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 by the public key, DER": lambda one: one.mac(
        public(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    ),
    "HS256 by the public key, its point": lambda one: one.mac(
        public(Encoding.X962, PublicFormat.UncompressedPoint)
    ),
    "HS256 by the public key, JWK": lambda one: one.mac(
        compact(OURS.published[0]).encode()
    ),
    "HS256 by the key's id": lambda one: one.mac(KID.encode()),
    "HS256 by nothing": lambda one: one.mac(b""),
    "HS512": lambda one: one.mac(b"", alg="HS512"),
    "a stranger's key": lambda one: one.by(STRANGER),
    "a stranger's key, its own id": lambda one: one.by(
        STRANGER, kid=STRANGER.thumbprint()
    ),
    "another environment's key": lambda one: STRANGERS.sign(one.claims, typ=ACCESS_TYP),
    "a stranger's key in the header": lambda one: one.by(
        STRANGER, jwk=STRANGER.as_dict(private=False)
    ),
    "a stranger's key at an address": lambda one: one.by(
        STRANGER, jku="https://evil.test/jwks.json"
    ),
    "a stranger's certificate at an address": lambda one: one.by(
        STRANGER, x5u="https://evil.test/key.pem"
    ),
    "a stranger's certificate": lambda one: one.by(STRANGER, x5c=["MIIB"]),
    "ES384 by name": lambda one: one.by(OUR_KEY, alg="ES384"),
    "ES256K by name": lambda one: one.by(OUR_KEY, alg="ES256K"),
    "es256 in small letters": lambda one: one.by(OUR_KEY, alg="es256"),
}
ODD_HEADERS: Final[Mapping[str, Forge]] = {
    "no kid": lambda one: signed(
        compact({"alg": "ES256", "typ": ACCESS_TYP}), decode(one.parts[1])
    ),
    **{
        f"kid {kid!r}": headed(kid=kid)
        for kid in (
            "",
            None,
            1,
            [KID],
            "../../../../dev/null",
            "/proc/self/environ",
            "x' UNION SELECT 'key' --",
            KID + "\u0000",
            KID.swapcase(),
            "\ud800",
        )
    },
    "a critical extension": lambda one: one.by(OUR_KEY, crit=["exp"], exp=1),
    "payload not encoded": lambda one: one.by(OUR_KEY, b64=False, crit=["b64"]),
    "our key in the header": lambda one: one.by(
        OUR_KEY, jwk=OUR_KEY.as_dict(private=False)
    ),
    "compressed": lambda one: one.by(OUR_KEY, zip="DEF"),
    "a name twice in the head": lambda one: signed(
        twice(compact(HEADER), "alg", "ES256"), decode(one.parts[1])
    ),
    "a head that is a list": lambda one: signed("[]", decode(one.parts[1])),
    "a head that is text": lambda one: signed('"ES256"', decode(one.parts[1])),
    "a head of nothing": lambda one: signed("null", decode(one.parts[1])),
    "a head that is no JSON": lambda one: signed("{", decode(one.parts[1])),
    "a head in UTF-16": lambda one: signed(
        compact(HEADER), decode(one.parts[1])
    ).replace(encode(compact(HEADER)), encode(compact(HEADER).encode("utf-16"))),
    "a deep head": lambda one: signed("[" * 250, decode(one.parts[1])),
    **{
        f"typ {typ!r}": headed(typ=typ)
        for typ in ("JWT", "receipt+jwt", "AT+JWT", "application/at+jwt", "", None, 1)
    },
}
ALTERED: Final[Mapping[str, Forge]] = {
    "sub altered": lambda one: one.altered(sub=one.others["sub"]),
    "sid of another": lambda one: one.altered(sid=one.others["sid"]),
    "level raised": lambda one: one.altered(aal=2, amr=["password", "totp"]),
    "epoch raised": lambda one: one.altered(epoch=1),
    "for longer": lambda one: one.altered(exp=one.claims["exp"] + 60),
    "purposes added": lambda one: one.altered(purposes=["service", "advertising"]),
    "made an adult": lambda one: one.altered(age_band="adult", made="adult"),
    "claims of another": lambda one: ".".join(
        [one.parts[0], one.other.split(".")[1], one.parts[2]]
    ),
}
OURS_BUT_ODD: Final[Mapping[str, Forge]] = {
    "exp is text": lambda one: one.ours(exp=str(one.claims["exp"])),
    "exp is a float": lambda one: one.ours(exp=float(one.claims["exp"])),
    "exp is negative": lambda one: one.ours(exp=-1),
    "exp is nothing": lambda one: one.ours(exp=None),
    "exp is a list": lambda one: one.ours(exp=[one.claims["exp"]]),
    "exp is true": lambda one: one.ours(exp=True),
    "exp is huge": lambda one: one.ours(exp=10**30),
    "exp and iat are huge": lambda one: one.ours(exp=10**30, iat=10**30 - 300),
    "issued tomorrow": lambda one: one.ours(
        iat=one.claims["iat"] + 86_400, exp=one.claims["exp"] + 86_400
    ),
    "not before tomorrow": lambda one: one.ours(nbf=one.claims["iat"] + 86_400),
    "not before is text": lambda one: one.ours(nbf=str(one.claims["iat"])),
    "auth_time is huge": lambda one: one.ours(auth_time=10**30),
    "auth_time is beyond all years": lambda one: one.ours(auth_time=10**14),
    "auth_time is negative": lambda one: one.ours(auth_time=-(10**30)),
    "epoch is huge": lambda one: one.ours(epoch=10**30),
    "sid is odd": lambda one: one.ours(sid=f"{{{one.claims['sid']}}}"),
    "sid is another's, epoch too": lambda one: one.ours(
        sid="01a20320-a200-71bf-aeff-d03751a5bb61", epoch=-1
    ),
    "app is a mapping": lambda one: one.ours(app={}, aud={}),
    "methods are mappings": lambda one: one.ours(amr=[{}]),
    "NaN": lambda one: one.ours(exp=float("nan")),
    "infinite": lambda one: one.ours(exp=float("inf")),
    "a name twice in the claims": lambda one: signed(
        compact(HEADER), twice(compact(one.claims), "aal", 2)
    ),
    "claims that are a list": lambda _: signed(compact(HEADER), "[]"),
    "claims that are text": lambda _: signed(compact(HEADER), '"sub"'),
    "claims of nothing": lambda _: signed(compact(HEADER), "null"),
    "no claims": lambda _: signed(compact(HEADER), "{}"),
    "claims that are no JSON": lambda _: signed(compact(HEADER), "{"),
    "claims that are no UTF-8": lambda _: signed(compact(HEADER), b"\xff\xfe"),
    "deep claims": lambda _: signed(compact(HEADER), "[" * 2500),
}
SPELT: Final[Mapping[str, Forge]] = {
    "four parts": lambda one: one.token + "." + one.parts[2],
    "five parts": lambda one: ".".join([*one.parts, "", ""]),
    "a dot before": lambda one: "." + one.token,
    "a dot after": lambda one: one.token + ".",
    "dots alone": lambda _: "..",
    "padded": lambda one: one.token + "==",
    "padded inside": lambda one: one.token.replace(".", "=.", 1),
    "bits that say nothing": lambda one: last_bits(one.token),
    "a space inside": lambda one: one.token.replace(".", ". ", 1),
    "a space before": lambda one: " " + one.token,
    "a tab inside": lambda one: one.token.replace(".", "\t.", 1),
    "the other base64": lambda one: one.by(OUR_KEY) + "+/",
    "twice": lambda one: one.token + "," + one.token,
    "twice, apart": lambda one: one.token + " " + one.token,
    "in quotes": lambda one: f'"{one.token}"',
    "another script's letters": lambda one: one.token.replace("e", "\u0435"),
    "full-width letters": lambda one: one.token.replace("e", "\uff45"),
    "signs that say nothing": lambda one: one.token + "\u200b",
    "bytes that are no text": lambda one: one.token[:-1] + "\udcff",
    "too long": lambda one: one.token + "A" * 6000,
    "long claims": lambda one: one.ours(more="x" * 4000),
    "as JSON": lambda one: compact(
        {"protected": one.parts[0], "payload": "", "signature": one.parts[2]}
    ),
    "in capitals": lambda one: one.token.upper(),
}
FORGED: Final = {
    **NONE,
    **NOT_SIGNED,
    **BY_OTHER_KEYS,
    **ODD_HEADERS,
    **ALTERED,
    **OURS_BUT_ODD,
    **SPELT,
}


async def sample(service: Service) -> tuple[Member, Sample]:
    member, other = await a_member(service), await a_member(service, "eve@example.org")
    tokens = [(await one.sign_in()).answer["access_token"] for one in (member, other)]
    return member, Sample(*tokens)


def test_forgeries_are_many_and_each_is_one() -> None:
    """Guards the others: a name that is given twice would hide a forgery."""
    groups = (NONE, NOT_SIGNED, BY_OTHER_KEYS, ODD_HEADERS, ALTERED, OURS_BUT_ODD)
    assert len(FORGED) == sum(map(len, (*groups, SPELT))) > 100


@pytest.mark.parametrize("path", ["/v1/account", "/v1/account/sessions"])
async def test_no_forged_token_is_taken(service: Service, path: str) -> None:
    _, good = await sample(service)
    assert (await service.get(path, token=good.token)).status == 200
    assert (await service.get(path, token=good.ours())).status == 200
    assert (await service.get(path, token=good.by(OUR_KEY))).status == 200
    shapes, odd = set(), []
    for name, forge in FORGED.items():
        token = forge(good)
        assert token != good.token, name
        status, shape = await ask(service, path, token)
        if status != 401:
            odd.append((name, status))
        shapes.add(shape)
    assert odd == []
    assert len(shapes) == 1


async def test_a_signature_has_two_forms_and_either_is_the_holders(
    service: Service,
) -> None:
    """ECDSA allows -s for s: no forgery, and no session outlives its end by it."""
    member, good = await sample(service)
    mirrored = good.with_signature(lambda r, s: raw_signature(r, ORDER - s))
    both = (good.token, mirrored)

    before = [(await ask(service, "/v1/account", one))[0] for one in both]
    await member.raise_epoch()
    after = [(await ask(service, "/v1/account", one))[0] for one in both]

    assert before == [200, 200]
    assert after == [401, 401]


async def test_what_is_no_bearer_token_is_told_so(service: Service) -> None:
    _, good = await sample(service)
    for scheme in ("Basic", "Token", "DPoP", "Bearer,", "", "\u212aearer"):
        sent = f"{scheme} {good.token}".encode()
        assert (await raw(service, "/v1/account", sent))[0] == 401, scheme
    for sent in (
        b"",
        b"Bearer",
        b"Bearer ",
        b"\xff\xfe",
        b"Bearer \xff",
        b"Bearer \xc3",
    ):
        assert (await raw(service, "/v1/account", sent))[0] == 401, sent


async def ask(service: Service, path: str, token: str) -> tuple[int, str]:
    return await raw(
        service, path, b"Bearer " + token.encode("utf-8", "surrogateescape")
    )


async def raw(service: Service, path: str, sent: bytes) -> tuple[int, str]:
    """Send a header as it is; return the status, and the answer but for its number."""
    url = urlsplit(str(service.client.make_url(path)))
    head = f"GET {url.path} HTTP/1.1\r\nHost: {url.netloc}\r\nConnection: close\r\n"
    whole = head.encode() + b"Authorization: " + sent + b"\r\n\r\n"
    answer = await exchange(url.hostname or "", url.port or 0, whole)
    top, _, body = answer.partition(b"\r\n\r\n")
    told = json.loads(body)
    told.pop("request_id", None)
    return int(top.split()[1]), compact(told)


async def exchange(host: str, port: int, sent: bytes) -> bytes:
    reader, writer = await asyncio.open_connection(host, port, family=socket.AF_INET)
    try:
        writer.write(sent)
        return await reader.read()
    finally:
        writer.close()
