"""Looking into what people upload."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Protocol

from msgspec import Struct

from tertulia.domain.media import Details, Variant


class Processed(Struct, frozen=True):
    """What was found, and the files to be kept: those that aren't there stay as they are, or don't exist. `folder` has
    room for more files, which are gone when the others are."""

    details: Details
    files: Mapping[Variant, Path]
    folder: Path


class MediaProcessor(Protocol):
    """Takes contents apart where they can do no harm: bounded in memory, time and number."""

    def process(self, content: AsyncIterator[bytes], media_type: str) -> AbstractAsyncContextManager[Processed]:
        """The details of a content of that type. The files are gone when the context ends.

        A picture is written anew: upright, without metadata, with thumbnails; an animation keeps its frames and nothing
        else. Raises `media_broken`, `media_too_complex`, and `overloaded` where too many wait already.
        """
        ...
