from collections.abc import Mapping
from pathlib import Path

import pytest

from service.dev.workplace import (
    Workplace,
    choose_settings,
    make_stand_in,
    prepared,
)
from service.kit.secrets import KeyRing
from service.settings import Settings, SettingWrongError, table

THEIRS = "postgresql://app@db.example/agegate"


def chosen(environ: Mapping[str, str]) -> Settings:
    return choose_settings(Settings.read(environ), table(environ))


def test_development_has_defaults_of_its_own() -> None:
    settings = chosen({"AGEGATE_PORT": "8181"})
    assert settings.env == "development"
    assert settings.base_url == "http://127.0.0.1:8181"
    assert settings.limits_factor >= 1000
    domain, origins = settings.relying_party
    assert (domain, "http://localhost:8181" in origins) == ("localhost", True)


def test_what_is_set_stays() -> None:
    settings = chosen(
        {
            "AGEGATE_ENV": "development",
            "AGEGATE_BASE_URL": "https://agegate.example",
            "AGEGATE_LIMITS_FACTOR": "1",
        }
    )
    assert settings.base_url == "https://agegate.example"
    assert settings.limits_factor == 1


def test_production_is_refused() -> None:
    with pytest.raises(SettingWrongError):
        chosen({"AGEGATE_ENV": "production"})


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("DATABASE_URL", THEIRS),
        ("KEYS_FILE", "/etc/agegate/keys.json"),
        ("BASE_URL", "https://agegate.example"),
    ],
)
def test_what_may_be_production_is_refused(
    variable: str, value: str, tmp_path: Path
) -> None:
    words = (
        rf"^AGEGATE_{variable} is set.*set AGEGATE_ENV=development if that is meant$"
    )
    given = {f"AGEGATE_{variable}": value}
    with pytest.raises(SettingWrongError, match=words):
        chosen(given)
    (tmp_path / "value").write_text(value)
    with pytest.raises(SettingWrongError, match=words):
        chosen({f"AGEGATE_{variable}_FILE": str(tmp_path / "value")})
    assert not chosen({**given, "AGEGATE_ENV": "development"}).production


@pytest.mark.parametrize("env", [{}, {"AGEGATE_ENV": "development"}])
@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.7", "db.example"])  # noqa: S104
def test_nobody_else_is_let_in(env: Mapping[str, str], host: str) -> None:
    with pytest.raises(SettingWrongError, match="AGEGATE_HOST must be of this machine"):
        chosen({**env, "AGEGATE_HOST": host})


@pytest.mark.parametrize(
    ("host", "origin"),
    [
        ("127.0.0.1", "http://127.0.0.1:8080"),
        ("127.0.0.7", "http://127.0.0.7:8080"),
        ("::1", "http://[::1]:8080"),
        ("localhost", "http://localhost:8080"),
    ],
)
def test_the_receiver_is_reached_wherever_we_listen(host: str, origin: str) -> None:
    place = Workplace(
        settings=chosen({"AGEGATE_HOST": host}),
        directory=Path(),
        keys=KeyRing.fresh("test"),
    )
    assert place.here == origin


def test_a_database_that_is_set_is_used(tmp_path: Path) -> None:
    settings = Settings(database_url=THEIRS, data_dir=tmp_path / "a" / "b")
    with prepared(settings) as first:
        assert first.settings.database_url == THEIRS
        assert first.directory == tmp_path / "a" / "b"
        assert {one.name for one in first.directory.iterdir()} == {"keys.json", "lock"}
    with prepared(settings) as second:
        assert second.keys == first.keys


def test_keys_that_are_set_are_used(tmp_path: Path) -> None:
    ring = KeyRing.fresh("theirs")
    (tmp_path / "keys").write_text(ring.dump())
    directory = tmp_path / "data"
    settings = Settings(
        database_url=THEIRS, data_dir=directory, keys_file=tmp_path / "keys"
    )
    with prepared(settings) as place:
        assert place.keys == ring
        assert not (directory / "keys.json").exists()


def test_a_directory_that_can_not_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    settings = Settings(data_dir=tmp_path / "file" / "data")
    with (
        pytest.raises(SettingWrongError, match=r"AGEGATE_DATA_DIR: .*/file/data can't"),
        prepared(settings),
    ):
        pass


def test_a_stand_in_is_the_same_each_time(tmp_path: Path) -> None:
    first = make_stand_in(Path("/one"), tmp_path)
    assert make_stand_in(Path("/one"), tmp_path) == first
    assert make_stand_in(Path("/other"), tmp_path) != first
    assert first.parent == tmp_path
    assert first.stat().st_mode & 0o777 == 0o711


def test_a_stand_in_of_somebody_else_is_not_used(tmp_path: Path) -> None:
    first = make_stand_in(Path("/one"), tmp_path)
    first.rename(tmp_path / "elsewhere")
    first.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(SettingWrongError, match="somebody else"):
        make_stand_in(Path("/one"), tmp_path)
