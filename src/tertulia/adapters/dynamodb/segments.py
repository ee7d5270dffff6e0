"""Packed texts: what up to 256 messages of a conversation say, in one item. Pure.

A segment only suggests: what it names is read from the log as the reader may see it, and compared again. So it may say
too much (every version that somebody may see), and never too little.
"""

import zlib
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Struct

from tertulia.domain import searching
from tertulia.domain.markdown import has_link
from tertulia.domain.messages import Message
from tertulia.domain.searching import Needle
from tertulia.ports.search import SearchQuery

PACK_BYTES_MAX: Final = 128 * 1024
"""Of one pack, so that four of them are one read. The longest texts are left out until it fits; each message whose text
is left out is always looked at."""
LINK: Final = 1
ATTACHMENT: Final = 2
UNPACKED: Final = 4
GONE: Final = 8


class Packing(Struct, frozen=True):
    """`segment`: messages of a full segment, the first one holds the numbers 1 to 256. It can't be changed for an index
    that is there.

    `every`: the last segment is written again with every so many messages, until it is full. What isn't packed yet
    each search reads from the log, which soon costs more than the writing.
    """

    segment: int = 256
    every: int = 64

    def segment_of(self, number: int) -> int:
        """The segment that holds the message of that number."""
        return (number - 1) // self.segment

    def whole(self, messages: int) -> int:
        """How many of so many messages are to be packed."""
        return messages // self.every * self.every


class Line(Struct, frozen=True):
    """One message. `changed` is the timestamp of the last edit, or of the deletion, that the text reflects; or 0."""

    timestamp: int
    author: str
    flags: int
    changed: int
    text: str


class _Pack(Struct, frozen=True, array_like=True):
    """By column, for what is alike compresses best. Timestamps are differences: to the line before, and of `changed` to
    the line's own."""

    authors: list[str]
    by: list[int]
    timestamps: list[int]
    flags: list[int]
    changed: list[int]
    texts: list[str]


_decoder: Final = msgspec.msgpack.Decoder(_Pack)


def line_of(versions: Sequence[Message]) -> Line:
    """From all that anybody may see of a message; the last one is what it is now."""
    now = versions[-1]
    if now.deleted:
        return Line(now.timestamp, now.author, GONE, now.deleted, "")
    flags = 0
    for each in versions:
        flags |= (LINK if has_link(each.text) else 0) | (ATTACHMENT if each.attachments else 0)
    texts = dict.fromkeys(map(searching.searchable, versions))
    return Line(now.timestamp, now.author, flags, now.edited, "\n".join(filter(None, texts)))


def pack(lines: Sequence[Line], most: int = PACK_BYTES_MAX) -> bytes:
    """At most `most` bytes, which has to be enough for the lines without their texts."""
    packed = _compressed(lines)
    while len(packed) > most:
        longest = max(len(line.text) for line in lines)
        if longest == 0:
            message = f"{len(lines)} lines without texts take {len(packed)} bytes"
            raise ValueError(message)
        # Half as long as the longest, and what is longer: each turn takes away at least one text.
        lines = [_without_text(line) if line.text and len(line.text) * 2 >= longest else line for line in lines]
        packed = _compressed(lines)
    return packed


def unpack(packed: bytes) -> list[Line]:
    content = _decoder.decode(zlib.decompress(packed))
    lines = []
    timestamp = 0
    columns = zip(content.by, content.timestamps, content.flags, content.changed, content.texts, strict=True)
    for by, after, flags, changed, text in columns:
        timestamp += after
        lines.append(Line(timestamp, content.authors[by], flags, timestamp + changed if changed else 0, text))
    return lines


def may_be_found(line: Line, query: SearchQuery, wanted: Sequence[Needle]) -> bool:
    """Whether the message has to be looked at."""
    if line.flags & GONE or query.author not in (None, line.author):
        return False
    if (query.has_link and not line.flags & LINK) or (query.has_attachment and not line.flags & ATTACHMENT):
        return False
    return bool(line.flags & UNPACKED) or searching.matches(wanted, line.text)


def _without_text(line: Line) -> Line:
    return Line(line.timestamp, line.author, line.flags | UNPACKED, line.changed, "")


def _compressed(lines: Sequence[Line]) -> bytes:
    authors = list(dict.fromkeys(line.author for line in lines))
    places = {author: place for place, author in enumerate(authors)}
    before = [0, *(line.timestamp for line in lines)]
    content = _Pack(
        authors,
        [places[line.author] for line in lines],
        [line.timestamp - earlier for line, earlier in zip(lines, before, strict=False)],
        [line.flags for line in lines],
        [line.changed - line.timestamp if line.changed else 0 for line in lines],
        [line.text for line in lines],
    )
    return zlib.compress(msgspec.msgpack.encode(content), 9)
