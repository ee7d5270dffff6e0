"""Making sounds and films again."""

from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol


class Transcoder(Protocol):
    """Takes contents apart where they can do no harm: bounded in memory, time and bytes, with no way to other files or
    to any network. What it makes says nothing that the content says of itself. The files are gone when the context
    ends."""

    def playable(self, content: AsyncIterator[bytes], media_type: str) -> AbstractAsyncContextManager[Path]:
        """A sound or a film of that type again, as every browser plays it. Raises `media_broken`, `media_too_complex`,
        `media_unsupported`."""
        ...

    def frame(self, content: AsyncIterator[bytes], media_type: str, moment: float) -> AbstractAsyncContextManager[Path]:
        """What a film shows at that moment (seconds), as PNG. Raises like `playable`."""
        ...
