"""The server's figures."""

import pytest
from tests.services.world import World, who

from tertulia.domain.errors import ForbiddenError


async def test_only_administrators_read_them(world: World) -> None:
    """How many people there are, and how much they write, is nobody else's affair."""
    assert (await world.chat.figures.read(who("root", admin=True))).messages == 0
    with pytest.raises(ForbiddenError):
        await world.chat.figures.read(who("ana"))
