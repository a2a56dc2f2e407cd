"""Keys are made, rotated and applied, and never lost."""

from pathlib import Path
from uuid import UUID

from service.commands.keys import new_key_id
from service.kit.database import make_pool
from service.kit.secrets import KeyRing
from service.vault.flows import Vault
from tests.commands.running import SECRET, agegate, in_a_thread, mistakes, said
from tests.support.clock import StoppedClock

SUBJECT = UUID(int=7)


def test_keys_are_its_owners_and_never_overwritten(keys_file: Path) -> None:
    assert keys_file.stat().st_mode & 0o777 == 0o600
    before = keys_file.read_bytes()
    KeyRing.parse(before.decode())
    assert mistakes(agegate("keys", "generate", keys_file)) == [
        f"{keys_file} exists already: nothing was written"
    ]
    assert keys_file.read_bytes() == before
    assert [*keys_file.parent.iterdir()] == [keys_file]


def test_a_new_key_is_known_first_and_used_when_it_is_promoted(
    keys_file: Path,
) -> None:
    before = KeyRing.parse(keys_file.read_text())
    keys_file.chmod(0o640)
    words = said(agegate("keys", "rotate", keys_file))
    assert words.index("Start every process") < words.index("agegate keys promote")
    known = KeyRing.parse(keys_file.read_text())
    assert known.primary == before.primary
    assert known.secrets[before.primary] == before.secrets[before.primary]
    assert known.index == before.index

    words = said(agegate("keys", "promote", keys_file))
    assert words.index("Start every process") < words.index("agegate keys rewrap")
    after = KeyRing.parse(keys_file.read_text())
    assert known.waiting == (after.primary,)
    assert (after.secrets, after.index) == (known.secrets, before.index)
    assert keys_file.stat().st_mode & 0o777 == 0o640


def test_no_step_of_a_rotation_is_taken_twice(keys_file: Path) -> None:
    (line,) = mistakes(agegate("keys", "promote", keys_file))
    assert "no key waits to be promoted" in line
    said(agegate("keys", "rotate", keys_file))
    once = keys_file.read_bytes()
    (line,) = mistakes(agegate("keys", "rotate", keys_file))
    assert "holds a key that waits" in line
    assert keys_file.read_bytes() == once
    said(agegate("keys", "promote", keys_file))
    once = keys_file.read_bytes()
    (line,) = mistakes(agegate("keys", "promote", keys_file))
    assert "no key waits to be promoted" in line
    assert keys_file.read_bytes() == once


def test_a_key_is_called_after_its_day() -> None:
    first = new_key_id(())
    assert new_key_id({first}) == f"{first}-2"
    assert new_key_id({first, f"{first}-2"}) == f"{first}-3"


def test_keys_that_are_none_are_one_line(tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    assert mistakes(agegate("keys", "rotate", file)) == [
        f"{file}: No such file or directory"
    ]
    file.write_bytes(b"\xff" + SECRET.encode())
    (line,) = mistakes(agegate("keys", "rotate", file))
    assert "is not the JSON" in line


async def test_keys_are_wrapped_anew(keys_file: Path, own_database_url: str) -> None:
    old = KeyRing.parse(keys_file.read_text())
    pool = await make_pool(own_database_url)
    async with pool:
        async with pool.acquire() as one:
            vault = Vault(keys=old)
            key = await vault.create(one, SUBJECT, at=StoppedClock().now())
        said(agegate("keys", "rotate", keys_file))
        said(agegate("keys", "promote", keys_file))
        settings = {"DATABASE_URL": own_database_url, "KEYS_FILE": str(keys_file)}
        result = await in_a_thread("keys", "rewrap", **settings)
        assert "Wrapped 1 data keys" in said(result)

        rotated = KeyRing.parse(keys_file.read_text())
        alone = {rotated.primary: rotated.secrets[rotated.primary]}
        new = KeyRing(alone, rotated.primary, rotated.index)
        async with pool.acquire() as one:
            assert await Vault(keys=new).key_of(one, SUBJECT) == key

        keys_file.write_text(KeyRing.fresh("stranger").dump())
        result = await in_a_thread("keys", "rewrap", **settings)
        assert "lacks a key" in mistakes(result)[0]
