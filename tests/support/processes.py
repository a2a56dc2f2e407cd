"""Processes of the command line, and waiting for what they do."""

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

ROOT = Path(__file__).parents[2]
SECONDS = 30.0

# Nothing of whoever runs the tests; hashing that costs next to nothing.
CLEAN = {name: value for name, value in os.environ.items() if "AGEGATE" not in name}
CHEAP = {
    "AGEGATE_ARGON2_MEMORY_KIB": "8",
    "AGEGATE_ARGON2_TIME_COST": "1",
}


def free_port() -> int:
    """Return a port that nobody listens on just now."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def start(
    *arguments: str, settings: Mapping[str, str], output: Path
) -> "subprocess.Popen[bytes]":
    """Start `agegate` with *arguments*; what it says is in the file *output*."""
    with output.open("ab") as file:
        return subprocess.Popen(
            [sys.executable, "-m", "service", *arguments],
            cwd=ROOT,
            env={**CLEAN, **CHEAP, **settings},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
        )


async def exit_code(process: "subprocess.Popen[bytes]") -> int:
    """Return the exit code of a process that ends."""
    return await eventually(lambda: _as_awaitable(process.poll()))


async def _as_awaitable(value: T) -> T:
    return value


async def eventually(
    find: Callable[[], Awaitable[T | None]], *, seconds: float = SECONDS
) -> T:
    """Return what *find* finds, asked again and again until a deadline."""
    deadline = time.monotonic() + seconds
    while True:
        found = await find()
        if found is not None:
            return found
        assert time.monotonic() < deadline, "nothing was found in time"
        await asyncio.sleep(0.02)


def processes_about(directory: Path) -> list[str]:
    """Return the command lines in which *directory* occurs."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = file.read_text().replace("\0", " ")
        except OSError:  # it has just ended
            continue
        if str(directory) in command:
            found.append(command)
    return found
