"""Somebody at a browser, and a family whose guardian has opened the link."""

import pytest

from tests.pages.family import Family
from tests.pages.journeys import Somebody, child_waiting
from tests.pages.visitor import Visitor
from tests.support.service import Service


@pytest.fixture
def visitor(service: Service) -> Visitor:
    return Visitor(service.client)


@pytest.fixture
def adult(service: Service, visitor: Visitor) -> Somebody:
    return Somebody(service, visitor, "terra-maestro")


@pytest.fixture
async def family(service: Service) -> Family:
    family = Family(*await child_waiting(service))
    await family.open()
    return family
