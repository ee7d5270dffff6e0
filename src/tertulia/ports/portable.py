"""The records of an export: what a system consists of, in the form in which it moves from one home to another.

An export is one record a line, JSON, beginning with a Header and ending with an End. The conversations come one after
the other, each followed by its members, the ones who left too, and by its entries in the log's order.
"""

from collections.abc import AsyncIterator
from typing import Any, Final, Protocol

from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry
from tertulia.domain.library import Pack, Picture, Rules
from tertulia.domain.media import Variant
from tertulia.domain.members import Member
from tertulia.ports.media import Upload

VERSION: Final = 5
"""Of the form of the records. A reader takes its own version and earlier ones. 2: pictures have thumbnails. 3: there
is a library. 4: sounds and films have a form that every browser plays. 5: a member may have
read further than others are shown."""


class Header(Struct, frozen=True, kw_only=True, tag_field="record", tag="header"):
    """`created` in microseconds; `product` is the version of the product that wrote it."""

    version: int
    product: str
    created: int


class PortableUser(Struct, frozen=True, tag_field="record", tag="user"):
    """A person, in the form of the accounts that wrote it: `username`, `name`, `admin`, `disabled`, `created`
    (microseconds), `password` (an Argon2id hash, or "" where accounts don't give one), `email` where one is known and
    confirmed. Accounts take what they can."""

    user: dict[str, Any]


class PortableConversation(Struct, frozen=True, tag_field="record", tag="conversation"):
    """The head of the log whose members and entries follow."""

    conversation: Conversation


class PortableMember(Struct, frozen=True, tag_field="record", tag="member"):
    conversation: str
    member: Member


class PortableEntry(Struct, frozen=True, tag_field="record", tag="entry", omit_defaults=True):
    """`digest` is what tells a retry of the message from another message under its id; in hexadecimal."""

    conversation: str
    entry: Entry
    digest: str = ""


class PortableRules(Struct, frozen=True, tag_field="record", tag="library_rules"):
    """What administrators decided about the library."""

    rules: Rules


class PortablePack(Struct, frozen=True, tag_field="record", tag="library_pack"):
    pack: Pack


class PortablePicture(Struct, frozen=True, tag_field="record", tag="library_picture"):
    """A picture of the library; its file is a record of its own."""

    picture: Picture


class PortableMedia(Struct, frozen=True, tag_field="record", tag="media"):
    """A file; its content follows."""

    upload: Upload


class PortableContent(Struct, frozen=True, tag_field="record", tag="content"):
    """The next piece of a file's content."""

    media: str
    data: bytes


class PortableThumbnail(Struct, frozen=True, tag_field="record", tag="thumbnail"):
    """The next piece of a variant of a file, mostly a thumbnail; they follow its content, one after the other."""

    media: str
    variant: Variant
    data: bytes


class End(Struct, frozen=True, kw_only=True, tag_field="record", tag="end"):
    """The last record: a file without it is not whole. `records` counts all between the header and this one."""

    records: int


LogRecord = PortableConversation | PortableMember | PortableEntry
LibraryRecord = PortableRules | PortablePack | PortablePicture
Record = Header | PortableUser | LogRecord | LibraryRecord | PortableMedia | PortableContent | PortableThumbnail | End


class LogSink(Protocol):
    """Where the records of conversations go, in the order in which they come."""

    async def write(self, record: LogRecord) -> bool:
        """Whether it brought something new. Raises InvalidError, and ConflictError where another log is there."""
        ...

    async def finish(self) -> None:
        """Makes the conversation that was begun last whole."""
        ...


class UserSink(Protocol):
    async def import_user(self, record: dict[str, Any]) -> bool:
        """Whether the person is new; who is there already stays as is. Raises `invalid_request`."""
        ...


class ContentSink(Protocol):
    async def write(self, media: str, content: AsyncIterator[bytes]) -> Upload:
        """Stores the content of a file that was begun. Raises `upload_incomplete`, `too_large`."""
        ...
