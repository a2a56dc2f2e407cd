"""Tokens by which services act here: a file of names, scopes and hashes.

The file never holds a token: it is shown once, when it is made.
"""

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from marshmallow import ValidationError, fields
from marshmallow.validate import Length

from service.domain.scopes import FOR_SUBSCRIBERS, Scope
from service.kit.fields import Exact, Name, Text
from service.kit.tokens import Token, hash_token, is_token, new_token, same
from service.kit.toml_files import FileMistake, FilesWrong, Section, load, read_table

PREFIX: Final = "agt_"
HASH: Final = re.compile(r"sha256:([0-9a-f]{64})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceToken:
    """What a service may do; with *subscriber*, as which of them."""

    name: str
    hash: bytes = field(repr=False)
    scopes: frozenset[Scope]
    subscriber: str | None = None


@dataclass(frozen=True, slots=True)
class ServiceTokens:
    """Every token there is."""

    every: tuple[ServiceToken, ...] = ()

    def find(self, text: str) -> ServiceToken | None:
        """Return whose token *text* is; it is compared with all, in constant time."""
        secret = text.removeprefix(PREFIX)
        if secret == text or not is_token(secret):
            return None
        hashed, found = hash_token(Token(text)), None
        for one in self.every:
            if same(one.hash, hashed):
                found = one
        return found


NO_TOKENS: Final = ServiceTokens()


def mint(
    name: str, *, scopes: Collection[Scope], subscriber: str | None
) -> tuple[str, str]:
    """Return a fresh token of 256 random bits, and its table for the file."""
    token = f"{PREFIX}{new_token()}"
    quoted = ", ".join(f'"{one}"' for one in sorted(scopes))
    lines = [
        "[[tokens]]",
        f'name = "{name}"',
        f'hash = "sha256:{hash_token(Token(token)).hex()}"',
        f"scopes = [{quoted}]",
        *([] if subscriber is None else [f'subscriber = "{subscriber}"']),
    ]
    return token, "\n".join(lines) + "\n"


class Hash(Exact[bytes]):
    """The hash of a token, as `agegate tokens mint` writes it."""

    def take(self, value: object) -> bytes:
        """Return the hash."""
        found = HASH.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise ValidationError("must be what agegate tokens mint writes")
        return bytes.fromhex(found[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A token as it stands in the file."""

    name: str
    hash: bytes = field(repr=False)
    scopes: tuple[Scope, ...]
    subscriber: str | None = None


class TokenSection(Section[Written]):
    """``[[tokens]]``."""

    makes = Written

    name = Name(required=True)
    hash = Hash(required=True)
    scopes = fields.List(
        fields.Enum(Scope, by_value=Text), required=True, validate=Length(1)
    )
    subscriber = Text()


@dataclass(frozen=True, slots=True)
class TokensFile:
    """The file as it is written."""

    tokens: tuple[Written, ...] = ()


class TokensSection(Section[TokensFile]):
    """The file as a whole."""

    makes = TokensFile

    tokens = fields.List(fields.Nested(TokenSection))


def read_tokens(
    path: Path | None, subscribers: Collection[str] | None
) -> ServiceTokens:
    """Return the tokens in the file, or raise FilesWrong with every mistake.

    Without *subscribers* any name of one is taken.
    """
    if path is None:
        return ServiceTokens()
    table: Mapping[str, object] = read_table(path)
    written = load(TokensSection(), table, file=path.name).tokens
    mistakes = [
        FileMistake(path.name, f"tokens.{one.name}.subscriber", what)
        for one in written
        if (what := _mistake_in(one, subscribers))
    ]
    mistakes += [
        FileMistake(path.name, f"tokens.{name}.name", "stands there twice")
        for name, count in Counter(one.name for one in written).items()
        if count > 1
    ]
    if mistakes:
        raise FilesWrong(mistakes)
    return ServiceTokens(
        tuple(
            ServiceToken(
                name=one.name,
                hash=one.hash,
                scopes=frozenset(one.scopes),
                subscriber=one.subscriber,
            )
            for one in written
        )
    )


def _mistake_in(one: Written, subscribers: Collection[str] | None) -> str | None:
    if one.subscriber is None and FOR_SUBSCRIBERS & {*one.scopes}:
        return "must name whose events these are"
    if subscribers is None or one.subscriber is None:
        return None
    if one.subscriber not in subscribers:
        return f"there is no subscriber {one.subscriber}"
    return None
