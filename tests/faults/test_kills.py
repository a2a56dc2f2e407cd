"""Nothing is lost or doubled when processes and servers die under load."""

from tests.faults.crew import PARALLELISM
from tests.faults.kills import (
    WORKERS,
    kill_a_process,
    kill_backend,
    kill_server,
    terminate_backends,
    under_load,
)


async def test_processes_backends_and_the_server_are_killed_under_load() -> None:
    outages = [terminate_backends, kill_backend, kill_server]
    seen = await under_load(250, [*[kill_a_process] * 5, *outages])
    assert seen.findings.wrong == {}
    assert seen.findings.signed_up == 250
    assert {*seen.kills} == {"serve", "work"}
    interrupted = seen.kills.count("work") + WORKERS * len(outages)
    assert seen.findings.duplicates <= PARALLELISM * interrupted
    assert seen.faults == []
