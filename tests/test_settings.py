"""What is set is shown without its secrets, and is safe in production."""

import os
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from service.settings import Settings, SettingWrongError, is_exposed, is_loopback

SECRET = "hunter2-not-for-logs"


@pytest.fixture
def keys_file(tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text("{}")
    path.chmod(0o600)
    return path


def check(keys: Path, **changes: Any) -> None:
    settings: dict[str, Any] = {
        "base_url": "https://agegate.example",
        "database_url": "postgresql://db.example/agegate",
        "keys_file": keys,
        "smtp_url": "smtps://mail.example",
        "mail_from": "agegate@agegate.example",
        **changes,
    }
    Settings(**settings).check_production()


def test_secrets_are_not_in_what_is_written_out() -> None:
    secret = [one.name for one in fields(Settings) if one.metadata["meaning"].secret]
    assert secret == [
        "database_url",
        "smtp_url",
        "sms_token",
        "age_proof_secret",
    ]
    shown = repr(Settings(**dict.fromkeys(secret, SECRET)))  # type: ignore[arg-type]
    assert SECRET not in shown
    assert "base_url='http://127.0.0.1:8080'" in shown


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"smtp_url": "smtp+starttls://user:password@mail.example:587"},
        {"smtp_url": "smtp://127.0.0.1:25"},
        {"smtp_url": "smtp://[::1]"},
        {"smtp_url": "smtp://localhost"},
        {"sms_url": "https://sms.example/v1"},
        {"sms_url": "http://127.0.0.1:8000/send"},
    ],
)
def test_what_is_safe_is_taken(keys_file: Path, changes: dict[str, str]) -> None:
    check(keys_file, **changes)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"base_url": "http://agegate.example"}, "BASE_URL must be an https address"),
        ({"smtp_url": "smtp://mail.example"}, "SMTP_URL would send mail in the clear"),
        ({"smtp_url": "SMTP://10.0.0.7:25"}, "SMTP_URL would send mail in the clear"),
        ({"sms_url": "http://sms.example"}, "SMS_URL would send messages in the clear"),
        ({"mail_from": ""}, "MAIL_FROM is not set"),
        ({"keys_file": Path("/nowhere")}, "KEYS_FILE: the file can't be read"),
    ],
)
def test_what_is_not_safe_is_one_line(
    keys_file: Path, changes: dict[str, Any], words: str
) -> None:
    with pytest.raises(SettingWrongError, match=f"^AGEGATE_{words}"):
        check(keys_file, **changes)
    check(keys_file, **changes, env="development")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o666])
def test_keys_that_others_get_at_are_refused(keys_file: Path, mode: int) -> None:
    keys_file.chmod(mode)
    with pytest.raises(SettingWrongError, match="AGEGATE_KEYS_FILE is open to other"):
        check(keys_file)
    check(keys_file, env="development")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends what is root's")
def test_what_root_lends_may_be_read_by_a_group_of_ours(keys_file: Path) -> None:
    """As Kubernetes does with a secret, for a container that does not run as root."""
    keys_file.chmod(0o640)
    assert not is_exposed(keys_file, account=1000)
    for mode in (0o644, 0o660, 0o650):
        keys_file.chmod(mode)
        assert is_exposed(keys_file, account=1000)


@pytest.mark.parametrize(
    ("host", "inside"),
    [
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("LOCALHOST", True),
        ("", False),
        ("0.0.0.0", False),  # noqa: S104
        ("::", False),
        ("10.0.0.7", False),
        ("localhost.example", False),
    ],
)
def test_only_this_machine_is_this_machine(host: str, inside: bool) -> None:  # noqa: FBT001
    assert is_loopback(host) is inside


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, ("127.0.0.1", ("http://127.0.0.1:8080",))),
        (
            {"AGEGATE_BASE_URL": "https://accounts.example.org"},
            ("accounts.example.org", ("https://accounts.example.org",)),
        ),
        (
            {
                "AGEGATE_BASE_URL": "https://accounts.example.org",
                "AGEGATE_PASSKEY_DOMAIN": "example.org",
                "AGEGATE_PASSKEY_ORIGINS": "https://www.example.org"
                " android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck",
            },
            (
                "example.org",
                (
                    "https://accounts.example.org",
                    "https://www.example.org",
                    "android:apk-key-hash:pNiP5iKyQ8JwgGOaKA1zGPUPJIS-0H1xKCQcfIoGLck",
                ),
            ),
        ),
    ],
)
def test_passkeys_belong_to_the_base_urls_host_unless_said_otherwise(
    environ: dict[str, str], expected: tuple[str, tuple[str, ...]]
) -> None:
    assert Settings.read(environ).relying_party == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DOMAIN", "https://example.org"),
        ("DOMAIN", "example.org:8443"),
        ("DOMAIN", "Example.org"),
        ("DOMAIN", "192.0.2.7"),
        ("ORIGINS", "www.example.org"),
        ("ORIGINS", "https://www.example.org/"),
        ("ORIGINS", "https://www.example.org/sign-in"),
        ("ORIGINS", "https://www.example.org, https://other.example.org"),
    ],
)
def test_what_is_no_domain_and_no_origin_stops_the_start(name: str, value: str) -> None:
    with pytest.raises(SettingWrongError, match=f"AGEGATE_PASSKEY_{name} must be"):
        Settings.read({f"AGEGATE_PASSKEY_{name}": value})


@pytest.mark.parametrize("domain", ["example.com", "gate.example", "other.example"])
def test_production_needs_a_passkey_domain_above_the_base_url(
    keys_file: Path, domain: str
) -> None:
    with pytest.raises(SettingWrongError, match="PASSKEY_DOMAIN"):
        check(keys_file, passkey_domain=domain)
