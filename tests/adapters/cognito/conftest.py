"""User pools of the tests' own in ministack, with a clock that the tests set."""

import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.adapters.cognito.pools import World
from tests.emulators.emulators import Emulator
from tests.emulators.pools import create_pool, following

from tertulia.adapters.memory.clock import SetClock
from tertulia.aws.clients import Clients


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def world(
    request: pytest.FixtureRequest, clock: SetClock, clocked_ministack: tuple[Emulator, Clients, Path]
) -> Iterator[World]:
    """A new pool; `@pytest.mark.parametrize("world", [{...}], indirect=True)` gives other settings."""
    emulator, clients, file = clocked_ministack
    options: dict[str, Any] = getattr(request, "param", {})
    prefix = f"Test-{uuid.uuid4().hex[:12]}-"
    with following(clients, clock, file):
        yield World(emulator, clients, clock, create_pool(emulator, clients, prefix, **options), prefix)
