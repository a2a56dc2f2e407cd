"""An operator lets somebody try their second factors again, on the command line."""

from pathlib import Path

from service.kit.database import make_pool
from tests.commands.running import in_a_thread, mistakes, said
from tests.support.clock import StoppedClock
from tests.support.members import a_member
from tests.support.operators import running_for
from tests.support.service import KEYS, SHIPPED

USED_UP = """
INSERT INTO failed_tries (subject_id, proof, in_window, window_began_at, in_a_row)
VALUES ($1::uuid, 'second_factor', 10, now(), 100)
"""


async def test_an_operator_lets_a_holder_try_again(
    own_database_url: str, tmp_path: Path
) -> None:
    settings = _settings(own_database_url, tmp_path)
    async with await make_pool(own_database_url) as pool:
        async with running_for(pool, StoppedClock()) as service:
            member = await a_member(service)
        command = ("accounts", "reset-second-factors", member.id)
        decision = ("--operator", "kim", "--reason", "seen in person")

        (line,) = mistakes(await in_a_thread(*command, *decision, **settings))
        assert line == "There are tries left: nothing has to begin anew."
        await pool.execute(USED_UP, member.id)
        told = said(await in_a_thread(*command, *decision, **settings))
        assert "can try again" in told
        (line,) = mistakes(await in_a_thread(*command, *decision, **settings))
        assert line == "There are tries left: nothing has to begin anew."

        reasons = await pool.fetch(
            "SELECT detail->>'reason' AS reason FROM audit_entry"
            " WHERE action = 'security.second_factors_reset'"
        )
        assert [row["reason"] for row in reasons] == ["seen in person"]


def _settings(url: str, directory: Path) -> dict[str, str | Path]:
    keys, profiles = directory / "keys.json", directory / "profiles"
    keys.write_text(KEYS.dump())
    keys.chmod(0o600)
    profiles.mkdir()
    text = (SHIPPED / "plain.toml").read_text()
    (profiles / "plain.toml").write_text(text.replace("text_file", "# text_file"))
    return {
        "DATABASE_URL": url,
        "KEYS_FILE": keys,
        "PROFILES_DIR": profiles,
        "ENV": "development",
    }
