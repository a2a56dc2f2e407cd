"""The operator's file of subscribers: read whole, or every mistake named."""

from collections.abc import Callable
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path

import pytest

from service.domain.events import EventType
from service.domain.profiles import LegalGround
from service.kit.toml_files import FilesWrong
from service.outbox.reader import read_file, read_subscribers
from service.outbox.subscribers import Subscriber
from tests.outbox.support import SECRET, WRITTEN_SECRET, event, profiles

WHOLE = f"""
[[subscribers]]
name = "rights"
url = "https://rights.example/hooks/agegate"
secrets = ["{WRITTEN_SECRET}"]
types = ["registration.*", "account.opened"]
apps = ["plain"]
legal_ground = "contract"
region = "DE"
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(text: str) -> Path:
        path = tmp_path / "subscribers.toml"
        path.write_text(text)
        return path

    return written


def mistakes_in(path: Path) -> list[tuple[str, str]]:
    with pytest.raises(FilesWrong) as caught:
        read_file(path)
    assert all(one.file == path.name for one in caught.value.mistakes)
    return [(one.key, one.what) for one in caught.value.mistakes]


def test_a_subscriber_is_read_with_its_defaults(write: Write) -> None:
    assert read_file(write(WHOLE)) == (
        Subscriber(
            name="rights",
            url="https://rights.example/hooks/agegate",
            secrets=(SECRET,),
            types=("registration.*", "account.opened"),
            apps=("plain",),
            legal_ground=LegalGround.CONTRACT,
            region="DE",
            transfer_mechanism=None,
            timeout_seconds=15,
            retry_hours=72,
            parallelism=8,
            allow_insecure=False,
            allow_private=False,
        ),
    )


def test_nobody_is_told_without_a_file(write: Write) -> None:
    assert read_subscribers(None, profiles(plain="EU")).every == ()
    assert read_subscribers(write(""), profiles(plain="EU")).every == ()


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('name = "Rights!"', "subscribers.0.name"),
        ("name = 1", "subscribers.0.name"),
        ('url = "http://rights.example/"', "url"),
        ('url = "rights.example"', "url"),
        ('url = "ftp://rights.example"', "url"),
        ('url = "https://user:pass@rights.example/"', "url"),
        ('url = "https://rights.example/#here"', "url"),
        ('url = "https://rights.example:99999/"', "url"),
        ('url = "https://réseau.example/"', "url"),
        ('url = "https://[::1"', "url"),
        ('url = "https://127.0.0.1/"', "url"),
        ('url = "https://127.1/"', "url"),
        ('url = "https://2130706433/"', "url"),
        ('url = "https://0x7f.0.0.1/"', "url"),
        ('url = "https://127.0.0.1./"', "url"),
        ('url = "https://%31%32%37.0.0.1/"', "url"),
        ('url = "https://localhost/"', "url"),
        ('url = "https://receiver.localhost./"', "url"),
        ('url = "https://a..b/"', "url"),
        (f'url = "https://{"a" * 64}.example/"', "url"),
        (r'url = "https://rights.example/\r\nX: y"', "url"),
        (r'url = "https://rights\t.example/"', "url"),
        ('url = "https://169.254.169.254/"\nallow_private = true', "url"),
        ("secrets = []", "secrets"),
        ('secrets = ["password"]', "secrets.0"),
        (f'secrets = ["{WRITTEN_SECRET}", "x"]', "secrets.1"),
        (
            f'secrets = ["{WRITTEN_SECRET}", "{WRITTEN_SECRET}", "{WRITTEN_SECRET}"]',
            "secrets",
        ),
        ("types = []", "types"),
        ('types = ["account.exploded"]', "types.0"),
        ('types = ["*"]', "types.0"),
        ('types = ["account"]', "types.0"),
        ("apps = []", "apps"),
        ('apps = "plain"', "apps"),
        ('legal_ground = "because"', "legal_ground"),
        ('region = "Germany"', "region"),
        ('transfer_mechanism = ""', "transfer_mechanism"),
        ("timeout_seconds = 0", "timeout_seconds"),
        ("timeout_seconds = 61", "timeout_seconds"),
        ('timeout_seconds = "15"', "timeout_seconds"),
        ("retry_hours = 71", "retry_hours"),
        ("parallelism = 0", "parallelism"),
        ("allowed_networks = []", "allowed_networks"),
        ('allowed_networks = ["10.0.0.1/8"]', "allowed_networks.0"),
        ('allowed_networks = ["8.8.8.0/24"]', "allowed_networks.0"),
        ('allowed_networks = ["0.0.0.0/0"]', "allowed_networks.0"),
        ('allowed_networks = ["169.254.169.254/32"]', "allowed_networks.0"),
        (
            'allowed_networks = ["10.2.0.0/16"]\nallow_private = true',
            "allowed_networks",
        ),
        ("overlap_until = 2026-12-01T00:00:00Z", "overlap_until"),
        ('overlap_until = "2026-12-01T00:00:00Z"', "overlap_until"),
        ("overlap_until = 2026-12-01T00:00:00", "overlap_until"),
        (f'secrets = ["{WRITTEN_SECRET}", "{WRITTEN_SECRET}"]', "secrets"),
        ('acknowledges = "sometime"', "acknowledges"),
        ('acknowledges = "release"', "acknowledges"),
        (
            'url = "nats://broker.example/EVENTS"\nacknowledges = "delivery"',
            "acknowledges",
        ),
        ("allow_insecure = 1", "allow_insecure"),
        ("colour = 1", "colour"),
    ],
)
def test_a_mistake_is_named_by_its_key(write: Write, line: str, key: str) -> None:
    wrong = line.partition(" = ")[0]
    kept = [one for one in WHOLE.splitlines() if not one.startswith(f"{wrong} =")]

    found = mistakes_in(write("\n".join([*kept, line])))

    assert [one for one, _ in found] == [
        key if key.startswith("subscribers") else f"subscribers.rights.{key}"
    ]


@pytest.mark.parametrize("key", ["name", "url", "secrets", "types", "apps", "region"])
def test_what_is_missing_is_named(write: Write, key: str) -> None:
    lines = [one for one in WHOLE.splitlines() if not one.startswith(f"{key} =")]

    ((found, _),) = mistakes_in(write("\n".join(lines)))

    assert found.endswith(f".{key}")


def test_every_mistake_is_named_at_once(write: Write) -> None:
    text = "colour = 1\n" + WHOLE.replace("https:", "http:") + WHOLE + WHOLE + "x = 1"

    assert [key for key, _ in mistakes_in(write(text))] == [
        "subscribers.rights.url",
        "subscribers.rights.x",
        "colour",
    ]
    assert mistakes_in(write(WHOLE + WHOLE)) == [
        ("subscribers.rights.name", "stands there twice")
    ]


@pytest.mark.parametrize(
    ("text", "key"), [("subscribers = 1", "subscribers"), ("= ?", ""), ("[[x]]", "x")]
)
def test_what_is_no_list_of_subscribers_is_a_mistake(
    write: Write, text: str, key: str
) -> None:
    assert [found for found, _ in mistakes_in(write(text))] == [key]


def test_a_list_of_something_else_is_a_mistake(write: Write) -> None:
    assert mistakes_in(write('subscribers = ["x"]'))[0][0] == "subscribers.0"


def test_a_file_that_is_not_there_is_a_mistake(tmp_path: Path) -> None:
    assert mistakes_in(tmp_path / "none.toml") == [("", "can't be read")]


def test_secrets_are_never_shown(write: Write) -> None:
    encoded = WRITTEN_SECRET.removeprefix("whsec_")
    (read,) = read_file(write(WHOLE))
    assert encoded not in repr(read)
    assert str(SECRET) not in repr(read)

    broken = WHOLE.replace(encoded, encoded + "!").replace("https:", "http:")
    with pytest.raises(FilesWrong) as caught:
        read_file(write(broken))
    assert len(caught.value.mistakes) == 2
    assert encoded not in str(caught.value)


def test_an_insecure_or_private_address_can_be_allowed(write: Write) -> None:
    text = WHOLE.replace("https://rights.example", "http://127.0.0.1:8080")

    (read,) = read_file(write(text + "allow_insecure = true\nallow_private = true"))

    assert read.url == "http://127.0.0.1:8080/hooks/agegate"


def test_a_part_of_our_networks_can_be_allowed(write: Write) -> None:
    text = WHOLE.replace("https://rights.example", "https://10.2.3.4")
    assert mistakes_in(write(text))
    assert mistakes_in(write(text + 'allowed_networks = ["10.3.0.0/16"]'))

    (read,) = read_file(write(text + 'allowed_networks = ["10.2.0.0/16", "fd12::/16"]'))

    assert read.inside == (ip_network("10.2.0.0/16"), ip_network("fd12::/16"))


@pytest.mark.parametrize(
    ("url", "written", "by_delivery"),
    [
        ("https://rights.example/", "", True),
        ("https://rights.example/", 'acknowledges = "delivery"', True),
        ("https://rights.example/", 'acknowledges = "request"', False),
        ("nats://broker.example/EVENTS", "", False),
    ],
)
def test_how_a_subscriber_acknowledges(
    write: Write, url: str, written: str, *, by_delivery: bool
) -> None:
    text = WHOLE.replace("https://rights.example/hooks/agegate", url) + written

    assert read_file(write(text))[0].acknowledges_by_delivery is by_delivery


def test_what_does_not_fit_the_profiles_is_a_mistake(write: Write) -> None:
    text = WHOLE.replace('["plain"]', '["plain", "another", "gone"]')

    with pytest.raises(FilesWrong) as caught:
        read_subscribers(write(text), profiles(plain="EU", another="CN"))

    stays, gone = map(str, caught.value.mistakes)
    place = "subscribers.toml: subscribers.rights."
    what = "the data of another stays in CN without one"
    assert stays == f"{place}transfer_mechanism: {what}"
    assert gone == f"{place}apps: there is no app gone"


def test_who_fits_is_told(write: Write) -> None:
    read = read_subscribers(write(WHOLE), profiles(plain="EU"))

    assert [one.name for one in read.entitled(event())] == ["rights"]
    assert read.entitled(replace(event(), type=EventType.CONSENT_GIVEN)) == ()
