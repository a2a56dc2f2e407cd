"""What an operator wrote is checked and shown; every mistake has a line."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.commands.running import NOBODY_THERE, SECRET, agegate, mistakes, said
from tests.support.processes import ROOT

RIGHT = """
[[subscribers]]
name = "rights"
url = "https://rights.example/hooks"
secrets = ["whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="]
types = ["account.*"]
apps = ["plain"]
legal_ground = "contract"
region = "DE"
"""


def test_the_profiles_are_right_but_for_who_takes_proofs() -> None:
    assert "5 profiles are right" in said(agegate("profiles", "check", "--development"))
    assert mistakes(agegate("profiles", "check")) == [
        "platform.toml: age_proof_provider: must name who takes the proof of age"
    ]


def test_a_profile_that_texts_guardians_needs_who_sends_texts(tmp_path: Path) -> None:
    plain = (ROOT / "deploy" / "profiles" / "plain.toml").read_text()
    texting = plain.replace("guardian_email", "guardian_phone").replace(
        "text_file", "text"
    )
    texting += '\n[consent]\nmethods = ["text_plus"]\n'
    (tmp_path / "plain.toml").write_text(texting)
    found = mistakes(agegate("profiles", "check", tmp_path))
    (line,) = [one for one in found if "consent.methods" in one]
    assert "AGEGATE_SMS_URL is not set" in line
    set_ = mistakes(agegate("profiles", "check", tmp_path, SMS_URL="https://sms.test/"))
    assert not [one for one in set_ if "consent.methods" in one]


def test_every_mistake_in_a_profile_is_named(tmp_path: Path) -> None:
    plain = (ROOT / "deploy" / "profiles" / "plain.toml").read_text()
    wrong = plain.replace('region = "any"', "region = 7").replace("text_file", "text")
    (tmp_path / "plain.toml").write_text(wrong)
    (tmp_path / "other.toml").write_text("app = ")
    found = mistakes(agegate("profiles", "check", tmp_path))
    assert any(line.startswith("other.toml: is not TOML") for line in found)
    assert any(line.startswith("plain.toml: region: ") for line in found)


def test_a_directory_without_profiles_is_a_mistake(tmp_path: Path) -> None:
    missing = tmp_path / "missing"
    assert mistakes(agegate("profiles", "check", missing)) == [
        "missing: there is no profile in it"
    ]


def test_subscribers_are_checked(tmp_path: Path) -> None:
    assert "nobody is told" in said(agegate("subscribers", "check"))
    file = tmp_path / "subscribers.toml"
    file.write_text(RIGHT)
    assert "rights" in said(agegate("subscribers", "check", file))
    assert "rights" in said(agegate("subscribers", "check", SUBSCRIBERS_FILE=file))

    file.write_text(RIGHT.replace("plain", "nowhere").replace("https", "http"))
    (line,) = mistakes(agegate("subscribers", "check", file))
    assert line.startswith("subscribers.toml: subscribers.rights.url: must be an https")


def test_the_settings_are_shown_and_secrets_are_not(tmp_path: Path) -> None:
    (tmp_path / "smtp").write_text(f"smtps://agegate:{SECRET}@mail.example\n")
    shown = said(
        agegate(
            "settings",
            DATABASE_URL=NOBODY_THERE,
            SMTP_URL_FILE=tmp_path / "smtp",
            PORT="8181",
        )
    )
    assert SECRET not in shown
    rows = {line.split()[0]: line.split() for line in shown.splitlines()}
    assert rows["AGEGATE_PORT"][:4] == ["AGEGATE_PORT", "8181", "8080", "AGEGATE_PORT"]
    assert rows["AGEGATE_DATABASE_URL"][1] == "(hidden)"
    assert rows["AGEGATE_SMTP_URL"][2] == "AGEGATE_SMTP_URL_FILE"
    assert rows["AGEGATE_TRUSTED_PROXIES"][1:4] == ["0", "0", "default"]


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"PORT": "http"}, "AGEGATE_PORT must be a whole number"),
        ({"PROT": "80"}, "AGEGATE_PROT is not a setting"),
        ({"LOG_LEVEL": "loud"}, "AGEGATE_LOG_LEVEL must be debug, info, warning or"),
        ({"OPERATOR_EMAIL": "a@b.example\nBcc: c@d.example"}, "AGEGATE_OPERATOR_EMAIL"),
        ({"PORT_FILE": "/nowhere"}, "AGEGATE_PORT_FILE: the file can't be read"),
    ],
)
def test_a_wrong_setting_is_one_line(settings: Mapping[str, str], words: str) -> None:
    (line,) = mistakes(agegate("settings", **settings))
    assert line.startswith(words)
