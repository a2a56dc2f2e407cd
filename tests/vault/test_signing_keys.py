"""What a key has signed is read for years, also when the key has left the file."""

from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer

from service import routes
from service.app import make_app
from service.kit.secrets import KeyRing
from service.kit.signing import Signatures, SignatureWrongError
from service.vault.signing_keys import SigningKeys
from tests.support.service import Service

TYP = "record+jwt"


async def shown(service: Service, path: str) -> list[str]:
    response = await service.get(path)
    assert response.status == 200
    assert response.headers["Cache-Control"] == "public, max-age=60"
    return [one["kid"] for one in (await response.json())["keys"]]


async def test_the_keys_are_published(service: Service) -> None:
    signatures = service.parts.signing_keys.signatures

    assert await shown(service, "/.well-known/jwks.json") == [signatures.primary]
    assert await shown(service, "/.well-known/retired-jwks.json") == []
    assert (
        await service.pool.fetchval("SELECT kid FROM signing_key") == signatures.primary
    )


async def test_a_key_that_left_the_file_reads_records_and_no_tokens(
    service: Service,
) -> None:
    old = service.parts.signing_keys.signatures
    record = old.sign({"said": "yes"}, typ=TYP)
    fresh = SigningKeys(signatures=Signatures.of(KeyRing.fresh("later")))
    parts = replace(service.parts, signing_keys=fresh)

    async with TestClient(TestServer(make_app(parts, routes.WELL_KNOWN))) as client:
        known = await (await client.get("/.well-known/jwks.json")).json()
        gone = await (await client.get("/.well-known/retired-jwks.json")).json()

    assert [one["kid"] for one in known["keys"]] == [fresh.signatures.primary]
    assert [one["kid"] for one in gone["keys"]] == [old.primary]
    with pytest.raises(SignatureWrongError):
        fresh.signatures.verify(record, typ=TYP)
    async with service.pool.acquire() as connection:
        read = await fresh.verify_record(connection, record, typ=TYP)
        assert read == {"said": "yes"}
        stranger = Signatures.of(KeyRing.fresh("x")).sign({"said": "no"}, typ=TYP)
        with pytest.raises(SignatureWrongError):
            await fresh.verify_record(connection, stranger, typ=TYP)
    retired = await service.pool.fetchval(
        "SELECT retired_at FROM signing_key WHERE kid = $1", old.primary
    )
    assert retired == service.clock.now()
