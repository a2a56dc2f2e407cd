"""A receiver of events: verifies each, keeps each once, and only then says so.

pip install standardwebhooks
RECEIVER_SECRET=whsec_… python3 receiver.py 8090 events.sqlite3
"""

import os
import sqlite3
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from standardwebhooks import Webhook, WebhookVerificationError

PORT, DATABASE = int(sys.argv[1]), sys.argv[2]
WEBHOOK = Webhook(os.environ["RECEIVER_SECRET"])
KEPT = sqlite3.connect(DATABASE)
KEPT.execute("CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, body BLOB)")


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what is kept, 401 to what is not agegate's or is too old."""

    def do_POST(self) -> None:
        """Take an event; its id is the same however often it is sent."""
        length = int(self.headers.get("Content-Length", "0"))
        body = self.rfile.read(max(0, min(length, 65_536)))
        try:
            event = WEBHOOK.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):
            self.send_error(401)
            return
        with KEPT:  # committed at its end: what fails before is sent again
            KEPT.execute(
                "INSERT OR IGNORE INTO event VALUES (?, ?)", (event["id"], body)
            )
        self.send_response(204)
        self.end_headers()


HTTPServer(("127.0.0.1", PORT), Receiver).serve_forever()
