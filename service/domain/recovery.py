"""Getting an account back: how long its links are good, and what stays with it."""

from datetime import timedelta
from typing import Final

from service.domain.security import LINK_LIFETIME

RESET: Final = timedelta(minutes=30)
"""How long the link in a holder's message sets another password."""

CHILD_RESET: Final = timedelta(hours=24)
"""The same of a guardian, who sits down with the child first (NIST SP 800-63B-4)."""

UNDO: Final = timedelta(hours=72)
"""How long a changed contact can be put back from where it was."""

HELD: Final = LINK_LIFETIME
"""How long nobody else can have a contact that was replaced: while it may come back."""

CODE_TRIES: Final = 5
CODE: Final = timedelta(minutes=10)
"""The code to a new contact (NIST SP 800-63B-4: out-of-band codes)."""
