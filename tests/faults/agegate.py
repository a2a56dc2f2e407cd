"""`agegate`, but what a dead worker held is free again after a moment.

A lease lasts longer than any delivery may take; whoever waits for a hundred of them in
a test waits for nothing but that.
"""

import os
from datetime import timedelta

from service.__main__ import main
from service.outbox import dispatch

if __name__ == "__main__":
    seconds = float(os.environ["FAULTS_LEASE_MARGIN"])
    dispatch.LEASE_MARGIN = timedelta(seconds=seconds)  # type: ignore[misc]
    main()
