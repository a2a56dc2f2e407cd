"""A database that is stolen alone holds no password that could be guessed at."""

import subprocess
from uuid import UUID

from service.accounts.records import AccountRecords
from service.domain.accounts import AccountId
from service.kit.database import connection as reading
from service.kit.database import make_pool
from service.kit.embedded_postgres_programs import find_binaries
from service.kit.secrets import KeyRing
from service.kit.tokens import Token, hash_token
from service.vault.flows import Vault
from tests.support.clock import StoppedClock
from tests.support.holders import (
    EMAIL,
    NEW_PASSWORD,
    an_owner,
    ask_reset,
    link_to,
)
from tests.support.service import KEYS, Service, running

# Whatever a PHC string or a link could be spelt like in a dump of bytes.
PHC = ("$argon2", "argon2id", b"$argon2".hex(), "JGFyZ29uMg")


def dump(url: str) -> str:
    return subprocess.run(
        [find_binaries() / "pg_dump", "--data-only", url],
        check=True,
        capture_output=True,
        text=True,
    ).stdout


async def test_a_dump_without_the_keys_holds_no_hash_of_a_password(
    own_database_url: str, clock: StoppedClock
) -> None:
    pool = await make_pool(own_database_url)
    async with pool, running(pool, clock) as service:
        owner = await an_owner(service)
        await owner.change_password()
        await ask_reset(service, "plain", EMAIL)
        reset = await link_to(service, EMAIL, "reset")
        report = await link_to(service, EMAIL, "security")
        taken = dump(own_database_url)

    assert owner.id in taken  # it is this database, and the account is in it
    assert hash_token(Token(reset)).hex() in taken
    for secret in (*PHC, NEW_PASSWORD, EMAIL, reset, report):
        assert secret not in taken, secret


async def test_keys_rotate_and_nobody_needs_another_password(service: Service) -> None:
    owner = await an_owner(service)
    await owner.change_password()
    rotated = KEYS.with_key("newer").promoted()
    assert await Vault(keys=rotated).rewrap(service.pool) > 0

    alone = KeyRing({"newer": rotated.secrets["newer"]}, "newer", KEYS.index)
    async with reading(service.pool) as connection:
        found = await AccountRecords(keys=alone).find(
            connection, AccountId(UUID(owner.id))
        )

    assert found is not None
    hashes = service.parts.passwords
    assert await hashes.verify(found[0].password_hash, NEW_PASSWORD)
