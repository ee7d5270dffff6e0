"""The inner grammar of the Markdown dialect: from the text of one block to its inline nodes.

One pass from left to right. What may open a span stays in the output as text and is noted on a stack; what closes it
wraps the output since then. What closes first wins; what is never closed is text. Every character is looked at a few
times at most. Classes of characters are fixed here, not taken from a Unicode database, so that the grammar is the same
in every language and version.
"""

import re
from collections.abc import Callable, Iterable
from typing import Final, Literal, NamedTuple, cast

from tertulia.domain import limits
from tertulia.domain.markup import (
    Bold,
    Break,
    Code,
    Inline,
    Italic,
    Link,
    Mention,
    Shortcode,
    Span,
    Spoiler,
    Strike,
    Text,
    Timestamp,
)

TIMESTAMP_FIRST: Final = -62_135_596_800
TIMESTAMP_LAST: Final = 253_402_300_799
"""The years 1 to 9999, in seconds since 1970: what every date library can show."""

_SPACE: Final = "\t\n\x0b\x0c\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
_WORD: Final = "0-9A-Za-z_\xaa\xb5\xba\xc0-\xd6\xd8-\xf6\xf8-\u1fff\u2c00-\u2dff\ua640-\uabff\uac00-\ud7ff"
# Not in a URL: spaces, controls, what RFC 3986 excludes and encloses URLs in texts, and what turns or hides characters.
_NEVER: Final = (
    _SPACE + '\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb<>"`|\\[\\]\\\\'
)
# Not in a bare URL either: quotation marks and the punctuation of scripts that put no space after it.
_NOT_BARE: Final = (
    "\xab\xbb\u2018-\u201f\u2026\u2039\u203a\u3001-\u3003\u3008-\u301f\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f"
)

_is_space: Final = re.compile(f"[{_SPACE}]").match
_ink: Final = re.compile(f"[^{_SPACE}]").search
_is_word: Final = re.compile(f"[{_WORD}]").match
_special: Final = re.compile(r"[\\`*_~|\[\]@:<\n]|[hH][tT][tT][pP][sS]?://").search
_run: Final = re.compile(r"`+|\*+|_+|~+|\|+").match
_ticks: Final = re.compile(r"`+|\n").finditer
_blank: Final = re.compile(r"\n[ \t]*\n").match
_escapable: Final = re.compile(r"[!-/:-@\[-`{-~]").match
_username: Final = re.compile(rf"[a-z0-9][a-z0-9_.-]{{0,{limits.USERNAME_MAX}}}").match
_shortcode: Final = re.compile(r":([a-z0-9_+-]{1,64}):").match
_timestamp: Final = re.compile(r"<t:(0|-?[1-9][0-9]{0,11})(?::([tTdDfFR]))?>").match
_scheme: Final = re.compile(r"[hH][tT][tT][pP][sS]?://|[mM][aA][iI][lL][tT][oO]:").match
_host: Final = re.compile(f"(?![{_NEVER}{_NOT_BARE}])[0-9A-Za-z\x80-\U0010ffff]").match
_url: Final = re.compile(f"[()]|[^(){_NEVER}]+").match
_bare: Final = re.compile(f"[()]|[^(){_NEVER}{_NOT_BARE}]+").match
_TRAILING: Final = "?!.,:;'*_~("

_SPANS: Final[dict[str, Callable[[tuple[Inline, ...]], Span]]] = {
    "**": Bold,
    "*": Italic,
    "_": Italic,
    "~~": Strike,
    "||": Spoiler,
}
_RUNS: Final = {*_SPANS, "***"}


class _Opener(NamedTuple):
    """A delimiter that may open a span: the run of characters, and its place in the output."""

    run: str
    at: int


def parse_inline(text: str) -> tuple[Inline, ...]:
    """The nodes of one block's text, whose lines are separated by a line feed."""
    return _Reader(text).read()


class _Reader:
    """Reads one text. `out` and `depths` are what was read so far and how deep each item nests."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.out: list[str | Inline] = []
        self.depths: list[int] = []
        self.openers: list[_Opener] = []
        self.open: dict[str, list[int]] = {kind: [] for kind in (*_SPANS, "[")}
        """By what they open: places in `openers`, ascending."""
        self.spans: dict[int, int] | None = None

    def read(self) -> tuple[Inline, ...]:
        position = 0
        while found := _special(self.text, position):
            start = found.start()
            if start > position:
                self.add(self.text[position:start])
            position = _READERS[self.text[start]](self, start)
        if position < len(self.text):
            self.add(self.text[position:])
        return _join(self.out)

    def add(self, item: str | Inline, depth: int = 0) -> None:
        self.out.append(item)
        self.depths.append(depth)

    def before(self, start: int) -> str:
        return self.text[start - 1] if start else "\n"

    def after(self, end: int) -> str:
        return self.text[end] if end < len(self.text) else "\n"

    def begins(self, start: int) -> bool:
        """Whether a word can begin there: after no other word, but an underscore that may open italics is none."""
        if not _is_word(self.before(start)):
            return True
        return bool(self.openers) and self.openers[-1] == ("_", len(self.out) - 1)

    def ends(self, end: int) -> bool:
        """Whether a word can end there: before no other word, but an underscore that may close italics is none."""
        after = self.after(end)
        return not _is_word(after) or (after == "_" and bool(self.open["_"]))

    def literal(self, start: int) -> int:
        self.add(self.text[start])
        return start + 1

    def escape(self, start: int) -> int:
        if not _escapable(self.after(start + 1)):
            return self.literal(start)
        self.add(self.text[start + 1])
        return start + 2

    def line_end(self, start: int) -> int:
        self.add(Break())
        if _blank(self.text, start):
            # A lone asterisk pairs with nothing beyond an empty line.
            self.forget(0)
        return start + 1

    def code(self, start: int) -> int:
        """From a run of backticks to the next run of the same length in the same line."""
        run = cast("re.Match[str]", _run(self.text, start))
        if self.spans is None:
            self.spans = _code_spans(self.text)
        close = self.spans.get(start)
        if close is None:
            self.add(run[0])
            return run.end()
        content = self.text[run.end() : close]
        if content[0] == content[-1] == " " and content.strip(" "):
            content = content[1:-1]
        self.add(Code(content))
        return close + len(run[0])

    def url(self, start: int) -> int:
        scheme = cast("re.Match[str]", _scheme(self.text, start))
        if not self.begins(start) or not _host(self.text, scheme.end()):
            self.add(scheme[0])
            return scheme.end()
        end = _url_end(self.text, scheme.end(), _bare)
        url = self.text[start:end].rstrip(_TRAILING)
        self.add(Link(url, (Text(url),)), 1)
        return start + len(url)

    def mention(self, start: int) -> int:
        found = _username(self.text, start + 1)
        name = found[0].rstrip("._-" if self.open["_"] else ".-") if found else ""
        end = start + 1 + len(name)
        known = limits.USERNAME_MIN <= len(name) <= limits.USERNAME_MAX
        if not known or not self.begins(start) or not self.ends(end):
            return self.literal(start)
        self.add(Mention(name))
        return end

    def shortcode(self, start: int) -> int:
        found = _shortcode(self.text, start)
        if not found or not self.begins(start) or not self.ends(found.end()):
            return self.literal(start)
        self.add(Shortcode(found[1]))
        return found.end()

    def timestamp(self, start: int) -> int:
        found = _timestamp(self.text, start)
        if not found or not TIMESTAMP_FIRST <= int(found[1]) <= TIMESTAMP_LAST:
            return self.literal(start)
        style = cast("Literal['t', 'T', 'd', 'D', 'f', 'F', 'R']", found[2] or "f")
        self.add(Timestamp(int(found[1]), style))
        return found.end()

    def bracket(self, start: int) -> int:
        self.push("[")
        return start + 1

    def link(self, start: int) -> int:
        """At a closing bracket: `[text](url)`, where an opening one waits and a URL follows."""
        places = self.open["["]
        end = _target_end(self.text, start + 1) if places else 0
        if not end or not self.wrap(places[-1], "[", lambda inner: Link(self.text[start + 2 : end], _unlinked(inner))):
            if places:
                places.pop()
            return self.literal(start)
        # Links don't nest: what is still open around this one is text.
        places.clear()
        return end + 1

    def delimiter(self, start: int) -> int:
        run = cast("re.Match[str]", _run(self.text, start))[0]
        end = start + len(run)
        if run not in _RUNS:
            self.add(run)
            return end
        before, after = self.before(start), self.after(end)
        rest = run
        if not _is_space(before) and not (run == "_" and _is_word(after)):
            rest = self.close(run)
        if rest and not _is_space(after) and not (run == "_" and _is_word(before)):
            self.push(rest)
        elif rest:
            self.add(rest)
        return end

    def push(self, run: str) -> None:
        """Notes that `run`, which is text as yet, may open a span."""
        for kind in ("**", "*") if run == "***" else (run,):
            self.open[kind].append(len(self.openers))
        self.openers.append(_Opener(run, len(self.out)))
        self.add(run)

    def close(self, run: str) -> str:
        """Closes what `run` can close, innermost first; what is left of it."""
        while run:
            kinds = ("**", "*") if run == "***" else (run,)
            kind = max(kinds, key=lambda kind: self.open[kind][-1] if self.open[kind] else -1)
            if not self.open[kind] or not self.wrap(self.open[kind][-1], kind, _SPANS[kind]):
                break
            run = run[len(kind) :]
        return run

    def wrap(self, place: int, kind: str, make: Callable[[tuple[Inline, ...]], Inline]) -> bool:
        """Puts what came after an opener into a node, unless there is nothing in it or it nests too deep."""
        opener = self.openers[place]
        inner = slice(opener.at + 1, None)
        depth = 1 + max(self.depths[inner], default=0)
        if depth > limits.MARKDOWN_DEPTH_MAX:
            # What is open further out holds the same deep node. To ask again for each would take quadratic time.
            self.forget(0)
            return False
        children = _join(self.out[inner])
        if all(isinstance(c, Break) or (isinstance(c, Text) and not _ink(c.text)) for c in children):
            return False
        self.forget(place)
        del self.out[opener.at :], self.depths[opener.at :]
        if rest := opener.run[len(kind) :]:
            self.push(rest)
        self.add(make(children), depth)
        return True

    def forget(self, place: int) -> None:
        """Forgets the openers from `place` on; they stay as text."""
        del self.openers[place:]
        for places in self.open.values():
            while places and places[-1] >= place:
                places.pop()


_READERS: Final[dict[str, Callable[[_Reader, int], int]]] = {
    "\\": _Reader.escape,
    "\n": _Reader.line_end,
    "`": _Reader.code,
    "h": _Reader.url,
    "H": _Reader.url,
    "@": _Reader.mention,
    ":": _Reader.shortcode,
    "<": _Reader.timestamp,
    "[": _Reader.bracket,
    "]": _Reader.link,
    "*": _Reader.delimiter,
    "_": _Reader.delimiter,
    "~": _Reader.delimiter,
    "|": _Reader.delimiter,
}


def _join(items: Iterable[str | Inline]) -> tuple[Inline, ...]:
    """The items as nodes, pieces of text that touch as one."""
    nodes: list[Inline] = []
    pieces: list[str] = []
    for item in items:
        if isinstance(item, str):
            pieces.append(item)
        elif isinstance(item, Text):
            pieces.append(item.text)
        else:
            if pieces:
                nodes.append(Text("".join(pieces)))
                pieces.clear()
            nodes.append(item)
    if pieces:
        nodes.append(Text("".join(pieces)))
    return tuple(nodes)


def _unlinked(nodes: tuple[Inline, ...]) -> tuple[Inline, ...]:
    """The same without links and mentions, which can't be inside a link."""
    flat: list[Inline] = []
    for node in nodes:
        match node:
            case Link():
                flat.extend(node.children)
            case Mention():
                flat.append(Text("@" + node.username))
            case Bold() | Italic() | Strike() | Spoiler():
                flat.append(type(node)(_unlinked(node.children)))
            case _:
                flat.append(node)
    return _join(flat)


def _code_spans(text: str) -> dict[int, int]:
    """Where each run of backticks begins -> where the next one of its length in its line begins, if there is one."""
    spans: dict[int, int] = {}
    latest: dict[int, int] = {}
    for run in _ticks(text):
        if run[0] == "\n":
            latest.clear()
            continue
        length = len(run[0])
        if length in latest:
            spans[latest[length]] = run.start()
        latest[length] = run.start()
    return spans


def _url_end(text: str, start: int, piece: Callable[[str, int], re.Match[str] | None]) -> int:
    """The end of the URL whose rest begins at `start`: where a character can't be in it, or a `)` has no `(`."""
    position, depth = start, 0
    while found := piece(text, position):
        depth += {"(": 1, ")": -1}.get(found[0], 0)
        if depth < 0:
            break
        position = found.end()
    return position


def _target_end(text: str, start: int) -> int:
    """Where the `)` of `(url)` stands that begins at `start`; 0 where there is no such thing."""
    scheme = _scheme(text, start + 1)
    if not scheme or text[start] != "(":
        return 0
    end = _url_end(text, scheme.end(), _url)
    return end if end > scheme.end() and text.startswith(")", end) else 0
