"""A device that makes passkeys and signs with them, in software."""

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePrivateKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256

from tests.support.service import BASE_URL

Json = dict[str, Any]

USER_PRESENT, USER_VERIFIED = 0x01, 0x04
BACKUP_ELIGIBLE, BACKED_UP = 0x08, 0x10
ATTESTED = 0x40
RP_ID = BASE_URL.removeprefix("http://")


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Device:
    """One passkey on one device; what it says of itself can be made wrong."""

    credential_id: bytes = field(default_factory=lambda: secrets.token_bytes(32))
    private_key: EllipticCurvePrivateKey = field(
        default_factory=lambda: generate_private_key(SECP256R1())
    )
    user_handle: bytes | None = None
    counter: int = 0
    counts: bool = True
    flags: int = USER_PRESENT | USER_VERIFIED | BACKUP_ELIGIBLE | BACKED_UP
    rp_id: str = RP_ID
    origin: str = BASE_URL

    def make(self, options: Mapping[str, Any], **client: Any) -> Json:
        """Answer navigator.credentials.create(), without attestation."""
        self.user_handle = decode(options["user"]["id"])
        client_data = self._client_data("webauthn.create", options, client)
        attestation = {
            "fmt": "none",
            "attStmt": {},
            "authData": self._data(ATTESTED) + self._attested(),
        }
        response = {
            "clientDataJSON": encode(client_data),
            "attestationObject": encode(cbor2.dumps(attestation)),
            "transports": ["internal", "hybrid"],
        }
        return self._credential(response)

    def sign(self, options: Mapping[str, Any], **client: Any) -> Json:
        """Answer navigator.credentials.get()."""
        if self.counts:
            self.counter += 1
        client_data = self._client_data("webauthn.get", options, client)
        data = self._data()
        signed = data + hashlib.sha256(client_data).digest()
        response = {
            "clientDataJSON": encode(client_data),
            "authenticatorData": encode(data),
            "signature": encode(self.private_key.sign(signed, ECDSA(SHA256()))),
        }
        if self.user_handle is not None:
            response["userHandle"] = encode(self.user_handle)
        return self._credential(response)

    def _credential(self, response: Json) -> Json:
        name = encode(self.credential_id)
        return {
            "id": name,
            "rawId": name,
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }

    def _client_data(
        self, kind: str, options: Mapping[str, Any], changed: Mapping[str, Any]
    ) -> bytes:
        told = {
            "type": kind,
            "challenge": options["challenge"],
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps({**told, **changed}).encode()

    def _data(self, more: int = 0) -> bytes:
        rp_id_hash = hashlib.sha256(self.rp_id.encode()).digest()
        flags = bytes([self.flags | more])
        return rp_id_hash + flags + self.counter.to_bytes(4, "big")

    def _attested(self) -> bytes:
        length = len(self.credential_id).to_bytes(2, "big")
        return bytes(16) + length + self.credential_id + self._cose_key()

    def _cose_key(self) -> bytes:
        numbers = self.private_key.public_key().public_numbers()
        x, y = (one.to_bytes(32, "big") for one in (numbers.x, numbers.y))
        return cbor2.dumps({1: 2, 3: -7, -1: 1, -2: x, -3: y})
