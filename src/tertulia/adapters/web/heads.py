"""What a page says of itself in its `<head>`: the Open Graph protocol (ogp.me), Twitter's cards, HTML's own."""

import codecs
import re
from html import unescape
from typing import Final

from msgspec import Struct

_TITLE: Final = "<title>"
_TITLES: Final = ("og:title", "twitter:title", _TITLE)
_DESCRIPTIONS: Final = ("og:description", "twitter:description", "description")
_PICTURES: Final = ("og:image:secure_url", "og:image", "og:image:url", "twitter:image", "twitter:image:src")
_ALTS: Final = ("og:image:alt", "twitter:image:alt")
_WANTED: Final = frozenset({*_TITLES, *_DESCRIPTIONS, *_PICTURES, *_ALTS})
_VALUE_MAX: Final = 4_000

_RAW: Final = ("title", "script", "style", "template", "noscript", "textarea", "svg")
"""What is between these says nothing, or nothing but itself."""
_OPENING: Final = re.compile(rf"<(?:!--|({'|'.join(_RAW)}|meta)(?=[\s/>]))", re.IGNORECASE)
_CLOSINGS: Final = {
    "-->": re.compile("-->"),
    **{f"</{name}": re.compile(f"</{name}", re.IGNORECASE) for name in _RAW},
}
_ATTRIBUTES: Final = re.compile(r"[^>\"']*+(?:\"[^\"]*+\"[^>\"']*+|'[^']*+'[^>\"']*+)*+>")
"""Up to the end of the tag. Possessive, so that nothing is tried again."""
_ATTRIBUTE: Final = re.compile(r"([^\s=>\"'/]++)(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>\"']++)))?+")

_CHARSETS: Final = {
    **dict.fromkeys(("utf-8", "utf8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("iso-8859-1", "latin1", "us-ascii", "ascii", "windows-1252", "cp1252"), "cp1252"),
    **{f"windows-{page}": f"cp{page}" for page in (874, 1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)},
    **{f"iso-8859-{part}": f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)},
    "iso-8859-9": "cp1254",
    **{name: name for name in ("koi8-r", "koi8-u", "big5", "euc-jp", "iso-2022-jp", "euc-kr", "gb18030")},
    **dict.fromkeys(("gbk", "gb2312", "x-gbk"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "windows-31j"), "cp932"),
    **dict.fromkeys(("utf-16", "utf-16le"), "utf-16-le"),
    "utf-16be": "utf-16-be",
}
"""Labels of the WHATWG's Encoding Standard and Python's codecs for them. Python has more, of which some take time
proportional to the square of the text."""
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_IN_TYPE: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_IN_META: Final = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
_META_BYTES: Final = 1024
"""Within so many bytes a page has to say its encoding (HTML, 4.2.5.4)."""
_END: Final = re.compile(r"</head|<body[\s>]", re.IGNORECASE)


class Said(Struct, frozen=True):
    """ "" for what a page doesn't say."""

    title: str = ""
    description: str = ""
    picture: str = ""
    alt: str = ""


def read(content: bytes, content_type: str) -> Said:
    """What a page that begins so says of itself. Total: no content is an error."""
    text = decode(content, content_type)
    end = _END.search(text)
    found = _scan(text[: end.start()] if end else text)
    return Said(*(_first(found, names) for names in (_TITLES, _DESCRIPTIONS, _PICTURES, _ALTS)))


def decode(content: bytes, content_type: str) -> str:
    """The text: by its byte order mark, what the other side says, what the page says, or else UTF-8."""
    for mark, codec in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(codec, "replace")
    said = _IN_TYPE.search(content_type)
    in_page = _IN_META.search(content[:_META_BYTES])
    label = said[1] if said else in_page[1].decode("ascii", "replace") if in_page else ""
    return content.decode(_CHARSETS.get(label.lower(), "utf-8"), "replace")


def _first(found: dict[str, str], names: tuple[str, ...]) -> str:
    return next((found[name] for name in names if found.get(name, "").strip()), "")


def _scan(text: str) -> dict[str, str]:
    """The first of each thing that is wanted, by its name.

    Time proportional to the text: what isn't closed ends it, and nothing is looked at twice. `html.parser` takes two
    seconds for 256 KiB of `<`, and raises at some declarations.
    """
    found: dict[str, str] = {}
    position = 0
    while opened := _OPENING.search(text, position):
        name = (opened[1] or "!--").lower()
        closing = "-->" if name == "!--" else f"</{name}"
        if name != "meta":
            end = _find(text, closing, opened.end())
            if name == "title" and end >= 0:
                inner = text[opened.end() : end].partition(">")[2]
                found.setdefault(_TITLE, unescape(inner[:_VALUE_MAX]))
            position = end
        else:
            tag = _ATTRIBUTES.match(text, opened.end())
            position = tag.end() if tag else -1
            if tag:
                _note(tag[0], found)
        if position < 0:
            break
    return found


def _find(text: str, closing: str, start: int) -> int:
    """Where it is closed, in whatever case; -1 where it isn't."""
    match = _CLOSINGS[closing].search(text, start)
    return match.start() if match else -1


def _note(tag: str, found: dict[str, str]) -> None:
    given: dict[str, str] = {}
    for attribute in _ATTRIBUTE.finditer(tag):
        value = next((part for part in attribute.groups()[1:] if part is not None), "")
        given.setdefault(attribute[1].lower(), unescape(value[:_VALUE_MAX]))
    name = (given.get("property") or given.get("name") or "").strip().lower()
    if name in _WANTED:
        found.setdefault(name, given.get("content", ""))
