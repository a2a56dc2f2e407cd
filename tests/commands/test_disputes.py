"""What guardians disagree about is listed and decided on the command line."""

from pathlib import Path
from uuid import UUID

from service.kit.database import make_pool
from tests.commands.running import in_a_thread, mistakes, said
from tests.support.clock import StoppedClock
from tests.support.couples import a_couple
from tests.support.operators import running_for
from tests.support.service import KEYS, SHIPPED


async def test_an_operator_lists_cases_and_decides_them(
    own_database_url: str, tmp_path: Path
) -> None:
    settings = _settings(own_database_url, tmp_path)
    async with await make_pool(own_database_url) as pool:
        async with running_for(pool, StoppedClock()) as service:
            couple = await a_couple(service, "plain", purposes=())
            await couple.mum.withdraw()
            body = {"link_token": couple.dad.link}
            assert (await service.post("/v1/consents/dispute", body)).status == 202
            (case,) = await service.parts.disputes.every()
        decision = ("--operator", "kim", "--reason", "a letter from the court")
        dispute_id = str(case.dispute_id)

        told = said(await in_a_thread("disputes", "list", **settings))
        assert dispute_id in told
        assert str(couple.mum.account_id) in told

        told = said(
            await in_a_thread(
                *("disputes", "resolve", dispute_id, "--outcome", "stand"),
                *decision,
                **settings,
            )
        )
        assert "decided" in told
        assert "0 waiting" in said(await in_a_thread("disputes", "list", **settings))
        nowhere = str(UUID(int=0))
        (line,) = mistakes(
            await in_a_thread(
                *("disputes", "resolve", nowhere, "--outcome", "restore"),
                *decision,
                **settings,
            )
        )
        assert line == "There is no such dispute that waits for a decision."


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
