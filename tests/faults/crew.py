"""Web processes and workers, killed and started again, and never left behind."""

import asyncio
import itertools
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from aiohttp import ClientError, ClientSession, ClientTimeout

from service.kit.secrets import KeyRing
from tests.faults.receiver import SECRET
from tests.support.processes import CHEAP, CLEAN, ROOT, eventually, exit_code, free_port
from tests.support.service import SHIPPED

QUICK: Final = ClientTimeout(total=2)
LEASE_MARGIN: Final = "1"
TIMEOUT_SECONDS: Final = 2
PARALLELISM: Final = 8

FAULT: Final = re.compile(r'"event": ?"(fault|delivery_fault)"|^Traceback')

SUBSCRIBER: Final = """
[[subscribers]]
name = "rights"
url = "{url}"
secrets = ["{secret}"]
types = ["registration.*", "age.*", "account.*", "consent.*", "policy.*"]
apps = ["terran-studio", "terra-maestro", "plain"]
legal_ground = "legal_obligation"
region = "DE"
transfer_mechanism = "standard contractual clauses"
timeout_seconds = {timeout}
parallelism = {parallelism}
allow_insecure = true
allow_private = true
"""


@dataclass
class Member:
    """One process of the service, which can be started again and again."""

    command: str
    settings: Mapping[str, str]
    log: Path
    port: int = 0
    launcher: str = "service"
    process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", self.launcher, self.command],
                cwd=ROOT,
                env={**CLEAN, **CHEAP, **self.settings},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a process group of its own
            )

    def kill(self) -> None:
        """Kill it with SIGKILL, with whatever it has started."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def end(self) -> None:
        """Tell it to end when its work is done."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)

    async def ended(self) -> int:
        assert self.process is not None
        return await exit_code(self.process)

    def ensure(self) -> None:
        """Start it if it has ended: what a supervisor does."""
        if self.process is None or self.process.poll() is not None:
            self.start()

    async def ready(self) -> None:
        """Return when it is ready; a worker is as soon as it runs."""
        if self.port:
            await eventually(self._is_ready)

    async def _is_ready(self) -> bool | None:
        self.ensure()
        async with ClientSession(timeout=QUICK) as session:
            return await is_ready(session, self.port) or None


async def is_ready(session: ClientSession, port: int) -> bool:
    try:
        async with session.get(f"http://127.0.0.1:{port}/readyz") as answer:
            return answer.status == 200
    except (ClientError, TimeoutError, OSError):
        return False


@dataclass
class Crew:
    """Every process of a service on one database."""

    web: list[Member]
    workers: list[Member]
    directory: Path
    kills: list[str] = field(default_factory=list)

    @property
    def everybody(self) -> list[Member]:
        return [*self.web, *self.workers]

    @property
    def ports(self) -> list[int]:
        return [one.port for one in self.web]

    @property
    def worker_kills(self) -> int:
        return self.kills.count("work")

    async def start(self) -> None:
        for one in self.everybody:
            one.ensure()
        for one in self.everybody:
            await one.ready()

    async def kill(self, member: Member) -> None:
        """Kill one process, and start it again at once."""
        member.kill()
        self.kills.append(member.command)
        member.start()
        await member.ready()

    def words(self) -> str:
        """Return the last that the processes said, for a test that fails."""
        logs = sorted(self.directory.glob("*.log"))
        return "\n".join(f"{one.name}: {one.read_text()[-800:]}" for one in logs)

    def faults(self) -> list[str]:
        """Return what any process logged as a fault of ours."""
        lines = [
            line
            for one in self.directory.glob("*.log")
            for line in one.read_text().splitlines()
        ]
        return [line for line in lines if FAULT.search(line)]


class Reached(Protocol):
    """Where events go: a receiver's server, or a broker's stream."""

    @property
    def url(self) -> str: ...


@asynccontextmanager
async def crew(
    database_url: str,
    receiver: Reached,
    *,
    web: int = 2,
    workers: int = 1,
    real_leases: bool = False,
    timeout_seconds: int = TIMEOUT_SECONDS,
    parallelism: int = PARALLELISM,
    more: Mapping[str, str] | None = None,
) -> AsyncGenerator[Crew]:
    """Yield processes that run, and kill whatever is left of them in the end."""
    with tempfile.TemporaryDirectory(prefix="agegate-crew-") as name:
        directory = Path(name)
        settings = {**_settings(directory, database_url), **(more or {})}
        subscribers = SUBSCRIBER.format(
            url=receiver.url,
            secret=SECRET,
            timeout=timeout_seconds,
            parallelism=parallelism,
        )
        (directory / "subscribers.toml").write_text(subscribers)
        numbers = itertools.count(1)

        def member(command: str, launcher: str = "service") -> Member:
            port = free_port() if command == "serve" else 0
            ports = {"AGEGATE_PORT": str(port), "AGEGATE_ADMIN_PORT": str(free_port())}
            log = directory / f"{command}-{next(numbers)}.log"
            return Member(command, {**settings, **ports}, log, port, launcher)

        launcher = "service" if real_leases else "tests.faults.agegate"
        made = Crew(
            [member("serve") for _ in range(web)],
            [member("work", launcher) for _ in range(workers)],
            directory,
        )
        try:
            await made.start()
            yield made
        except BaseException:
            sys.stderr.write(made.words())
            raise
        finally:
            for one in made.everybody:
                await asyncio.to_thread(one.kill)


def _settings(directory: Path, database_url: str) -> dict[str, str]:
    keys, profiles = directory / "keys.json", directory / "profiles"
    keys.write_text(KeyRing.fresh("faults").dump())
    keys.chmod(0o600)
    shutil.copytree(SHIPPED, profiles)
    (profiles / "platform.toml").unlink()  # needs a provider of age proofs
    settings = {
        "ENV": "development",
        "DATABASE_URL": database_url,
        "KEYS_FILE": str(keys),
        "PROFILES_DIR": str(profiles),
        "SUBSCRIBERS_FILE": str(directory / "subscribers.toml"),
        "LIMITS_FACTOR": "1000000",
        "HASH_QUEUE": "64",
        "SMTP_URL": "smtp://127.0.0.1:1",
        "MAIL_FROM": "agegate@agegate.example",
    }
    return {
        **{f"AGEGATE_{name}": value for name, value in settings.items()},
        "FAULTS_LEASE_MARGIN": LEASE_MARGIN,
    }
