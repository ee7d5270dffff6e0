"""What the serverless home knows of itself without reading a table: what AWS counts anyway.

Connections are rows among others, and conversations items among those of their members: nobody counts them alone, so
they aren't known. The bytes of files would be CloudWatch's to tell, once a day.
"""

from typing import Final

from tertulia.adapters.cognito.figures import people_of
from tertulia.adapters.dynamodb.figures import COUNTED_SECONDS, table_sizes
from tertulia.aws.clients import Clients
from tertulia.domain.figures import Figures
from tertulia.version import __version__


class AwsFigures:
    """`ports.figures.FigureSource`: nine calls that describe something, none of which is paid."""

    def __init__(self, clients: Clients, *, pool: str, prefix: str) -> None:
        self._clients: Final = clients
        self._pool: Final = pool
        self._prefix: Final = prefix

    async def figures(self) -> Figures:
        people = await people_of(self._clients, self._pool)
        sizes = await table_sizes(self._clients, self._prefix)
        return Figures(
            version=__version__,
            people=people,
            messages=sizes["Chat-Messages"].items,
            database_bytes=sum(size.bytes for size in sizes.values()),
            files=sizes["Chat-Media"].items,
            age_seconds=COUNTED_SECONDS,
        )
