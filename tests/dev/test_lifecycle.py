"""Starting, ending, being killed, and finding everything again."""

import signal
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.dev.running import Dev
from tests.support.processes import eventually, processes_about

only_procfs = pytest.mark.skipif(
    not Path("/proc/self/cmdline").exists(), reason="looks for processes in /proc"
)


@only_procfs
async def test_nothing_is_lost_and_nobody_left(
    reachable: Path, browser: ClientSession
) -> None:
    dev = Dev(reachable / "own", browser)
    await dev.start()
    ada = await dev.register(
        "plain", email="ada@example.org", date_of_birth="1990-05-17"
    )
    code = await dev.message_to("ada@example.org")
    started = await dev.event("registration.started", ada.id)
    moved = await dev.advance("PT1H")
    for name in ("keys.json", "mailbox.jsonl", "events.jsonl", "clock.json"):
        assert (dev.directory / name).stat().st_mode & 0o777 == 0o600

    assert await dev.end(signal.SIGKILL) == -signal.SIGKILL

    async def nobody() -> bool | None:
        return not processes_about(dev.directory) or None

    await eventually(nobody)

    await dev.start()
    assert code in await dev.get("/dev/messages")
    assert started in await dev.get("/dev/events")
    assert (await dev.get("/dev/clock"))["now"] > moved["now"]
    assert await ada.state() == "confirm_contact"
    assert await dev.end(signal.SIGTERM) == 0
    assert not processes_about(dev.directory)
