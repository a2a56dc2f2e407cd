"""Every setting (service/settings/every.py), and the only reader of the environment.

A setting called *name* comes from ``AGEGATE_NAME``, or from the file that
``AGEGATE_NAME_FILE`` names. ``agegate settings`` prints this table.
"""

from service.settings.every import Settings
from service.settings.reading import PREFIX, SettingWrongError
from service.settings.safety import is_exposed, is_loopback
from service.settings.shown import Row, table

__all__ = [
    "PREFIX",
    "Row",
    "SettingWrongError",
    "Settings",
    "is_exposed",
    "is_loopback",
    "table",
]
