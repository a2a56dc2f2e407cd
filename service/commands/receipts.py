"""The command that checks a receipt, without asking anybody."""

import json
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import cast

import click

from service.domain.receipts import TYPE, ReceiptWrongError
from service.kit.secrets import KeyRing
from service.kit.signing import Claims, PublicKey, Signatures, SignatureWrongError
from service.settings import Settings, SettingWrongError


def verify(file: Path, keys: Path | None) -> None:
    """Check every receipt in *file*, and print what the last one says."""
    published = _published(keys)
    previous: str | None = None
    claims: Claims = {}
    for number, token in enumerate(_tokens(file), start=1):
        claims = _checked(token, published, number)
        if previous is not None and _previous_of(claims) != previous:
            raise ReceiptWrongError(
                f"line {number}: does not follow the receipt before it"
            )
        previous = sha256(token.encode()).hexdigest()
    if not claims:
        raise ReceiptWrongError("there is no receipt in the file")
    click.echo(json.dumps(claims, indent=2, ensure_ascii=False))


def _checked(token: str, keys: tuple[PublicKey, ...], number: int) -> Claims:
    try:
        return Signatures({}, "").verify(token, typ=TYPE, retired=keys)
    except SignatureWrongError as error:
        raise ReceiptWrongError(f"line {number}: {error}") from error


def _previous_of(claims: Claims) -> object:
    return cast("Mapping[str, object]", claims["record"])["previous_sha256"]


def _tokens(file: Path) -> Iterator[str]:
    """Yield the signed texts in *file*: one a line, or in the JSON of the API."""
    text = file.read_text().strip()
    try:
        if text.startswith("{"):
            text = str(json.loads(text)["receipt"])
    except (ValueError, KeyError) as error:
        raise ReceiptWrongError("the file holds no receipt") from error
    yield from filter(None, map(str.strip, text.splitlines()))


def _published(file: Path | None) -> tuple[PublicKey, ...]:
    """Return the published keys in *file*, or those of the service's own."""
    if file is None:
        own = Settings.read().keys_file
        if own is None:
            raise SettingWrongError("AGEGATE_KEYS_FILE is not set: name --keys")
        return Signatures.of(KeyRing.parse(own.read_text())).published
    try:
        keys = json.loads(file.read_text())["keys"]
        return tuple({str(n): str(v) for n, v in one.items()} for one in keys)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReceiptWrongError("the file of keys is no JWK set") from error
