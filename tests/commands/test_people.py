"""What an operator does about guardians and minors, on the command line."""

from pathlib import Path
from uuid import UUID

from service.kit.database import make_pool
from service.kit.secrets import KeyRing
from tests.commands.running import in_a_thread, mistakes, said
from tests.support.clock import StoppedClock
from tests.support.operators import running_for
from tests.support.service import KEYS, SHIPPED
from tests.support.wards import a_ward


async def test_an_operator_bars_removes_freezes_and_judges(
    own_database_url: str, tmp_path: Path
) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(KEYS.dump())
    keys.chmod(0o600)
    assert KeyRing.parse(keys.read_text()).primary == KEYS.primary
    settings: dict[str, str | Path] = {
        "DATABASE_URL": own_database_url,
        "KEYS_FILE": keys,
        "PROFILES_DIR": _profiles(tmp_path),
        "ENV": "development",
    }
    async with await make_pool(own_database_url) as pool:
        async with running_for(pool, StoppedClock()) as service:
            wards = [
                await a_ward(service, "plain", name, f"{name}@example.org", purposes=())
                for name in ("first", "second")
            ]
        one, two = (str(ward.account_id) for ward in wards)
        barred, removed = [str(await ward.guardian_id()) for ward in wards]
        because = ("--reason", "a letter from the court")

        told = await in_a_thread("guardians", "bar", barred, *because, **settings)
        assert "1 accounts" in said(told)
        told = await in_a_thread(
            "guardians", "remove", two, removed, *because, **settings
        )
        assert "no say" in said(told)
        told = await in_a_thread("accounts", "freeze", two, *because, **settings)
        assert "frozen" in said(told)
        told = await in_a_thread(
            "accounts", "judge", two, "--born", "1990", *because, **settings
        )
        assert "admit" in said(told)
        (line,) = mistakes(
            await in_a_thread(
                "accounts", "freeze", str(UUID(int=0)), *because, **settings
            )
        )
        assert line == "There is no such account."
        for ward in wards:
            assert {state[-1] for state in (await ward.grants()).values()} == {
                "invalidated"
            }
        reasons = await pool.fetchval(
            "SELECT count(*) FROM audit_entry WHERE detail->>'reason' = $1", because[1]
        )
        assert reasons == 4
        assert one != two


def _profiles(directory: Path) -> Path:
    """Return the one profile that needs no provider of proofs."""
    profiles = directory / "profiles"
    profiles.mkdir()
    text = (SHIPPED / "plain.toml").read_text()
    (profiles / "plain.toml").write_text(text.replace("text_file", "# text_file"))
    return profiles
