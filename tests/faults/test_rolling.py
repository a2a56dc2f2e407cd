"""A rolling restart fails no request."""

from tests.faults.rolling import restart_one_by_one


async def test_two_processes_are_restarted_one_by_one() -> None:
    seen = await restart_one_by_one(1)
    assert seen.failed == []
    assert seen.told.wrong == []
    assert {*seen.told.tries} == {"202", "204"}
    assert seen.requests > 100
    assert seen.exit_codes == [0, 0]
