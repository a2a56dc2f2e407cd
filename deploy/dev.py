#!/usr/bin/env python3
"""Runs or tests agegate from a fresh checkout, with nothing installed but Python.

    python3 deploy/dev.py run [ARGUMENTS]     agegate in development: agegate dev
    python3 deploy/dev.py test [ARGUMENTS]    all tests, lint and types: pytest, which
                                              without arguments uses several cores
    python3 deploy/dev.py lock [ARGUMENTS]    write the locks anew: uv pip compile

The first call installs what deploy/requirements-dev.lock names into .venv; so does the
first after a change of the lock, or after an installation that was cut short.
Arguments are handed on. Paths in them are read from the top of the checkout.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

if sys.version_info < (3, 11):  # noqa: UP036 -- that is what is found out here
    sys.exit(f"agegate needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
if os.name != "posix":
    sys.exit("agegate is developed on Linux and macOS; on Windows, use WSL.")

import fcntl

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / ".installed"
LOCK = Path("deploy") / "requirements.lock"
DEV_LOCK = Path("deploy") / "requirements-dev.lock"
PYPROJECT = Path("pyproject.toml")

COMPILE = (
    *("pip", "compile", "--quiet", "--no-config", "--system-certs"),
    *("--universal", "--python-version", "3.11"),
    *("--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"),
)
ENVIRONMENT = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "UV_SYSTEM_CERTS": "1",
}
SIDE_BY_SIDE = ("--numprocesses", "auto", "--maxprocesses", "4", "--dist", "worksteal")
NO_VENV = """\
This Python comes without the means to make a virtual environment. Install them:
    apt-get install python3-venv        on Debian and Ubuntu
or install uv, which needs nothing else."""
NO_UV = "The locks are written with uv, which is not installed: pip install uv"
CUT_SHORT = "The installation did not finish. The same command takes it up again."


def main() -> None:
    """Do what the command line says."""
    verb, *arguments = sys.argv[1:] or ["help"]
    os.chdir(ROOT)
    for name, value in ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    if verb == "run":
        install()
        become("-m", "service", "dev", *arguments)
    elif verb == "test":
        install()
        become("-m", "pytest", *(arguments or SIDE_BY_SIDE))
    elif verb == "lock":
        lock(arguments)
    else:
        sys.exit(__doc__)


def become(*arguments: str) -> None:
    """Turn this process into the virtual environment's Python."""
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606


def install() -> None:
    """Bring .venv to the lock, from nothing if the last installation was cut short."""
    with (ROOT / ".venv.lock").open("a+") as file:
        os.set_inheritable(file.fileno(), True)  # noqa: FBT003 -- a pip may outlive us
        fcntl.flock(file, fcntl.LOCK_EX)  # one at a time
        wanted = hashlib.sha256(
            DEV_LOCK.read_bytes() + sys.version.encode()
        ).hexdigest()
        if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == wanted:
            return
        print("Installing into .venv; this takes a minute, once.", flush=True)
        file.seek(0)
        if file.read():
            shutil.rmtree(VENV, ignore_errors=True)
        file.write("unfinished")
        file.flush()
        STAMP.unlink(missing_ok=True)
        if not (install_with_uv() or install_with_pip()):
            sys.exit(CUT_SHORT)
        STAMP.write_text(wanted)
        file.truncate(0)


def install_with_uv() -> bool:
    """Install with uv, if it is there; tell whether that went well."""
    uv = shutil.which("uv")
    if uv is None:
        return False
    if not is_sound("sys"):
        run(uv, "venv", "--quiet", "--clear", "--python", sys.executable, str(VENV))
    options = ("--quiet", "--require-hashes", "--python", str(PYTHON))
    return run(uv, "pip", "install", *options, "-r", str(DEV_LOCK))


def install_with_pip() -> bool:
    """Install with the pip that comes with Python; tell whether that went well."""
    if not is_sound("pip"):
        if not run(sys.executable, "-c", "import ensurepip, venv", quiet=True):
            sys.exit(NO_VENV)
        run(sys.executable, "-m", "venv", "--clear", str(VENV))
    options = ("--quiet", "--no-input", "--require-hashes")
    return run(str(PYTHON), "-I", "-m", "pip", "install", *options, "-r", str(DEV_LOCK))


def is_sound(module: str) -> bool:
    """Tell whether .venv has a Python of this version, and *module* in it."""
    version = f"assert sys.version_info[:2] == {sys.version_info[:2]}"
    code = f"import sys, {module}; {version}"
    return PYTHON.exists() and run(str(PYTHON), "-I", "-c", code, quiet=True)


def run(*command: str, quiet: bool = False) -> bool:
    """Run *command*, and tell whether it went well."""
    output = subprocess.DEVNULL if quiet else None
    ended = subprocess.run(
        command, check=False, close_fds=False, stdout=output, stderr=output
    )
    return ended.returncode == 0


def lock(arguments: list[str]) -> None:
    """Write both locks, and the same versions into pyproject.toml for uv run.

    What is locked stays as it is where it still fits, unless *arguments* say otherwise:
    ``--upgrade``, or ``--upgrade-package aiohttp``.
    """
    uv = shutil.which("uv") or shutil.which("uv", path=str(VENV / "bin"))
    if uv is None:
        sys.exit(NO_UV)
    source = str(PYPROJECT)
    everything = ("--group", "dev", "--output-file", str(DEV_LOCK))
    part = ("--constraint", str(DEV_LOCK), "--output-file", str(LOCK))
    if not run(uv, *COMPILE, *everything, *arguments, source):
        sys.exit(1)
    if not run(uv, *COMPILE, *part, *arguments, source):
        sys.exit(1)
    versions = re.findall(
        r"^[a-z0-9.-]+==[^\\\n]*[^\\\s]", DEV_LOCK.read_text(), re.MULTILINE
    )
    lines = "".join(f'    "{version}",\n' for version in versions)
    PYPROJECT.write_text(
        re.sub(
            r"^constraint-dependencies = \[\n.*?^\]",
            f"constraint-dependencies = [\n{lines}]",
            PYPROJECT.read_text(),
            flags=re.DOTALL | re.MULTILINE,
        )
    )


if __name__ == "__main__":
    main()
