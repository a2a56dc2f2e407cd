# ruff: noqa: F403 -- what is on a page of this package is here
"""Every message to people, a page for each area: what it is about, not its words.

The words are in service/messages/templates. Nothing that an applicant typed stands in
a message, or it could be used to write to strangers: the parameters are this service's
and the operator's own.
"""

from service.domain.messages.accounts import *
from service.domain.messages.consent import *
from service.domain.messages.contents import *
from service.domain.messages.guardians import *
from service.domain.messages.message import *
from service.domain.messages.operators import *
from service.domain.messages.recovery import *
from service.domain.messages.security import *
from service.domain.messages.sign_up import *
