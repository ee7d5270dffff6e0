"""What a home knows of itself."""

from typing import Protocol

from tertulia.domain.figures import Figures


class FigureSource(Protocol):
    async def figures(self) -> Figures:
        """What is known at this moment. Costs the same however much there is; what would cost more is None. Raises
        UnavailableError."""
        ...
