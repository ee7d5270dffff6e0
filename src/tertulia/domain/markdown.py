"""The Markdown dialect of messages: from a text to a tree of blocks, and what else is asked of a text.

`docs/markdown.md` describes it; `tests/fixtures/markdown.json` holds it and the web client's parser to the same trees.
Everything is total and takes time proportional to the text: no text is an error, none makes it slow.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from tertulia.domain import limits
from tertulia.domain.everyone import Named
from tertulia.domain.markdown_inline import parse_inline
from tertulia.domain.markup import (
    Block,
    Bold,
    Break,
    Code,
    CodeBlock,
    Inline,
    Italic,
    Link,
    List,
    ListItem,
    Mention,
    Paragraph,
    Quote,
    Shortcode,
    Spoiler,
    Strike,
    Text,
    Timestamp,
)
from tertulia.domain.texts import NAMES_OF_EVERYONE

HIDDEN: Final = "▒▒▒"
"""Stands for a spoiler where it must not be told."""

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_fence: Final = re.compile(r"(`{3,})([A-Za-z0-9_+#.-]{0,32})[ \t]*$").match
_item: Final = re.compile(r"([ \t]*)(?:[-*]|(0|[1-9][0-9]{0,8})\.)[ \t]+(?=[^ \t])").match
_continued: Final = re.compile(r"(?: {2}| ?\t)[ \t]*(?=[^ \t])").match
_indent: Final = 2


def parse(text: str) -> tuple[Block, ...]:
    """The blocks of a text. Empty lines at its ends, and beside a quote, a list or a code block, are dropped."""
    return _parse_lines(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"), 0)


def plain(text: str, *, hide_spoilers: bool = False) -> str:
    """The text without its markup, as notifications, the search index and screen readers need it.

    A link is its text. A moment is its date and time in UTC.
    """
    return "\n".join(_plain_block(block, hide_spoilers) for block in parse(text))


def mentions(text: str) -> tuple[str, ...]:
    """The usernames that the text mentions, each once, in their order, at most MENTIONS_MAX. None of them from code."""
    if "@" not in text:
        return ()
    names = dict.fromkeys(node.username for node in _nodes(parse(text)) if isinstance(node, Mention))
    return tuple(names)[: limits.MENTIONS_MAX]


def named(text: str) -> Named:
    """Whom the text names: its mentions, and the words for everybody, which a quote doesn't say again."""
    if "@" not in text:
        return Named()
    said = [block for block in parse(text) if not isinstance(block, Quote)]
    words = {node.username for node in _nodes(said) if isinstance(node, Mention)}
    return Named(mentions(text), tuple(word for word in NAMES_OF_EVERYONE if word in words))


def has_link(text: str) -> bool:
    """Whether there is a link in the text."""
    return ":" in text and any(isinstance(node, Link) for node in _nodes(parse(text)))


def previewable(text: str) -> tuple[str, ...]:
    """The web addresses that the text links to and whose previews give nothing away: not those in spoilers, nor what is
    code. Each once, in their order, at most PREVIEWS_MAX, and none that is longer than PREVIEW_URL_MAX."""
    if "://" not in text:
        return ()
    urls = dict.fromkeys(node.url for node in _nodes(parse(text), told=True) if isinstance(node, Link))
    short = [url for url in urls if not url.startswith("mailto:") and len(url) <= limits.PREVIEW_URL_MAX]
    return tuple(short)[: limits.PREVIEWS_MAX]


def _parse_lines(lines: list[str], depth: int) -> tuple[Block, ...]:
    blocks: list[Block] = []
    paragraph: list[str] = []
    position = 0
    while position < len(lines):
        found = _block_at(lines, position, depth)
        if found is None:
            paragraph.append(lines[position])
            position += 1
            continue
        blocks.extend(_paragraph(paragraph))
        paragraph = []
        block, position = found
        blocks.append(block)
    blocks.extend(_paragraph(paragraph))
    return tuple(blocks)


def _block_at(lines: list[str], start: int, depth: int) -> tuple[Block, int] | None:
    """The block other than a paragraph that begins at that line, and the line after it."""
    line = lines[start]
    if (fence := _fence(line)) and start + 1 < len(lines):
        return _code_block(lines, start + 1, fence[1], fence[2])
    if depth < limits.MARKDOWN_DEPTH_MAX and _is_quoted(line) and line[1:].strip(" \t"):
        end = start + 1
        while end < len(lines) and _is_quoted(lines[end]):
            end += 1
        return Quote(_parse_lines([quoted[2:] for quoted in lines[start:end]], depth + 1)), end
    return _list(lines, start)


def _is_quoted(line: str) -> bool:
    return line == ">" or line.startswith("> ")


def _paragraph(lines: list[str]) -> Iterator[Paragraph]:
    first, last = 0, len(lines)
    while first < last and not lines[first].strip(" \t"):
        first += 1
    while first < last and not lines[last - 1].strip(" \t"):
        last -= 1
    if first < last:
        yield Paragraph(parse_inline("\n".join(lines[first:last])))


def _code_block(lines: list[str], start: int, fence: str, language: str) -> tuple[CodeBlock, int]:
    """The code block whose content begins at that line: up to a line that ends with the fence, or to the end."""
    content: list[str] = []
    for position in range(start, len(lines)):
        line = lines[position].rstrip(" \t")
        ticks = len(line) - len(line.rstrip("`"))
        if ticks >= len(fence):
            # Many people put the closing fence at the end of the last line.
            if line[:-ticks]:
                content.append(line[:-ticks])
            return CodeBlock(language, "\n".join(content)), position + 1
        content.append(lines[position])
    return CodeBlock(language, "\n".join(content)), len(lines)


class _Item:
    """An item as it is read: its lines, and the items one level deeper."""

    def __init__(self, number: str | None, line: str) -> None:
        self.ordered = number is not None
        self.number = int(number or 0)
        self.lines = [line]
        self.nested: list[_Item] = []

    def build(self) -> ListItem:
        return ListItem(self.number, parse_inline("\n".join(self.lines)), tuple(_lists(self.nested)))


def _list(lines: list[str], start: int) -> tuple[List, int] | None:
    """The list that begins at that line. An item that is indented more than the first is one level deeper."""
    first = _item(lines[start])
    if not first:
        return None
    outer = _width(first[1])
    items = [_Item(first[2], lines[start][first.end() :])]
    last = items[0]
    position = start + 1
    while position < len(lines):
        line = lines[position]
        if found := _item(line):
            item = _Item(found[2], line[found.end() :])
            if _width(found[1]) >= outer + _indent:
                items[-1].nested.append(item)
            elif item.ordered == items[0].ordered:
                items.append(item)
            else:
                break
            last = item
        elif more := _continued(line):
            last.lines.append(line[more.end() :])
        else:
            break
        position += 1
    return List(items[0].ordered, tuple(item.build() for item in items)), position


def _lists(items: list[_Item]) -> Iterator[List]:
    """The items as lists, each of one kind."""
    start = 0
    for end in range(1, len(items) + 1):
        if end == len(items) or items[end].ordered != items[start].ordered:
            yield List(items[start].ordered, tuple(item.build() for item in items[start:end]))
            start = end


def _width(indent: str) -> int:
    return len(indent.replace("\t", "  "))


def _nodes(blocks: Iterable[Block], *, told: bool = False) -> Iterator[Inline]:
    """Every inline node, in the order of the text; `told`: but for what is in spoilers."""
    for block in blocks:
        match block:
            case Paragraph():
                yield from _inline_nodes(block.children, told)
            case Quote():
                yield from _nodes(block.blocks, told=told)
            case List():
                for item in block.items:
                    yield from _inline_nodes(item.children, told)
                    yield from _nodes(item.lists, told=told)


def _inline_nodes(nodes: Iterable[Inline], told: bool) -> Iterator[Inline]:
    for node in nodes:
        if told and isinstance(node, Spoiler):
            continue
        yield node
        if isinstance(node, Bold | Italic | Strike | Spoiler | Link):
            yield from _inline_nodes(node.children, told)


def _plain_block(block: Block, hide: bool) -> str:
    match block:
        case Paragraph():
            return _plain_inline(block.children, hide)
        case Quote():
            return "\n".join(_plain_block(inner, hide) for inner in block.blocks)
        case CodeBlock():
            return block.text
        case List():  # pragma: no branch - the last of the union
            return "\n".join(_plain_item(item, block.ordered, hide) for item in block.items)


def _plain_item(item: ListItem, ordered: bool, hide: bool) -> str:
    marker = f"{item.number}. " if ordered else "- "
    lines = [marker + _plain_inline(item.children, hide)]
    lines += ["  " + line for inner in item.lists for line in _plain_block(inner, hide).split("\n")]
    return "\n".join(lines)


def _plain_inline(nodes: Iterable[Inline], hide: bool) -> str:
    return "".join(_plain_node(node, hide) for node in nodes)


def _plain_node(node: Inline, hide: bool) -> str:
    match node:
        case Text() | Code():
            return node.text
        case Break():
            return "\n"
        case Mention():
            return "@" + node.username
        case Shortcode():
            return f":{node.name}:"
        case Timestamp():
            return f"{(_EPOCH + timedelta(seconds=node.seconds)).replace(tzinfo=None).isoformat(' ', 'minutes')} UTC"
        case Spoiler() if hide:
            return HIDDEN
        case _:
            return _plain_inline(node.children, hide)
