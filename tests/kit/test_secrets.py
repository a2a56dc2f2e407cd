"""Keys of several processes at once, while an operator changes them."""

import pytest

from service.kit.secrets import KeyRing, KeysWrongError, UnsealError, new_sealing_key

PLACE = b"a place"
OLD = KeyRing.fresh("old")
KNOWING = OLD.with_key("new")
USING = KNOWING.promoted()


def reads(reader: KeyRing, maker: KeyRing) -> bool:
    """Tell whether one process reads all that another one makes."""
    key = new_sealing_key()
    key_id, wrapped = maker.wrap(key, PLACE)
    carried, signed = maker.carry("ticket", b"value"), maker.sign("token", b"value")
    try:
        return (
            reader.unwrap(key_id, wrapped, PLACE) == key
            and reader.carried("ticket", carried) == b"value"
            and reader.sign("token", b"value", maker.primary) == signed
            and reader.blind_index("email", "a") == maker.blind_index("email", "a")
        )
    except UnsealError:
        return False


@pytest.mark.parametrize(
    ("one", "other"), [(OLD, KNOWING), (KNOWING, USING), (USING, USING)]
)
def test_each_step_of_a_rotation_is_read_by_the_one_before(
    one: KeyRing, other: KeyRing
) -> None:
    assert reads(one, other)
    assert reads(other, one)


def test_a_step_left_out_is_not_read() -> None:
    assert not reads(OLD, USING)


def test_a_new_key_waits() -> None:
    assert (OLD.waiting, KNOWING.waiting, USING.waiting) == ((), ("new",), ())
    assert KNOWING.primary == "old"
    assert USING.primary == "new"
    assert KeyRing.parse(USING.dump()) == USING
    assert KeyRing.parse(KNOWING.dump()).waiting == ("new",)


def test_a_promotion_can_be_taken_back() -> None:
    back = USING.promoted("old")
    assert back.primary == "old"
    assert back.promoted() == USING


@pytest.mark.parametrize("key_id", [None, "old", "stranger"])
def test_what_can_not_be_promoted_is_named(key_id: str | None) -> None:
    with pytest.raises(KeysWrongError, match=key_id or "old"):
        OLD.promoted(key_id)


def test_a_key_is_not_made_twice() -> None:
    with pytest.raises(KeysWrongError, match="old"):
        OLD.with_key("old")


def test_a_ring_shows_no_secret() -> None:
    assert repr(KNOWING) == "KeyRing(ids=['old', 'new'], primary=old)"
