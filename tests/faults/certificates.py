"""An authority of our own, and two certificates for 127.0.0.1: one that it signed."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)

LONG_AGO: Final = datetime(2020, 1, 1, tzinfo=UTC)
ADDRESS: Final = ip_address("127.0.0.1")


@dataclass(frozen=True)
class Certificates:
    """What a server shows, and the file of the *authority* that a client trusts."""

    right: ssl.SSLContext
    wrong: ssl.SSLContext
    authority: Path


def make_certificates(directory: Path) -> Certificates:
    key, name = ec.generate_private_key(ec.SECP256R1()), _name("an authority")
    signed = (
        _builder(name, name, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    authority = directory / "authority.pem"
    authority.write_bytes(signed.public_bytes(Encoding.PEM))
    stranger = ec.generate_private_key(ec.SECP256R1())
    return Certificates(
        _server(directory / "right.pem", key, name),
        _server(directory / "wrong.pem", stranger, name),
        authority,
    )


def _server(
    file: Path, authority: ec.EllipticCurvePrivateKey, issuer: x509.Name
) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(_name(str(ADDRESS)), issuer, key)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ADDRESS)]), critical=False
        )
        .sign(authority, SHA256())
    )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(private + certificate.public_bytes(Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(LONG_AGO + timedelta(days=36_500))
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])
