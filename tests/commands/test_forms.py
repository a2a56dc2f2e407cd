"""Signed forms are listed, shown and decided about on the command line."""

from pathlib import Path

from service.kit.database import make_pool
from tests.commands.running import in_a_thread, mistakes, said
from tests.support.clock import StoppedClock
from tests.support.families import a_family
from tests.support.operators import running_for
from tests.support.scans import a_png
from tests.support.service import KEYS, SHIPPED
from tests.support.signers import Signer, signing

REASON = ("--reason", "name, date and signature are there")
METHODS = '\n[consent]\nmethods = ["email_plus", "signed_form"]\n'


async def test_two_people_look_and_decide(
    own_database_url: str, tmp_path: Path
) -> None:
    settings = _settings(own_database_url, tmp_path)
    async with (
        await make_pool(own_database_url) as pool,
        running_for(pool, StoppedClock(), signing("plain")) as service,
    ):
        signer = Signer(service, await a_family(service, "plain"))
        form_id = str(await signer.sign(file=a_png(b"signed")))
        number = (await signer.look())["reference"]
    out = tmp_path / "form.png"

    told = said(await in_a_thread("forms", "list", **settings))
    assert form_id in told
    assert number in told
    assert "1 waiting" in told
    show = ("forms", "show", form_id, "--by", "kim", "--out")
    wrong = await in_a_thread(*show, str(tmp_path / "form.html"), **settings)
    assert (wrong.exit_code, "ends in .png" in wrong.stderr) == (2, True)
    assert not (tmp_path / "form.html").exists()
    told = said(await in_a_thread(*show, str(out), **settings))
    assert number in told
    assert out.read_bytes() == a_png(b"signed")
    assert out.stat().st_mode & 0o777 == 0o600
    again = await in_a_thread(*show, str(out), **settings)
    assert (again.exit_code, "is there already" in again.stderr) == (2, True)

    approve = ("forms", "approve", form_id, *REASON, "--by")
    assert "second person" in said(await in_a_thread(*approve, "kim", **settings))
    (line,) = mistakes(await in_a_thread(*approve, "Kim", **settings))
    assert line == "A second operator has to decide the same."
    assert "approved by: kim" in said(await in_a_thread("forms", "list", **settings))
    assert "Consent is given" in said(await in_a_thread(*approve, "lee", **settings))
    assert "0 waiting" in said(await in_a_thread("forms", "list", **settings))
    reject = ("forms", "reject", form_id, *REASON, "--by", "lee")
    (line,) = mistakes(await in_a_thread(*reject, **settings))
    assert line == "There is no such form that waits for a decision."


async def test_a_profile_may_take_signed_forms(
    own_database_url: str, tmp_path: Path
) -> None:
    settings = _settings(own_database_url, tmp_path)
    assert "1 profiles are right" in said(
        await in_a_thread("profiles", "check", "--development", **settings)
    )


def _settings(url: str, directory: Path) -> dict[str, str | Path]:
    keys, profiles = directory / "keys.json", directory / "profiles"
    keys.write_text(KEYS.dump())
    keys.chmod(0o600)
    profiles.mkdir()
    text = (SHIPPED / "plain.toml").read_text().replace("text_file", "# text_file")
    assert "[consent]" not in text
    (profiles / "plain.toml").write_text(text + METHODS)
    return {
        "DATABASE_URL": url,
        "KEYS_FILE": keys,
        "PROFILES_DIR": profiles,
        "ENV": "development",
    }
