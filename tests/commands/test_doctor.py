"""The doctor looks at everything, whatever is wrong with the rest."""

from pathlib import Path

import pytest

from service.commands.argon2_build import instructions_in
from tests.commands.running import NOBODY_THERE, agegate, in_a_thread, mistakes, said


async def test_the_doctor_finds_all_well(
    own_database_url: str, keys_file: Path, profiles_dir: Path
) -> None:
    settings = {
        "ENV": "development",
        "DATABASE_URL": own_database_url,
        "KEYS_FILE": str(keys_file),
        "PROFILES_DIR": str(profiles_dir),
    }
    found = said(await in_a_thread("doctor", **settings)).splitlines()
    assert all(line.startswith("ok ") for line in found)
    assert "PostgreSQL" in found[1]

    keys_file.chmod(0o644)
    result = await in_a_thread("doctor", **settings, ARGON2_TIME_COST="3")
    assert result.exit_code == 1
    assert "open to other accounts" in result.stdout
    assert "(t=3, p=1)" in result.stdout


def test_the_doctor_names_everything_that_is_wrong() -> None:
    result = agegate("doctor", DATABASE_URL=NOBODY_THERE)
    assert mistakes(result) == []
    wrong = [line.split()[1] for line in result.stdout.splitlines() if "wrong" in line]
    assert wrong == ["settings", "database", "migrations", "profiles", "keys"]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (b"\x66\x0f\xf4\xc1", "SSE2"),
        (b"\xc5\xfd\xf4\xc1", "AVX2"),
        (b"\x62\xf1\xfd\x48\xf4", "AVX-512"),
        (b"\x90", None),
    ],
)
def test_the_instructions_of_argon2_are_recognised(
    code: bytes, name: str | None
) -> None:
    assert instructions_in(b"\x00".join([code] * 32)) == name
