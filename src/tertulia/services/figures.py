"""The server's figures, for its administrators."""

from tertulia.domain.errors import ForbiddenError
from tertulia.domain.figures import Figures
from tertulia.ports.accounts import Identity
from tertulia.ports.figures import FigureSource


class ServerFigures:
    def __init__(self, source: FigureSource) -> None:
        self._source = source

    async def read(self, identity: Identity) -> Figures:
        """As of now. For administrators. Raises `forbidden`."""
        if not identity.admin:
            raise ForbiddenError("forbidden")
        return await self._source.figures()
