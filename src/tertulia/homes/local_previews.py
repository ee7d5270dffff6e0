"""Looking at the pages that messages link to, in the home on one machine."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from tertulia.adapters.sqlite.store import SqliteStore
from tertulia.adapters.web.pages import WebPages
from tertulia.homes.working import working
from tertulia.ports.clock import Clock
from tertulia.ports.entropy import Entropy
from tertulia.ports.media import MediaStore
from tertulia.ports.pages import Pages
from tertulia.ports.processing import MediaProcessor
from tertulia.ports.rates import Rate
from tertulia.services.previews import PreviewQueue, Previews

_AT_ONCE: Final = 2
"""Messages whose links are looked at at once."""


@asynccontextmanager
async def opened(
    store: SqliteStore,
    media: MediaStore,
    processor: MediaProcessor,
    clock: Clock,
    entropy: Entropy,
    rate: Rate,
    pages: Pages | None = None,
) -> AsyncIterator[None]:
    """Looks at what the store commits until it is closed. The `pages` are the public web where none are given."""
    web = None
    if pages is None:
        pages = web = WebPages()
    previews = Previews(store, media, pages, processor, clock, entropy, rate)
    queue = PreviewQueue(previews.look)
    store.listen(queue.committed)
    try:
        async with working(queue.work, at_once=_AT_ONCE):
            yield
    finally:
        if web is not None:
            web.close()
