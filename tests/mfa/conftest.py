"""Somebody with an account."""

import pytest

from tests.mfa.people import Owner, open_account
from tests.support.service import Service


@pytest.fixture
async def owner(service: Service) -> Owner:
    return await open_account(service)
