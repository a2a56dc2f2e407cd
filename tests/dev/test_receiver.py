"""The built-in receiver is as strict as the library that subscribers use."""

import base64
import json
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from standardwebhooks import Webhook

from service.dev.clock import DevClock
from service.dev.journal import Journal
from service.dev.receiver import NotOursError, Receiver

BODY = json.dumps({"id": "msg_1", "type": "account.opened"}).encode()


@pytest.fixture
def receiver(tmp_path: Path) -> Receiver:
    clock = DevClock(tmp_path / "clock.json")
    return Receiver(events=Journal(tmp_path / "events.jsonl"), clock=clock)


def signed(
    at: datetime, secret: bytes, event_id: str = "msg_1", body: bytes = BODY
) -> dict[str, str]:
    library = Webhook(base64.b64encode(secret).decode())
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": library.sign(event_id, at, body.decode()),
    }


def test_an_event_is_taken_once(receiver: Receiver) -> None:
    headers = signed(receiver.clock.now(), receiver.secret)
    receiver.take(headers, BODY)
    receiver.take(headers, BODY)
    (event,) = receiver.events.newest_first()
    assert event["type"] == "account.opened"
    assert event["verified"] is True


def test_one_of_several_signatures_is_enough(receiver: Receiver) -> None:
    headers = signed(receiver.clock.now(), receiver.secret)
    headers["webhook-signature"] = f"v1,AAAA {headers['webhook-signature']} v2,é"
    receiver.take(headers, BODY)
    assert receiver.events.find("msg_1")


def test_what_was_signed_before_the_clock_was_moved_is_fresh(
    receiver: Receiver,
) -> None:
    headers = signed(receiver.clock.now(), receiver.secret)
    receiver.clock.move(receiver.clock.now() + timedelta(days=14))
    receiver.take(headers, BODY)
    assert receiver.events.find("msg_1")


def test_anything_else_is_not_taken(receiver: Receiver) -> None:
    now = receiver.clock.now()
    right = signed(now, receiver.secret)
    hour = timedelta(hours=1)
    for headers, body in (
        ({}, BODY),
        (right, BODY + b" "),
        ({**right, "webhook-id": "msg_2"}, BODY),
        ({**right, "webhook-timestamp": "1"}, BODY),
        ({**right, "webhook-timestamp": "now"}, BODY),
        (signed(now, b"another secret of 32 bytes......"), BODY),
        (signed(now - hour, receiver.secret), BODY),
        (signed(now + hour, receiver.secret), BODY),
    ):
        with pytest.raises(NotOursError):
            receiver.take(headers, body)
    assert receiver.events.newest_first() == []
