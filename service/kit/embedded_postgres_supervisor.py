"""Runs PostgreSQL as somebody other than root, and ends it together with its owner.

A program of its own: ``embedded_postgres`` runs it by path, nothing imports it. It
reads its standard input, a pipe from the owner. The pipe ends when the owner closes
it, exits or is killed, ``kill -9`` included, and then the server is shut down.

    supervise IDENTITY LOG SOCKET_DIRECTORY COMMAND...
    run       IDENTITY COMMAND...

*IDENTITY* is ``self``, ``namespace`` (root under another number) or ``UID:GID``.
"""

import ctypes
import os
import pwd
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

CLONE_NEWUSER = 0x10000000
PR_SET_DUMPABLE = 4
NOBODY = 65534
PATIENCE = 30.0  # seconds a shutdown may take before the server is killed

# Nothing of the owner's environment: no secrets, no PGPORT, no LANG.
ENVIRONMENT = {"LC_ALL": "C", "PATH": os.defpath, "TZ": "UTC"}


def become(identity: str) -> None:
    """Turn this process into *identity*, and into one that has a name."""
    if ":" in identity:
        uid, gid = map(int, identity.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if identity == "namespace":
        _take_known_number()
    elif not _is_known(os.geteuid()):  # initdb wants a name: containers often have none
        with suppress(OSError, AttributeError):
            _take_known_number()


def _is_known(uid: int) -> bool:
    try:
        pwd.getpwuid(uid)
    except KeyError:
        return False
    return True


def _take_known_number() -> None:
    """Enter a user namespace where this account is an ordinary one, with its files."""
    uid, gid = os.geteuid(), os.getegid()
    known = {account.pw_uid for account in pwd.getpwall()} - {0}
    number = NOBODY if NOBODY in known else min(known, default=NOBODY)
    library = ctypes.CDLL(None, use_errno=True)
    library.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)  # or /proc/self stays root's
    if library.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "user namespaces are refused here")
    Path("/proc/self/setgroups").write_bytes(b"deny")
    Path("/proc/self/uid_map").write_bytes(b"%d %d 1" % (number, uid))
    Path("/proc/self/gid_map").write_bytes(b"%d %d 1" % (number, gid))


def supervise(log: Path, socket_directory: Path, command: list[str]) -> int:
    """Run *command* until it ends or the owner is gone; return its exit code."""
    with log.open("ab") as output:
        server = subprocess.Popen(
            command,
            cwd="/",
            env=ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    threading.Thread(target=_end_with_owner, args=(server,), daemon=True).start()
    code = server.wait()
    shutil.rmtree(socket_directory, ignore_errors=True)
    return abs(code)


def _end_with_owner(server: "subprocess.Popen[bytes]") -> None:
    while os.read(sys.stdin.fileno(), 1):
        pass
    server.send_signal(signal.SIGINT)  # PostgreSQL's fast shutdown
    killer = threading.Timer(PATIENCE, server.kill)
    killer.daemon = True
    killer.start()


def main(verb: str, identity: str, *arguments: str) -> int:
    """Do what the command line says."""
    become(identity)
    if verb == "run":
        os.chdir("/")
        os.execve(arguments[0], arguments, ENVIRONMENT)  # noqa: S606
    log, socket_directory, *command = arguments
    return supervise(Path(log), Path(socket_directory), command)


if __name__ == "__main__":
    try:
        sys.exit(main(*sys.argv[1:]))
    except (OSError, AttributeError) as error:  # no unshare() but on Linux
        sys.exit(f"PostgreSQL cannot run as {sys.argv[2]}: {error}")
