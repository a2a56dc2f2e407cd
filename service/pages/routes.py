"""Every page, with its guard."""

from typing import Final

from service.kit.web import Route

PAGES: Final[tuple[Route, ...]] = ()
