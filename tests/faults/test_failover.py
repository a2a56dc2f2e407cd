"""What was acknowledged outlives the primary, whatever became of it before."""

from tests.faults.failover import CANCELLED, REFUSALS, cut_it_off, fail_over


async def test_a_primary_that_lost_its_standby_acknowledges_nothing() -> None:
    """Not even when hanging commits are cancelled, and end well for PostgreSQL."""
    seen = await fail_over(150, cut_it_off)
    assert seen.findings.wrong == {}
    assert seen.findings.signed_up == 150
    assert seen.cancelled >= CANCELLED
    assert seen.told.tries["503"] >= REFUSALS
    assert seen.faults == []
