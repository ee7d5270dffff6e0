"""The nodes of a parsed message: what `tertulia.domain.markdown` makes of a text. The web client has the same ones.

A tree, never HTML: who shows it decides how. In JSON the field `type` tells the nodes apart, and no field is left out.
"""

from typing import Literal

from msgspec import Struct


class Text(Struct, frozen=True, tag_field="type", tag="text"):
    """Characters that mean themselves."""

    text: str


class Break(Struct, frozen=True, tag_field="type", tag="break"):
    """The end of a line inside a block."""


class Bold(Struct, frozen=True, tag_field="type", tag="bold"):
    children: "tuple[Inline, ...]"


class Italic(Struct, frozen=True, tag_field="type", tag="italic"):
    children: "tuple[Inline, ...]"


class Strike(Struct, frozen=True, tag_field="type", tag="strike"):
    children: "tuple[Inline, ...]"


class Spoiler(Struct, frozen=True, tag_field="type", tag="spoiler"):
    """Shown only on request."""

    children: "tuple[Inline, ...]"


class Code(Struct, frozen=True, tag_field="type", tag="code"):
    text: str


class Link(Struct, frozen=True, tag_field="type", tag="link"):
    """`url` begins with http://, https:// or mailto: and holds no white space, control or bidi character."""

    url: str
    children: "tuple[Inline, ...]"


class Mention(Struct, frozen=True, tag_field="type", tag="mention"):
    """`username` is of the form of one; whether there is such a person is not known here."""

    username: str


class Shortcode(Struct, frozen=True, tag_field="type", tag="shortcode"):
    """`:name:`, which may name an emoji; shown as typed where it doesn't."""

    name: str


class Timestamp(Struct, frozen=True, tag_field="type", tag="timestamp"):
    """A moment, in seconds since 1970, to be shown in the reader's own time zone.

    `style`: t and T short and long time, d and D short and long date, f and F both, R relative to now.
    """

    seconds: int
    style: Literal["t", "T", "d", "D", "f", "F", "R"]


Inline = Text | Break | Bold | Italic | Strike | Spoiler | Code | Link | Mention | Shortcode | Timestamp
Span = Bold | Italic | Strike | Spoiler
"""Nodes that only format what is in them."""


class Paragraph(Struct, frozen=True, tag_field="type", tag="paragraph"):
    """Lines of text. Empty lines between them stay, as breaks."""

    children: tuple[Inline, ...]


class Quote(Struct, frozen=True, tag_field="type", tag="quote"):
    blocks: "tuple[Block, ...]"


class CodeBlock(Struct, frozen=True, tag_field="type", tag="code_block"):
    """`language` is "" where none is named."""

    language: str
    text: str


class ListItem(Struct, frozen=True):
    """`number` is the one that was typed, 0 in a bullet list. `lists` are the lists one level deeper."""

    number: int
    children: tuple[Inline, ...]
    lists: "tuple[List, ...]" = ()


class List(Struct, frozen=True, tag_field="type", tag="list"):
    ordered: bool
    items: tuple[ListItem, ...]


Block = Paragraph | Quote | CodeBlock | List
