"""A world with five people, and a group of four of them."""

import pytest
from tests.services.world import World


@pytest.fixture
async def world() -> World:
    """Ana, Ben, Cleo, Dan and Eve have accounts."""
    made = World()
    await made.people("ana", "ben", "cleo", "dan", "eve")
    return made


@pytest.fixture
async def group(world: World) -> str:
    """Ana owns it, Cleo is an admin, Ben and Dan are members, Eve is a stranger."""
    return await world.group("ana", "ben", "dan", admins=("cleo",))
