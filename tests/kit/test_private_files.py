from pathlib import Path

import pytest

from service.kit import private_files


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file"


def test_a_new_file_is_its_owners(file: Path) -> None:
    private_files.write_new(file, "secret")
    assert file.read_text() == "secret"
    assert file.stat().st_mode & 0o777 == 0o600


def test_no_file_is_overwritten(file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(FileExistsError):
        private_files.write_new(file, "secret")
    assert file.read_text() == "precious"
    assert [*file.parent.iterdir()] == [file]


def test_a_replaced_file_keeps_its_mode(file: Path) -> None:
    private_files.replace(file, "one")
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(0o640)
    private_files.replace(file, "two")
    assert file.read_text() == "two"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_link_leads_to_the_file_that_is_replaced(file: Path) -> None:
    file.write_text("one")
    link = file.with_name("link")
    link.symlink_to(file)
    private_files.replace(link, "two")
    assert link.is_symlink()
    assert file.read_text() == "two"


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    directory = tmp_path / "directory"
    directory.mkdir()
    with pytest.raises(OSError, match="directory"):
        private_files.replace(directory, "text")
    assert [*tmp_path.iterdir()] == [directory]
