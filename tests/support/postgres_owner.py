"""A process that owns, or attaches to, an embedded PostgreSQL.

Says the DSN on a line, and stops in an orderly way when its standard input ends.
"""

import sys
from pathlib import Path

from service.kit.embedded_postgres import EmbeddedPostgres

if __name__ == "__main__":
    with EmbeddedPostgres(Path(sys.argv[1])) as postgres:
        sys.stdout.write(postgres.start() + "\n")
        sys.stdout.flush()
        sys.stdin.read()
