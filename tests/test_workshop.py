"""The tools' verdict on the code, and the locks: one command tells everything."""

import re
import shutil
import subprocess
import sysconfig
import tomllib
from pathlib import Path

import grimp
import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
SCRIPTS = Path(sysconfig.get_path("scripts"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())

TOOLS = [
    "ruff check",
    "ruff format --check",
    "mypy",
    "lint-imports",
    "sqlfluff lint sql",
]

# The places packages come from differ from machine to machine, as do its directories.
OF_ONE_MACHINE = re.compile(
    r"pypi\.org|python[h]osted|registry\.npmjs|deb\.debian\.org|/(?:root|work)/"
)


def pins(lock: str) -> dict[str, str]:
    """Return what *lock* pins: the version, marker and hashes by the package's name."""
    text = (ROOT / "deploy" / lock).read_text().replace(" \\\n", "\n")
    return dict(re.findall(r"^([a-z0-9.-]+)==(.*(?:\n    .*)*)$", text, re.MULTILINE))


def requirements(*, dev: bool) -> list[Requirement]:
    """Return what pyproject.toml asks for."""
    asked = PYPROJECT["project"]["dependencies"]
    if dev:
        asked = asked + PYPROJECT["dependency-groups"]["dev"]
    return [Requirement(line) for line in asked]


@pytest.mark.parametrize("command", TOOLS)
def test_the_tools_have_nothing_to_say(command: str) -> None:
    tool, *arguments = command.split()
    ran = subprocess.run(
        [SCRIPTS / tool, *arguments],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, f"{command}\n{ran.stdout}{ran.stderr}"


def test_only_a_slice_itself_uses_its_stores() -> None:
    graph = grimp.build_graph("service", cache_dir=None)
    strangers = [
        f"{user} imports {store}"
        for store in graph.modules
        if store.endswith((".store", "_store"))
        for user in graph.find_modules_that_directly_import(store)
        if user.split(".")[:2] != store.split(".")[:2]
    ]
    assert strangers == []


@pytest.mark.parametrize(
    ("lock", "dev"), [("requirements.lock", False), ("requirements-dev.lock", True)]
)
def test_a_lock_pins_what_is_asked_for(lock: str, *, dev: bool) -> None:
    pinned = pins(lock)
    missing = [
        str(asked)
        for asked in requirements(dev=dev)
        if not asked.specifier.contains(pinned.get(asked.name, "0").split()[0])
    ]
    assert missing == []


def test_what_is_tested_is_what_runs() -> None:
    tested = pins("requirements-dev.lock")
    for name, pin in pins("requirements.lock").items():
        assert pin.split()[0] == tested[name].split()[0], name


def test_every_pin_is_hashed() -> None:
    for name, pin in pins("requirements-dev.lock").items():
        assert "--hash=sha256:" in pin, name


def test_uv_runs_the_locked_versions() -> None:
    locked = [
        f"{name}=={pin.splitlines()[0]}"
        for name, pin in pins("requirements-dev.lock").items()
    ]
    assert PYPROJECT["tool"]["uv"]["constraint-dependencies"] == locked


@pytest.mark.skipif(
    not (ROOT / ".git").exists() or shutil.which("git") is None,
    reason="git knows which files are the project's",
)
def test_no_file_speaks_of_one_machine() -> None:
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607
        cwd=ROOT,
        text=True,
    )
    files = [ROOT / name for name in listed.split("\0") if name]
    found = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for file in files
        if file.is_file()
        for match in OF_ONE_MACHINE.finditer(file.read_text("utf-8", "ignore"))
    ]
    assert found == []
