"""A client of `dispatch`, with people who are signed in."""

import pytest
from tests.api.caller import Caller


@pytest.fixture
async def caller() -> Caller:
    """Ana and Ben are signed in."""
    made = Caller()
    await made.sign_in("ana", "ben")
    return made
