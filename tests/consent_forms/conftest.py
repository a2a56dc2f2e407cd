"""An operator that takes signed forms, and a guardian who will sign."""

from collections.abc import AsyncGenerator

import pytest

from service.kit.database import Pool
from tests.support.clock import StoppedClock
from tests.support.service import Service
from tests.support.signers import Signer, a_signer, running_with_forms


@pytest.fixture
async def office(pool: Pool, clock: StoppedClock) -> AsyncGenerator[Service]:
    async with running_with_forms(pool, clock) as one:
        yield one


@pytest.fixture
async def signer(office: Service) -> Signer:
    return await a_signer(office)
