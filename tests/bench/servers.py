"""The servers that are measured: the service itself, and the floor beneath it."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.request import urlopen

ROOT = Path(__file__).parents[2]
READY_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Running:
    """A server process, its port, and how many seconds it took to be ready."""

    process: "subprocess.Popen[bytes]"
    port: int
    ready_after: float

    def peak_memory_mib(self) -> float:
        """Return the largest resident size so far (Linux)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(one for one in status.splitlines() if one.startswith("VmHWM"))
        return int(line.split()[1]) / 1024


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def service(
    database_url: str, keys_file: Path, more: Mapping[str, str]
) -> Generator[Running]:
    """Run `agegate serve`, with its bytecode kept as an installed package has it."""
    port = free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if "AGEGATE" not in name},
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(keys_file.parent / "bytecode"),
        "AGEGATE_ENV": "development",
        "AGEGATE_DATABASE_URL": database_url,
        "AGEGATE_KEYS_FILE": str(keys_file),
        "AGEGATE_PORT": str(port),
        "AGEGATE_ADMIN_PORT": str(free_port()),
        "AGEGATE_LIMITS_FACTOR": "1000000",
        **more,
    }
    command = [sys.executable, "-m", "service", "serve"]
    with _started(command, environment, port, "/readyz") as running:
        yield running


@contextmanager
def bare(database_url: str) -> Generator[Running]:
    """Run aiohttp and asyncpg with one SELECT and nothing else."""
    port = free_port()
    command = [sys.executable, "-m", "tests.bench.bare", database_url, str(port)]
    with _started(command, dict(os.environ), port, "/row") as running:
        yield running


@contextmanager
def _started(
    command: list[str], environment: Mapping[str, str], port: int, path: str
) -> Generator[Running]:
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    try:
        _wait(process, f"http://127.0.0.1:{port}{path}")
        yield Running(process, port, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait(15)


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            with urlopen(url, timeout=1) as answer:  # noqa: S310 -- our own address
                json.load(answer)
        except (OSError, ValueError):
            time.sleep(0.02)
        else:
            return
    raise RuntimeError(f"nothing answers at {url}")
