"""Codes are those of RFC 6238 and of every app, and of no other moment."""

import re
import shutil
import subprocess
from base64 import b32encode
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree as ET

import pytest

from service.mfa.totp.auth import STEP, matching_step, new_secret, otpauth_uri, qr_svg

RFC_SECRET = b32encode(b"12345678901234567890").decode()

# RFC 4226, appendix D: HOTP of the counters 0 to 9.
OF_COUNTERS = (
    *("755224", "287082", "359152", "969429", "338314"),
    *("254676", "287922", "162583", "399871", "520489"),
)

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
OF_SECONDS = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}

NOW = datetime(2026, 11, 22, 12, 0, 17, tzinfo=UTC)


def at(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, tz=UTC)


@pytest.mark.parametrize(("counter", "code"), [*enumerate(OF_COUNTERS)])
def test_codes_are_those_of_rfc_4226(counter: int, code: str) -> None:
    assert matching_step(RFC_SECRET, code, at=at(counter * 30 + 40)) == counter


@pytest.mark.parametrize(("seconds", "code"), [*OF_SECONDS.items()])
def test_codes_are_those_of_rfc_6238(seconds: int, code: str) -> None:
    assert matching_step(RFC_SECRET, code, at=at(seconds)) == seconds // 30


def test_the_step_before_is_taken_and_no_other() -> None:
    secret, offsets = new_secret(), range(-4, 4)
    codes = {offset: oathtool(secret, NOW + offset * STEP) for offset in offsets}
    taken = [one for one in offsets if matching_step(secret, codes[one], at=NOW)]
    assert taken == [-1, 0]


def test_a_code_of_oathtool_is_taken_to_the_last_second_of_the_next_step() -> None:
    secret = new_secret()
    begin = at(int(NOW.timestamp()) // 30 * 30)
    code = oathtool(secret, begin)
    step = int(begin.timestamp()) // 30
    after = timedelta(seconds=59)
    assert matching_step(secret, code, at=begin + after) == step
    assert matching_step(secret, code, at=begin + after + STEP / 30) is None
    assert matching_step(secret, code, at=begin - STEP / 30) is None


@pytest.mark.parametrize(
    "typed",
    [
        "２８７０８２",  # noqa: RUF001 -- full-width digits, which pyotp takes
        "٢٨٧٠٨٢",
        "287 082",
        " 287082",
        "287082\n",
        "87082",
        "0287082",
        "28708a",
        "",
    ],
)
def test_six_ascii_digits_and_nothing_else(typed: str) -> None:
    assert matching_step(RFC_SECRET, typed, at=at(59)) is None


def test_a_secret_has_160_bits_and_is_a_new_one_each_time() -> None:
    secrets = {new_secret() for _ in range(100)}
    assert len(secrets) == 100
    assert all(re.fullmatch("[A-Z2-7]{32}", one) for one in secrets)


def test_an_app_reads_what_it_needs() -> None:
    uri = otpauth_uri(RFC_SECRET, issuer="Terra: Maestro", holder="ada@example.org")
    parts = urlsplit(uri)
    assert (parts.scheme, parts.netloc) == ("otpauth", "totp")
    assert parts.path == "/Terra%20%20Maestro:ada%40example.org"
    asked = {"secret": [RFC_SECRET], "issuer": ["Terra  Maestro"]}
    assert parse_qs(parts.query) == asked


def test_a_qr_code_is_an_image_that_scales() -> None:
    image = ET.fromstring(qr_svg("otpauth://totp/x?secret=" + RFC_SECRET))  # noqa: S314
    assert image.tag.endswith("svg")
    assert "viewBox" in image.attrib
    assert not {"width", "height"} & image.attrib.keys()


def oathtool(secret: str, moment: datetime) -> str:
    """Return the code that another program makes."""
    program = shutil.which("oathtool")
    if program is None:
        pytest.skip("oathtool is not at hand")
    when = moment.strftime("%Y-%m-%d %H:%M:%S UTC")
    asked = [program, "--totp", "--base32", f"--now={when}", "-"]
    made = subprocess.run(
        asked, input=secret, check=True, capture_output=True, text=True
    )
    return made.stdout.strip()
