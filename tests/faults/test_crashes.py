"""A crash between any two statements loses nothing, and doubles nothing."""

from tests.faults.crashes import crash_everywhere


async def test_statements_of_the_flows_and_the_dispatcher() -> None:
    """Every third one here; ``python -m tests.faults`` takes each."""
    seen = await crash_everywhere(3)
    assert min(seen.points.values()) > 3
    assert seen.accounts == seen.opened == seen.people
    assert (seen.twice, seen.gaps) == (0, 0)
    assert (seen.undelivered, seen.phantoms, seen.out_of_order) == (0, 0, 0)
    assert seen.duplicates <= 2 * seen.points["delivery"]
