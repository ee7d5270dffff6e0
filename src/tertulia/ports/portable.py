"""The records of an export: what a system consists of, in the form in which it moves from one home to another.

An export is one record a line, JSON, beginning with a Header and ending with an End. The conversations come one after
the other, each followed by its members, the ones who left too, and by its entries in the log's order.
"""

from typing import Any, Final

from msgspec import Struct

from tertulia.domain.conversations import Conversation
from tertulia.domain.entries import Entry
from tertulia.domain.members import Member
from tertulia.ports.media import Upload

VERSION: Final = 1
"""Of the form of the records. A reader takes its own version and earlier ones."""


class Header(Struct, frozen=True, kw_only=True, tag_field="record", tag="header"):
    """`created` in microseconds; `product` is the version of the product that wrote it."""

    version: int
    product: str
    created: int


class PortableUser(Struct, frozen=True, tag_field="record", tag="user"):
    """A person, with a hash of the password, in the form of the accounts that wrote it."""

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


class PortableMedia(Struct, frozen=True, tag_field="record", tag="media"):
    """A file; its content follows."""

    upload: Upload


class PortableContent(Struct, frozen=True, tag_field="record", tag="content"):
    """The next piece of a file's content."""

    media: str
    data: bytes


class End(Struct, frozen=True, kw_only=True, tag_field="record", tag="end"):
    """The last record: a file without it is not whole. `records` counts all between the header and this one."""

    records: int


LogRecord = PortableConversation | PortableMember | PortableEntry
Record = Header | PortableUser | LogRecord | PortableMedia | PortableContent | End
