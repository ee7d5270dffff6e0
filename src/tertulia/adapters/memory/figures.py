"""The port `FigureSource` in memory: what was committed since it began to listen, and nothing else."""

from collections.abc import Sequence

from tertulia.domain.entries import ConversationCreated, MessageSent
from tertulia.domain.figures import Figures
from tertulia.ports.store import Committed, Store
from tertulia.version import __version__


class MemoryFigures:
    def __init__(self, store: Store) -> None:
        self._conversations = 0
        self._messages = 0
        store.listen(self._committed)

    async def figures(self) -> Figures:
        return Figures(version=__version__, conversations=self._conversations, messages=self._messages)

    def _committed(self, batch: Sequence[Committed]) -> None:
        for each in batch:
            self._conversations += isinstance(each.entry, ConversationCreated)
            self._messages += isinstance(each.entry, MessageSent)
