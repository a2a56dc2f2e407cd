"""What commands are given."""

from pathlib import Path

import pytest

from tests.commands.running import agegate, said
from tests.support.processes import ROOT, free_port


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    said(agegate("keys", "generate", path))
    return path


@pytest.fixture
def profiles_dir(tmp_path: Path) -> Path:
    """The profiles that need no provider of proofs."""
    directory = tmp_path / "profiles"
    directory.mkdir()
    text = (ROOT / "deploy" / "profiles" / "plain.toml").read_text()
    (directory / "plain.toml").write_text(text.replace("text_file", "# text_file"))
    return directory


@pytest.fixture
def production(keys_file: Path, profiles_dir: Path) -> dict[str, str]:
    """What a process is started with in production, but for the database."""
    settings = {
        "BASE_URL": "https://agegate.example",
        "KEYS_FILE": str(keys_file),
        "PROFILES_DIR": str(profiles_dir),
        "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "agegate@agegate.example",
        "PORT": str(free_port()),
        "ADMIN_PORT": str(free_port()),
    }
    return {f"AGEGATE_{name}": value for name, value in settings.items()}
