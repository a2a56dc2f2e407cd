"""A subscriber in trouble holds up nobody, and gets everything in the end."""

from tests.faults.trouble import troubles


async def test_every_trouble_delays_events_and_no_sign_up() -> None:
    seen = await troubles(6)
    assert seen.findings is not None
    assert seen.findings.wrong == {}
    assert seen.findings.signed_up == 36
    assert seen.others_left == 0
    assert {*seen.told.tries} == {"202", "204"}
