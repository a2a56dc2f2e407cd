"""A real `agegate dev`, and somebody who uses it."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import ClientError, ClientSession

from tests.support.applicants import SignedUp, code_in
from tests.support.processes import eventually, exit_code, free_port, start
from tests.support.service import PASSWORD, Json


@dataclass(repr=False)
class Dev:
    """`agegate dev` on *directory*, at free ports."""

    directory: Path
    browser: ClientSession
    settings: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None

    def __post_init__(self) -> None:
        port, admin_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.admin = f"http://127.0.0.1:{admin_port}"
        self.output = self.directory.with_suffix(".log")
        self.settings = {
            "AGEGATE_DATA_DIR": str(self.directory),
            "AGEGATE_PORT": str(port),
            "AGEGATE_ADMIN_PORT": str(admin_port),
        }

    async def start(self) -> None:
        self.process = start("dev", settings=self.settings, output=self.output)
        await eventually(self._is_ready)

    async def _is_ready(self) -> bool | None:
        assert self.process is not None
        assert self.process.poll() is None, self.output.read_text()
        try:
            async with self.browser.get(f"{self.url}/readyz") as answer:
                return answer.status == 200 or None
        except ClientError:
            return None

    async def end(self, signal: int) -> int:
        """Send *signal*, and return the exit code."""
        assert self.process is not None
        self.process.send_signal(signal)
        return await exit_code(self.process)

    async def get(self, path: str, token: str = "") -> Json:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.browser.get(self.url + path, headers=headers) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.json()

    async def post(
        self, path: str, body: Json, token: str = "", status: int = 200
    ) -> Json:
        headers = {"Authorization": f"Bearer {token}"}
        async with self.browser.post(
            self.url + path, json=body, headers=headers
        ) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def page(self, path: str) -> str:
        async with self.browser.get(self.url + path) as answer:
            assert answer.status == 200, await answer.text()
            return await answer.text()

    async def register(self, app: str, **form: str) -> "Applicant":
        shown = await self.get(f"/v1/apps/{app}/sign-up")
        version = shown["policy"]["version"]
        body = {"password": PASSWORD, "policy_version": version, **form}
        path = f"/v1/apps/{app}/registrations"
        return Applicant(self, await self.post(path, body, status=202))

    async def message_to(self, address: str) -> Json:
        """Return the newest message to *address*, once it was sent."""

        async def newest() -> Json:
            sent = await self.get("/dev/messages")
            return next((one for one in sent if one["to"] == address), None)

        return await eventually(newest)

    async def event(self, event_type: str, subject: str) -> Json:
        """Return an event, once the receiver has taken it."""

        async def taken() -> Json:
            wanted = (event_type, subject)
            events = await self.get("/dev/events")
            found = (one for one in events if (one["type"], one["subject"]) == wanted)
            return next(found, None)

        return await eventually(taken)

    async def advance(self, duration: str) -> Json:
        return await self.post("/dev/clock", {"advance": duration})


@dataclass(repr=False)
class Applicant(SignedUp):
    """Somebody signing up."""

    dev: Dev
    answer: Json

    async def post(self, step: str, body: Json, status: int = 200) -> Json:
        path = f"/v1/registrations/{self.id}/{step}"
        return await self.dev.post(path, body, self.token, status)

    async def confirm(self, address: str) -> Json:
        """Type the code that came to *address*."""
        message = await self.dev.message_to(address)
        code = code_in(message["text"])
        return await self.post("contact-confirmations", {"code": code})

    async def state(self) -> str:
        shown = await self.dev.get(f"/v1/registrations/{self.id}", self.token)
        return str(shown["state"])
